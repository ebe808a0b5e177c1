import type { ArticleDraft } from "../news/article.ts";
import { firstSentences, leadOf, readTeaser } from "./teaser.ts";

/** A description of more is the article's text, not a teaser. */
const teaserCharsMax = 400;
const teaserParagraphsMax = 3;
const titleCharsOfText = 80;
const footerCharsMax = 700;

/** What a teaser and a full text are to an article. A long description without anything beside it is the text. */
export function textsOf(
  summary: string,
  content: string,
): Pick<ArticleDraft, "lead" | "body" | "dateline" | "reporter" | "photoCredit"> {
  const long = summary.length > teaserCharsMax || summary.split("\n\n").length > teaserParagraphsMax;
  const body = content !== "" ? content : long ? summary : "";
  const opening = leadOf(body.split("\n\n"));
  if (summary === "" || summary === body) return { ...opening, body };
  const teaser = readTeaser(summary.replaceAll("\n\n", " "));
  return { ...(teaser.dateline === "" ? { ...opening, ...teaser } : teaser), lead: firstSentences(teaser.lead), body };
}

/** «The post … appeared first on …» and «Read more» are the publishing program's words. */
export function withoutFooter(told: string): string {
  const end = told.slice(-footerCharsMax);
  const kept = end
    .replace(/\n\n(?:The post .{1,400} (?:first )?appeared (?:first )?on .{1,200}|.{0,40}阅读原文.{0,20})$/, "")
    .replace(
      /\s*(?:\[(?:…|\.{3})\]|\(?(?:Continue reading|Read more|Read the full|阅读全文)[^.。]{0,120}[→»….]*\)?)$/i,
      "…",
    );
  if (kept === end) return told;
  return (told.slice(0, -end.length) + kept).replace(/^…$/, "");
}

/** A title for what has none, as short messages have not. */
export function firstWords(told: string): string {
  const first = told.split("\n", 1)[0]!;
  return first.length > titleCharsOfText ? first.slice(0, titleCharsOfText - 1).trimEnd() + "…" : first;
}
