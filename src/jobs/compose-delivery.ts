import type { App } from "../app.ts";
import { composeDigest } from "../digest/compose.ts";
import type { Edition } from "../news/edition.ts";
import { chosenHours, isWithin } from "../news/quiet.ts";
import { localTime } from "../news/schedule.ts";
import type { ShortLinks } from "../news/short-link.ts";
import { isFirstEmpty, lastToldAt } from "../store/subscribers.ts";
import { action, readAction } from "../telegram/action.ts";
import { type DigestOptions, renderDigest } from "../telegram/digest-message.ts";
import { broadcastCopy } from "./broadcast-copy.ts";
import { alertOf } from "./compose-alert.ts";
import type { Composer, Deliverable, Outgoing } from "./deliver-prepare.ts";
import { linksOf, shortened } from "./short-links.ts";

/** What a digest is like for one who asks for it without having one. */
const usual = { rule: "daily", minute: 8 * 60, count: 8, query: "", summaries: true } as const;
/** Digests whose numbers are explained. */
const firstDigests = 3;

/** What each row of the ledger says, by its kind; nothing at all when there is nothing new and nobody wants to hear that. */
export function createComposer(app: Pick<App, "config" | "db" | "me" | "now">): Composer {
  const links = linksOf(app);
  return async (due, cache) => {
    if (due.kind === "broadcast") return broadcastCopy(app, due, { cache, links: await links() });
    if (due.kind === "alert") return alertOf(app, due, await links());
    return digestOf(app, due, { cache, links: await links() });
  };
}

async function digestOf(
  app: Pick<App, "db" | "me" | "now">,
  due: Deliverable,
  { cache, links }: { cache: Map<string, Promise<unknown>>; links: ShortLinks | null },
): Promise<Outgoing[]> {
  const { subscriber, subscription } = due;
  const asked = due.slot < 0;
  const now = app.now();
  const edition = await composeDigest(app.db, {
    subscriber,
    subscription: subscription ?? usual,
    slot: asked ? now : new Date(due.slot * 1000),
    now,
    missedAt: due.missedAt,
    first: subscriber.digestsSeen === 0,
    shared: cache,
  });
  // Asked by hand, the last one is whatever came last, not the slot before.
  if (asked) edition.since = (await lastToldAt(app.db, subscriber.id)) ?? edition.since;
  const evenEmpty = subscription?.evenEmpty ?? false;
  if (edition.stories.length === 0 && !asked && !evenEmpty) {
    // The first time a person is told why nothing comes, and how to be told always; nobody waits for it in a group.
    if (subscriber.kind !== "private" || !(await isFirstEmpty(app.db, subscriber, due.slot))) return [];
  }
  const options: DigestOptions = {
    language: subscriber.language,
    kind: subscriber.kind,
    botUsername: app.me.username,
    subscriptionId: subscription?.id ?? null,
    firstDigests: subscriber.digestsSeen < firstDigests,
    asked,
    first: subscriber.digestsSeen === 0,
    evenEmpty,
    query: subscription?.query ?? "",
  };
  const messages = await renderOnce(edition, { options, cache, links, news: subscriber.newsLanguages });
  // A digest comes at the minute that was asked for; in the quiet hours it does so silently.
  return !asked && isQuiet(subscriber, now) ? messages.map((each) => ({ ...each, silent: true })) : messages;
}

function isQuiet(subscriber: Deliverable["subscriber"], now: Date): boolean {
  const hours = chosenHours(subscriber);
  return hours !== null && isWithin(localTime(now, subscriber.timezone).minute, hours);
}

/** A subscription's id while a text is shared; each reader's own takes its place. */
const anySubscription = 0;

type Rendering = {
  options: DigestOptions;
  cache: Map<string, Promise<unknown>>;
  links: ShortLinks | null;
  news: string;
};

/** Renders once per distinct result: within a minute the same stories for the same kind of reader are the same text. */
async function renderOnce(edition: Edition, { options, cache, links, news }: Rendering): Promise<Outgoing[]> {
  const { stories, ...frame } = edition;
  const { subscriptionId, ...kind } = options;
  const told = stories.map((story) => [
    story.storyId,
    story.articleIds,
    story.update,
    story.related.map((line) => line.storyId),
  ]);
  const key = `text ${JSON.stringify([frame, kind, news, subscriptionId === null, told])}`;
  let rendered = cache.get(key) as Promise<Outgoing[]> | undefined;
  if (rendered === undefined) {
    const shared = { ...options, subscriptionId: subscriptionId === null ? null : anySubscription };
    rendered = shortened(edition, links).then((short) => renderDigest(short, shared));
    cache.set(key, rendered);
  }
  const messages = await rendered;
  return subscriptionId === null ? messages : messages.map((message) => ownButtons(message, subscriptionId));
}

function ownButtons(message: Outgoing, subscriptionId: number): Outgoing {
  const buttons = message.buttons.map((row) =>
    row.map((button) => {
      if ("url" in button) {
        return { ...button, url: button.url.replace(/\?start=sub_0$/, `?start=sub_${subscriptionId.toString(36)}`) };
      }
      const read = readAction(button.action);
      const isOwn = (read?.verb === "sub" || read?.verb === "empty") && read.args[0] === String(anySubscription);
      return isOwn ? { ...button, action: action(read.verb, subscriptionId, ...read.args.slice(1)) } : button;
    }),
  );
  return { ...message, buttons };
}
