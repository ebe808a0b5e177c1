import { namesIn, readByline, wholeByline } from "./byline.ts";

/** A teaser's opening, beyond which no dateline is looked for. */
const openingCharsMax = 160;
const leadCharsMax = 400;
const leadSentencesMax = 3;
/** Paragraphs at a text's head in which its first prose is looked for. */
const leadParagraphsMax = 12;
/** Fewer characters of news than this and a picture's caption tells more. */
const newsCharsMin = 8;

export type Teaser = { lead: string; dateline: string; reporter: string; photoCredit: string };

/**
 * Takes apart how agencies open a text: 「南港台供图  和商网临澜2月27日电(记者 张三 李四)…」 becomes the photo's credit, the dateline, the
 * reporters' names (in the text's own order, a space between) and the lead, which then begins with the news.
 */
export function readTeaser(text: string): Teaser {
  const found = { dateline: "", reporter: "", photoCredit: "" };
  let rest = text.replace(/[\u3000\u00a0\t]/g, " ").trim();
  const chinese = /\p{Script=Han}/u.test(rest.slice(0, openingCharsMax));
  if (!chinese && !/^[A-Z]{3}/.test(rest)) return { lead: rest, ...found };
  rest = rest.replace(editorMark, "");
  const photo = chinese ? takePhoto(rest) : null;
  let caption = photo?.caption ?? "";
  if (photo) {
    found.photoCredit = photo.credit;
    rest = photo.rest;
  } else {
    const late = lateDateline(rest);
    if (late > 0) {
      caption = rest.slice(0, late).trim();
      rest = rest.slice(late);
      found.photoCredit = creditAtEnd.exec(caption)?.[1] ?? "";
      caption = caption.slice(0, caption.length - found.photoCredit.length).trim();
    }
  }
  // A dateline, reporters and the issue of a magazine come in any order, each once.
  for (let turn = 0; turn < 4; turn++) {
    const before = rest;
    rest = takeDateline(rest, found);
    const byline = found.reporter === "" ? readByline(rest, { afterDateline: found.dateline !== "" }) : null;
    if (byline !== null) {
      found.reporter = byline.reporter;
      rest = byline.rest;
    }
    rest = rest.replace(issueMark, "").replace(editorMark, "");
    if (found.dateline !== "") rest = rest.replace(titleMark, "");
    if (rest === before) break;
  }
  rest = rest.replace(/^[\s:：,，、\-—–]+(?=\S)/, "").trim();
  const news = rest.replace(cutMark, "").trim();
  return { lead: news.length < newsCharsMin && caption !== "" ? caption : rest, ...found };
}

/** Where a dateline begins at the start of this text, or after a space in it; -1 for nowhere. */
export function datelineAt(text: string): number {
  if (dateline.test(text)) return 0;
  for (const space of text.slice(0, openingCharsMax).matchAll(/\s+/g)) {
    const start = space.index + space[0].length;
    if (dateline.test(text.slice(start))) return start;
  }
  return -1;
}

/** The lead of a whole text: its first paragraph of prose, opened like a teaser and kept to three sentences. */
export function leadOf(paragraphs: string[]): Teaser {
  const found = { dateline: "", reporter: "", photoCredit: "" };
  for (const paragraph of paragraphs.slice(0, leadParagraphsMax)) {
    const names = wholeByline(paragraph);
    if (names !== null) found.reporter ||= names;
    if (names !== null || !(prose.test(paragraph) || paragraph.length > 40 || datelineAt(paragraph) === 0)) continue;
    const teaser = readTeaser(paragraph.slice(0, leadCharsMax * 2));
    found.dateline ||= teaser.dateline;
    found.reporter ||= teaser.reporter;
    found.photoCredit ||= teaser.photoCredit;
    // 「…电 题：…」 alone says the headline once more, and the news begins below.
    if (teaser.lead !== "" && !/^题[:：]/.test(teaser.lead)) return { ...found, lead: firstSentences(teaser.lead) };
  }
  return { ...found, lead: firstSentences(readTeaser((paragraphs[0] ?? "").slice(0, leadCharsMax * 2)).lead) };
}

const prose = /[。！？!?.…;；]["”』」）)]*$/;

/** At most three sentences and 400 characters; where a sentence must be cut, an ellipsis says so. */
export function firstSentences(text: string): string {
  const sentences =
    text.slice(0, leadCharsMax * 2).match(/[^。！？!?]*?(?:[。！？!?]+["”』」’）)]*|\.(?=\s+[A-Z“"]))|.+$/gs) ?? [];
  let lead = "";
  for (const sentence of sentences.slice(0, leadSentencesMax)) {
    if (lead !== "" && lead.length + sentence.length > leadCharsMax) break;
    lead += sentence;
  }
  return lead.length > leadCharsMax ? lead.slice(0, leadCharsMax - 1).trimEnd() + "…" : lead.trim();
}

const cutMark = /(?:\.{3,}|…+)\s*$/;
const han = "\\p{Script=Han}";
/** What may stand right after 电 when it means "by wire": 电话 and 电影 are words. */
const afterWire = "(?=[\\s(（\\[【:：,，。\\]】]|题[:：]|记者|通讯员|$|\\.{3}|…)";
const word = `[${han}A-Za-z0-9·/／、+-]`;
/** 「南港社」, 「南港社北岸」, 「南港社 北岸」: a space only behind what is an outlet by its name. */
const outlet = `${word}{2,24}?(?:(?<=社|网|报|台|刊|端)\\s${word}{1,10}\\s?)?`;
const datelines = [
  `据?(?:${outlet}\\s?)?(?:\\d{4}\\s?年\\s?)?(?:\\d{1,2}\\s?月\\s?)?\\d{1,2}\\s?日` +
    `(?:(?:上午|下午|晚间|早间)?\\s?(?:消息|讯|电|专电|综合消息|综合电|报道))${afterWire}`,
  "(?!据)(?:本报|本网|本台|本刊|" +
    `${han}{2,12}(?:社|网|报|台|客户端|新闻|科技|财经|证券|体育|娱乐|在线|频道))[${han}A-Za-z]{0,8}` +
    "(?:讯|快讯|消息)(?=[\\s(（:：,，]|记者)",
  `${han}{2,12}(?:网|报|社|台|新闻|客户端)(?:消息|讯|报道)?[:：](?=\\s|${han}|\\d)`,
  "[A-Z][A-Z .,'’/-]{2,40}(?:, [A-Z][A-Za-z .]{1,20})?" +
    "(?:, [A-Z][a-z]{2,8}\\.? \\d{1,2}(?:, \\d{4})?)?(?: \\([A-Z][\\w .&-]{1,30}\\))? ?(?:--|—|–|-) ",
];
const dateline = new RegExp(`^(?:[【\\[]?)(?:${datelines.join("|")})[】\\]]?`, "u");
const bracketed =
  /^[【[]([^】\]]{2,40}?(?:报道|讯|电|消息|综合))(?:[\s,，/]*((?:特约|驻外)?记者[^】\]]{1,40}))?[】\]]/u;

function takeDateline(text: string, found: Teaser | Omit<Teaser, "lead">): string {
  if (found.dateline !== "") return text;
  const column = columnMark.exec(text);
  if (column !== null && dateline.test(text.slice(column[0].length)))
    return takeDateline(text.slice(column[0].length), found);
  const boxed = bracketed.exec(text);
  if (boxed !== null) {
    found.dateline = boxed[1]!.trim();
    if (boxed[2] !== undefined && found.reporter === "") found.reporter = namesIn(boxed[2]) ?? "";
    return text.slice(boxed[0].length).trimStart();
  }
  const m = dateline.exec(text);
  if (m === null) return text;
  found.dateline = m[0].replace(/^[【[]|[】\]:：\s]+$|\s*(?:--|—|–|-)\s*$/g, "").trim();
  return text.slice(m[0].length).replace(/^[\s:：,，]+/, "");
}

/** Twenty characters or more of caption or of the headline again, then two spaces and the dateline. */
function lateDateline(text: string): number {
  for (const space of text.slice(0, openingCharsMax).matchAll(/\s{2,}|(?<=[。！？”])\s/g)) {
    const start = space.index + space[0].length;
    if (dateline.test(text.slice(start))) return start;
  }
  return -1;
}

const issueMark = /^发于\s?\S{4,40}?(?:杂志|周刊》|月刊》)\s+/u;
/** What portals and editors put before a text: its old headline, where it is from, who edited it. */
const editorMark =
  /^(?:原标题[:：].{4,60}?\s{2,}|(?:来源|文章来源|稿源)[:：]\s?\S{2,20}\s+|(?:编辑|责编|审核|校对)\s?[|｜丨:：/]\s?\S{2,12}\s+)/u;
/** 「题：…」 says the headline once more, as far as the two spaces or the name behind it. */
const titleMark = /^题[:：]\s?.{4,60}?(?:\s{2,}|\s(?=(?:\p{Script=Han}{2,6})?(?:记者|作者)))/u;
/** A column's name in brackets, where a dateline follows. */
const columnMark = /^[(（【[][^()（）【】[\]]{2,20}[)）】\]]\s*/u;

const photoCredit = new RegExp(
  "^(.{0,140}?[。！？!?”」)）]|)\\s*[(（]?((?:图源|图片来源|图片|供图|摄影|图)[:：/]\\s?[^\\s。()（）]{2,20}|" +
    `(?:${han}|[A-Za-z0-9·、/]){1,16}(?:\\s(?:${han}|·){1,8}){0,4}\\s?(?:供图|摄|绘|图))[)）]?(?:\\s+|$)`,
  "u",
);

/** The photographer at a caption's end, where no full stop stands before: 「…大楼 南港社记者 张三 摄」. */
const creditAtEnd = /(?:^|[。\s])((?:\p{Script=Han}[\p{Script=Han}·]{1,11}\s)?\p{Script=Han}{2,10}\s?(?:摄|供图))$/u;

function takePhoto(text: string): { caption: string; credit: string; rest: string } | null {
  const m = photoCredit.exec(text.slice(0, openingCharsMax * 2));
  if (m === null) return null;
  const rest = text.slice(m[0].length).trim();
  // Without a caption before it, only what stands apart (供图, 摄) is a credit; "长江 图" may open a sentence.
  if (m[1] === "" && !/供图$|摄$|[:：/]/.test(m[2]!)) return null;
  return { caption: m[1]!.trim(), credit: m[2]!.trim(), rest };
}
