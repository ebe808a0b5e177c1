import type { ArticleDraft } from "../news/article.ts";
import { emptyDraft } from "../news/article.ts";
import { dayIn, inZone, parseDate } from "../news/date.ts";
import { detectLanguage } from "../news/language.ts";
import { splitCredits } from "./credits.ts";
import { listHeading } from "./headings.ts";
import { splitItem } from "./list-item.ts";
import { leadOf, readTeaser } from "./teaser.ts";

/** A list of a page holds no more. */
const itemsMax = 500;
/** Lines between the headline and the text in which author, time and counter are looked for. */
const headLinesMax = 8;
const headCharsMax = 60;

/** What one portal page says: its article (absent when the page is lists only), and its lists in their order. */
export type PortalPage = {
  article: ArticleDraft | null;
  related: ArticleDraft[];
  hot: ArticleDraft[];
  /** 「来源：…」, where the page names where it has the article from. */
  source: string | null;
};

/**
 * Whether this text has the shape of a portal page: a headline with its time, or one of the lists, under their
 * headings.
 */
export function looksLikePortalText(text: string): boolean {
  const lines = linesOf(text.slice(0, 200_000));
  if (lines.some((line) => listHeading(line) !== null)) return true;
  return headOf(lines, "UTC")?.publishedAt != null;
}

/**
 * Reads the text of a portal page. `zone` (IANA) is where its clock stands. An item that names no day of its own has
 * its page's time; one whose dateline names another day is put at that day's noon.
 */
export function readPortalText(text: string, options: { zone: string }): PortalPage {
  const parts = { article: [] as string[], related: [] as string[], hot: [] as string[] };
  let part: keyof typeof parts = "article";
  for (const line of linesOf(text)) {
    const heading = listHeading(line);
    if (heading !== null) part = heading;
    else parts[part].push(line);
  }
  const head = headOf(parts.article, options.zone);
  const article = head === null ? null : readArticle(head, parts.article.slice(head.lines));
  const page = { publishedAt: head?.publishedAt ?? null, zone: options.zone };
  return {
    article,
    related: items(parts.related).map((line) => readItem(line, null, page)),
    hot: items(parts.hot).map((line, index) => readItem(line, index + 1, page)),
    source: head?.source ?? null,
  };
}

/** One line of a list as an article of which only the teaser is known. */
export function readItem(
  line: string | { title: string; teaser: string; titleCut: boolean },
  rank: number | null,
  page: { publishedAt: Date | null; zone: string },
): ArticleDraft {
  const { title, teaser, titleCut } = typeof line === "string" ? splitItem(line) : line;
  const told = readTeaser(teaser);
  return {
    ...emptyDraft(title),
    titleCut,
    ...told,
    rank,
    publishedAt: datelineTime(told.dateline, page) ?? page.publishedAt,
    language: detectLanguage(`${title} ${teaser}`),
  };
}

type Head = { title: string; author: string; publishedAt: Date | null; source: string | null; lines: number };

/** The headline and what stands between it and the text, in whatever order; null when there is no headline. */
function headOf(lines: string[], zone: string): Head | null {
  const start = lines.findIndex((line) => line.trim() !== "");
  if (start < 0) return null;
  const head: Head = { title: lines[start]!.trim(), author: "", publishedAt: null, source: null, lines: start + 1 };
  // Bare lines may be the author or the text's first words: they are the head's only if a time or a counter follows
  // them, or stands right above them.
  let bare = "";
  for (let at = start + 1; at < Math.min(lines.length, start + 1 + headLinesMax); at++) {
    const text = lines[at]!.normalize("NFKC").trim();
    if (text === "") continue;
    if (text.length > headCharsMax || /[。！？!?;]$/.test(text)) break;
    const said = headLine(text, zone);
    const known = said.publishedAt !== null || said.counter || said.source !== null;
    const below = head.lines === at && at > start + 1 && !/^[ \u3000]{2}/.test(lines[at]!) && head.author === "";
    if (!known && !below) {
      bare ||= said.author;
      continue;
    }
    head.author ||= bare || said.author;
    head.publishedAt ??= said.publishedAt;
    head.source ??= said.source;
    head.lines = at + 1;
  }
  return head;
}

const counter = new RegExp(
  "^(?:阅读|浏览|点击|评论|点赞|热度|views?|reads?|comments?)?(?:量|数|次数)?[:：\\s]*" +
    "\\d[\\d,.]*\\s*(?:万|千|k|w)?\\+?\\s*(?:次|人|阅读|浏览|评论|views?|reads?)?$",
  "i",
);

const timeInLine = new RegExp(
  "(?:发布时间|发布于|发表于|更新时间|时间|日期|Published|Updated)?[:：\\s]*" +
    "((?:\\d{4}[-/.年]\\s?\\d{1,2}[-/.月]\\s?\\d{1,2}日?|\\d{8})" +
    "(?:[T\\s]*(?:[上下]午)?\\s*\\d{1,2}[:：时]\\d{2}(?:[:：分]\\d{2}秒?)?)?(?:\\s?(?:Z|[+-]\\d{2}:?\\d{2}))?)",
  "i",
);

/** One line under the headline: 「来源：南港日报　作者：张三　2025-02-27 17:30　阅读 12」 says all, 「创始人」 one thing. */
function headLine(
  text: string,
  zone: string,
): { author: string; publishedAt: Date | null; source: string | null; counter: boolean } {
  const said = { author: "", publishedAt: null as Date | null, source: null as string | null, counter: false };
  if (counter.test(text)) return { ...said, counter: true };
  const time = timeInLine.exec(text);
  let rest = text;
  if (time !== null) {
    said.publishedAt = parseDate(time[1]!.replaceAll("：", ":"), zone);
    rest = `${text.slice(0, time.index)}  ${text.slice(time.index + time[0].length)}`;
  } else if (/\d{4}/.test(text)) said.publishedAt = parseDate(text, zone);
  if (time === null && said.publishedAt !== null) return said;
  const source = /(?:来源|稿源|文章来源|Source)[:：]\s*(\S+)/i.exec(rest);
  if (source !== null) {
    said.source = source[1]!;
    rest = rest.replace(source[0], "  ");
  }
  const left = rest
    .split(/\s{2,}|[|丨]|(?<=\d)\s(?=\d)/)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== "" && !counter.test(piece));
  said.author = left.join(" ").replace(/^(?:作者|记者|撰文|文|发布者|编辑|责任编辑|By)[:：/\s]\s*/i, "");
  return said;
}

function readArticle(head: Head, lines: string[]): ArticleDraft {
  const paragraphs = lines.map((line) => line.replace(/\u3000/g, " ").trim()).filter((line) => line !== "");
  const { body, credits } = splitCredits(paragraphs);
  const opening = leadOf(body);
  return {
    ...emptyDraft(head.title),
    ...opening,
    titleCut: /(?:\.{3,}|…)$/.test(head.title),
    author: head.author,
    publishedAt: head.publishedAt,
    body: body.join("\n\n"),
    credits: credits.join("\n"),
    language: detectLanguage(`${head.title} ${opening.lead}`),
  };
}

/**
 * A dateline names month and day; the year is the page's, or the one before when the day would lie ahead of the page.
 */
function datelineTime(dateline: string, page: { publishedAt: Date | null; zone: string }): Date | null {
  const m = /(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日/.exec(dateline);
  if (m === null || page.publishedAt === null) return null;
  const today = dayIn(page.publishedAt, page.zone);
  const day = Number(m[3]);
  const month = m[2] ? Number(m[2]) : day > today.day ? ((today.month + 10) % 12) + 1 : today.month;
  if (!m[1] && month === today.month && day === today.day) return page.publishedAt;
  const ahead = month > today.month || (month === today.month && day > today.day);
  const year = m[1] ? Number(m[1]) : ahead ? today.year - 1 : today.year;
  return inZone({ year, month, day, hour: 12, minute: 0, second: 0 }, page.zone);
}

function items(lines: string[]): string[] {
  const filled = lines.map((line) => line.trim()).filter((line) => line !== "");
  // Numbers in front are the list's own only when every line has its own, in order.
  const numbered = filled.length > 1 && filled.every((line, i) => new RegExp(`^0?${i + 1}[.、．)\\s]`).test(line));
  return filled.slice(0, itemsMax).map((line) => (numbered ? line.replace(/^\d+[.、．)\s]\s*/, "") : line));
}

function linesOf(text: string): string[] {
  return text.replace(/^\ufeff/, "").split(/\r\n|[\n\r\u2028\u2029]/);
}
