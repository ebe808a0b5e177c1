const han = "\\p{Script=Han}";
/** Before a role stands whose reporter it is: 「南港社记者」, 「中青报·中青网记者」; free where brackets hold it together. */
const house =
  "(?:本报|本网|本刊|本台|总台|央视|实习|见习|特约|特派|驻\\p{Script=Han}{1,4}|首席|全媒体|融媒体|" +
  "[\\p{Script=Han}·]{2,12}?(?:网|社|报|台|周刊|新闻|视频|财经|客户端))";
const roles = "(?:记者|通讯员|实习生|作者|撰文|文字|撰稿|编译)";
const role = `(?:${house}*${roles}|文)`;
const anyRole = `(?:[\\p{Script=Han}·/、]{0,16}?${roles}|文)`;
const nameOne = `(?:${han}{1,4}(?:·${han}{1,8})*|[A-Z][\\w.'’-]+(?: [A-Z][\\w.'’-]+){1,2})`;
const between = "(?:[\\s、,，;；/]+|\\s*(?:和|与|及)\\s*)";
const nameList = `${nameOne}(?:${between}(?:${anyRole}[\\s:：]*)?${nameOne}){0,7}`;

const inBrackets = /^(?:[(（]([^()（）]{2,80})[)）]|[【[]([^【】[\]]{2,80})[】\]])\s*/u;
/** A bracket that the teaser's end cut: 「(记者 张三 李...」. */
const cutBracket = /^[(（]([^()（）。]{0,40}?)(?:\.{3,}|…+)$/u;
const behindRole = new RegExp(
  `^[□■●○◎▲△◆◇\\s]*(${role}\\s*[:：/|｜丨]\\s*${nameList}|` +
    `${role}\\s+${nameList}(?:\\s*报道)?)(?=\\s{1,}|[:：]|$|\\.{3}|…)\\s*[:：]?\\s*`,
  "u",
);
const listOfNames = new RegExp(`^(?:${anyRole}[\\s:：/|｜丨]*)?${nameList}$`, "u");
const roleWord = new RegExp(`^${anyRole}`, "u");
const hasRole = new RegExp(`^${anyRole}[\\s:：/|｜丨]*\\S`, "u");
/** What stands in brackets at a text's head and is nobody's name. */
const noName =
  /^(?:视频|组图|多图|高清|直播|快讯|最新|更新|独家|图文|综述|观察|评论|受权发布|资料|两会|节选|全文|转载|原创|完)/;

/**
 * Who reported it, at the head of a text: 「(记者 张三 李四)」, 「【南港网记者 张三】」, 「南港周刊记者：张三」, 「文/张三」. A bracket of bare
 * names counts only behind a dateline. Names in the text's own order, a space between; null when none stand there.
 */
export function readByline(
  text: string,
  options: { afterDateline: boolean },
): { reporter: string; rest: string } | null {
  const boxed = inBrackets.exec(text);
  if (boxed !== null) {
    const inside = (boxed[1] ?? boxed[2])!.trim();
    if (!hasRole.test(inside) && (!options.afterDateline || boxed[2] !== undefined)) return null;
    const reporter = noName.test(inside) ? null : namesIn(inside);
    return reporter === null ? null : { reporter, rest: text.slice(boxed[0].length) };
  }
  const cut = options.afterDateline ? cutBracket.exec(text) : null;
  if (cut !== null) {
    // The last name may be cut itself: only those before it are sure.
    const sure = cut[1]!.replace(/[^\s、,，]*$/u, "").trim();
    return { reporter: namesIn(sure) ?? "", rest: "" };
  }
  const plain = behindRole.exec(text);
  const reporter = plain === null ? null : namesIn(plain[1]!);
  return plain === null || reporter === null ? null : { reporter, rest: text.slice(plain[0].length) };
}

/** A paragraph that is nothing but a byline: 「南港社记者高岩、白露」. */
export function wholeByline(paragraph: string): string | null {
  return paragraph.length < 80 && hasRole.test(paragraph) ? namesIn(paragraph) : null;
}

/** 「记者 张三 通讯员 李 四」 → 「张三 李四」; null when this is not a list of names. */
export function namesIn(text: string): string | null {
  const clean = text.replace(/\s*(?:摄影报道|综合报道|报道|摄影|摄|文\/图|图\/文)\s*$/u, "").trim();
  if (!listOfNames.test(clean)) return null;
  // Latin names keep their own spaces.
  if (/[A-Za-z]/.test(clean)) return clean.replace(roleWord, "").replace(/^[\s:：/|｜丨]+/, "") || null;
  const names: string[] = [];
  let glue = "";
  for (const token of clean.split(/[\s、,，;；:：/|｜丨]+|(?<=\p{Script=Han}{2})(?:和|与|及)(?=\p{Script=Han}{2})/u)) {
    const name = token.replace(roleWord, "");
    if (name === "") continue;
    // A name of two characters is often set apart: 李 四.
    if (/^\p{Script=Han}$/u.test(name)) {
      if (glue !== "") names.push(glue + name);
      glue = glue === "" ? name : "";
    } else names.push(name);
  }
  return names.length === 0 || glue !== "" ? null : names.join(" ");
}
