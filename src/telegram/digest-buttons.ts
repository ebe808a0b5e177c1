import { feedbackText } from "../text/feedback.ts";
import type { Language } from "../text/index.ts";
import { textIn } from "../text/index.ts";
import { action, readAction } from "./action.ts";
import { type Button, numberRows } from "./message.ts";

/** With so few stories the numbers stand in one row. */
export const fewStoriesMax = 3;
const opinion = "👍 👎";

/** A story that a digest's buttons name, with its number. */
export type ListedStory = { id: string; number: number };

/** A digest's buttons: its numbers, 👍 👎, and the rest. */
export function digestRows(stories: readonly ListedStory[], rest: Button[]): Button[][] {
  const open = stories.map(({ id, number }) => ({ text: String(number), action: action("story", id, "d") }));
  const rate = { text: opinion, action: action("rates") };
  if (open.length <= fewStoriesMax) return [[...open, rate], rest];
  return [...numberRows(open), withToggle(rest, rate)];
}

/**
 * The same buttons with a row for each story in place of its number: 第1条 👍, 第1条 👎. A bare number beside a thumb would
 * be read as a count. What this reader said is marked.
 */
export function ratingRows(
  rows: readonly Button[][],
  said: ReadonlyMap<number, number>,
  { language }: { language: Language },
): Button[][] {
  const text = textIn(language);
  const feedback = feedbackText(language);
  const rates = listedStories(rows).map(({ id, number }) => {
    const vote = said.get(Number.parseInt(id, 36)) ?? 0;
    const button = (sign: string, value: number): Button => {
      const label = feedback.ofStory(number, sign);
      const shown = vote === value ? feedback.chosen(label) : label;
      return { text: shown, action: action("rate", id, number, value > 0 ? "u" : "d") };
    };
    return [button("👍", 1), button("👎", -1)];
  });
  const back = { text: text.subscriptions.back, action: action("numbers") };
  return [...rates, withToggle(restOf(rows), back)];
}

/** Back from there. */
export function numberedRows(rows: readonly Button[][]): Button[][] {
  return digestRows(listedStories(rows), restOf(rows));
}

/** The stories behind a digest's buttons, whichever of the two they are. */
export function listedStories(rows: readonly Button[][]): ListedStory[] {
  const stories = new Map<string, number>();
  for (const button of rows.flat()) {
    const read = "action" in button ? readAction(button.action) : null;
    const [id, number] = read?.args ?? [];
    if (id === undefined) continue;
    if (read?.verb === "story") stories.set(id, Number(button.text));
    if (read?.verb === "rate") stories.set(id, Number(number));
  }
  return [...stories].map(([id, number]) => ({ id, number }));
}

function restOf(rows: readonly Button[][]): Button[] {
  const own = ["story", "rate", "rates", "numbers"];
  return rows.flat().filter((button) => "url" in button || !own.includes(readAction(button.action)?.verb ?? ""));
}

function withToggle(rest: Button[], toggle: Button): Button[] {
  return [...rest.slice(0, 1), toggle, ...rest.slice(1)];
}
