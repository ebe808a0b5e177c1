import type { Sketch } from "./sketch.ts";

/** True when two articles cannot tell one event, however alike they sound. */
export function tellApart(a: Sketch, b: Sketch): boolean {
  return a.id === b.id;
}
