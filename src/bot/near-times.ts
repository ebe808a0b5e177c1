import { nearTimes } from "../news/clock-time.ts";
import { action } from "../telegram/action.ts";
import { lines } from "../telegram/html.ts";
import { type Button, type Message, message } from "../telegram/message.ts";
import { hourChoices } from "../telegram/subscription-message.ts";
import { alertText } from "../text/alerts.ts";
import { wholeNumber } from "./handler.ts";
import { tokenFor } from "./reading.ts";
import type { Visit } from "./visit.ts";

const wordsShownMax = 40;
const timesPerRow = 3;
/** Words of an alert that is offered: what is shorter is hardly a subject, what is longer hardly one either. */
const alertCharsMin = 2;
const alertCharsMax = 24;

/** `asked` is what is left of the words beside a subject, `query` that subject; `changes` is "time:<id>" for a digest. */
type Asked = { asked?: string; query?: string; changes?: string };

/**
 * A time that nobody understood: says so, and offers the hours that may have been meant. What speaks of something is
 * perhaps an alert: a digest comes at an hour, an alert when there is news.
 */
export async function notTime(visit: Visit, words: string, { asked = words, query = "", changes = "" }: Asked) {
  const text = visit.text.subscribe;
  const { minutes, rule, rest } = nearTimes(asked);
  const id = wholeNumber(changes.split(":")[1], 1, Number.MAX_SAFE_INTEGER);
  const slug = query.replace("subject:", "");
  const named = slug === "" ? (rule === null ? [] : [rule]) : [rule ?? "daily", slug];
  const hours = (minutes.length > 0 ? minutes : hourChoices).map((minute): Button => {
    const press = id === null ? action("at", minute, ...named) : action("time", id, minute);
    return { text: visit.text.minute(minute), action: press };
  });
  const about = id === null && rest.length >= alertCharsMin && rest.length <= alertCharsMax ? rest : null;
  const bell: Message["buttons"] =
    about === null
      ? []
      : [[{ text: alertText(visit.language).about(about), action: action("bell", await tokenFor(visit, about)) }]];
  const shown = text.notTime([...words].slice(0, wordsShownMax).join(""));
  return message(lines(shown, about === null ? null : text.ratherAlert(about)), [
    hours.slice(0, timesPerRow),
    hours.slice(timesPerRow),
    ...bell,
  ]);
}
