import { z } from "zod";
import type { ArticleDraft } from "../news/article.ts";
import { emptyDraft } from "../news/article.ts";
import { parseDate } from "../news/date.ts";
import { detectLanguage } from "../news/language.ts";
import { absoluteUrl } from "../news/url.ts";
import { leadOf } from "./teaser.ts";

/** A longer line is no article; it is skipped without being held in memory. */
export const lineBytesMax = 4 * 1024 * 1024;
const titleCharsMax = 1_000;
const nameCharsMax = 300;
const reasonCharsMax = 200;
const sampleCharsMax = 300;

/** What one line gave: an article with the source that it names itself, or the reason why there is none. */
export type JsonlLine = { line: number; draft: ArticleDraft; source: string | null } | { line: number; reason: string };

/**
 * Reads JSON Lines, one article a line, as the bytes come in: nothing but the line at hand is kept. Lines count from 1,
 * empty ones are passed over. A bad line gives its reason and the next one is read. `zone` holds for times that name
 * none.
 */
export async function* readJsonl(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: { zone: string },
): AsyncGenerator<JsonlLine> {
  let line = 0;
  for await (const bytes of splitLines(chunks)) {
    line++;
    if (bytes === tooLong) yield { line, reason: `the line is longer than ${lineBytesMax / 1024 / 1024} MiB` };
    else {
      const read = readJsonlLine(bytes, { ...options, first: line === 1 });
      if (read !== null) yield { line, ...read };
    }
  }
}

/** One line alone; null for an empty one. */
export function readJsonlLine(
  bytes: Uint8Array,
  options: { zone: string; first?: boolean },
): { draft: ArticleDraft; source: string | null } | { reason: string } | null {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: !options.first }).decode(bytes).trim();
  } catch {
    return { reason: "not UTF-8" };
  }
  if (text === "") return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { reason: short(`not JSON: ${error instanceof Error ? error.message : "cannot be read"}`) };
  }
  return readJsonArticle(value, options);
}

/** An article given as a JSON object, as one line of JSON Lines has it. Fields of other names are passed over. */
export function readJsonArticle(
  value: unknown,
  options: { zone: string },
): { draft: ArticleDraft; source: string | null } | { reason: string } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { reason: "not a JSON object" };
  const parsed = articleSchema.safeParse(value);
  if (!parsed.success) return { reason: short(parsed.error.issues.map(sentence).join("; ")) };
  const given = parsed.data;
  const publishedAt = given.publishedAt == null ? null : parseDate(given.publishedAt, options.zone);
  // A day of the year 1213 is a day, but no day of publication: such an article has none.
  if (given.publishedAt != null && publishedAt === null && parseDate(inOurTime(given.publishedAt)) === null) {
    return { reason: short(`publishedAt is not an ISO 8601 time: ${given.publishedAt}`) };
  }
  const body = paragraphs(given.body ?? "");
  const opening = given.lead ? { lead: paragraphs(given.lead) } : leadOf(body.split("\n\n"));
  const sample = `${given.title} ${opening.lead.slice(0, sampleCharsMax)}`;
  return {
    draft: {
      ...emptyDraft(given.title),
      ...opening,
      titleCut: /(?:\.{3}|…)$/.test(given.title),
      externalId: given.externalId == null ? null : String(given.externalId),
      url: given.url ? absoluteUrl(given.url) : null,
      body,
      author: given.author ?? "",
      publishedAt,
      language: given.language?.toLowerCase().split(/[-_]/, 1)[0] || detectLanguage(sample),
      rank: given.rank ?? null,
    },
    source: given.source || null,
  };
}

/** The same day and time in a year of publication that has as many days, so that 29 February is only a day in leap years. */
function inOurTime(time: string): string {
  const year = Number(time.slice(0, 4));
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return `${isLeap ? 2000 : 2001}${time.slice(4)}`;
}

const name = z.string().trim().max(nameCharsMax).nullish();
const articleSchema = z.object({
  title: z
    .string()
    .transform((title) => title.replace(/\s+/g, " ").trim())
    .pipe(z.string().min(1).max(titleCharsMax)),
  url: z
    .string()
    .refine((url) => url.trim() === "" || absoluteUrl(url) !== null, "is not an http or https address")
    .nullish(),
  lead: z.string().nullish(),
  body: z.string().nullish(),
  author: name,
  publishedAt: z
    .string()
    .trim()
    .regex(/^$|^\d{4}/, "is not an ISO 8601 time")
    .transform((time) => time || null)
    .nullish(),
  source: name,
  language: z
    .string()
    .trim()
    .regex(/^$|^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*$/, "is not a language code")
    .nullish(),
  rank: z.int().positive().nullish(),
  externalId: z.union([z.string().trim().min(1).max(nameCharsMax), z.int()]).nullish(),
});

/** «title is required», «rank must be a whole number»: what is wrong, in the operator's words. */
function sentence(issue: z.core.$ZodIssue): string {
  const field = issue.path.join(".");
  if (issue.code === "invalid_type") {
    return field === "title"
      ? "title is required, as a text"
      : `${field} must be ${kinds[issue.expected] ?? "of another kind"}`;
  }
  if (issue.code === "too_small") return issue.origin === "string" ? `${field} is empty` : `${field} must be 1 or more`;
  if (issue.code === "too_big") return `${field} is longer than ${issue.maximum} characters`;
  if (issue.code === "invalid_union") return `${field} must be a text or a whole number`;
  return `${field} ${issue.message}`;
}

const kinds: Record<string, string> = { string: "a text", int: "a whole number", number: "a number" };

function short(reason: string): string {
  return reason.length > reasonCharsMax ? reason.slice(0, reasonCharsMax - 1) + "…" : reason;
}

/** Paragraphs with one empty line between them, whatever the line breaks were. */
function paragraphs(text: string): string {
  return text
    .split(/[\r\n\u2028\u2029]+/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== "")
    .join("\n\n");
}

const tooLong = Symbol("a line beyond the limit");

export async function* splitLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  bytesMax = lineBytesMax,
): AsyncGenerator<Uint8Array | typeof tooLong> {
  let pieces: Uint8Array[] = [];
  let held = 0;
  let any = false;
  const keep = (piece: Uint8Array): void => {
    any ||= piece.length > 0;
    held += piece.length;
    if (held <= bytesMax) pieces.push(piece);
    else pieces = [];
  };
  const take = (): Uint8Array | typeof tooLong => {
    const line = held > bytesMax ? tooLong : pieces.length === 1 ? pieces[0]! : joined(pieces, held);
    pieces = [];
    held = 0;
    any = false;
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      keep(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    keep(chunk.subarray(start));
  }
  if (any) yield take();
}

function joined(pieces: Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
