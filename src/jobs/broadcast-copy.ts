import type { App } from "../app.ts";
import type { ShortLinks } from "../news/short-link.ts";
import { choiceOf } from "../store/breaking-choices.ts";
import { copyOf, findRound } from "../store/broadcast-rounds.ts";
import { findBroadcast, wordingFor } from "../store/broadcasts.ts";
import { renderCopy, renderNotice } from "../telegram/breaking-message.ts";
import type { Deliverable, NotNow, Outgoing } from "./deliver-prepare.ts";
import { throughUs } from "./short-links.ts";

type Cache = Map<string, Promise<unknown>>;
type CopyApp = Pick<App, "db" | "now">;

/**
 * One reader's copy, or why there is none now. What the broadcast is and what the reader wants is read anew for each:
 * nobody who said "none" a moment ago gets it.
 */
export async function broadcastCopy(
  app: CopyApp,
  due: Deliverable,
  { cache, links }: { cache: Cache; links: ShortLinks | null },
): Promise<Outgoing[] | NotNow> {
  if (due.ref < 0) return notice(app, due, cache);
  const broadcast = await findBroadcast(app.db, due.ref);
  if (broadcast === undefined) return { skip: "the broadcast is gone" };
  if (broadcast.state === "stopped" || broadcast.state === "dropped") return { skip: "the broadcast was stopped" };
  if (broadcast.state !== "sending" && broadcast.state !== "done") return { park: true };
  const { subscriber } = due;
  const choice = await choiceOf(app.db, subscriber);
  if (choice.level === "none" || (choice.level === "top" && broadcast.level !== "top")) {
    return { skip: "the reader does not want it" };
  }
  if (subscriber.pausedUntil !== null && subscriber.pausedUntil > app.now()) return { skip: "the reader paused" };
  const wording = wordingFor(broadcast, subscriber.language);
  if (wording === undefined) return { skip: "there is no text in the reader's language" };
  const { id, revision } = broadcast;
  const { language, timezone, kind } = subscriber;
  const key = `broadcast ${id} ${revision} ${language} ${timezone} ${kind}`;
  const copy = await once(cache, key, async () =>
    renderCopy(wording, await throughUs(app.db, broadcast, links), subscriber),
  );
  return [{ ...copy, articleIds: broadcast.articleIds, silent: broadcast.silent || choice.silent, revision }];
}

/** Tells a reader, once, that the message above was corrected. */
async function notice(app: CopyApp, due: Deliverable, cache: Cache): Promise<Outgoing[] | NotNow> {
  const round = await once(cache, `round ${-due.ref}`, () => findRound(app.db, -due.ref));
  if (round === undefined) return { skip: "the correction is gone" };
  const broadcast = await findBroadcast(app.db, round.broadcastId);
  const replyTo = await copyOf(app.db, round.broadcastId, due.subscriberId);
  if (broadcast === undefined || replyTo === null) return { skip: "there is no copy to answer" };
  const { language } = wordingFor(broadcast, due.subscriber.language) ?? due.subscriber;
  const choice = await choiceOf(app.db, due.subscriber);
  const shown = renderNotice(round.note[language] ?? "", language);
  return [{ ...shown, articleIds: [], silent: choice.silent, replyTo }];
}

function once<T>(cache: Cache, key: string, make: () => Promise<T>): Promise<T> {
  const known = cache.get(key) as Promise<T> | undefined;
  if (known !== undefined) return known;
  const making = make();
  cache.set(key, making);
  return making;
}
