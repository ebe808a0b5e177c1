/** Twice the terms that an article can have, so that there is always an empty place; most terms meet one at once. */
const bits = 13;
const size = 2 ** bits;

const places = new Uint16Array(size);
let placed: Uint32Array | undefined;

/**
 * Makes an article's terms ready to be looked up by `placeOf`, for one that is held against many: walking along two lists
 * takes twice as long. There is one table: it holds until another article's is asked for.
 */
export function placesOf(terms: Uint32Array): Uint16Array {
  if (placed === terms) return places;
  places.fill(0);
  for (let i = 0; i < terms.length; i += 1) {
    let at = firstPlace(terms[i]!);
    while (places[at] !== 0) at = (at + 1) & (size - 1);
    places[at] = i + 1;
  }
  placed = terms;
  return places;
}

/** Where a term stands among an article's; -1 when it is none of them. */
export function placeOf(places: Uint16Array, terms: Uint32Array, term: number): number {
  for (let at = firstPlace(term); ; at = (at + 1) & (size - 1)) {
    const place = places[at]!;
    if (place === 0 || terms[place - 1] === term) return place - 1;
  }
}

function firstPlace(term: number): number {
  return Math.imul(term, 0x9e3779b1) >>> (32 - bits);
}
