/** Queues takes no more in one call. */
const perSendMax = 100;
/** Jobs of one invocation that wait to be sent; what does not fit is found again in its row by a tick. */
const waitingMax = 1_000;

export type Outbox<T> = {
  put(item: T): void;
  /** Resolves when all that was put has been sent, or could not be. */
  flush(): Promise<void>;
};

/**
 * What an invocation puts in the queue, sent together a moment later; the same thing twice is one. `send` may fail: its
 * error goes to `onError`, since whatever is due is found again.
 */
export function createOutbox<T>(
  send: (items: T[]) => Promise<unknown>,
  { keepAlive, onError }: { keepAlive(sending: Promise<void>): void; onError(error: unknown): void },
): Outbox<T> {
  const waiting = new Map<string, T>();
  let sending: Promise<void> = Promise.resolve();

  async function sendAll(): Promise<void> {
    const items = [...waiting.values()];
    waiting.clear();
    try {
      for (let at = 0; at < items.length; at += perSendMax) await send(items.slice(at, at + perSendMax));
    } catch (error) {
      onError(error);
    }
  }

  return {
    put(item) {
      const key = JSON.stringify(item);
      if (waiting.has(key) || waiting.size >= waitingMax) return;
      waiting.set(key, item);
      if (waiting.size > 1) return;
      sending = sending.then(sendAll);
      keepAlive(sending);
    },
    async flush() {
      for (let seen: Promise<void> | undefined; seen !== sending; ) {
        seen = sending;
        await seen;
      }
    },
  };
}
