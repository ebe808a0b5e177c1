/** The package types its converters only; its dictionaries are strings of "from to [to…]" pairs joined by "|". */
declare module "opencc-js/dict/TSCharacters" {
  const pairs: string;
  export default pairs;
}
declare module "opencc-js/dict/JPShinjitaiCharactersRev" {
  const pairs: string;
  export default pairs;
}
declare module "opencc-js/dict/TWVariantsRev" {
  const pairs: string;
  export default pairs;
}
declare module "opencc-js/dict/HKVariantsRev" {
  const pairs: string;
  export default pairs;
}
