/** Works something out when it is first asked for, and keeps it. */
export function once<T>(work: () => T): () => T {
  let left: (() => T) | null = work;
  let done: { value: T } | undefined;
  return () => {
    done ??= { value: left!() };
    // What it was worked out from need not be kept.
    left = null;
    return done.value;
  };
}
