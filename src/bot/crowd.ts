import { earlierMinute, lastSentAt, lookBackSeconds } from "../news/crowd.ts";
import { localTime } from "../news/schedule.ts";
import { countDue, minuteLoad } from "../store/subscriptions-due.ts";
import { action } from "../telegram/action.ts";
import { blocks, html } from "../telegram/html.ts";
import type { Message } from "../telegram/message.ts";
import { crowdText } from "../text/crowd.ts";
import { clock } from "../text/index.ts";
import type { Own } from "./digests.ts";
import type { Visit } from "./visit.ts";

/** Whose digest comes so much later than its minute is told, and offered an earlier one. */
const waitToldSeconds = 180;

/**
 * The message about a digest, with when it will really come where so many have the same minute that the last of them
 * waits for minutes: whoever subscribed last is the last. One tap moves it to a minute from which it is there in time.
 */
export async function withCrowd(visit: Visit, own: Own, shown: Message): Promise<Message> {
  const { app, language, text } = visit;
  const { dueAt } = own.subscription;
  const { timezone } = own.subscriber;
  if (dueAt === null) return shown;
  const rate = app.config.SEND_RATE;
  const many = rate * waitToldSeconds;
  // Nearly always there is no crowd, and that is known after a short look.
  if ((await minuteLoad(app.db, dueAt, many)) < many) return shown;
  const at = dueAt.getTime() / 1000;
  const loads = await countDue(app.db, { after: new Date((at - lookBackSeconds) * 1000), until: dueAt });
  const said = crowdText(language);
  const there = clock(new Date(lastSentAt(loads, at, rate) * 1000), timezone);
  const line = said.busy(clock(dueAt, timezone), text.number(loads.get(at) ?? 0), there);
  const earlier = earlierMinute(loads, at, rate);
  const rows = shown.buttons;
  if (earlier === null) return { ...shown, html: blocks({ html: shown.html }, html`${line}`).html };
  const { minute } = localTime(new Date(earlier.at * 1000), timezone);
  const arrives = clock(new Date(Math.max(earlier.there, at) * 1000), timezone);
  const label = (earlier.there <= at ? said.earlier : said.sooner)(text.minute(minute), arrives);
  const move = [{ text: label, action: action("time", own.subscription.id, minute) }];
  return { ...shown, html: blocks({ html: shown.html }, html`${line}`).html, buttons: [move, ...rows] };
}
