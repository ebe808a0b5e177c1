import { isCredit } from "./credits.ts";
import { listHeading } from "./headings.ts";

/** Lines at the top among which the headline may stand once more. */
const headLinesMax = 8;
/** Lines at either end are the page's own only when they are short. */
const furnitureCharsMax = 160;
const buttonCharsMax = 30;

/** Cuts the page's furniture at both ends of a text, and all from the heading of a list on; credits are kept apart. */
export function trimEnds(all: string[], headline: string): { paragraphs: string[]; credits: string[] } {
  let start = 0;
  let end = all.length;
  const list = all.findIndex((paragraph, at) => at > 0 && listHeading(paragraph) !== null);
  if (list > 0) end = list;
  const again = all.findIndex((paragraph, at) => at < headLinesMax && sameWords(paragraph, headline));
  if (again >= 0 && again + 1 < end) start = again + 1;
  while (start < end && isTop(all[start]!, headline)) start++;
  const credits: string[] = [];
  for (; end > start; end--) {
    const paragraph = all[end - 1]!;
    if (isBottom(paragraph)) continue;
    if (end - start > 1 && isCredit(paragraph)) credits.unshift(paragraph.replace(/返回.{1,8}查看更多$/, "").trim());
    else break;
  }
  return { paragraphs: all.slice(start, end), credits };
}

function isTop(paragraph: string, headline: string): boolean {
  if (paragraph.length <= 2 || sameWords(paragraph, headline)) return true;
  if (paragraph.length > furnitureCharsMax) return false;
  return topDate.test(paragraph) || topLabel.test(paragraph) || (topButton.test(paragraph) && !told.test(paragraph));
}

function isBottom(paragraph: string): boolean {
  if (paragraph.length <= 2) return true;
  if (paragraph.length > furnitureCharsMax) return false;
  if (bottomLabel.test(paragraph) || legal.test(paragraph)) return true;
  return paragraph.length <= buttonCharsMax && bottomButton.test(paragraph) && !told.test(paragraph);
}

function sameWords(a: string, b: string): boolean {
  const fold = (text: string) => text.replace(/[\s\p{P}\p{S}]+/gu, "");
  return fold(a) !== "" && fold(a) === fold(b);
}

/** A sentence tells something; buttons and labels do not end like one. */
const told = /[。！？!?”」]$/;

/** 「高岩 2026-11-21 08:05 来源：南港网」 */
const topDate = /^.{0,20}\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}[^。]{0,60}$/;
const topLabel = new RegExp(
  "^(?:来源|作者|发布于|发布时间|时间|编辑|责任编辑|责编|出所|字号|浏览|阅读|点击|分享|発表時間|当前位置)\\s?[:：(（].{0,80}$|" +
    "^.{0,30}(?:字号|打印|大\\s?中\\s?小).{0,20}$|^首页\\s*[>›»].{0,80}$",
);
const topButton =
  /^(?:来源|作者|发布于|编辑|分享|播报文章|听新闻|收藏|原创|关注|分享到.{0,30}|浏览|阅读|点击|评论)(?:\s.{0,60}|.{0,6})$/;

const bottomLabel = new RegExp(
  "^[\\s（(【\\[]*(?:原标题|原文链接|本文链接|文章来源|标签|关键词|Tags?|上一篇|下一篇|分享到?|打印|平台声明|版权声明|免责声明|特别声明|声明)" +
    "\\s?(?:[:：|丨].{0,140}|.{0,2})$|^(?:上一篇|下一篇|责任编辑|来源)\\s?[:：]?\\s*$",
  "i",
);
const legal = new RegExp(
  "(?:未经.{0,20}(?:授权|许可).{0,30}|请勿转载|版权所有|违者必究|不代表.{0,20}(?:立场|观点).{0,20}|" +
    "信息存储空间服务|仅供参考.{0,20}|以上内容.{0,40}上传.{0,40})[。.）)]?$",
);
const bottomButton = new RegExp(
  "^[\\s（(【\\[]*(?:举报|纠错|打印|分享|点赞|首赞|收藏|阅读(?:原文)?|展开(?:阅读)?全文|返回|上一页|下一页|首页|尾页|加载|回应|转发|" +
    "查看更多|更多精彩|扫一扫|关注|微信|不喜欢|文章不错|我要评论|发表评论|网友评论|评论|标记|\\+1|THE END|End\\b)",
  "i",
);
