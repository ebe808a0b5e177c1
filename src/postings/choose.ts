/** What of a segment says whether it is merged next. */
type Sized = { docs: number };

/** So many segments of a size become one; each article is written anew as often as this goes into `finalDocs`. */
const fanIn = 28;
/** Segments that are merged at once, where many came in since. */
const inputsMax = 64;
/** A segment with so many articles stays as it is, but for those that are removed; one has at most `docsMax`. */
const finalDocs = 32_768;
const docsMax = 65_536;
/** Segments below `finalDocs` that an index has which was merged as far as ever. */
const segmentsFew = 8;

/** Those of about a size, when they are many, or as many as one segment may hold. */
export function usual<T extends Sized>(segments: readonly T[]): T[] | null {
  for (let docs = 1; docs < finalDocs; docs *= fanIn) {
    const alike = segments.filter(
      (segment) => segment.docs >= docs && segment.docs < Math.min(docs * fanIn, finalDocs),
    );
    const some = together(alike);
    if (alike.length >= fanIn || some.length < alike.length) return some;
  }
  return null;
}

/** Some of the smallest ones, until few are left: those of one merge leave room for the next. */
export function fewest<T extends Sized>(segments: readonly T[]): T[] | null {
  const small = segments.filter((segment) => segment.docs < finalDocs).sort((a, b) => a.docs - b.docs);
  const many = Math.min(fanIn, small.length - segmentsFew + 1);
  return many > 1 ? together(small.slice(0, many)) : null;
}

/** The first of these, as many as one segment may hold. */
function together<T extends Sized>(segments: readonly T[]): T[] {
  let docs = 0;
  return segments.slice(0, inputsMax).filter((segment) => {
    docs += segment.docs;
    return docs <= docsMax;
  });
}

export function docsOf(segments: readonly Sized[]): number {
  return segments.reduce((sum, segment) => sum + segment.docs, 0);
}
