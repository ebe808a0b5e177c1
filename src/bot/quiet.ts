import { chosenHours, type Hours, readHours, readQuiet } from "../news/quiet.ts";
import { choiceOf } from "../store/breaking-choices.ts";
import { changeSubscriber } from "../store/subscribers.ts";
import { lines } from "../telegram/html.ts";
import { type Message, message } from "../telegram/message.ts";
import { renderQuiet } from "../telegram/quiet-message.ts";
import { quietText } from "../text/quiet.ts";
import { ask, say, show } from "./answer.ts";
import { type Area, wholeNumber } from "./handler.ts";
import { ensureKnown, refreshed, type Visit } from "./visit.ts";

const wordsShownMax = 40;
const off = /^(?:off|no|none|never|关|关掉|关闭|不要|不设|没有|无|取消)$/iu;

/** The hours in which nothing rings, for alerts, digests and breaking items alike. */
export const quietHours: Area = {
  commands: { quiet: { run: quiet, managed: true, setting: true } },
  presses: {
    quiet: { act: async (visit) => show(visit, await quietMessage(visit)), managed: true },
    quietset: { act: choose, managed: true },
    quietask: { act: askHours, managed: true },
  },
};

/** `/quiet 22:30-06:30`, `/quiet off`; bare it shows what is. */
async function quiet(visit: Visit, words: string): Promise<void> {
  if (words !== "") return answerQuiet(visit, words);
  await say(visit, await quietMessage(visit));
}

/** What a person says after the question, or behind the command. */
export async function answerQuiet(visit: Visit, words: string): Promise<void> {
  const said = words.trim();
  const hours = off.test(said) ? { from: 0, to: 0 } : readQuiet(said);
  if (hours === null) {
    const shown = [...said].slice(0, wordsShownMax).join("");
    return say(visit, message(lines(quietText(visit.language).unclear(shown))));
  }
  await say(visit, await quietMessage(await store(visit, hours)));
}

async function choose(visit: Visit, args: string[]): Promise<void> {
  const [from = null, to = null] = args.map((minute) => wholeNumber(minute, 0, 1439));
  if (from === null || to === null) return;
  await show(visit, await quietMessage(await store(visit, { from, to })));
}

function askHours(visit: Visit): Promise<void> {
  const text = quietText(visit.language);
  return ask(visit, message(lines(text.ask)), "quiet", text.placeholder);
}

async function store(visit: Visit, { from, to }: Hours): Promise<Visit> {
  const subscriber = await ensureKnown(visit);
  await changeSubscriber(visit.app.db, subscriber.id, { quietFrom: from, quietTo: to });
  return refreshed(visit);
}

async function quietMessage(visit: Visit): Promise<Message> {
  const subscriber = await ensureKnown(visit);
  const { level, night } = await choiceOf(visit.app.db, subscriber);
  const view = {
    hours: chosenHours(subscriber),
    night: readHours(visit.app.config.NIGHT_HOURS),
    breaking: level === "none" ? ("none" as const) : night,
  };
  return renderQuiet(view, visit);
}
