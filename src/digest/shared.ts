/** What many digests of one minute have in common. */
export type Shared = Map<string, Promise<unknown>>;

/** The first who asks computes; all others wait for the same answer. */
export function once<T>(shared: Shared, key: string, compute: () => Promise<T>): Promise<T> {
  const known = shared.get(key) as Promise<T> | undefined;
  if (known !== undefined) return known;
  const computing = compute();
  shared.set(key, computing);
  return computing;
}
