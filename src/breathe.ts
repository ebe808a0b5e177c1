/** Turns of Node's event loop: to take a request, read it, keep it and answer it needs about as many. */
const turns = 4;
/** A timer waits for a millisecond even where nobody has anything to do; Workers have no other. */
const turn: ((next: () => void) => unknown) | undefined = globalThis.setImmediate;

/**
 * Lets others go on, between the slices of a long job: SQLite answers in the same turn, so that a webhook would wait
 * for all of them.
 */
export async function breathe(): Promise<void> {
  if (turn === undefined) return new Promise((resolve) => setTimeout(resolve, 0));
  for (let n = 0; n < turns; n += 1) await new Promise<void>((resolve) => turn(resolve));
}
