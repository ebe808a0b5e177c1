import type { App } from "../app.ts";
import { addClicks } from "../store/clicks.ts";

/** Articles that are counted between two writes; a flood of others is not worth more memory. */
const articlesMax = 10_000;

export type ClickCounter = {
  /** One more, in memory: whoever clicked does not wait for a write. */
  add(articleId: number): void;
  /** Writes down what came since the last time; what cannot be written now is kept for the next time. */
  flush(): Promise<void>;
};

/** Counts clicks and writes them together. A crash loses those of the last minute: they are counts, not deliveries. */
export function createClickCounter({ db, log, now }: Pick<App, "db" | "log" | "now">): ClickCounter {
  let counted = new Map<number, number>();

  function add(articleId: number, n = 1): void {
    if (counted.size >= articlesMax && !counted.has(articleId)) return;
    counted.set(articleId, (counted.get(articleId) ?? 0) + n);
  }

  return {
    add: (articleId) => add(articleId),
    async flush() {
      const taken = counted;
      counted = new Map();
      try {
        await addClicks(db, taken, now());
      } catch (error) {
        for (const [articleId, n] of taken) add(articleId, n);
        log.warn({ error }, "clicks could not be written down yet");
      }
    },
  };
}
