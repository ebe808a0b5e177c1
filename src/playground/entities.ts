import type { RuleName } from "./rules.ts";
import { refuse } from "./rules.ts";
import type { EntityJson } from "./types.ts";

/** Formatting beyond this many entities is dropped without a word; found links, mentions and emoji are not counted. */
const entitiesMax = 100;
/** What a message's entities, URLs included, may weigh on Telegram's wire. */
const entitiesBytesMax = 9_500;
/** Constructor, offset and length of one entity on that wire. */
const entityBytes = 12;
/** Automatic detection looks for at most this many of each kind. */
const foundMax = 500;

const SPLITTABLE: ReadonlySet<string> = new Set(["bold", "italic", "underline", "strikethrough", "spoiler"]);
const QUOTES: ReadonlySet<string> = new Set(["blockquote", "expandable_blockquote"]);
const FOUND: ReadonlySet<string> = new Set(["url", "mention", "hashtag", "cashtag", "bot_command", "email"]);
/** TDLib's order of entities with the same place. */
const PRIORITY: readonly string[] =
  "blockquote expandable_blockquote text_link text_mention bold italic underline strikethrough spoiler code pre".split(
    " ",
  );

/**
 * Brings entities into the order and nesting that Telegram keeps: sorted, links and code not inside each other, nothing
 * inside code, styles cut where they cross a border.
 */
export function arrangeEntities(entities: EntityJson[], quiet: RuleName[]): EntityJson[] {
  if (entities.length < 2) return entities;
  const sorted = entities.toSorted(byPlace);
  if (isNested(sorted)) return sorted;
  const firm = withoutOverlaps(
    sorted.filter((e) => !SPLITTABLE.has(e.type) && !QUOTES.has(e.type)),
    quiet,
  );
  const quotes = withoutOverlaps(
    sorted.filter((e) => QUOTES.has(e.type)),
    quiet,
  );
  const borders = [...firm, ...quotes];
  const styles = sorted.filter((e) => SPLITTABLE.has(e.type)).flatMap((style) => cut(style, borders, quiet));
  return [...borders, ...styles].sort(byPlace);
}

/** Drops what is beyond the hundred: links, code and quotes are kept first, so styles die first. */
export function limitEntities(entities: EntityJson[], quiet: RuleName[]): EntityJson[] {
  if (entities.length <= entitiesMax) return entities;
  let left = entitiesMax;
  const kept = new Set<EntityJson>();
  const keep = (entity: EntityJson): void => {
    if (left > 0) {
      kept.add(entity);
      left--;
    } else quiet.push("entities-over-100");
  };
  for (const entity of entities) {
    if (FOUND.has(entity.type) || entity.type === "custom_emoji") kept.add(entity);
    else if (!SPLITTABLE.has(entity.type)) keep(entity);
  }
  for (const entity of entities) if (SPLITTABLE.has(entity.type)) keep(entity);
  return entities.filter((entity) => kept.has(entity));
}

/** Throws ENTITIES_TOO_LONG when the entities weigh too much. */
export function weighEntities(entities: readonly EntityJson[]): void {
  let bytes = 0;
  for (const entity of entities) {
    if (FOUND.has(entity.type)) continue;
    bytes += entityBytes;
    if (entity.url !== undefined) bytes += padded(Buffer.byteLength(entity.url));
    if (entity.language !== undefined) bytes += padded(Buffer.byteLength(entity.language));
  }
  if (bytes > entitiesBytesMax) throw refuse("entities-too-long");
}

/** Bot commands, mentions, hashtags, addresses and links that Telegram finds in a text by itself. */
export function findEntities(text: string, given: readonly EntityJson[]): EntityJson[] {
  // Most messages hold no sign that could begin one.
  if (!/[/@#.]/.test(text)) return [];
  const found: EntityJson[] = [];
  const taken = given.filter((e) => !SPLITTABLE.has(e.type) && !QUOTES.has(e.type));
  const add = (type: string, pattern: RegExp, group: number): void => {
    let count = 0;
    for (const match of text.matchAll(pattern)) {
      if (++count > foundMax) return;
      const whole = group === 0 ? match[0] : match[group]!;
      const offset = match.index + match[0].indexOf(whole);
      const length = type === "url" ? whole.replace(/[.,;:!?'")\]]+$/, "").length : whole.length;
      const clash = (e: EntityJson): boolean => e.offset < offset + length && offset < e.offset + e.length;
      if (length > 0 && !taken.some(clash) && !found.some(clash)) found.push({ type, offset, length });
    }
  };
  add("url", /https?:\/\/[^\s<>"“”，。、；（）《》]+/gi, 0);
  add("email", /(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+/gi, 0);
  add(
    "url",
    /(?<![\w@.-])(?:[a-z0-9-]{1,63}\.)+(?:org|com|net|cn|io|dev|uk|news|info|me)(?![\w-])(?:\/[^\s<>"]*)?/gi,
    0,
  );
  add("bot_command", /(?<![\p{L}\p{N}_/<>])\/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\p{L}\p{N}_/<>])/gu, 0);
  add("mention", /(?<![\w@])@[a-zA-Z0-9_]{3,32}(?!\w)/g, 0);
  add("hashtag", /(?<![\p{L}\p{N}_#/])#(?=[\p{N}_]*\p{L})[\p{L}\p{N}_]{1,255}/gu, 0);
  return found;
}

/** Entities put together and sorted, found ones among the given. */
export function mergeEntities(given: EntityJson[], found: EntityJson[]): EntityJson[] {
  if (found.length === 0) return given;
  return [...given, ...found].sort(byPlace);
}

function byPlace(a: EntityJson, b: EntityJson): number {
  return a.offset - b.offset || b.length - a.length || PRIORITY.indexOf(a.type) - PRIORITY.indexOf(b.type);
}

/** Whether every entity lies wholly inside or outside of every other, in a way that Telegram keeps as it is. */
function isNested(sorted: readonly EntityJson[]): boolean {
  const around: EntityJson[] = [];
  for (const entity of sorted) {
    while (around.length > 0 && end(around.at(-1)!) <= entity.offset) around.pop();
    for (const outer of around) {
      if (end(entity) > end(outer) || entity.type === outer.type) return false;
      if (outer.type === "code" || outer.type === "pre") return false;
      const bothFirm = !SPLITTABLE.has(entity.type) && !SPLITTABLE.has(outer.type) && !QUOTES.has(outer.type);
      if (bothFirm) return false;
    }
    around.push(entity);
  }
  return true;
}

function withoutOverlaps(sorted: readonly EntityJson[], quiet: RuleName[]): EntityJson[] {
  const kept: EntityJson[] = [];
  for (const entity of sorted) {
    const last = kept.at(-1);
    if (!last || entity.offset >= end(last)) kept.push(entity);
    else quiet.push(last.type === "text_link" ? "html-nested-link" : "entities-in-code");
  }
  return kept;
}

/** The pieces of a style that lie outside of code and cross no border. */
function cut(style: EntityJson, borders: readonly EntityJson[], quiet: RuleName[]): EntityJson[] {
  let pieces = [{ from: style.offset, to: end(style) }];
  for (const border of borders) {
    const [a, b] = [border.offset, end(border)];
    const isCode = border.type === "code" || border.type === "pre";
    pieces = pieces.flatMap(({ from, to }) => {
      if (to <= a || b <= from) return [{ from, to }];
      if (isCode) quiet.push("entities-in-code");
      const inside = { from: Math.max(from, a), to: Math.min(to, b) };
      const crosses = (from < a && to < b) || (a < from && b < to);
      if (!isCode && !crosses) return [{ from, to }];
      return [{ from, to: a }, ...(isCode ? [] : [inside]), { from: b, to }].filter((piece) => piece.from < piece.to);
    });
  }
  return pieces.map(({ from, to }) => ({ ...style, offset: from, length: to - from }));
}

function end(entity: EntityJson): number {
  return entity.offset + entity.length;
}

/** A string on the wire: a length byte (or four) and the bytes, filled up to four. */
function padded(bytes: number): number {
  const head = bytes < 254 ? 1 : 4;
  return Math.ceil((bytes + head) / 4) * 4;
}
