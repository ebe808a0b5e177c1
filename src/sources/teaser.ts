/** A teaser's opening, beyond which no dateline is looked for. */
const openingCharsMax = 160;
const leadCharsMax = 400;
const leadSentencesMax = 3;
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
    }
  }
  // A dateline, reporters and the issue of a magazine come in any order, each once.
  for (let turn = 0; turn < 4; turn++) {
    const before = rest;
    rest = takeDateline(rest, found);
    rest = takeReporter(rest, found);
    rest = rest.replace(issueMark, "");
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
  const first = paragraphs.find((p) => /[。！？!?.…;；]["”』」）)]*$/.test(p) || p.length > 40) ?? paragraphs[0] ?? "";
  const teaser = readTeaser(first.slice(0, leadCharsMax * 2));
  return { ...teaser, lead: firstSentences(teaser.lead) };
}

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
  `据?${outlet}(?:\\d{4}年)?(?:\\d{1,2}月)?\\d{1,2}日(?:\\s?(?:消息|讯|电|专电|综合消息|综合电|报道))${afterWire}`,
  "(?!据)(?:本报|本网|本台|本刊|" +
    `${han}{2,12}(?:社|网|报|台|客户端|新闻))${han}{0,6}(?:讯|快讯|消息)(?=[\\s(（:：,，]|记者)`,
  `${han}{2,12}(?:网|报|社|台|新闻|客户端)(?:消息|讯|报道)?[:：](?=\\s|${han}|\\d)`,
  "[A-Z][A-Z .,'’/-]{2,40}(?:, [A-Z][A-Za-z .]{1,20})?" +
    "(?:, [A-Z][a-z]{2,8}\\.? \\d{1,2}(?:, \\d{4})?)?(?: \\([A-Z][\\w .&-]{1,30}\\))? ?(?:--|—|–|-) ",
];
const dateline = new RegExp(`^(?:[【\\[]?)(?:${datelines.join("|")})[】\\]]?`, "u");
const bracketed =
  /^[【[]([^】\]]{2,40}?(?:报道|讯|电|消息|综合))(?:[\s,，/]*((?:特约|驻外)?记者[^】\]]{1,40}))?[】\]]/u;

function takeDateline(text: string, found: Teaser | Omit<Teaser, "lead">): string {
  if (found.dateline !== "") return text;
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

const role =
  "(?:(?:本报|本网|本刊|本台|总台|央视|实习|见习|特约|特派|驻\\p{Script=Han}{1,4}|首席|全媒体|融媒体|" +
  "\\p{Script=Han}{2,8}(?:网|社|报|台|周刊|新闻))*" +
  "(?:记者|通讯员|实习生|作者|撰文|文字|撰稿|编译|文))";
const nameOne = `(?:${han}{1,4}(?:·${han}{1,8})*|[A-Z][\\w.'’-]+(?: [A-Z][\\w.'’-]+){1,2})`;
const nameList = `${nameOne}(?:(?:[\\s、,，;；/]+|\\s*(?:和|与|及)\\s*)(?:${role}[\\s:：]*)?${nameOne}){0,7}`;
const inBrackets = /^[(（]([^()（）]{2,80})[)）]\s*/u;
const behindRole = new RegExp(
  `^[□■●○◎▲△◆◇\\s]*(${role}\\s*[:：/|丨]\\s*${nameList}|` +
    `${role}\\s+${nameList}(?:\\s*报道)?)(?=\\s{1,}|[:：]|$|\\.{3}|…)\\s*[:：]?\\s*`,
  "u",
);
const issueMark = /^发于\s?\S{4,40}?(?:杂志|周刊》|月刊》)\s+/u;

function takeReporter(text: string, found: Omit<Teaser, "lead">): string {
  if (found.reporter !== "") return text;
  const boxed = inBrackets.exec(text);
  if (boxed !== null) {
    const names = namesIn(boxed[1]!);
    if (names === null) return text;
    found.reporter = names;
    return text.slice(boxed[0].length);
  }
  const plain = behindRole.exec(text);
  if (plain === null) return text;
  found.reporter = namesIn(plain[1]!) ?? "";
  return found.reporter === "" ? text : text.slice(plain[0].length);
}

const listOfNames = new RegExp(`^(?:${role}[\\s:：/|丨]*)?${nameList}$`, "u");
const roleWord = new RegExp(`^${role}`, "u");

/** 「记者 张三 通讯员 李 四」 → 「张三 李四」; null when this is not a list of names. */
function namesIn(text: string): string | null {
  const clean = text.replace(/\s*(?:摄影报道|综合报道|报道|摄影|摄|文\/图|图\/文)\s*$/u, "").trim();
  if (!listOfNames.test(clean)) return null;
  const names: string[] = [];
  let glue = "";
  for (const token of clean.split(/[\s、,，;；:：/|丨]+|(?<=\p{Script=Han}{2})(?:和|与|及)(?=\p{Script=Han}{2})/u)) {
    const name = token.replace(roleWord, "");
    if (name === "") continue;
    // A name of two characters is often set apart: 李 四.
    if (/^\p{Script=Han}$/u.test(name)) {
      if (glue !== "") names.push(glue + name);
      glue = glue === "" ? name : "";
    } else names.push(name);
  }
  return names.length === 0 || glue !== "" ? null : latinOr(names, clean);
}

/** Latin names keep their own spaces. */
function latinOr(names: string[], clean: string): string {
  return /[A-Za-z]/.test(clean) ? clean.replace(roleWord, "").replace(/^[\s:：/|丨]+/, "") : names.join(" ");
}

const photoCredit = new RegExp(
  "^(.{0,140}?[。！？!?”」)）]|)\\s*[(（]?((?:图源|图片来源|图片|供图|摄影|图)[:：/]\\s?[^\\s。()（）]{2,20}|" +
    `(?:${han}|[A-Za-z0-9·、/]){1,16}(?:\\s(?:${han}|·){1,8}){0,4}\\s?(?:供图|摄|绘|图))[)）]?(?:\\s+|$)`,
  "u",
);

function takePhoto(text: string): { caption: string; credit: string; rest: string } | null {
  const m = photoCredit.exec(text.slice(0, openingCharsMax * 2));
  if (m === null) return null;
  const rest = text.slice(m[0].length).trim();
  // Without a caption before it, only what stands apart (供图, 摄) is a credit; "长江 图" may open a sentence.
  if (m[1] === "" && !/供图$|摄$|[:：/]/.test(m[2]!)) return null;
  return { caption: m[1]!.trim(), credit: m[2]!.trim(), rest };
}
