import { analyse } from "chardet";

/** Where a declaration may stand in the bytes; browsers look at the first 1,024, many pages declare later. */
const declarationBytesMax = 8_192;
/** Enough bytes to guess an encoding by. */
const guessBytesMax = 65_536;
/** A declared encoding is believed as long as fewer of its characters than one in so many are broken. */
const brokenShare = 500;

export type Decoded = { text: string; encoding: string };

/**
 * Turns a document's bytes into text. A mark of order wins; then the HTTP header, then the declaration inside are
 * tried, each as WHATWG reads its label; UTF-8 that cannot be chance wins over both, since servers declare what they
 * were set to. When nothing fits, the bytes themselves are guessed at.
 */
export function decodeBytes(bytes: Uint8Array, options: { contentType?: string | null } = {}): Decoded {
  const marked = byMark(bytes) ?? byZeros(bytes);
  if (marked !== null) return marked;
  const labels = [charsetOf(options.contentType ?? ""), declaredIn(bytes)].filter((label) => label !== null);
  const utf8 = tryDecode(bytes, "utf-8")!;
  if (utf8.broken === 0 && (utf8.beyondAscii > 0 ? isSurelyUtf8(utf8.text, labels) : !labels.some(isEscaped))) {
    return { text: utf8.text, encoding: "utf-8" };
  }
  let best: (Attempt & { encoding: string }) | null = null;
  for (const label of [...labels, "utf-8"]) {
    const attempt = tryDecode(bytes, label);
    if (attempt === null) continue;
    if (attempt.broken * brokenShare <= attempt.text.length) return { text: attempt.text, encoding: attempt.encoding };
    if (best === null || attempt.broken < best.broken) best = attempt;
  }
  const guess = guessed(bytes);
  if (guess !== null && (best === null || guess.broken < best.broken)) best = guess;
  return best === null ? utf8 : { text: best.text, encoding: best.encoding };
}

/** The charset parameter of a Content-Type, quoted or not; null when it has none. */
export function charsetOf(contentType: string): string | null {
  return /;\s*charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(contentType)?.[1] ?? null;
}

type Attempt = { text: string; encoding: string; broken: number; beyondAscii: number };

function tryDecode(bytes: Uint8Array, label: string): Attempt | null {
  const name = aliases.get(label.toLowerCase()) ?? label;
  // These are known by their mark or their zeros; a declaration in letters of one byte gives itself the lie.
  if (/^u(?:tf|cs)[-_]?(?:16|32)/i.test(name)) return null;
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(name);
  } catch {
    return null;
  }
  const text = decoder.decode(bytes);
  return { text, encoding: decoder.encoding, broken: count(text, /\ufffd/g), beyondAscii: count(text, /[^\0-\x7f]/g) };
}

/** Labels that feeds use and WHATWG does not know. */
const aliases = new Map([
  ["x-gbk", "gbk"],
  ["gb_2312", "gbk"],
  ["gb2312-80", "gbk"],
  ["cp936", "gbk"],
  ["ms936", "gbk"],
  ["cp950", "big5"],
  ["big5hkscs", "big5-hkscs"],
  ["cp932", "shift_jis"],
  ["tis620", "tis-620"],
  ["utf8mb4", "utf-8"],
  ["utf", "utf-8"],
  ["ansi", "windows-1252"],
  ["macroman", "macintosh"],
  ["cp1250", "windows-1250"],
  ["cp1251", "windows-1251"],
  ["cp1252", "windows-1252"],
]);

function byMark(bytes: Uint8Array): Decoded | null {
  const [a, b, c, d] = bytes;
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff)
    return { text: utf32(bytes.subarray(4), false), encoding: "utf-32be" };
  if (a === 0xff && b === 0xfe && c === 0 && d === 0)
    return { text: utf32(bytes.subarray(4), true), encoding: "utf-32le" };
  if (a === 0xef && b === 0xbb && c === 0xbf) {
    const { text, broken } = tryDecode(bytes, "utf-8")!;
    // A mark in front of bytes of another encoding is an editor's mistake.
    return broken * brokenShare <= text.length ? { text, encoding: "utf-8" } : null;
  }
  if (a === 0xfe && b === 0xff) return wide(bytes, "utf-16be");
  if (a === 0xff && b === 0xfe) return wide(bytes, "utf-16le");
  return null;
}

/** Without a mark: the first character of a document is one byte of ASCII, the zeros around it tell the width. */
function byZeros(bytes: Uint8Array): Decoded | null {
  const zeros = [0, 1, 2, 3].map((at) => bytes[at] === 0);
  const pattern = zeros.map((zero) => (zero ? "0" : "x")).join("");
  if (bytes.length < 4) return null;
  if (pattern === "000x") return { text: utf32(bytes, false), encoding: "utf-32be" };
  if (pattern === "x000") return { text: utf32(bytes, true), encoding: "utf-32le" };
  if (pattern === "0x0x") return wide(bytes, "utf-16be");
  if (pattern === "x0x0") return wide(bytes, "utf-16le");
  return null;
}

function wide(bytes: Uint8Array, encoding: string): Decoded {
  return { text: new TextDecoder(encoding).decode(bytes), encoding };
}

/** The one encoding that feeds come in and TextDecoder has not. */
function utf32(bytes: Uint8Array, little: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = "";
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const point = view.getUint32(at, little);
    text += point > 0x10ffff || (point >= 0xd800 && point < 0xe000) ? "\ufffd" : String.fromCodePoint(point);
  }
  return text;
}

function declaredIn(bytes: Uint8Array): string | null {
  let head = "";
  for (const byte of bytes.subarray(0, declarationBytesMax)) head += String.fromCharCode(byte);
  return (
    /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']\s*([\w.:-]+)/i.exec(head)?.[1] ??
    /<meta\s[^>]*?charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(head)?.[1] ??
    null
  );
}

/** Bytes that are ASCII may still be another encoding's escapes. */
function isEscaped(label: string): boolean {
  return /^(?:iso-2022-|hz-gb|utf-7)/i.test(label);
}

/** Two-byte sequences alone happen by chance in GBK and Big5; three and more bytes a character, well formed, do not. */
function isSurelyUtf8(text: string, labels: string[]): boolean {
  if (labels.length === 0 || labels.every((label) => /^utf-?8/i.test(label))) return true;
  const cjk = labels.some((label) => /gb|big5|jis|euc|ks_c|2022|949|936|950/i.test(label));
  return !cjk || /[\u0800-\uffff]/.test(text);
}

function guessed(bytes: Uint8Array): Attempt | null {
  let best: Attempt | null = null;
  for (const { name, confidence } of analyse(bytes.subarray(0, guessBytesMax))) {
    if (confidence < 10) break;
    const attempt = tryDecode(bytes, name);
    if (attempt !== null && (best === null || attempt.broken < best.broken)) best = attempt;
    if (best !== null && best.broken === 0) break;
  }
  return best;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
