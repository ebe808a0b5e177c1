/** Enough of a text to know its language by. */
const sampleCharsMax = 4_000;

const scripts: [language: string, pattern: RegExp][] = [
  ["ja", /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ["ko", /\p{Script=Hangul}/gu],
  ["zh", /\p{Script=Han}/gu],
  ["ru", /\p{Script=Cyrillic}/gu],
  ["ar", /\p{Script=Arabic}/gu],
  ["he", /\p{Script=Hebrew}/gu],
  ["el", /\p{Script=Greek}/gu],
  ["th", /\p{Script=Thai}/gu],
  ["hi", /\p{Script=Devanagari}/gu],
];

/** Little words that one language of the Latin script has and its neighbours have not, or seldom. */
const littleWords: [language: string, words: Set<string>][] = [
  [
    "en",
    new Set(
      "the of and to in is that for was with as are by this from at have has not be it on he his will".split(" "),
    ),
  ],
  [
    "de",
    new Set(
      "der die das und ist nicht mit den dem ein eine von zu auf für im sich des auch wird wurde sind".split(" "),
    ),
  ],
  ["fr", new Set("le la les des et est dans pour que qui une du sur pas au avec par ce ses sont été aux".split(" "))],
  ["es", new Set("el los las del y en que por con una para se su al como más fue han este entre pero".split(" "))],
  ["it", new Set("il lo gli di che e in per con una del della non sono è dei al nel alla anche più".split(" "))],
  ["pt", new Set("o os as da do dos das que em um uma para com não por no na ao mais foi são".split(" "))],
  ["nl", new Set("de het een van en dat niet met voor zijn op te aan ook er bij door naar werd uit".split(" "))],
];

/**
 * The language of a text (ISO 639-1) by its script, and in the Latin script by its little words. `declared` ("zh-CN",
 * "en_US") is believed unless the script gives it the lie: pages copy their templates' lang. "und" when nobody can
 * tell.
 */
export function detectLanguage(text: string, declared = ""): string {
  const sample = text.slice(0, sampleCharsMax);
  const said = /^[a-z]{2,3}(?=$|[-_])/i.exec(declared.trim())?.[0].toLowerCase() ?? "";
  const letters = count(sample, /\p{L}/gu);
  if (letters === 0) return said || "und";
  const byScript = scripts.map(([language, pattern]) => ({ language, share: count(sample, pattern) / letters }));
  const share = (language: string) => byScript.find((one) => one.language === language)!.share;
  // Kana beside characters is Japanese; a character is a word, so a fifth of the letters is enough to be Chinese.
  if (share("ja") > 0.08 && share("ja") + share("zh") > 0.3) return "ja";
  const best = byScript.reduce((a, b) => (b.share > a.share ? b : a));
  if (best.share >= (best.language === "zh" ? 0.2 : 0.4)) return scriptLanguage(best.language, said);
  if (said !== "" && !scripts.some(([language]) => language === said)) return said;
  return byLittleWords(sample) || said || "und";
}

/** Ukrainian and Bulgarian share Russian's script, Cantonese Chinese's: there the declaration decides. */
function scriptLanguage(language: string, said: string): string {
  const sharing: Record<string, string[]> = {
    ru: ["uk", "bg", "sr", "mk", "be", "kk", "mn"],
    ar: ["fa", "ur", "ps"],
    hi: ["mr", "ne"],
    zh: ["ja"],
  };
  if (language === "zh" && said === "yue") return "zh";
  return sharing[language]?.includes(said) ? said : language;
}

function byLittleWords(text: string): string {
  const words = text.toLowerCase().match(/[\p{L}']+/gu) ?? [];
  let best = { language: "", hits: 0 };
  for (const [language, little] of littleWords) {
    const hits = words.filter((word) => little.has(word)).length;
    if (hits > best.hits) best = { language, hits };
  }
  if (best.hits === 0) return words.length > 0 && /^[\p{ASCII}“”‘’–—…€£©™]*$/u.test(text) ? "en" : "";
  return best.language;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
