import { covered } from "./grown.ts";
import type { Sketch } from "./sketch.ts";

/** A round-up has the headlines of so many stories that have nothing to do with each other. */
const storiesMin = 3;
/** Of a headline's weight, what a round-up's text has of it; and what two stories' headlines and texts have in common. */
const toldMin = 0.6;
const commonMax = 0.25;

/** Headlines of columns that tell the day's or the week's news one after the other. */
const column = new RegExp(
  [
    "(?:早间|午间|晚间|今日|昨日|每日|隔夜|本周|一周|周末|财经|国内|国际)(?:新闻|要闻|简讯|快讯|资讯)(?!发布|办)|要闻(?:速览|汇总|回顾|一览|精选)",
    "(?:新闻|财经)(?:早餐|速览|周报)\\s?[：:｜|丨]|早知道[：:｜|]|一周(?:回顾|大事|盘点)|今日大事记|新闻集锦",
    "^(?:早报|午报|晚报|简报|早安)\\s?[：:｜|]",
    "\\b(?:morning|evening|daily|weekly|weekend|news) (?:briefing|digest|round-?up|update|bulletin)s?\\b|\\bround-?up\\b",
    "\\bin brief\\b|\\b(?:today|this week|the week) (?:in news|at a glance|in review)\\b|^top (?:news|stories)\\b",
  ].join("|"),
  "iu",
);

/** Whether an article calls itself a round-up. */
export function isColumn(headline: string): boolean {
  return column.test(headline);
}

/**
 * Whether an article mentions everything and so tells no story: it calls itself a round-up, or several stories that have
 * nothing in common stand in it with their headlines. `founders` are the first articles of the stories around it.
 */
export function isRoundUp(article: Sketch, founders: readonly Sketch[]): boolean {
  if (isColumn(article.headline)) return true;
  if (founders.length < storiesMin) return false;
  const told: Sketch[] = [];
  for (const founder of founders) {
    if (founder.language !== article.language || covered(founder, article) < toldMin) continue;
    if (told.some((other) => Math.max(covered(founder, other), covered(other, founder)) > commonMax)) continue;
    told.push(founder);
    if (told.length >= storiesMin) return true;
  }
  return false;
}
