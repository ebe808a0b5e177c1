import type { App } from "../app.ts";
import type { Reading as Document } from "../sources/read.ts";
import { intervalMinMs, isSilent, nextRead, nextTry, pushedInterval, readInterval } from "../sources/rhythm.ts";
import { hubOf } from "../sources/websub.ts";
import { isReliable, livePush, missedByPush } from "../store/pushes.ts";
import { type ClaimedReading, publishedTimes, settleReading } from "../store/readings.ts";
import type { SourceTrouble } from "../text/sources.ts";

/** A source that could not be read for so long is told of. */
const failingMs = 2 * 86_400_000;
const dayMs = 86_400_000;

export type SettleApp = Pick<App, "db" | "now" | "random" | "log">;
export type Telling = {
  /** Called once when a source dies or falls silent against its own rhythm. */
  onTrouble?: (trouble: SourceTrouble) => Promise<void>;
};

type Success = {
  /** What the source's answer said, under the address to use from now on; after a push what was known before. */
  got: Pick<ClaimedReading, "url" | "etag" | "lastModified" | "maxAgeSeconds"> & { headers?: Record<string, string> };
  digest: string;
  imported: number;
  /** What the source answered, when it was taken apart. */
  document?: Document;
  more?: boolean;
};

type Settling = { claim: ClaimedReading; tools: Telling };

/** Writes what a read brought, and when the next one is due. */
export async function settleSuccess(
  app: SettleApp,
  { claim, tools }: Settling,
  { got, digest, imported, document, more }: Success,
): Promise<void> {
  const now = app.now();
  const publishedAt = await publishedTimes(app.db, claim.sourceId);
  const ttlMinutes = document?.feed?.ttlMinutes ?? claim.ttlMinutes;
  const { intervalMinutes } = claim;
  const wait = readInterval({ publishedAt, ttlMinutes, maxAgeSeconds: got.maxAgeSeconds, intervalMinutes }, now);
  const firstNew = publishedAt[0] ?? null;
  const lastNewAt = imported === 0 ? claim.lastNewAt : claim.lastReadAt === null ? firstNew : now;
  const told = isSilent(publishedAt, lastNewAt, now) ? "silent" : "";
  const isPushed = await reliesOnHub(app, claim, { missed: document !== undefined && imported > 0 });
  const own = isPushed && intervalMinutes === null ? pushedInterval(wait) : wait;
  const named =
    document === undefined ? claim : hubOf(document.feed, { link: got.headers?.["link"] ?? "", url: got.url });
  const settled = await settleReading(app.db, claim, {
    ...{ ttlMinutes, url: got.url, maxAgeSeconds: got.maxAgeSeconds },
    // With pages left to visit, the same document must come again, and the first read is not over.
    ...(more
      ? { digest: "", etag: null, lastModified: null, lastReadAt: claim.lastReadAt }
      : { digest, etag: got.etag, lastModified: got.lastModified, lastReadAt: now }),
    ...{ hub: named?.hub ?? null, topic: named?.topic ?? null, lastNewAt, told },
    ...{ failures: 0, failingSince: null, failureCode: "", failure: "" },
    dueAt: nextRead(now, more ? intervalMinMs : own, app.random()),
  });
  // An archive that was added long after its last article was silent from the start.
  const wasAlive = claim.lastReadAt !== null && claim.told !== "silent";
  if (settled && told === "silent" && wasAlive) {
    const days = Math.floor((now.getTime() - lastNewAt!.getTime()) / dayMs);
    await tools.onTrouble?.({ name: claim.source.name, kind: "silent", days, failure: { code: "", detail: "" } });
  }
}

/**
 * Whether a hub tells of this source, so that it need not be asked so often: a hub that promised, told something, and
 * since then left nothing for a read to find.
 */
async function reliesOnHub({ db, now }: SettleApp, claim: ClaimedReading, { missed }: { missed: boolean }) {
  if (claim.hub === null || claim.lastReadAt === null) return false;
  const push = await livePush(db, claim.sourceId, now());
  if (push === undefined || push.heardAt === null) return false;
  if (missed) await missedByPush(db, push.token, now());
  return !missed && isReliable(push);
}

type Failure = { code: string; reason: string; retryAfterSeconds: number | null };

/** Writes why a source could not be read, and when it is tried again. */
export async function settleFailure(
  app: SettleApp,
  { claim, tools }: Settling,
  { code, reason, retryAfterSeconds }: Failure,
): Promise<void> {
  const now = app.now();
  const failures = claim.failures + 1;
  const failingSince = claim.failingSince ?? now;
  const lasting = now.getTime() - failingSince.getTime() >= failingMs;
  const settled = await settleReading(app.db, claim, {
    ...{ failures, failingSince, failureCode: code, failure: reason, told: lasting ? "failing" : claim.told },
    dueAt: nextTry(now, { failures, retryAfterSeconds, random: app.random() }),
  });
  if (settled && lasting && claim.told !== "failing") {
    const days = Math.floor((now.getTime() - failingSince.getTime()) / dayMs);
    await tools.onTrouble?.({ name: claim.source.name, kind: "failing", days, failure: { code, detail: reason } });
  }
}

/** A fault of our own is one source's, too: it is logged, and the source comes back later. */
export async function failedBadly(app: SettleApp, settling: Settling, error: unknown): Promise<void> {
  app.log.error({ error, source: settling.claim.source.name }, "a source could not be read");
  await settleFailure(app, settling, {
    ...{ code: "broken", reason: "could not be read by this program", retryAfterSeconds: null },
  });
}
