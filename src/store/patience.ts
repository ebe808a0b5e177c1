/** A write that finds another's in its way is tried again so long after. */
const retryMs = 2;

/** Does it at once, or as soon as the others who write have ended; the thread is free in between. `again` comes first. */
export type Patiently = <T>(work: () => T, again?: () => void) => T | Promise<T>;

/** `heldMs` is how long SQLite itself waits, which holds the thread; `waitMs` how long is waited altogether. */
export function createPatience({ heldMs, waitMs }: { heldMs: number; waitMs: number }): Patiently {
  const retriesMax = Math.ceil(waitMs / (heldMs + retryMs));
  return (work, again = () => undefined) => {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
    const retry = async () => {
      for (let left = retriesMax; ; left -= 1) {
        await new Promise((resolve) => setTimeout(resolve, retryMs));
        try {
          again();
          return work();
        } catch (error) {
          if (!isBusy(error) || left <= 1) throw error;
        }
      }
    };
    return retry();
  };
}

/** Where drizzle's queries come from, and what it asks of each. */
export type Session = { prepareQuery(...query: unknown[]): Prepared };
type Prepared = Record<"run" | "all" | "get", (values?: unknown) => unknown> & { stmt: { source: string } };

/** A statement by itself waits for a lock as a batch does. */
export function makePatient(session: Session, client: { prepare(sql: string): unknown }, patiently: Patiently): void {
  const prepareQuery = session.prepareQuery.bind(session);
  session.prepareQuery = (...query) => {
    const prepared = prepareQuery(...query);
    for (const way of ["run", "all", "get"] as const) {
      const once = prepared[way].bind(prepared);
      prepared[way] = (values) =>
        patiently(
          () => once(values),
          // Meanwhile the kept statement may have been asked by others.
          () => client.prepare(prepared.stmt.source),
        );
    }
    return prepared;
  };
}

function isBusy(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith("SQLITE_BUSY");
}
