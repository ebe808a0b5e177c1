import { chosenHours, type Hours, readHours, readQuiet } from "../news/quiet.ts";
import { choiceOf } from "../store/breaking-choices.ts";
import { changeSubscriber, type Subscriber, subscriberById } from "../store/subscribers.ts";
import { lines } from "../telegram/html.ts";
import { type Message, message } from "../telegram/message.ts";
import { renderQuiet } from "../telegram/quiet-message.ts";
import { quietText } from "../text/quiet.ts";
import { ask, say, show } from "./answer.ts";
import { type Area, idOf, type Press, wholeNumber } from "./handler.ts";
import { ensureKnown, isPrivate, type Visit } from "./visit.ts";

const wordsShownMax = 40;
const off = /^(?:off|no|none|never|关|关掉|关闭|不要|不设|没有|无|取消)$/iu;

/** The hours in which nothing rings, for alerts, digests and breaking items alike; a channel's from a private chat. */
export const quietHours: Area = {
  commands: { quiet: { run: quiet, managed: true, setting: true } },
  presses: {
    quiet: onWhose(async (visit, whose) => show(visit, await quietMessage(visit, whose))),
    quietset: onWhose(choose),
    quietask: onWhose(askHours),
  },
};

/** `/quiet 22:30-06:30`, `/quiet off`; bare it shows what is. */
async function quiet(visit: Visit, words: string): Promise<void> {
  if (words !== "") return answerQuiet(visit, "quiet", words);
  await say(visit, await quietMessage(visit, await ensureKnown(visit)));
}

/** What a person says after the question ("quiet", "quiet:<channel>"), or behind the command. */
export async function answerQuiet(visit: Visit, what: string, words: string): Promise<void> {
  const whose = await whoseOf(visit, what.split(":")[1]);
  if (whose === undefined) return say(visit, message(lines(visit.text.small.tooOldShort)));
  const said = words.trim();
  const hours = off.test(said) ? { from: 0, to: 0 } : readQuiet(said);
  if (hours === null) {
    const shown = [...said].slice(0, wordsShownMax).join("");
    return say(visit, message(lines(quietText(visit.language).unclear(shown))));
  }
  await say(visit, await quietMessage(visit, await store(visit, whose, hours)));
}

async function choose(visit: Visit, whose: Subscriber, args: string[]): Promise<void> {
  const [from = null, to = null] = args.map((minute) => wholeNumber(minute, 0, 1439));
  if (from === null || to === null) return;
  await show(visit, await quietMessage(visit, await store(visit, whose, { from, to })));
}

function askHours(visit: Visit, { id, kind }: Subscriber): Promise<void> {
  const text = quietText(visit.language);
  const what = kind === "channel" ? `quiet:${id.toString(36)}` : "quiet";
  return ask(visit, message(lines(text.ask)), what, text.placeholder);
}

async function store(visit: Visit, whose: Subscriber, { from, to }: Hours): Promise<Subscriber> {
  await changeSubscriber(visit.app.db, whose.id, { quietFrom: from, quietTo: to });
  return { ...whose, quietFrom: from, quietTo: to };
}

async function quietMessage(visit: Visit, whose: Subscriber): Promise<Message> {
  const { level, night } = await choiceOf(visit.app.db, whose);
  const view = {
    hours: chosenHours(whose),
    night: readHours(visit.app.config.NIGHT_HOURS),
    breaking: level === "none" ? ("none" as const) : night,
    channel: whose.kind === "channel" ? { id: whose.id, title: whose.title } : null,
  };
  return renderQuiet(view, visit);
}

/** This chat, or a channel that whoever asks in private set up; undefined for any other. */
async function whoseOf(visit: Visit, channel: string | undefined): Promise<Subscriber | undefined> {
  if (channel === undefined) return ensureKnown(visit);
  const found = await subscriberById(visit.app.db, idOf(channel) ?? 0);
  const isOwn = found?.kind === "channel" && found.setUpBy === visit.userId && isPrivate(visit);
  return isOwn ? found : undefined;
}

/** A press about a chat's hours; the last argument names a channel ("c" and its number). */
function onWhose(act: (visit: Visit, whose: Subscriber, args: string[]) => Promise<void>): Press {
  const find = (visit: Visit, args: string[]) => whoseOf(visit, /^c([0-9a-z]+)$/.exec(args.at(-1) ?? "")?.[1]);
  return {
    managed: true,
    refuse: async (visit, args) => ((await find(visit, args)) === undefined ? visit.text.small.tooOldShort : null),
    act: async (visit, args) => {
      const whose = await find(visit, args);
      if (whose !== undefined) await act(visit, whose, args);
    },
  };
}
