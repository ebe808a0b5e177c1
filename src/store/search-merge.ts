import type { Db } from "./db.ts";
import { searchGramsWork, searchSignsWork } from "./schema.ts";

/** Pages of 4 KiB that one call writes at the most, unless one term's list is longer: some 5 ms. */
const gramPagesMax = 56;
const signPagesMax = 14;

/**
 * Merges segments of the index, as far as a short write gets; called with every write of articles it keeps up with
 * them. With nothing to merge it costs next to nothing.
 */
export async function mergeIndex(db: Db): Promise<void> {
  await db.batch(
    [
      db.insert(searchGramsWork).values({ command: "merge", rank: gramPagesMax }),
      db.insert(searchSignsWork).values({ command: "merge", rank: signPagesMax }),
    ],
    // What is taken back by a power cut is merged again.
    { mayBeLost: true },
  );
}
