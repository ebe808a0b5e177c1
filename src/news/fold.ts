import hongKong from "opencc-js/dict/HKVariantsRev";
import japanese from "opencc-js/dict/JPShinjitaiCharactersRev";
import simplified from "opencc-js/dict/TSCharacters";
import taiwan from "opencc-js/dict/TWVariantsRev";

/** A folded text and where each of its UTF-16 units stood: `at[i]` is an index into the original, `at[length]` its end. */
export type Folded = { text: string; at: Uint32Array };

/**
 * One spelling for everything a person would call the same text: width (ＡＢＣ, ｶﾞ), case, accents of Latin, Greek and
 * ё, traditional to simplified characters, kinds of space, hyphen, apostrophe and middle dot. What cannot be seen (soft
 * hyphens, joiners, direction marks) goes; a run of white space is one space. No other punctuation changes, and no
 * character becomes two unless it must (ß), so a piece of a text folds to a piece of the folded text.
 *
 * Traditional characters are folded one by one: phrases would make a piece depend on its neighbours (乾隆, 乾燥).
 */
export function fold(text: string): string {
  return run(text, null).text;
}

/** `fold` with the way back, for marking words in the text as it was written. */
export function foldMapped(text: string): Folded {
  return run(text, new Uint32Array(text.length * expansionMax + 1));
}

/** A folded character that belongs to an alphabet (not a digit, an ideograph, kana, hangul or a sign). */
export function isLetter(unit: number): boolean {
  if (unit < 0x80) return unit >= 0x61 && unit <= 0x7a;
  return unit < 0x1100 && unit >= 0xc0 && unit !== 0xd7 && unit !== 0xf7;
}

export function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

/** Han, kana or hangul: scripts in which any two neighbours may be a word. */
export function isIdeographic(unit: number): boolean {
  return (
    (unit >= 0x4e00 && unit <= 0x9fff) ||
    (unit >= 0x3041 && unit <= 0x30ff && unit !== 0x30fb) ||
    (unit >= 0xac00 && unit <= 0xd7a3) ||
    (unit >= 0x3400 && unit <= 0x4dbf) ||
    (unit >= 0xd840 && unit <= 0xd88f) ||
    (unit >= 0xdc00 && unit <= 0xdfff) ||
    unit === 0x3005 ||
    unit === 0x3007
  );
}

/** A text of UTF-16 units. */
function textOf(units: Uint16Array): string {
  const sliceUnits = 8192; // fromCharCode takes its arguments from the stack
  let text = "";
  for (let i = 0; i < units.length; i += sliceUnits)
    text += String.fromCharCode.apply(null, units.subarray(i, i + sliceUnits) as unknown as number[]);
  return text;
}

/** No character folds to more units than this (ﬃ → ffi, lowered İ and the like less). */
const expansionMax = 4;
const space = 0x20;
const removed = "";

/** Folded forms that Unicode's decompositions do not give. */
const letters: Record<string, string> = {
  ß: "ss",
  ẞ: "ss",
  æ: "ae",
  Æ: "ae",
  œ: "oe",
  Œ: "oe",
  ø: "o",
  Ø: "o",
  đ: "d",
  Đ: "d",
  ł: "l",
  Ł: "l",
  ı: "i",
  ё: "е",
  Ё: "е",
  "‘": "'",
  "’": "'",
  "‐": "-",
  "‑": "-",
  "−": "-",
  "・": "·",
  "‧": "·",
  "•": "·",
  "∙": "·",
  "⋅": "·",
  "･": "·",
};

/** Traditional characters that the dictionary knows in phrases only, where simplified text hardly ever has them. */
const inPhrases = "瞭了覆复藉借甦苏揹背薰熏彷仿暱昵伕夫甯宁馀余菓果濬浚谘咨澂澄";

/**
 * Older printed forms, which Unicode encodes apart because a Japanese, Korean or Taiwanese standard did (the Unihan
 * database's kZVariant and kSemanticVariant), with the form that simplified text has.
 */
const olderForms =
  "靑青淸清尙尚愼慎塡填顚颠巓巅鄕乡硏研槪概姸妍吿告呑吞郞郎飮饮髙高倂并竝并甁瓶徧遍嬾懒栢柏畧略湼涅砲炮衇脉囯国囻国圀国廐厩廏厩韮韭" +
  "閙闹劔剑剱剑甞尝晄晃緖绪襃褒萠萌飜翻餠饼戸户呉吴娯娱揷插隷隶歩步毎每頴颖鬭斗澁涩戯戏擧举";

/** Japanese simplified forms that are other words in Chinese: 予 is no 豫, 浜 of 沙家浜 no 滨. */
const otherInChinese = "予浜弁欠缶芸糸沪連余蛍";

/** Han characters by code, 0 where nothing changes. Variants of Taiwan, Hong Kong and Japan lead to the same form. */
const han = hanTable();

function hanTable(): Uint16Array {
  const table = new Uint16Array(0x10000);
  const to = (from: string, into: string) => {
    if (from.length === 1 && into.length === 1) table[from.charCodeAt(0)] = into.charCodeAt(0);
  };
  const plain = new Set<string>();
  for (const pair of simplified.split("|")) {
    const [from = "", into = ""] = pair.split(" ");
    to(from, into);
    plain.add(into);
  }
  for (const pair of `${taiwan}|${hongKong}`.split("|")) {
    const [from = "", into = ""] = pair.split(" ");
    const code = into.charCodeAt(0);
    if (!plain.has(from) && !table[from.charCodeAt(0)]) to(from, String.fromCharCode(table[code] || code));
  }
  for (const pairs of [inPhrases, olderForms])
    for (let i = 0; i < pairs.length; i += 2) to(pairs[i] as string, pairs[i + 1] as string);
  const older = new Set([...olderForms].filter((_, at) => at % 2 === 0));
  // The way back: 沢 to 澤 and so to 泽.
  for (const pair of japanese.split("|")) {
    const [into = "", from = ""] = pair.split(" ");
    const code = into.charCodeAt(0);
    const isKnown = plain.has(from) || table[from.charCodeAt(0)] !== 0 || otherInChinese.includes(from);
    if (!isKnown && !older.has(into)) to(from, String.fromCharCode(table[code] || code));
  }
  for (let code = 0xf900; code <= 0xfaff; code++) {
    const unified = String.fromCharCode(code).normalize("NFKC");
    if (unified.length === 1) table[code] = table[unified.charCodeAt(0)] || unified.charCodeAt(0);
  }
  return table;
}

function run(text: string, at: Uint32Array | null): Folded {
  const units = new Uint16Array(text.length * expansionMax);
  let length = 0;
  const put = (unit: number, from: number) => {
    if (unit === space && (length === 0 || units[length - 1] === space)) return;
    if (at) at[length] = from;
    units[length++] = unit;
  };
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x4e00 && unit <= 0x9fff) put(han[unit] || unit, i);
    else if (unit < 0x80)
      put(unit >= 0x41 && unit <= 0x5a ? unit + 32 : unit <= space || unit === 0x7f ? space : unit, i);
    else if (joins(unit) && length > 0) {
      const whole = String.fromCharCode(units[length - 1] as number, joined(unit)).normalize("NFC");
      if (whole.length === 1) units[length - 1] = whole.charCodeAt(0);
    } else if (unit >= 0xd800 && unit <= 0xdfff) {
      const low = text.charCodeAt(i + 1);
      if (unit <= 0xdbff && low >= 0xdc00 && low <= 0xdfff) {
        const plain = astral(text.slice(i, i + 2));
        for (let k = 0; k < plain.length; k++) put(plain.charCodeAt(k), i);
        i++;
      }
    } else {
      const plain = other(unit);
      for (let k = 0; k < plain.length; k++) put(plain.charCodeAt(k), i);
    }
  }
  if (units[length - 1] === space) length--;
  if (at) at[length] = text.length;
  return { text: textOf(units.subarray(0, length)), at: at ? at.slice(0, length + 1) : new Uint32Array(0) };
}

/** Marks that change the kana before them, and the vowels and finals of hangul written in parts. */
function joins(unit: number): boolean {
  return unit === 0x3099 || unit === 0x309a || unit === 0xff9e || unit === 0xff9f || (unit >= 0x1161 && unit <= 0x11c2);
}

function joined(unit: number): number {
  return unit === 0xff9e ? 0x3099 : unit === 0xff9f ? 0x309a : unit;
}

/** What `form` said of a character of the basic plane: a fact about Unicode, worked out when it is first met. */
const forms: (string | undefined)[] = new Array(0x10000);

function other(unit: number): string {
  let known = forms[unit];
  if (known === undefined) forms[unit] = known = form(unit);
  return known;
}

function form(unit: number): string {
  const char = String.fromCharCode(unit);
  const known = letters[char];
  if (known !== undefined) return known;
  if (/\p{Cf}|\p{Co}/u.test(char) || unit === 0x34f || (unit >= 0xfe00 && unit <= 0xfe0f)) return removed;
  if (/\s|\p{Cc}/u.test(char)) return " ";
  if (unit >= 0xff00 || (unit >= 0xfb00 && unit <= 0xfb06)) return char.normalize("NFKC").toLowerCase();
  if (han[unit]) return String.fromCharCode(han[unit] as number);
  if (/\p{M}/u.test(char)) return unit >= 0x300 && unit <= 0x36f ? removed : char;
  if (/[\p{Script=Latin}\p{Script=Greek}]/u.test(char) && /\p{L}/u.test(char) && !/\p{Lm}/u.test(char)) {
    const bare = char
      .toLowerCase()
      .normalize("NFD")
      .replace(/[\u0300-\u036f]/g, "");
    return letters[bare] ?? bare.slice(0, expansionMax);
  }
  return char.toLowerCase();
}

/** Letters of bold, script and other mathematical alphabets, which people use as ornament, are the plain ones. */
function astral(pair: string): string {
  const code = pair.codePointAt(0) as number;
  if (code >= 0x1d400 && code <= 0x1d7ff) return pair.normalize("NFKC").toLowerCase();
  if (code >= 0x2f800 && code <= 0x2fa1f) {
    const plain = pair.normalize("NFKC");
    return plain.length === 1 ? fold(plain) : plain;
  }
  if (code >= 0xe0000 && code <= 0xe0fff) return removed;
  return pair;
}
