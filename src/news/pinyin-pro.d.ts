/** The package types its functions only, which load all of its dictionaries: here is how single characters are read. */
declare module "pinyin-pro/dist/esm/data/dict1.mjs" {
  /** Readings with tones, between spaces: `tí dī dǐ`. */
  const readings: { get(character: string): string | undefined };
  export default readings;
}
