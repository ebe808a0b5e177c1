import { checkLink, linkedUser } from "./links.ts";
import type { RuleName } from "./rules.ts";
import { refuse } from "./rules.ts";
import type { EntityJson } from "./types.ts";

const TAGS: ReadonlySet<string> = new Set(
  "a b strong i em s strike del u ins tg-spoiler tg-emoji tg-time span pre code blockquote".split(" "),
);
const KINDS: Readonly<Record<string, string>> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  ins: "underline",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  "tg-spoiler": "spoiler",
  span: "spoiler",
};
const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

/** What a text with markup means: plain text and entities, and the quiet rules that were applied. */
export type Parsed = { text: string; entities: EntityJson[]; quiet: RuleName[] };

type Open = { tag: string; argument: string; format: string; offset: number };

/**
 * Telegram's HTML mode, step by step as TDLib's `parse_html` goes: the same tags, attribute rules, four named entities,
 * and the same errors with offsets in bytes of the text as sent. Throws a `Refusal`.
 */
export function parseHtml(source: string): Parsed {
  const open: Open[] = [];
  const entities: EntityJson[] = [];
  const quiet: RuleName[] = [];
  let text = "";
  let i = 0;
  while (i < source.length) {
    // Runs without markup are the most of a text: take them whole.
    let next = i;
    while (next < source.length && source[next] !== "<" && source[next] !== "&") next++;
    if (next > i) {
      text += source.slice(i, next);
      i = next;
      continue;
    }
    if (source[i] === "&") {
      const decoded = decodeEntity(source, i);
      if (decoded === undefined && /^&[a-z]+;/i.test(source.slice(i, i + 12))) quiet.push("html-named-entities");
      text += decoded?.text ?? "&";
      i = decoded?.end ?? i + 1;
      continue;
    }
    i = source[i + 1] === "/" ? endTag(source, i) : startTag(source, i);
  }
  const unclosed = open.at(-1);
  if (unclosed) throw refuse("html-no-end", { tag: unclosed.tag });
  if (!text.isWellFormed()) throw refuse("html-surrogates");
  for (const entity of entities) if (entity.type === "code") delete entity.language;
  return { text, entities, quiet };

  function startTag(from: string, begin: number): number {
    const read = readStartTag(from, begin);
    open.push({ tag: read.tag, argument: read.argument, format: read.format, offset: text.length });
    return read.end;
  }

  function endTag(from: string, begin: number): number {
    const last = open.at(-1);
    if (!last) throw refuse("html-unexpected-end", { at: bytesBefore(from, begin) });
    let at = begin + 2;
    while (!isSpace(from[at]) && from[at] !== ">") at++;
    const name = from.slice(begin + 2, at).toLowerCase();
    while (at < from.length && isSpace(from[at])) at++;
    if (from[at] !== ">") throw refuse("html-unclosed-end", { at: bytesBefore(from, begin) });
    if (name !== "" && name !== last.tag) {
      throw refuse("html-unmatched-end", { at: bytesBefore(from, begin), tag: last.tag, found: name });
    }
    open.pop();
    if (text.length > last.offset) close(last, text, { entities, quiet });
    return at + 1;
  }
}

/** UTF-8 bytes of the text before an index. */
export function bytesBefore(text: string, index: number): number {
  return Buffer.byteLength(text.slice(0, index));
}

type StartTag = { tag: string; argument: string; format: string; end: number };

function readStartTag(source: string, begin: number): StartTag {
  let i = begin + 1;
  while (!isSpace(source[i]) && source[i] !== ">") i++;
  if (i >= source.length) throw refuse("html-unclosed-start", { at: bytesBefore(source, begin) });
  const tag = source.slice(begin + 1, i).toLowerCase();
  if (!TAGS.has(tag)) throw refuse("html-unsupported-tag", { tag, at: bytesBefore(source, begin) });
  let argument = "";
  let format = "";
  while (source[i] !== ">") {
    while (i < source.length && isSpace(source[i])) i++;
    if (source[i] === ">") break;
    const name = readAttributeName(source, i, { tag, begin });
    i = name.end;
    if (source[i] !== "=") {
      if (tag === "blockquote" && name.name === "expandable") argument = "expandable";
      continue;
    }
    const value = readAttributeValue(source, i + 1, { tag, begin });
    i = value.end;
    if (tag === "a" && name.name === "href") argument = value.value;
    else if (tag === "code" && name.name === "class" && value.value.startsWith("language-")) {
      argument = value.value.slice(9);
    } else if (tag === "span" && name.name === "class" && value.value.startsWith("tg-"))
      argument = value.value.slice(3);
    else if (tag === "tg-emoji" && name.name === "emoji-id") argument = value.value;
    else if (tag === "tg-time" && name.name === "unix") argument = value.value;
    else if (tag === "tg-time" && name.name === "format") format = value.value;
  }
  if (tag === "span" && argument !== "spoiler") throw refuse("html-span-class", { at: bytesBefore(source, begin) });
  return { tag, argument, format, end: i + 1 };
}

type Tag = { tag: string; begin: number };

function readAttributeName(source: string, from: number, { tag, begin }: Tag): { name: string; end: number } {
  let i = from;
  while (i < source.length && !isSpace(source[i]) && !/[=>/"']/.test(source[i]!)) i++;
  const name = source.slice(from, i);
  if (name === "") {
    if (i >= source.length) throw refuse("html-unclosed-named", { tag, at: bytesBefore(source, begin) });
    throw refuse("html-attribute-empty", { tag, at: bytesBefore(source, begin) });
  }
  while (i < source.length && isSpace(source[i])) i++;
  if (i >= source.length) throw refuse("html-unclosed-named", { tag, at: bytesBefore(source, begin) });
  return { name, end: i };
}

function readAttributeValue(source: string, from: number, { tag, begin }: Tag): { value: string; end: number } {
  let i = from;
  while (i < source.length && isSpace(source[i])) i++;
  if (i >= source.length) throw refuse("html-unclosed-named", { tag, at: bytesBefore(source, begin) });
  const quote = source[i];
  if (quote !== '"' && quote !== "'") {
    const start = i;
    while (i < source.length && /[a-zA-Z0-9.-]/.test(source[i]!)) i++;
    if (!isSpace(source[i]) && source[i] !== ">") {
      throw refuse("html-name-token", { at: bytesBefore(source, start) });
    }
    if (i >= source.length) throw refuse("html-unclosed-start", { at: bytesBefore(source, begin) });
    return { value: source.slice(start, i).toLowerCase(), end: i };
  }
  let value = "";
  i++;
  while (i < source.length && source[i] !== quote) {
    const decoded = source[i] === "&" ? decodeEntity(source, i) : undefined;
    value += decoded?.text ?? source[i];
    i = decoded?.end ?? i + 1;
  }
  if (source[i] === quote) i++;
  if (i >= source.length) throw refuse("html-unclosed-start", { at: bytesBefore(source, begin) });
  return { value, end: i };
}

function close(tag: Open, text: string, { entities, quiet }: Pick<Parsed, "entities" | "quiet">): void {
  const place = { offset: tag.offset, length: text.length - tag.offset };
  const last = entities.at(-1);
  const same = last?.offset === place.offset && last.length === place.length;
  switch (tag.tag) {
    case "a":
      link(tag.argument === "" ? text.slice(tag.offset) : tag.argument);
      break;
    case "pre":
      if (same && last.type === "code" && last.language) last.type = "pre";
      else entities.push({ type: "pre", ...place });
      break;
    case "code":
      if (same && last.type === "pre" && tag.argument !== "") last.language = tag.argument;
      else entities.push({ type: "code", ...place, language: tag.argument === "" ? undefined : tag.argument });
      break;
    case "blockquote":
      entities.push({ type: tag.argument === "expandable" ? "expandable_blockquote" : "blockquote", ...place });
      break;
    case "tg-emoji":
      if (!/^-?\d{1,19}$/.test(tag.argument) || !isInt64(tag.argument)) throw refuse("html-custom-emoji");
      entities.push({ type: "custom_emoji", ...place, custom_emoji_id: tag.argument });
      break;
    case "tg-time":
      if (/^\d{1,12}$/.test(tag.argument)) {
        entities.push({ type: "date_time", ...place, unix_time: Number(tag.argument), date_time_format: tag.format });
      }
      break;
    default:
      entities.push({ type: KINDS[tag.tag]!, ...place });
  }

  function link(url: string): void {
    const user = linkedUser(url);
    if (user !== undefined) {
      entities.push({ type: "text_mention", ...place, user: { id: user, is_bot: false, first_name: "" } });
      return;
    }
    const checked = checkLink(url);
    if ("url" in checked) entities.push({ type: "text_link", ...place, url: checked.url });
    else quiet.push("html-link-dropped");
  }
}

/** One character reference at `&`; undefined when it is none that Telegram knows, and so stays as it is. */
function decodeEntity(source: string, at: number): { text: string; end: number } | undefined {
  const numeric = /^&#(?:x([0-9a-f]*)|([0-9]*))/i.exec(source.slice(at, at + 16));
  if (numeric && source[at + 2] !== "X") {
    const end = at + numeric[0].length;
    const code = numeric[1] !== undefined ? Number.parseInt(numeric[1] || "0", 16) : Number(numeric[2] || "0");
    if (code === 0 || code >= 0x10ffff || end - at >= 10) return undefined;
    return { text: String.fromCodePoint(code), end: source[end] === ";" ? end + 1 : end };
  }
  let end = at + 1;
  while (end < source.length && /[a-zA-Z]/.test(source[end]!)) end++;
  const named = NAMED[source.slice(at + 1, end)];
  return named === undefined ? undefined : { text: named, end: source[end] === ";" ? end + 1 : end };
}

/** As TDLib has it, the end of the text is a space too. */
function isSpace(sign: string | undefined): boolean {
  return sign === undefined || sign === " " || sign === "\n" || sign === "\t" || sign === "\r" || sign === "\v";
}

function isInt64(digits: string): boolean {
  const value = BigInt(digits);
  return value !== 0n && BigInt.asIntN(64, value) === value;
}
