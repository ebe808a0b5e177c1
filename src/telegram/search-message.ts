import type { SearchOrder, SearchPage } from "../news/pages.ts";
import { alertText } from "../text/alerts.ts";
import { type Reading, textIn, whenNamed } from "../text/index.ts";
import { action } from "./action.ts";
import { clip } from "./clip.ts";
import { blocks, bold, type Html, html, italic, lines, link } from "./html.ts";
import { type Button, fits, type Message, message, numberRows } from "./message.ts";

const titleColumns = 75;
/** What a reader's own words take at most in the first line. */
export const queryColumns = 60;

export type SearchOptions = Reading & {
  kind: "private" | "group" | "supergroup" | "channel";
  /** Stands for the query in a button's 64 bytes. */
  token: string;
};

/** Results by story, three lines each; pages turn in place. */
export function renderSearch(found: SearchPage, options: SearchOptions): Message {
  const body = (snippets: boolean, links: boolean) =>
    blocks(
      searchHead(found, options),
      ...found.results.map((_, n) => result(found, n, { ...options, snippets, links })),
    );
  const tries = [body(true, true), body(true, false), body(false, false)];
  const chosen = tries.find((each) => fits(each.html)) ?? tries.at(-1)!;
  return message(chosen, searchButtons(found, options));
}

/** Nothing found: what was searched, the near word, the closest. */
export function renderNoResult(
  searched: { query: string; week: boolean; near: { word: string; articles: number } | null },
  options: SearchOptions,
): Message {
  const text = textIn(options.language).search;
  const words = clip(searched.query, queryColumns);
  const near = searched.near;
  const head = searched.week ? text.noneThisWeek(words) : text.none(words);
  const [before, after] = head.split(words) as [string, string | undefined];
  const title = html`🔍 ${before}${bold(words)}${after ?? ""}`;
  const meant = near === null ? null : text.meant(near.word, String(near.articles));
  const hint = lines(meant, isLong(searched.query) && text.fewer);
  const rows: Button[][] = [];
  if (near !== null) rows.push([{ text: text.searchFor(clip(near.word, 30)), action: action("near", options.token) }]);
  if (searched.week) rows.push([{ text: text.allTime, action: searchAction(options.token, 1, "best", false) }]);
  if (options.kind === "private") {
    rows.push([{ text: alertText(options.language).appears, action: action("bell", options.token) }]);
  }
  return message(blocks(title, hint), rows);
}

/** Could be said with less: several words, or as many characters as two Chinese words have. */
function isLong(query: string): boolean {
  return /\S\s+\S/.test(query) || /\p{Script=Han}{4}/u.test(query);
}

/** A bare /search: asks, with the words that people read about now. */
export function renderSearchAsk(words: { word: string; token: string }[], options: Reading): Message {
  const text = textIn(options.language).search;
  const rows: Button[][] = [];
  for (let n = 0; n < words.length; n += 3) {
    rows.push(
      words.slice(n, n + 3).map(({ word, token }) => ({ text: word, action: searchAction(token, 1, "best", false) })),
    );
  }
  return message(lines(text.ask, words.length > 0 && text.askNow), rows);
}

/** What a page's button asks for; also how a pruned query's message is turned. */
export function searchAction(token: string, page: number, order: SearchOrder, week: boolean): string {
  return action("page", token, page, order === "best" ? "b" : "n", week ? 1 : 0);
}

/** The words of a search page, read again from its own first line: "🔍 海堤 · 46篇，…". */
export function queryFromMessage(text: string): string | null {
  const first = text.split("\n", 1)[0] ?? "";
  const counted = /^🔍 (.+) · [\d,]+\+?\s?(?:篇|articles?\b)/u.exec(first)?.[1];
  const query = counted ?? /^🔍 (?:没有找到|7天内没有|Nothing found for|Nothing in 7 days for) (.+)$/u.exec(first)?.[1];
  return query === undefined || query.endsWith("…") ? null : query;
}

function searchHead(found: SearchPage, options: SearchOptions): Html {
  const text = textIn(options.language);
  const count = (n: number) => (found.more ? text.search.atMost(text.number(n)) : text.number(n));
  const counts =
    found.stories === found.articles
      ? text.search.countsPlain(count(found.articles))
      : text.search.counts(count(found.articles), count(found.stories));
  return lines(html`🔍 ${bold(clip(found.query, queryColumns))}${counts}`, ...notes(found, options));
}

function notes(found: SearchPage, options: SearchOptions): string[] {
  const text = textIn(options.language).search;
  const meant = found.meant === null ? [] : [text.meant(found.meant.word, String(found.meant.articles))];
  return found.near === false ? meant : [text.near[found.near], ...meant];
}

function result(found: SearchPage, n: number, options: SearchOptions & { snippets: boolean; links: boolean }): Html {
  const text = textIn(options.language);
  const { title, url, snippet, outlets, at } = found.results[n]!;
  const heading = link(clip(title, titleColumns), options.links ? url : null);
  const pieces = snippet
    .map((piece) => (piece.hit ? bold(piece.text) : html`${piece.text}`))
    .map((piece) => piece.html);
  const facts = [text.search.outlets(outlets), at === null ? null : whenNamed(at, options)].filter((f) => f !== null);
  return lines(
    bold(html`${text.digest.number(n + 1)}${heading}`),
    options.snippets && { html: pieces.join("").replace(/\s+/g, " ").trim() },
    italic(facts.join(" · ")),
  );
}

function searchButtons(found: SearchPage, { kind, token, language }: SearchOptions): Button[][] {
  const text = textIn(language).search;
  const turn = (page: number) => searchAction(token, page, found.order, found.week);
  const open = found.results.map(({ storyId }, n) => ({
    text: String(n + 1),
    action: action("story", storyId.toString(36), "s", token, found.page),
  }));
  const pager: Button[] = [];
  if (found.page > 1) pager.push({ text: "‹", action: turn(found.page - 1) });
  if (found.pages > 1) pager.push({ text: `${found.page}/${found.pages}`, action: turn(found.page) });
  if (found.page < found.pages) pager.push({ text: "›", action: turn(found.page + 1) });
  const mark = (on: boolean, label: string) => (on ? text.chosen(label) : label);
  const filters: Button[] = [
    { text: mark(found.order === "best", text.best), action: searchAction(token, 1, "best", found.week) },
    { text: mark(found.order === "newest", text.newest), action: searchAction(token, 1, "newest", found.week) },
    { text: mark(found.week, text.week), action: searchAction(token, 1, found.order, !found.week) },
  ];
  const sorted = found.articles > 1 || found.week ? filters : [];
  const other: Button[] =
    found.meant === null ? [] : [{ text: text.searchFor(clip(found.meant.word, 30)), action: action("near", token) }];
  const bell: Button[] = kind === "private" ? [{ text: alertText(language).more, action: action("bell", token) }] : [];
  return [...(kind === "channel" ? [] : numberRows(open)), pager, sorted, other, bell];
}
