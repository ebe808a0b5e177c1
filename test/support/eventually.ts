import { patienceMs } from "#runtime";

/** Looks again and again until there is something; fails with what was waited for. */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  waitMs = patienceMs,
): Promise<T> {
  const end = performance.now() + waitMs;
  while (performance.now() < end) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited ${waitMs} ms for ${what}`);
}
