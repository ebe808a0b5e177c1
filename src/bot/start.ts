import { changeSubscriber } from "../store/subscribers.ts";
import { findSubscription, reschedule } from "../store/subscriptions.ts";
import { action } from "../telegram/action.ts";
import { html, lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import { firstMinute, renderGroupStart, renderStart, renderStarted } from "../telegram/start-message.ts";
import { renderSubscribeAsk, renderTimes, ruleText } from "../telegram/subscription-message.ts";
import { canonicalZone, placeName } from "../text/places.ts";
import { say, show } from "./answer.ts";
import { askDigest, hadToday } from "./asked.ts";
import { withCrowd } from "./crowd.ts";
import { listMessage, optionsOf, storeDigest } from "./digests.ts";
import { type Area, idOf, wholeNumber } from "./handler.ts";
import { claimOwner } from "./owner.ts";
import { openStory, wordsNow } from "./reading.ts";
import { mayManage } from "./rights.ts";
import { acceptInvite } from "./roles.ts";
import { saveZone } from "./settings.ts";
import { ensureKnown, isPrivate, readingOf, refreshed, type Visit, zoneGuess } from "./visit.ts";

export const starting: Area = {
  commands: { start: { run: start, setting: true } },
  presses: {
    go: { act: go },
    times: { act: times },
    first: { act: (visit) => askDigest(visit, "") },
    setup: { act: (visit) => say(visit, renderSubscribeAsk(optionsOf(visit))), managed: true },
  },
};

/** `/start`, perhaps with what a link says: a digest to subscribe to, a story, an owner's key. */
async function start(visit: Visit, payload: string): Promise<void> {
  if (!isPrivate(visit)) return startInGroup(visit);
  if (payload.startsWith("own_")) return claimOwner(visit, payload.slice(4));
  if (payload.startsWith("inv_")) return acceptInvite(visit, payload.slice(4));
  if (await comeBack(visit)) return;
  const story = /^st_([0-9a-z]+)$/.exec(payload)?.[1];
  const storyId = idOf(story);
  if (storyId !== null) return openStory(visit, storyId);
  const minute = await minuteOf(visit, payload);
  const options = { ...readingOf(visit), guess: zoneGuess(visit), examples: await wordsNow(visit) };
  await say(visit, renderStart({ ...options, minute: minute ?? firstMinute }));
}

/** In a group its admins are asked at once when, and what they stopped comes back; members see the one line. */
async function startInGroup(visit: Visit): Promise<void> {
  if ((await mayManage(visit)) !== "yes") return say(visit, renderGroupStart(visit));
  if (!(await comeBack(visit))) await say(visit, renderSubscribeAsk(optionsOf(visit)));
}

/** One who stopped, blocked us or has digests already: everything is as it was. */
async function comeBack(visit: Visit): Promise<boolean> {
  const subscriber = visit.known;
  if (subscriber === undefined) return false;
  const left = subscriber.state !== "active";
  if (left) {
    const change = { state: "active" as const, stateAt: visit.now, note: "" };
    await changeSubscriber(visit.app.db, subscriber.id, change);
    await reschedule(visit.app.db, { ...subscriber, ...change }, visit.now);
  }
  const there = await refreshed(visit);
  const list = await listMessage(there);
  // Without a digest there is nothing to show: the first question is the better answer.
  if (list.buttons.length <= 1) return false;
  const line = there.text.start.welcomeBack;
  await say(there, { ...list, html: `${html`${line}`.html}\n\n${list.html}` });
  return true;
}

/** The one tap: zone and digest are set, and today's follows at once. */
async function go(visit: Visit, [at, zone]: string[]): Promise<void> {
  const minute = wholeNumber(at, 0, 1439);
  const timezone = zone === undefined || zone.length > 50 ? null : canonicalZone(zone);
  if (minute === null || timezone === null || !isPrivate(visit)) {
    return say(visit, message(lines(visit.text.small.tooOldShort)));
  }
  await ensureKnown(visit);
  await saveZone(visit, timezone);
  const made = await storeDigest(visit, { minute, rule: "daily" });
  const there = await refreshed(visit);
  if (made === "full" || made.existed) return show(there, await listMessage(there));
  const { subscription } = made;
  const reading = readingOf(there);
  const next = subscription.dueAt === null ? "" : there.text.coming(subscription.dueAt, reading);
  const place = placeName(timezone, there.language);
  const rule = ruleText(subscription.rule, reading);
  const todays = !(await hadToday(there));
  const started = renderStarted({ subscriptionId: subscription.id, next, place, rule, todays }, there);
  await show(there, await withCrowd(there, made, started));
  if (todays) await askDigest(there, "", subscription.id);
}

/** Other hours for the first digest: each is the one tap again, at that hour. */
async function times(visit: Visit, [zone]: string[]): Promise<void> {
  const timezone = zone === undefined ? null : canonicalZone(zone);
  if (timezone === null) return;
  const page = renderTimes(0, firstMinute, readingOf(visit));
  const rows = page.buttons
    .slice(0, -1)
    .map((row) => row.map((button) => ({ text: button.text, action: goAction(button.text, timezone) })));
  await show(visit, { ...page, buttons: rows });
}

function goAction(time: string, timezone: string): string {
  const [hour, minute] = time.split(":").map(Number) as [number, number];
  return action("go", hour * 60 + minute, timezone);
}

/** A group's digest names its hour to those who want it privately; a private one's tells nobody anything. */
async function minuteOf(visit: Visit, payload: string): Promise<number | null> {
  const id = payload.startsWith("sub_") ? idOf(payload.slice(4)) : null;
  const own = id === null ? undefined : await findSubscription(visit.app.db, id);
  return own === undefined || own.subscriber.kind === "private" ? null : own.subscription.minute;
}
