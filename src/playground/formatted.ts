import { arrangeEntities, findEntities, limitEntities, mergeEntities, weighEntities } from "./entities.ts";
import { parseHtml } from "./html.ts";
import { checkLink, linkedUser } from "./links.ts";
import { parseMarkdown } from "./markdown.ts";
import type { Params } from "./params.ts";
import { json, object, text } from "./params.ts";
import type { RuleName } from "./rules.ts";
import { refuse } from "./rules.ts";
import type { EntityJson, UserJson } from "./types.ts";

/** Code points of a message's text after its markup was read. */
const textMax = 4_096;
/** Code points of a caption after its markup was read. */
const captionMax = 1_024;
/** UTF-8 bytes of a text as it was sent. */
const sourceBytesMax = 32_768;

const GIVEN: ReadonlySet<string> = new Set(
  (
    "bold italic underline strikethrough spoiler blockquote expandable_blockquote code pre text_link text_mention " +
    "custom_emoji date_time mention hashtag cashtag bot_command url email phone_number"
  ).split(" "),
);
const FOUND_BY_TELEGRAM: ReadonlySet<string> = new Set(
  "mention hashtag cashtag bot_command url email phone_number".split(" "),
);

/** A text as Telegram keeps it. */
export type Formatted = { text: string; entities: EntityJson[]; quiet: RuleName[] };

type Names = { text: string; parseMode: string; entities: string };
const TEXT: Names = { text: "text", parseMode: "parse_mode", entities: "entities" };
const CAPTION: Names = { text: "caption", parseMode: "parse_mode", entities: "caption_entities" };

/** A call's text, read and checked as far as Telegram does before it looks at the chat. */
export function readText(params: Params): Formatted {
  const source = text(params, TEXT.text);
  if (source === undefined || source === "") throw refuse("text-empty");
  return read(source, params, TEXT);
}

/** A call's caption; undefined when there is none. */
export function readCaption(params: Params): Formatted | undefined {
  const source = text(params, CAPTION.text);
  return source === undefined || source === "" ? undefined : read(source, params, CAPTION);
}

/** The checks that come after the chat was found: emptiness, length, the hundred, the weight. */
export function finishText(formatted: Formatted, { caption }: { caption: boolean } = { caption: false }): Formatted {
  const { quiet } = formatted;
  const trimmed = trim(formatted);
  if (trimmed.text === "") throw refuse("text-blank");
  if (codePoints(trimmed.text) > (caption ? captionMax : textMax)) {
    throw refuse(caption ? "caption-too-long" : "text-too-long");
  }
  const given = limitEntities(arrangeEntities(trimmed.entities, quiet), quiet);
  weighEntities(given);
  return { text: trimmed.text, entities: mergeEntities(given, findEntities(trimmed.text, given)), quiet };
}

/** A person's own text: cleaned, with the entities that Telegram finds. */
export function personText(source: string): Formatted {
  const quiet: RuleName[] = [];
  const cleaned = clean(source, quiet).trim();
  return { text: cleaned, entities: findEntities(cleaned, []).sort((a, b) => a.offset - b.offset), quiet };
}

/** Unicode code points, which is what Telegram counts. */
export function codePoints(value: string): number {
  let count = value.length;
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff) count--;
  }
  return count;
}

function read(source: string, params: Params, names: Names): Formatted {
  if (source.length * 3 > sourceBytesMax && Buffer.byteLength(source) > sourceBytesMax) {
    throw refuse("text-bytes-too-long");
  }
  const quiet: RuleName[] = [];
  const cleaned = clean(source, quiet);
  const mode = (text(params, names.parseMode) ?? "").toLowerCase();
  if (mode === "html") {
    const parsed = parseHtml(cleaned);
    return { ...parsed, quiet: [...quiet, ...parsed.quiet] };
  }
  if (mode === "markdownv2") {
    const parsed = parseMarkdown(cleaned);
    return { ...parsed, quiet: [...quiet, ...parsed.quiet] };
  }
  if (mode !== "" && mode !== "none") throw refuse("parse-mode-unsupported");
  return { text: cleaned, entities: givenEntities(json(params, names.entities), cleaned), quiet };
}

/** TDLib's `clean_input_string`: control characters become spaces, embedding marks and `\r` vanish. */
function clean(source: string, quiet: RuleName[]): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are cleaned
  if (!/[\u0000-\u0009\u000b-\u001f\u2028-\u202e]/.test(source)) return source;
  quiet.push("text-cleaned");
  return (
    source
      .replace(/[\r\u2028-\u202e]/g, "")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are cleaned
      .replace(/[\u0000-\u0009\u000b-\u001f]/g, " ")
  );
}

function trim({ text: source, entities, quiet }: Formatted): Formatted {
  const right = source.replace(/[ \n]+$/, "");
  const first = entities.reduce((least, e) => Math.min(least, e.offset), right.length);
  const blank = Math.min(/^[ \n]*/.exec(right)?.[0].length ?? 0, first);
  if (blank === 0 && right.length === source.length) return { text: source, entities, quiet };
  const kept = entities.flatMap((e) => {
    const to = Math.min(e.offset + e.length, right.length);
    return to > e.offset ? [{ ...e, offset: e.offset - blank, length: to - e.offset }] : [];
  });
  return { text: right.slice(blank), entities: kept, quiet };
}

function givenEntities(value: unknown, source: string): EntityJson[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => {
    const entity = object(one);
    if (!entity || !GIVEN.has(String(entity["type"]))) throw refuse("entity-type");
    const type = String(entity["type"]);
    const place = checkPlace(entity, source);
    // What Telegram finds itself it does not take from others.
    if (place === undefined || FOUND_BY_TELEGRAM.has(type)) return [];
    return [{ type, ...place, ...details(type, entity) }];
  });
}

type Place = { offset: number; length: number };

function checkPlace(entity: Record<string, unknown>, source: string): Place | undefined {
  for (const field of ["offset", "length"] as const) {
    if (!Number.isSafeInteger(entity[field])) throw refuse("entity-field", { field });
  }
  const offset = entity["offset"] as number;
  const length = entity["length"] as number;
  if (offset < 0) throw refuse("entity-offset", { at: offset });
  if (length < 0) throw refuse("entity-length", { length });
  if (length === 0) return undefined;
  if (offset > source.length) throw refuse("entity-begins-late", { at: offset });
  if (offset + length > source.length) throw refuse("entity-ends-late", { at: offset, end: offset + length });
  const unit = source.charCodeAt(offset);
  if (unit >= 0xdc00 && unit <= 0xdfff) throw refuse("entity-in-symbol", { at: offset });
  return { offset, length };
}

function details(type: string, entity: Record<string, unknown>): Partial<EntityJson> {
  if (type === "text_link") {
    if (typeof entity["url"] !== "string") throw refuse("entity-field", { field: "url" });
    const user = linkedUser(entity["url"]);
    if (user !== undefined) return { type: "text_mention", user: { id: user, is_bot: false, first_name: "" } };
    const checked = checkLink(entity["url"]);
    if ("why" in checked) throw refuse("entity-url", { url: entity["url"], why: checked.why });
    return { url: checked.url };
  }
  if (type === "text_mention") {
    const user = object(entity["user"]);
    if (!user) throw refuse("entity-field", { field: "user" });
    return { user: user as UserJson };
  }
  if (type === "pre" && typeof entity["language"] === "string") return { language: entity["language"] };
  if (type === "custom_emoji") {
    if (typeof entity["custom_emoji_id"] !== "string") throw refuse("entity-field", { field: "custom_emoji_id" });
    return { custom_emoji_id: entity["custom_emoji_id"] };
  }
  if (type === "date_time") {
    return { unix_time: Number(entity["unix_time"]), date_time_format: String(entity["date_time_format"] ?? "") };
  }
  return {};
}
