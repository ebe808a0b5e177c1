/**
 * One commit for many: items that arrive while `work` is busy, or in the same turn of the event loop, share the next
 * call (at most `most` of them). `work` answers for each item in order, or with [] where there is nothing to answer; each
 * caller gets its own answer, or the failure.
 */
export function gather<T, R>(work: (items: T[]) => Promise<R[]>, most: number): (item: T) => Promise<R> {
  type Waiting = { item: T; resolve: (result: R) => void; reject: (error: unknown) => void };
  let waiting: Waiting[] = [];
  let busy = false;

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const taken = waiting.slice(0, most);
      waiting = waiting.slice(most);
      try {
        const results = await work(taken.map((each) => each.item));
        taken.forEach((each, index) => {
          each.resolve(results[index] as R);
        });
      } catch (error) {
        for (const each of taken) each.reject(error);
      }
    }
    busy = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (busy) return;
      busy = true;
      setTimeout(() => void flush(), 0);
    });
}
