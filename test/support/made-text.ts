/** The same numbers for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const alphabet = [..."国中经济台風颱风云雲溪隧道發发布，。“”《》·—…％%+-.,'\"() 　0123abcDEéßｉＰ😀👍🏽ガｶﾞ한글\t\n"];

/** A text of all kinds of characters, which is hard to find pieces of. */
export function madeText(random: () => number, length: number): string {
  const some = () => alphabet[Math.floor(random() * alphabet.length)] as string;
  return Array.from({ length }, some).join("");
}
