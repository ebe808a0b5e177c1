import { type BotError, Composer, type Context } from "grammy";
import type { App } from "../app.ts";
import { readClockTime } from "../news/clock-time.ts";
import { nearestSpelling } from "../news/near-spelling.ts";
import { closeAsk, openAsk } from "../store/visits.ts";
import { action, readAction } from "../telegram/action.ts";
import { lines } from "../telegram/html.ts";
import { type Message, message } from "../telegram/message.ts";
import { searchAction } from "../telegram/search-message.ts";
import { insteadSearch } from "../telegram/settings-message.ts";
import { menus } from "../text/profile.ts";
import { alert } from "./alerts.ts";
import { say, toast } from "./answer.ts";
import { areas } from "./areas.ts";
import { answerBreaking } from "./breaking.ts";
import { onChannelPicked, onPickerClosed } from "./channel.ts";
import { answerTime } from "./digest-edits.ts";
import { answerHour, makeDigest } from "./digests.ts";
import { hasRole } from "./duty.ts";
import { answerTitle } from "./edition.ts";
import type { Command, Press } from "./handler.ts";
import { inPace, tooManyPresses } from "./limits.ts";
import { onMigration, onMyMember } from "./members.ts";
import { notTime } from "./near-times.ts";
import { answerQuiet } from "./quiet.ts";
import { search, tokenFor, tooOld } from "./reading.ts";
import { isOperator, mayManage } from "./rights.ts";
import { answerLocation, answerZone } from "./settings.ts";
import { feedback, hello, showNotes, thanks } from "./small.ts";
import { answerSource } from "./source-edits.ts";
import { addAddress, takeFile } from "./sources.ts";
import { onTopic } from "./topics.ts";
import { isPrivate, openVisit, type Visit } from "./visit.ts";
import { plainWords, readCommand, type Spoken } from "./words.ts";

/** Commands by name and buttons by verb, of all areas. */
export const commands: ReadonlyMap<string, Command> = new Map(areas.flatMap((area) => Object.entries(area.commands)));
const presses: ReadonlyMap<string, Press> = new Map(areas.flatMap((area) => Object.entries(area.presses)));

/** Words that are shown back to whoever wrote them. */
const wordsShownMax = 30;

/** All that a person can say to the bot. It never throws at what it is sent: whoever waits gets a sentence. */
export function createBot(app: App): Composer<Context> {
  const bot = new Composer<Context>();
  const safe = bot.errorBoundary((error) => onError(app, error));
  safe.on("my_chat_member", (ctx) => onMyMember(app, ctx));
  safe.on("callback_query", (ctx) => onPress(app, ctx));
  safe.on("message", (ctx) => onMessage(app, ctx));
  return bot;
}

async function onMessage(app: App, ctx: Context): Promise<void> {
  if ((await onMigration(app, ctx)) || (await onTopic(app, ctx))) return;
  const visit = await openVisit(app, ctx);
  // Other bots are not answered, or two of them never stop; a group's own voice comes as a bot's, too.
  if (visit === undefined || (ctx.from?.is_bot === true && !visit.anonymous)) return;
  const text = (ctx.message?.text ?? captionCommand(ctx)).trim();
  const spoken = readCommand(text, app.me.username);
  if (spoken !== null) return onCommand(visit, spoken);
  if (isPrivate(visit)) return onPrivate(visit, text);
  // In a group only what answers our own question is for us.
  if (ctx.message?.reply_to_message?.from?.id === app.me.id && text !== "" && !text.startsWith("/")) {
    await onAnswer(visit, text);
  }
}

async function onCommand(visit: Visit, spoken: Spoken): Promise<void> {
  const command = commands.get(spoken.name);
  const known = command !== undefined && (await mayRun(visit, command));
  // Commands of other bots in the same group are none of our business.
  if (!known && !isPrivate(visit) && !spoken.addressed) return;
  if (!(await inPace(visit, spoken.name, command))) return;
  if (!known) return say(visit, await unknownCommand(visit, spoken));
  if (command.privateOnly === true && !isPrivate(visit)) return say(visit, message(lines(visit.text.small.inPrivate)));
  if (command.managed === true && (await mayManage(visit)) !== "yes") {
    return say(visit, message(lines(visit.text.small.notAdmin)));
  }
  await closeAsk(visit.app.db, visit.chatId, visit.userId ?? 0);
  await guarded(
    visit,
    async () => action("cmd", spoken.name),
    () => command.run(visit, spoken.words),
  );
  const isDuty = command.operator === true || command.role !== undefined || spoken.name === "start";
  if (isDuty && isPrivate(visit)) await showNotes(visit);
}

/** No such command: the one that was perhaps meant, of those that everybody has. */
async function unknownCommand(visit: Visit, { name, words }: Spoken): Promise<Message> {
  const { small } = visit.text;
  const begun = menus.private.find((each) => name.startsWith(each) && name !== each);
  const meant = begun ?? nearestSpelling(name, menus.private);
  if (meant === null || !menus.private.some((each) => each === meant)) return message(lines(small.unknown));
  // One letter too many is a slip (/topp); more, or a digit, is a word that stands too near (/subscribe8).
  const beyond = name.slice(begun?.length ?? name.length);
  const rest = /^[a-z]$/.test(beyond) ? "" : beyond;
  const said = [rest, words].filter(Boolean).join(" ");
  const shown = message(lines(small.meantCommand([`/${meant}`, said].filter(Boolean).join(" "))));
  return meant === "search" && said !== "" && isPrivate(visit) ? orSearch(visit, shown, said) : shown;
}

/** Anything that is no command, in a private chat: an answer, a plain word, a time, else a search. */
async function onPrivate(visit: Visit, text: string): Promise<void> {
  const { ctx } = visit;
  if (isService(ctx)) {
    if (ctx.message?.chat_shared !== undefined) await onChannelPicked(visit);
    return;
  }
  const name = commandOf(text);
  if (!(await inPace(visit, name, commands.get(name)))) return;
  const location = ctx.message?.location;
  if (location !== undefined) return answerLocation(visit, location);
  const file = ctx.message?.document;
  if (file !== undefined && (await isOperator(visit))) return takeFile(visit, file);
  const words = text === "" ? (ctx.message?.caption ?? "").trim() : text;
  if (words === "") return say(visit, message(lines(visit.text.small.onlyText)));
  await guarded(
    visit,
    async () => searchAction(await tokenFor(visit, words), 1, "best", false),
    async () => {
      if ((await onPickerClosed(visit, words)) || (await onAnswer(visit, words))) return;
      await onWords(visit, words);
    },
  );
}

/** The next words after a question of ours are its answer. */
async function onAnswer(visit: Visit, words: string): Promise<boolean> {
  const { db } = visit.app;
  const what = await openAsk(db, visit.chatId, visit.userId ?? 0, visit.now);
  if (what === undefined) return false;
  if (plainWords(words) !== null && isPrivate(visit)) return false;
  if (!isPrivate(visit)) {
    if (!(await inPace(visit))) return true;
    if (what !== "search" && (await mayManage(visit)) !== "yes") return true;
  }
  await closeAsk(db, visit.chatId, visit.userId ?? 0);
  if (what === "search") await search(visit, words);
  else if (what === "feedback") await feedback(visit, words);
  else if (what === "source") await addAddress(visit, words);
  else if (what === "alert") await alert(visit, words);
  else if (what.startsWith("quiet")) await answerQuiet(visit, what, words);
  else if (what.startsWith("hour")) return answerHour(visit, what, words);
  else if (what.startsWith("zone")) await answerZone(visit, what, words);
  else if (what.startsWith("src:")) return answerSource(visit, what, words);
  else if (what.startsWith("ed:")) return answerTitle(visit, what, words);
  else if (what.startsWith("bc:")) return answerBreaking(visit, what, words);
  else if (!(await answerTime(visit, what, words)))
    await say(visit, await orSearch(visit, await notTime(visit, words, { changes: what }), words));
  return true;
}

async function onWords(visit: Visit, words: string): Promise<void> {
  const meant = plainWords(words);
  if (meant === "thanks") return thanks(visit);
  if (meant === "hello") return hello(visit);
  if (meant !== null) {
    // Whoever meant the word itself finds the search one tap away.
    visit.extra.push(insteadSearch(words, await tokenFor(visit, words), visit));
    await commands.get(meant.command)?.run(visit, "");
    return;
  }
  const time = hourOf(words);
  if (time !== null) {
    return makeDigest(visit, { minute: time.minute, rule: time.rule ?? "daily" }, async (there, made) =>
      say(there, await orSearch(there, made, words)),
    );
  }
  await search(visit, words);
}

/** What command plain words stand for; "" for a search. */
function commandOf(words: string): string {
  const meant = plainWords(words);
  if (meant !== null && typeof meant === "object") return meant.command;
  return hourOf(words) === null ? "" : "subscribe";
}

/** The time of a digest, where words are one and not only some number. */
function hourOf(words: string) {
  return /\d\s*[:：点點]/u.test(words) ? readClockTime(words) : null;
}

/** The same message with a way to search for the words instead. */
async function orSearch(visit: Visit, shown: Message, words: string): Promise<Message> {
  const short = [...words].slice(0, wordsShownMax).join("");
  const button = insteadSearch(short, await tokenFor(visit, words), visit);
  return { ...shown, buttons: [...shown.buttons, [button]] };
}

async function onPress(app: App, ctx: Context): Promise<void> {
  const query = ctx.callbackQuery;
  const visit = await openVisit(app, ctx);
  if (query === undefined || visit === undefined) {
    await ctx.answerCallbackQuery().catch(() => undefined);
    return;
  }
  const asked = readAction(query.data ?? "");
  const press = asked === null ? undefined : asked.verb === "cmd" ? retryPress : presses.get(asked.verb);
  const isDuty = press?.role !== undefined && (await hasRole(visit, press.role));
  const tooFast = isDuty ? null : await tooManyPresses(visit);
  if (tooFast !== null) return toast(visit, tooFast);
  if (asked === null || press === undefined) {
    await toast(visit, visit.text.small.tooOldShort);
    if (isPrivate(visit)) await tooOld(visit);
    return;
  }
  const refused = await refusal(visit, press, asked.args);
  await toast(visit, refused ?? "", refused !== null);
  if (refused === null)
    await guarded(
      visit,
      async () => query.data ?? null,
      () => press.act(visit, asked.args),
    );
}

async function refusal(visit: Visit, press: Press, args: string[]): Promise<string | null> {
  if (press.managed === true) {
    const rights = await mayManage(visit);
    if (rights === "unsure") return visit.text.small.anonymous("/subscribe 20:00");
    if (rights === "no") return visit.text.small.notAdmin;
  }
  return (await press.refuse?.(visit, args)) ?? null;
}

/** Something broke while a person waits: it is noted, they are told, and can try again with one tap. */
async function guarded(visit: Visit, again: () => Promise<string | null>, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    visit.app.log.error({ update: visit.updateId, error }, "a command broke");
    const retry = await again();
    await say(
      visit,
      message(lines(visit.text.small.broke), retry === null ? [] : [[{ text: visit.text.small.again, action: retry }]]),
    );
  }
}

/** Commands of those who run the bot exist for nobody else. */
async function mayRun(visit: Visit, { operator, role }: Command): Promise<boolean> {
  if (operator === true && !(await isOperator(visit))) return false;
  return role === undefined || hasRole(visit, role);
}

/** A picture may carry the command that sends it. */
function captionCommand(ctx: Context): string {
  const caption = ctx.message?.caption ?? "";
  return ctx.message?.photo !== undefined && /^\/breaking\b/i.test(caption) ? caption : "";
}

/** "Try again" under a command that broke: the same command, as its menu entry would send it. */
const retryPress: Press = {
  refuse: async (visit, [name = ""]) => {
    const command = commands.get(name);
    if (command === undefined || !(await mayRun(visit, command))) return visit.text.small.tooOldShort;
    return command.managed === true && (await mayManage(visit)) !== "yes" ? visit.text.small.notAdmin : null;
  },
  act: async (visit, [name = ""]) => commands.get(name)?.run(visit, ""),
};

/** Whatever got this far is noted; the update counts as handled, or Telegram would send it for ever. */
function onError(app: App, { error, ctx }: BotError<Context>): void {
  app.log.error({ update: ctx.update.update_id, error }, "an update broke a handler");
}

function isService(ctx: Context): boolean {
  const message = ctx.message;
  return (
    message !== undefined && !("text" in message || "caption" in message || "location" in message) && !isMedia(message)
  );
}

/** What people send on purpose: it deserves an answer, unlike "pinned a message". */
function isMedia(sent: object): boolean {
  const kinds = [
    "photo",
    "video",
    "voice",
    "audio",
    "sticker",
    "document",
    "animation",
    "video_note",
    "contact",
    "poll",
  ];
  return kinds.some((kind) => kind in sent);
}
