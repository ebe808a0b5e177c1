import { composeDigest } from "../digest/compose.ts";
import { fold } from "../news/fold.ts";
import { nextSlots } from "../news/schedule.ts";
import { hasNews, toldStories } from "../pages/top.ts";
import { askForDigest } from "../store/deliveries.ts";
import { findSubject } from "../store/subjects.ts";
import { findSubscription, listSubscriptions, type Subscription } from "../store/subscriptions.ts";
import { action } from "../telegram/action.ts";
import { clip } from "../telegram/clip.ts";
import { renderDigest } from "../telegram/digest-message.ts";
import { blocks, html, lines } from "../telegram/html.ts";
import { type Message, message } from "../telegram/message.ts";
import { subscriptionName } from "../telegram/subscription-message.ts";
import { say } from "./answer.ts";
import { hasNewsFor, noNews, noneToRead } from "./reading.ts";
import { ensureKnown, readingOf, type Visit } from "./visit.ts";

/** What a digest is like for one who has none of their own. */
const usual = { rule: "daily", minute: 480, count: 8, query: "", summaries: true } as const;
const wordsColumns = 40;
/** Next times that a preview names. */
const timesShown = 3;

/**
 * `/digest`: what is new since the last one, now. It goes through the ledger like any other, so that tomorrow's repeats
 * nothing of it; the update's id names it, so that one question is answered once.
 */
export async function askDigest(visit: Visit, words: string, subscriptionId?: number): Promise<void> {
  const { app, now, updateId } = visit;
  const meant = subscriptionId === undefined ? await digestOf(visit, words) : undefined;
  if (meant === "unknown") return say(visit, await whichDigest(visit, words));
  if (!(await hasNews(app.db))) return say(visit, await noNews(visit));
  // Who unsubscribed gets what they ask for, and nothing starts again by it.
  // A subject that no digest of theirs is about is shown beside them.
  if (visit.known?.state === "stopped" || (meant !== undefined && !("id" in meant))) {
    return showDigest(visit, null, meant);
  }
  const own = subscriptionId === undefined ? meant : (await findSubscription(app.db, subscriptionId))?.subscription;
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

/** `/preview`: what the next digest would be now, headed as it will come. Looking counts as nothing. */
export async function preview(visit: Visit, words: string): Promise<void> {
  const meant = (fold(words) === "" ? await soonest(visit) : undefined) ?? (await digestOf(visit, words));
  if (meant === "unknown") return say(visit, await whichDigest(visit, words));
  const { small } = visit.text;
  const times = timesOf(visit, meant);
  const above = times === "" ? small.preview : `${small.preview}\n${small.previewTimes(times)}`;
  const dueAt = meant !== undefined && "id" in meant ? meant.dueAt : null;
  await showDigest(visit, above, meant, dueAt ?? visit.now);
}

/** The own digest whose time is next; undefined when all stand still. */
async function soonest(visit: Visit): Promise<Subscription | undefined> {
  const due = (await ownDigests(visit)).flatMap((each) => (each.dueAt === null ? [] : [{ each, dueAt: each.dueAt }]));
  return due.toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime())[0]?.each;
}

/** When a digest comes next, and after that; "" for what is no digest of theirs, or stands still. */
function timesOf(visit: Visit, own: Meant | undefined): string {
  if (own === undefined || !("id" in own) || own.dueAt === null) return "";
  const reading = readingOf(visit);
  const further = nextSlots({ ...own, timezone: reading.timezone }, own.dueAt, timesShown - 1);
  return [own.dueAt, ...further].map((at) => visit.text.coming(at, reading)).join(visit.text.comma);
}

/** A digest beside the ledger: nothing of it counts as had. It is chosen as of now, and headed as the one of `at`. */
async function showDigest(visit: Visit, above: string | null, own: Meant | undefined, at = visit.now): Promise<void> {
  const { app, now, language, kind } = visit;
  if (!(await hasNews(app.db))) return say(visit, await noNews(visit));
  const subscriber = await ensureKnown(visit);
  const wanted = own ?? usual;
  const edition = await composeDigest(app.db, { subscriber, subscription: wanted, slot: now, now, first: true });
  const subscriptionId = own !== undefined && "id" in own ? own.id : null;
  const frame = { language, kind, botUsername: app.me.username, subscriptionId };
  const options = { ...frame, query: wanted.query, asked: true };
  const [first, ...rest] = renderDigest({ ...edition, at }, options);
  await say(visit, { ...first!, html: blocks(above === null ? null : html`${above}`, { html: first!.html }).html });
  for (const part of rest) await say(visit, part);
}

/** A digest of one's own, or what one would be like about a subject that none of them has. */
type Meant = Subscription | (Omit<typeof usual, "query"> & { query: string });

/**
 * The digest that is meant: the one that the words name by its subject or its name; without words the general one, else
 * the first made. Undefined for one who has none.
 */
async function digestOf(visit: Visit, words: string): Promise<Meant | "unknown" | undefined> {
  const list = await ownDigests(visit);
  const wanted = fold(words);
  if (wanted === "") return list.find(({ query }) => query === "") ?? list[0];
  const subject = await findSubject(visit.app.db, words);
  const query = subject === undefined ? null : `subject:${subject.slug}`;
  const named = (each: Subscription) => fold(subscriptionName(each, visit)) === wanted;
  const own = list.find((each) => each.query === query || named(each));
  if (own !== undefined || query === null) return own ?? list.find((each) => has(visit, each, wanted)) ?? "unknown";
  return { ...usual, query };
}

function has(visit: Visit, each: Subscription, wanted: string): boolean {
  return fold(subscriptionName(each, visit)).includes(wanted);
}

/** Words that name none: those there are, one tap each. */
async function whichDigest(visit: Visit, words: string): Promise<Message> {
  const list = await ownDigests(visit);
  const line = visit.text.digest.noSuch(clip(words, wordsColumns));
  const buttons = list.map((each) => [{ text: subscriptionName(each, visit), action: action("sample", each.id) }]);
  return message(lines(line), buttons);
}

/** In the order in which they were made. */
async function ownDigests(visit: Visit): Promise<Subscription[]> {
  const list = visit.known === undefined ? [] : await listSubscriptions(visit.app.db, visit.known.id);
  return list.filter(({ kind }) => kind === "digest").toSorted((a, b) => a.id - b.id);
}
