/** Stands in workerd for what only Node has: what is imported there is there, and must not be called. */
export function readFileSync(): never {
  throw new Error("there are no files in workerd");
}
