import type { Document } from "grammy/types";
import { absoluteUrl } from "../news/url.ts";
import { starterSources } from "../sources/starter.ts";
import { addSource } from "../store/add-source.ts";
import { removeReading, setReadingState } from "../store/readings.ts";
import { type SourceHealth, sourceById, sourceNamed, sourcesPage } from "../store/source-health.ts";
import { addSourceTask, findSourceTask, type NewSourceTask, type SourceTask } from "../store/source-tasks.ts";
import { action } from "../telegram/action.ts";
import { blocks, html, lines } from "../telegram/html.ts";
import { type Message, message } from "../telegram/message.ts";
import {
  renderRemoveSource,
  renderSource,
  renderSources,
  renderStarter,
  type SourceLine,
  sourcesPerPage,
} from "../telegram/sources-message.ts";
import { deskText } from "../text/desk.ts";
import { ask, say, show } from "./answer.ts";
import { type Area, type Press, wholeNumber } from "./handler.ts";
import { isOperator } from "./rights.ts";
import { originOf, readingOf, type Visit } from "./visit.ts";

const wordsShownMax = 60;
const fileNameCharsMax = 100;
const pagesMax = 1_000;

/** The sources, for those who run the bot. What reads the web or a file is a job: here it is only noted. */
export const sourcesDesk: Area = {
  commands: { sources: { run: sources, operator: true, privateOnly: true } },
  presses: {
    srcs: desk(async (visit, [page]) => show(visit, await listMessage(visit, pageOf(page)))),
    src: desk((visit, [id, page]) => showSource(visit, id, page)),
    srcset: desk(setState),
    srcrm: desk((visit, [id, page]) => askRemove(visit, id, page)),
    srcgone: desk(removeOne),
    srccheck: desk(check),
    srcask: desk((visit) => ask(visit, message(lines(textOf(visit).ask)), "source", "https://")),
    srcadd: desk(addFound),
    srctry: desk(tryAgain),
    srcleave: desk((visit) => show(visit, message(lines(textOf(visit).left)))),
    starter: desk((visit) => show(visit, renderStarter(starterSources, readingOf(visit)))),
    starters: desk(addStarters),
  },
};

/** `/sources`, `/sources add <url>`, `/sources check|pause|resume|remove <name>`. */
async function sources(visit: Visit, words: string): Promise<void> {
  if (words === "") return say(visit, await listMessage(visit, 1));
  const [, verb = "", rest = ""] = /^(\S+)\s*([\s\S]*)$/u.exec(words) ?? [];
  const act = verb.toLowerCase();
  if (act === "add" && rest === "") return ask(visit, message(lines(textOf(visit).ask)), "source", "https://");
  if (act === "add") return addAddress(visit, rest);
  if (!["check", "pause", "resume", "remove"].includes(act)) return addAddress(visit, words);
  const url = addressIn(rest);
  const found = await sourceNamed(visit.app.db, rest, visit.now);
  if (act === "check" && found === undefined && url !== null) return begin(visit, { kind: "try", ask: { url } });
  if (found?.reading == null) return say(visit, message(lines(textOf(visit).unknown(short(rest)))));
  if (act === "check") return begin(visit, { kind: "try", ask: { url: found.reading.url } });
  if (act === "remove") return say(visit, renderRemoveSource(lineOf(found), { ...readingOf(visit), page: 1 }));
  const state = act === "pause" ? "paused" : "active";
  await setReadingState(visit.app.db, found.source.id, { state, now: visit.now });
  if (state === "active") visit.app.enqueue({ kind: "refresh-sources" });
  const text = textOf(visit);
  const { name } = found.source;
  await say(visit, message(lines(state === "paused" ? text.pausedNow(name) : text.resumedNow(name))));
}

/** An address that somebody wants read: it is tried first, and what was found is shown before it is added. */
export async function addAddress(visit: Visit, words: string): Promise<void> {
  // Whoever was asked may not be an operator any more.
  if (!(await isOperator(visit))) return say(visit, message(lines(visit.text.small.unknown)));
  const url = addressIn(words);
  if (url === null) return say(visit, message(lines(textOf(visit).notUrl(short(words)))));
  await begin(visit, { kind: "try", ask: { url } });
}

/** A file that an operator sent: OPML, JSON Lines, or any document that can be read. */
export async function takeFile(visit: Visit, { file_id: id, file_name, file_size = 0 }: Document): Promise<void> {
  const name = [...(file_name ?? "file")].slice(-fileNameCharsMax).join("");
  await begin(visit, { kind: "file", ask: { file: { id, name, bytes: file_size } } });
}

/** Notes a task and has it done; it answers by itself. */
async function begin(visit: Visit, task: Pick<NewSourceTask, "kind" | "ask">): Promise<void> {
  const { app, chatId, language, now } = visit;
  const id = await addSourceTask(app.db, { ...task, origin: originOf(visit, ":source"), chatId, language }, now);
  app.enqueue({ kind: "source-task", id });
}

async function listMessage(visit: Visit, page: number): Promise<Message> {
  const found = await sourcesPage(visit.app.db, { now: visit.now, page, perPage: sourcesPerPage });
  return renderSources({ ...found, list: found.list.map(lineOf) }, readingOf(visit));
}

async function showSource(visit: Visit, id: string | undefined, page: string | undefined): Promise<void> {
  const found = await sourceOf(visit, id);
  if (found === undefined) return say(visit, message(lines(textOf(visit).gone)));
  await show(visit, renderSource(found, { ...readingOf(visit), page: pageOf(page) }));
}

async function setState(visit: Visit, [id, what, page]: string[]): Promise<void> {
  const state = what === "p" ? "paused" : "active";
  const number = wholeNumber(id, 1, Number.MAX_SAFE_INTEGER) ?? 0;
  if (!(await setReadingState(visit.app.db, number, { state, now: visit.now })))
    return say(visit, message(lines(textOf(visit).gone)));
  if (state === "active") visit.app.enqueue({ kind: "refresh-sources" });
  await showSource(visit, id, page);
}

async function askRemove(visit: Visit, id: string | undefined, page: string | undefined): Promise<void> {
  const found = await sourceOf(visit, id);
  if (found === undefined) return say(visit, message(lines(textOf(visit).gone)));
  await show(visit, renderRemoveSource(found, { ...readingOf(visit), page: pageOf(page) }));
}

async function removeOne(visit: Visit, [id]: string[]): Promise<void> {
  const found = await sourceOf(visit, id);
  if (found === undefined) return say(visit, message(lines(textOf(visit).gone)));
  await removeReading(visit.app.db, found.id);
  const list = await listMessage(visit, 1);
  await show(visit, { ...list, html: blocks(html`${textOf(visit).removed(found.name)}`, list).html });
}

async function check(visit: Visit, [id]: string[]): Promise<void> {
  const found = await sourceOf(visit, id);
  if (found?.url == null) return say(visit, message(lines(textOf(visit).gone)));
  await begin(visit, { kind: "try", ask: { url: found.url } });
}

/** The button under what was found. Adding twice is adding once. */
async function addFound(visit: Visit, [id]: string[]): Promise<void> {
  const task = await taskOf(visit, id);
  if (task?.found == null) return say(visit, message(lines(visit.text.small.tooOldShort)));
  const { source } = await addSource(visit.app.db, task.found, { now: visit.now });
  visit.app.enqueue({ kind: "refresh-sources" });
  await show(visit, message(lines(textOf(visit).added(source.name)), [[backToList(visit)]]));
}

/** The same address again, or another feed of the same site. */
async function tryAgain(visit: Visit, [id, other]: string[]): Promise<void> {
  const task = await taskOf(visit, id);
  const n = wholeNumber(other, 0, 100);
  const url = n === null ? task?.ask.url : task?.found?.others[n]?.url;
  if (url === undefined) return say(visit, message(lines(visit.text.small.tooOldShort)));
  await begin(visit, { kind: "try", ask: { url } });
}

async function addStarters(visit: Visit, [list = "all"]: string[]): Promise<void> {
  if (list === "zh" || list === "en" || list === "all") await begin(visit, { kind: "list", ask: { list } });
}

/** Only for operators, whoever shows them the button. */
export function desk(act: Press["act"]): Press {
  return {
    refuse: async (visit) => ((await isOperator(visit)) ? null : visit.text.small.tooOldShort),
    act,
  };
}

async function taskOf(visit: Visit, id: string | undefined): Promise<SourceTask | undefined> {
  const task = await findSourceTask(visit.app.db, wholeNumber(id, 1, Number.MAX_SAFE_INTEGER) ?? 0);
  return task?.chatId === visit.chatId ? task : undefined;
}

export async function sourceOf(visit: Visit, id: string | undefined): Promise<SourceLine | undefined> {
  const wanted = wholeNumber(id, 1, Number.MAX_SAFE_INTEGER);
  const found = wanted === null ? undefined : await sourceById(visit.app.db, wanted, visit.now);
  return found === undefined ? undefined : lineOf(found);
}

function lineOf({ source, reading, push, articlesInWeek }: SourceHealth): SourceLine {
  const { url, createdAt: _createdAt, ...own } = source;
  return { ...own, url: reading?.url ?? url, reading, push, articlesInWeek };
}

/** `example.org/news` is meant as an address, too. */
function addressIn(words: string): string | null {
  return absoluteUrl(/^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)+(?:[/:?]|$)/u.test(words) ? `https://${words}` : words);
}

function backToList(visit: Visit) {
  return { text: textOf(visit).back, action: action("srcs", 1) };
}

function textOf(visit: Visit) {
  return deskText(visit.language);
}

export function pageOf(page: string | undefined): number {
  return wholeNumber(page, 1, pagesMax) ?? 1;
}

function short(words: string): string {
  return [...words].slice(0, wordsShownMax).join("");
}
