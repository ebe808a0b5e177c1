import type { Message as TelegramMessage } from "grammy/types";
import { type Day, takeDay } from "../news/day.ts";
import { nameIn } from "../news/name-in.ts";
import type { SearchOrder, TopPage } from "../news/pages.ts";
import { findNews } from "../pages/search.ts";
import { isStory, storyPage } from "../pages/story.ts";
import { type About, aboutNamed, type Named, pastDay, toldPage, topPage, topWords } from "../pages/top.ts";
import { voteOf } from "../store/feedback.ts";
import { findPage, findSearch, keepPage, keepSearch } from "../store/searches.ts";
import { countSources } from "../store/sources.ts";
import { allSubjects } from "../store/subjects.ts";
import { countSubscriptions } from "../store/subscriptions.ts";
import { clip } from "../telegram/clip.ts";
import { lines } from "../telegram/html.ts";
import { type Message, message } from "../telegram/message.ts";
import { queryFromMessage, renderNoResult, renderSearch, renderSearchAsk } from "../telegram/search-message.ts";
import { type From, renderStory } from "../telegram/story-message.ts";
import { renderNoNews, renderOtherLanguage, renderSubjects, renderTop } from "../telegram/top-message.ts";
import { fullDay } from "../text/index.ts";
import { ask, say, show } from "./answer.ts";
import { attempt } from "./attempt.ts";
import { type Area, idOf, wholeNumber } from "./handler.ts";
import { isOperator } from "./rights.ts";
import { isPrivate, readingOf, type Visit } from "./visit.ts";

/** What is searched for at most; Telegram takes 4,096 characters. */
export const queryCharsMax = 200;
const pagesMax = 200;
const subjectColumns = 30;
const sourceIdMax = 2 ** 31;

export const reading: Area = {
  commands: {
    top: { run: (visit, words) => showTop(visit, { words }) },
    search: { run: search },
    story: { run: story },
  },
  presses: {
    top: {
      act: (visit, [again, slug = "", source]) =>
        showTop(visit, { inPlace: again === "1", words: slug, sourceId: wholeNumber(source, 1, sourceIdMax) }),
    },
    page: { refuse: refuseOthers, act: turnPage },
    near: { refuse: refuseOthers, act: searchNear },
    story: { refuse: storyGone, act: (visit, args) => openInPlace(visit, args) },
    back: { act: back },
    again: { act: showAgain },
  },
};

/** `/top`, `/top 科技`, `/top 环线财经 昨天`: as an answer or in place of itself. */
async function showTop(visit: Visit, { inPlace = false, words = "", sourceId = null }: Asked = {}): Promise<void> {
  const { db } = visit.app;
  const shown = readingOf(visit);
  const asked = await askedTop(visit, sourceId ?? words);
  if (asked === null) {
    if (sourceId !== null) return say(visit, message(lines(visit.text.small.tooOldShort)));
    const line = visit.text.top.whichSubject(clip(words.trim(), subjectColumns));
    return say(visit, renderSubjects(line, await allSubjects(db), shown));
  }
  const { about, day } = asked;
  const top = await topOf(visit, { ...about, day });
  if (top.stories.length === 0) {
    if (!(await hasNewsFor(visit))) return say(visit, await noneToRead(visit));
    if (day !== null)
      return say(visit, message(lines(visit.text.top.noneThen(fullDay(day.from, shown), about?.name ?? null))));
    if (about === undefined) return say(visit, await noneToRead(visit));
    return say(visit, renderSubjects(visit.text.top.noneOf(about.name), await allSubjects(db), shown));
  }
  const digests = visit.known === undefined ? 0 : await countSubscriptions(db, visit.known.id);
  const { kind, app } = visit;
  const options = { ...shown, kind, subscribed: digests > 0, day, about };
  const { language, timezone, subscribed } = options;
  const key = ["top as told", keyOf(visit, { ...about, day }), language, timezone, kind, subscribed].join();
  const page = await app.shared.of(key, async () => renderTop(top, options));
  await (inPlace ? show : say)(visit, page);
}

/** What these words, or this source's id, ask for: what all of them name, else what is left beside a day. Null: nothing. */
async function askedTop(visit: Visit, asked: string | number): Promise<{ about?: Named; day: Day | null } | null> {
  if (asked === "") return { day: null };
  const subjects = await allSubjects(visit.app.db);
  const named = (of: string | number) => aboutNamed(visit.app.db, of, { subjects, language: visit.language });
  const whole = await named(typeof asked === "number" ? asked : asked.trim());
  if (whole !== null) return { about: whole, day: null };
  if (typeof asked === "number") return null;
  const { day, rest } = takeDay(asked, { now: visit.now, zone: readingOf(visit).timezone });
  if (rest === "") return { day: pastDay(day, visit.now) };
  const about = day === null ? null : await named(rest);
  return about === null ? null : { about, day: pastDay(day, visit.now) };
}

type Asked = { inPlace?: boolean; words?: string; sourceId?: number | null };
function keyOf(visit: Visit, { subject, source, day, news = newsOf(visit).news }: About): string {
  return [news, subject, source, day?.from.getTime()].join(" ");
}

/** What matters to who reads these languages: the same for all who ask within the same seconds. */
function topOf(visit: Visit, about: About = {}): Promise<TopPage> {
  const { subject = null, source = null, day = null, news = newsOf(visit).news } = about;
  return visit.app.shared.of(`top ${keyOf(visit, about)}`, () =>
    topPage(visit.app.db, { ...newsOf(visit), news, subject, source, day }),
  );
}

/** Is there anything in the reader's language? */
export async function hasNewsFor(visit: Visit): Promise<boolean> {
  return (await topOf(visit)).stories.length > 0;
}

/** Nothing in the reader's language: what there is in the other one is offered; nothing at all says why. */
export async function noneToRead(visit: Visit): Promise<Message> {
  const any = await topOf(visit, { news: "both" });
  return any.stories.length > 0 ? renderOtherLanguage(readingOf(visit)) : noNews(visit);
}

/** What was pushed to this chat within a day, once more. */
async function showAgain(visit: Visit): Promise<void> {
  const stories = visit.known === undefined ? [] : await toldPage(visit.app.db, visit.known.id, newsOf(visit));
  if (stories.length === 0) return showTop(visit);
  const options = { ...readingOf(visit), kind: visit.kind, subscribed: true, again: true };
  await say(visit, renderTop({ stories, newestDay: null }, options));
}

/** Why there is nothing, to each in their role. */
export async function noNews(visit: Visit): Promise<Message> {
  const sources = await countSources(visit.app.db);
  return renderNoNews({ sources, admin: await isOperator(visit), private: isPrivate(visit) }, readingOf(visit));
}

/** `/search words`, or just words in a private chat. Bare it asks, with what people read about now. */
export async function search(visit: Visit, words: string): Promise<void> {
  const query = words.replace(/\s+/gu, " ").trim();
  if (query.length > queryCharsMax) return say(visit, message(lines(visit.text.search.tooLong)));
  if (query !== "") return say(visit, await searchMessage(visit, query, {}));
  if (!isPrivate(visit)) {
    return ask(visit, message(lines(visit.text.search.askGroup)), "search", visit.text.search.placeholder);
  }
  const popular = await topWords(visit.app.db, newsOf(visit));
  const buttons = await Promise.all(popular.map(async (word) => ({ word, token: await tokenFor(visit, word) })));
  await ask(visit, renderSearchAsk(buttons, readingOf(visit)), "search", visit.text.search.placeholder);
}

/** What the news of now is about, in the language that is spoken here: a search for it finds something. */
export function wordsNow(visit: Visit): Promise<string[]> {
  const wanted = { ...newsOf(visit), news: visit.language };
  return visit.app.shared.of(`words ${visit.language}`, () => topWords(visit.app.db, wanted));
}

type Turn = { page?: number; order?: SearchOrder; week?: boolean };

async function searchMessage(visit: Visit, query: string, { page = 1, order = "best", week = false }: Turn) {
  const token = await tokenFor(visit, query);
  const options = { ...readingOf(visit), kind: visit.kind, token };
  const found = await findNews(visit.app.db, { ...newsOf(visit), query, page, order, week });
  if (found.page.results.length === 0) return renderNoResult({ query, week, near: found.near }, options);
  return renderSearch(found.page, options);
}

async function turnPage(visit: Visit, args: string[]): Promise<void> {
  const [token, at, order, week] = args;
  const query = await queryOf(visit, token);
  const page = wholeNumber(at, 1, pagesMax);
  if (query === null || page === null) return tooOld(visit);
  const turn: Turn = { page, order: order === "n" ? "newest" : "best", week: week === "1" };
  const ofSearch = visit.ctx.callbackQuery?.message?.text?.startsWith("🔍") === true;
  await (ofSearch ? show : say)(visit, await searchMessage(visit, query, turn));
}

async function searchNear(visit: Visit, [token]: string[]): Promise<void> {
  const query = await queryOf(visit, token);
  if (query === null) return tooOld(visit);
  const { near } = await findNews(visit.app.db, { ...newsOf(visit), query, page: 1, order: "best", week: false });
  await show(visit, await searchMessage(visit, near?.word ?? query, {}));
}

/** In a group only whoever searched turns the pages. */
async function refuseOthers(visit: Visit, [token]: string[]): Promise<string | null> {
  if (isPrivate(visit)) return null;
  const kept = token === undefined ? undefined : await findSearch(visit.app.db, token, visit.chatId);
  const asker = kept?.userId ?? visit.ctx.callbackQuery?.message?.reply_to_message?.from?.id;
  return asker === undefined || asker === (visit.userId ?? 0) ? null : visit.text.search.notYours;
}

/** The words behind a button: kept ones, else those that the message itself shows. */
export async function queryOf(visit: Visit, token: string | undefined): Promise<string | null> {
  const kept = token === undefined ? undefined : await findSearch(visit.app.db, token, visit.chatId);
  return kept?.query ?? queryFromMessage(visit.ctx.callbackQuery?.message?.text ?? "");
}

export async function tokenFor(visit: Visit, query: string): Promise<string> {
  return keepSearch(visit.app.db, { query, chatId: visit.chatId, userId: visit.userId ?? 0 }, visit.now);
}

/** `/story 4f2k`: as a page of its own. */
async function story(visit: Visit, words: string): Promise<void> {
  const id = idOf(words.trim().toLowerCase().replace(/^st_/, ""));
  if (id === null) return say(visit, message(lines(visit.text.story.which)));
  await openStory(visit, id);
}

/** A story as a message of its own. */
export async function openStory(visit: Visit, id: number): Promise<void> {
  const page = await storyPage(visit.app.db, id, newsOf(visit));
  if (page === undefined) return say(visit, message(lines(visit.text.story.gone)));
  await say(visit, renderStory(page, { ...(await storyOptions(visit, page)), from: null }));
}

/** What a story is shown with: in private also an alert on the name that it is about. */
async function storyOptions(visit: Visit, { title, storyId }: { title: string; storyId: number }) {
  const word = isPrivate(visit) ? nameIn(title) : null;
  const bell = word === null ? null : { word, token: await tokenFor(visit, word) };
  const vote = isPrivate(visit) ? await voteOf(visit.app.db, visit.chatId, storyId) : 0;
  return { ...readingOf(visit), kind: visit.kind, bell, vote };
}

async function storyGone(visit: Visit, [id]: string[]): Promise<string | null> {
  const known = idOf(id);
  return known !== null && (await isStory(visit.app.db, known)) ? null : visit.text.story.gone;
}

/** A number under a digest, a search or a story: its page in place, with the way back. */
export async function openInPlace(
  visit: Visit,
  [id, kind, token, page]: string[],
  { asksWhy = false } = {},
): Promise<void> {
  const found = await storyPage(visit.app.db, idOf(id) ?? 0, newsOf(visit));
  if (found === undefined) return;
  const from: From | null = kind === "d" || kind === "t" || kind === "s" ? kind : null;
  const back =
    from === null ? null : { kind: from, ...(token === undefined ? {} : { token, page: Number(page ?? 1) }) };
  const shown = renderStory(found, { ...(await storyOptions(visit, found)), from: back, asksWhy });
  const pressed = visit.ctx.callbackQuery?.message;
  // In a group a list stays for the others; the story comes below it.
  if (!isPrivate(visit)) return say(visit, { ...shown, buttons: shown.buttons.filter((row) => !row.some(isBack)) });
  if (pressed !== undefined && pressed.date !== 0 && !isStoryPage(pressed)) await keep(visit, pressed);
  await show(visit, shown);
}

/** Back to what stood there before; when that was pruned, to the same search, or to what matters now. */
async function back(visit: Visit, [kind, token, page]: string[]): Promise<void> {
  const pressed = visit.ctx.callbackQuery?.message;
  const kept = pressed === undefined ? undefined : await findPage(visit.app.db, visit.chatId, pressed.message_id);
  if (pressed !== undefined && kept !== undefined && (await restore(visit, pressed.message_id, kept))) return;
  const query = kind === "s" && token !== undefined ? await findSearch(visit.app.db, token, visit.chatId) : undefined;
  if (query !== undefined) {
    return show(visit, await searchMessage(visit, query.query, { page: wholeNumber(page, 1, pagesMax) ?? 1 }));
  }
  await (kind === "t" ? showTop(visit, { inPlace: true }) : tooOld(visit));
}

/** A button whose meaning was lost: says so, and gives what matters now. */
export async function tooOld(visit: Visit): Promise<void> {
  await say(visit, message(lines(visit.text.small.tooOld)));
  await showTop(visit);
}

type Pressed = NonNullable<NonNullable<Visit["ctx"]["callbackQuery"]>["message"]>;

async function keep(visit: Visit, pressed: Pressed): Promise<void> {
  const { text, entities, reply_markup } = pressed as TelegramMessage;
  if (text === undefined) return;
  const body = JSON.stringify({ text, entities: entities ?? [], reply_markup });
  await keepPage(visit.app.db, { chatId: visit.chatId, messageId: pressed.message_id, body }, visit.now);
}

async function restore(visit: Visit, messageId: number, body: string): Promise<boolean> {
  const { text, entities, reply_markup } = JSON.parse(body) as TelegramMessage;
  const whole = { html: "", buttons: [], preview: null };
  const attempted = await attempt(visit, whole, () =>
    visit.ctx.api.editMessageText(visit.chatId, messageId, text ?? "", {
      entities: entities ?? [],
      link_preview_options: { is_disabled: true },
      ...(reply_markup === undefined ? {} : { reply_markup }),
    }),
  );
  return attempted === "done";
}

/** A story's page has the way back: it is not kept itself, what stood there first is. */
function isStoryPage(pressed: Pressed): boolean {
  const rows = (pressed as TelegramMessage).reply_markup?.inline_keyboard ?? [];
  return rows.some((row) => row.some((button) => "callback_data" in button && /^1:back\b/.test(button.callback_data)));
}

function isBack(button: Message["buttons"][number][number]): boolean {
  return "action" in button && button.action.startsWith("1:back");
}

export function newsOf(visit: Visit) {
  return {
    news: visit.known?.newsLanguages ?? visit.language,
    ...readingOf(visit),
  };
}
