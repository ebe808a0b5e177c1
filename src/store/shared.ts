/** For so long an answer is given again; news of three seconds ago is news. */
const ageMs = 3_000;
/** Answers that are kept at most; whoever asks for many different ones is not helped by keeping them. */
const keptMax = 500;

/** What many ask for within the same seconds is made once: a page of news for thousands who tap the same button. */
export type Shared = {
  /** The answer that was made for this key a moment ago, else what `make` gives. A failure is not kept. */
  of<T>(key: string, make: () => Promise<T>): Promise<T>;
  /** Something changed: everything is made anew. */
  forget(): void;
};

export function createShared(now: () => Date): Shared {
  const kept = new Map<string, { at: number; answer: Promise<unknown> }>();
  return {
    of: <T>(key: string, make: () => Promise<T>): Promise<T> => {
      const at = now().getTime();
      const known = kept.get(key);
      // A clock that was set back makes anew, too.
      if (known !== undefined && at >= known.at && at - known.at < ageMs) return known.answer as Promise<T>;
      if (kept.size >= keptMax) kept.clear();
      const answer = make();
      kept.set(key, { at, answer });
      answer.catch(() => kept.delete(key));
      return answer;
    },
    forget: () => kept.clear(),
  };
}
