/** Ctrl-C aborts `signal`, so that what was begun is ended well; a second one ends all at once. `free` when all is done. */
export function stopped(): { signal: AbortSignal; free(): void } {
  const stopping = new AbortController();
  const stop = () => {
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const name of signals) process.on(name, stop);
  const free = () => {
    for (const name of signals) process.off(name, stop);
  };
  return { signal: stopping.signal, free };
}
