import { composeDigest } from "../digest/compose.ts";
import { hasNews, toldStories } from "../pages/top.ts";
import { askForDigest } from "../store/deliveries.ts";
import { findSubscription, listSubscriptions, type Subscription } from "../store/subscriptions.ts";
import { renderDigest } from "../telegram/digest-message.ts";
import { blocks, html } from "../telegram/html.ts";
import { say } from "./answer.ts";
import { hasNewsFor, noNews, noneToRead } from "./reading.ts";
import { ensureKnown, type Visit } from "./visit.ts";

/** What a digest is like for one who has none of their own. */
const usual = { rule: "daily", minute: 480, count: 8, query: "", summaries: true } as const;

/**
 * `/digest`: what is new since the last one, now. It goes through the ledger like any other, so that tomorrow's repeats
 * nothing of it; the update's id names it, so that one question is answered once.
 */
export async function askDigest(visit: Visit, _words: string, subscriptionId?: number): Promise<void> {
  const { app, now, updateId } = visit;
  if (!(await hasNews(app.db))) return say(visit, await noNews(visit));
  // Who unsubscribed gets what they ask for, and nothing starts again by it.
  if (visit.known?.state === "stopped") return showDigest(visit, null);
  const own =
    subscriptionId === undefined ? await nextOf(visit) : (await findSubscription(app.db, subscriptionId))?.subscription;
  const subscriber = await ensureKnown(visit);
  if (subscriber.digestsSeen === 0 && !(await hasNewsFor(visit))) return say(visit, await noneToRead(visit));
  // A channel's sample, asked for in a private chat, goes to the channel.
  const to = own?.subscriberId ?? subscriber.id;
  await askForDigest(app.db, { subscriptionId: own?.id ?? 0, subscriberId: to, updateId }, now);
  app.enqueue({ kind: "deliver" });
}

/** Was anything pushed to this chat within a day? Then "today's" would repeat or be empty. */
export async function hadToday(visit: Visit): Promise<boolean> {
  if (visit.known === undefined) return false;
  return (await toldStories(visit.app.db, visit.known.id, visit.now)).length > 0;
}

/** `/preview`: what the next digest would be now. Looking counts as nothing. */
export async function preview(visit: Visit): Promise<void> {
  await showDigest(visit, visit.text.small.preview);
}

/** A digest beside the ledger: nothing of it counts as had. */
async function showDigest(visit: Visit, above: string | null): Promise<void> {
  const { app, now, language, kind } = visit;
  if (!(await hasNews(app.db))) return say(visit, await noNews(visit));
  const subscriber = await ensureKnown(visit);
  const own = await nextOf(visit);
  const edition = await composeDigest(app.db, { subscriber, subscription: own ?? usual, slot: now, now, first: true });
  const options = { language, kind, botUsername: app.me.username, subscriptionId: own?.id ?? null, asked: true };
  const [first, ...rest] = renderDigest(edition, options);
  await say(visit, { ...first!, html: blocks(above === null ? null : html`${above}`, { html: first!.html }).html });
  for (const part of rest) await say(visit, part);
}

/** The digest that comes next; undefined without one. */
async function nextOf(visit: Visit): Promise<Subscription | undefined> {
  const list = visit.known === undefined ? [] : await listSubscriptions(visit.app.db, visit.known.id);
  const byTime = list.toSorted((a, b) => (a.dueAt?.getTime() ?? Infinity) - (b.dueAt?.getTime() ?? Infinity));
  return byTime[0];
}
