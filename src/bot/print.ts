/** A short name for exactly this value (FNV-1a of its JSON), to travel in a button: what was asked about is what is meant. */
export function printOf(value: unknown): string {
  let hash = 0x811c9dc5;
  for (const char of JSON.stringify(value)) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193);
  return (hash >>> 0).toString(36);
}
