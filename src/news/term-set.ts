/** No text has it: a term of two Chinese characters is below. */
const none = 0xffff_ffff;
/** Places for each term, so that most that are asked for meet an empty one at once. */
const room = 8;

/** Whether a term is one of these: asked for every term of every article, where a Set of so large numbers takes its time. */
export function termSet(terms: Iterable<number>): (term: number) => boolean {
  const all = [...terms];
  const bits = Math.ceil(Math.log2(room * (all.length + 1)));
  const places = new Uint32Array(2 ** bits).fill(none);
  const last = places.length - 1;
  const placeOf = (term: number): number => {
    let at = Math.imul(term, 0x9e3779b1) >>> (32 - bits);
    while (places[at] !== none && places[at] !== term) at = (at + 1) & last;
    return at;
  };
  for (const term of all) places[placeOf(term)] = term;
  return (term) => places[placeOf(term)] === term;
}
