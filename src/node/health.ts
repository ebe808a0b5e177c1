import type { Health } from "../http.ts";
import type { Db } from "../store/db.ts";
import { glance } from "../store/glance.ts";

/** A tick that did not come for so long is a problem. */
const tickLateMs = 3 * 60_000;

export type Vitals = {
  /** Names a problem until it is mended (null). */
  trouble(part: string, problem: string | null): void;
  set(facts: Record<string, unknown>): void;
  ticked(): void;
  ready(): void;
  read(): Promise<Health>;
};

/** What /health tells: cheap facts, and every problem in words an operator can act on. */
export function createVitals(db: Db, now: () => Date): Vitals {
  const problems = new Map<string, string>();
  let facts: Record<string, unknown> = {};
  let started = false;
  let tickedAt: Date | null = null;

  return {
    trouble(part, problem) {
      if (problem === null) problems.delete(part);
      else if (!problems.has(part)) problems.set(part, `${part}: ${problem} (since ${now().toISOString()})`);
    },
    set(more) {
      facts = { ...facts, ...more };
    },
    ticked() {
      tickedAt = now();
    },
    ready() {
      started = true;
    },
    async read() {
      const sentences = [...problems.values()];
      if (tickedAt !== null && now().getTime() - tickedAt.getTime() > tickLateMs) {
        sentences.push(`scheduler: no tick since ${tickedAt.toISOString()}`);
      }
      const status = sentences.length > 0 ? "degraded" : started ? "ok" : "starting";
      return { status, problems: sentences, now: now().toISOString(), ...facts, ...(await glance(db, now())) };
    },
  };
}
