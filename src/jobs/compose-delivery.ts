import type { App } from "../app.ts";
import { composeDigest } from "../digest/compose.ts";
import { type DigestOptions, renderDigest } from "../telegram/digest-message.ts";
import { subscriptionName } from "../telegram/subscription-message.ts";
import type { Composer, Deliverable, Outgoing } from "./deliver-prepare.ts";

/** What a digest is like for one who asks for it without having one. */
const usual = { rule: "daily", minute: 8 * 60, count: 8, query: "", summaries: true } as const;
/** Digests whose numbers are explained. */
const firstDigests = 3;

/** What each row of the ledger says, by its kind; nothing at all when there is nothing new and nobody wants to hear that. */
export function createComposer(app: Pick<App, "db" | "me" | "now">): Composer {
  return async (due, cache) => {
    // Until broadcasts and alerts are made, nothing makes such rows.
    if (due.kind !== "digest") return [];
    return digestOf(app, due, cache);
  };
}

async function digestOf(
  app: Pick<App, "db" | "me" | "now">,
  due: Deliverable,
  cache: Map<string, Promise<unknown>>,
): Promise<Outgoing[]> {
  const { subscriber, subscription } = due;
  const asked = due.slot < 0;
  const now = app.now();
  const edition = await composeDigest(app.db, {
    subscriber,
    subscription: subscription ?? usual,
    slot: asked ? now : new Date(due.slot * 1000),
    now,
    first: subscriber.digestsSeen === 0,
    shared: cache,
  });
  const evenEmpty = subscription?.evenEmpty ?? false;
  if (edition.stories.length === 0 && !asked && !evenEmpty) return [];
  const options: DigestOptions = {
    language: subscriber.language,
    kind: subscriber.kind,
    botUsername: app.me.username,
    subscriptionId: subscription?.id ?? null,
    firstDigests: subscriber.digestsSeen < firstDigests,
    asked,
    first: subscriber.digestsSeen === 0,
    evenEmpty,
    ...(subscription === undefined || subscription.query === ""
      ? {}
      : { name: subscriptionName(subscription, subscriber) }),
  };
  return renderDigest(edition, options);
}
