import type { D1Database } from "@cloudflare/workers-types";

/**
 * Calls that one invocation may make (fetch, D1, the gate, the queue); Cloudflare stops it at 10,000, D1 at 1,000. What is
 * in flight then still has to be composed and written down.
 */
const callsMax = 8_000;
const queriesMax = 850;
/** A job that takes longer goes on in another invocation, so that an update of the program is not held up by it. */
const wallMs = 120_000;
/** Connections that may wait for their answer's first bytes are six; one is left for the database and the gate. */
const connectionsMax = 5;

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

/** What one invocation may still spend. */
export type Budget = {
  /** Given when most is spent: nothing more is begun, what is in flight is ended. */
  readonly signal: AbortSignal;
  readonly spent: { calls: number; queries: number };
  /** The same fetch, counted, and waiting for its turn. */
  fetch: Fetch;
  /** The same database, counted. */
  database(of: D1Database): D1Database;
  /** Counts one call of another kind. */
  call(): void;
  end(): void;
};

export function createBudget(fetch: Fetch): Budget {
  const spent = { calls: 0, queries: 0 };
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(new Error("the invocation's time is spent")), wallMs);
  const places = createPlaces(connectionsMax);

  function call(): void {
    spent.calls += 1;
    if (spent.calls >= callsMax) ending.abort(new Error("the invocation's calls are spent"));
  }

  function query(): void {
    spent.queries += 1;
    if (spent.queries >= queriesMax) ending.abort(new Error("the invocation's queries are spent"));
    call();
  }

  return {
    signal: ending.signal,
    spent,
    call,
    fetch: async (input, init) => {
      const leave = await places.enter();
      try {
        call();
        return await fetch(input, init);
      } finally {
        leave();
      }
    },
    database: (of) =>
      Object.create(of, {
        prepare: {
          value: (sql: string) => {
            query();
            return of.prepare(sql);
          },
        },
        batch: { value: (statements: Parameters<D1Database["batch"]>[0]) => of.batch(statements) },
      }) as D1Database,
    end: () => clearTimeout(timer),
  };
}

/** So many at once; the others wait in the order in which they came. */
function createPlaces(most: number): { enter(): Promise<() => void> } {
  const waiting: (() => void)[] = [];
  let taken = 0;
  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) taken -= 1;
    else next();
  }
  return {
    async enter() {
      if (taken < most) taken += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return leave;
    },
  };
}
