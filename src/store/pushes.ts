import { and, asc, eq, gt, inArray, isNotNull, lte, or, sql } from "drizzle-orm";
import { batchAll, type Db } from "./db.ts";
import { pushed, pushes, readings } from "./schema.ts";

/** A hub that does not confirm is asked again after so long, twice as long each time, up to a day. */
const againMs = 10 * 60_000;
const againMaxMs = 24 * 3_600_000;
const doublingsMax = 8;
/** A hub that does not hear that it is to stop is forgotten after so many tries. */
const endTriesMax = 6;
/** Pushes that one look plans or ends. */
const plannedMax = 200;
/** A source that its hub tells of is read no sooner than so long after the last time: what comes meanwhile waits. */
export const wakeGapMs = 60_000;
/** What waits to be read of one source; of more only that there is more. */
export const waitingMax = 4;
/** Digests that are remembered. */
const seenMax = 50;

export type Push = typeof pushes.$inferSelect;
/** What a hub sent: the feed's text, "" for a mere sign that there is something new. */
export type Pushed = typeof pushed.$inferSelect;

/**
 * Makes what hubs are asked fit what is read: a source that names a hub gets a push, one that is read no more, or names
 * another hub, has its own ended. `fresh` gives each new push its token and secret.
 */
export async function planPushes(
  db: Db,
  { base, fresh, now }: { base: string; fresh: () => { token: string; secret: string }; now: Date },
): Promise<void> {
  const kept = db
    .select({ id: readings.sourceId })
    .from(readings)
    .where(
      and(
        eq(readings.sourceId, pushes.sourceId),
        eq(readings.state, "active"),
        eq(readings.hub, pushes.hub),
        eq(readings.topic, pushes.topic),
        eq(pushes.base, base),
      ),
    );
  const unwanted = db
    .select({ token: pushes.token })
    .from(pushes)
    .where(and(eq(pushes.ending, false), sql`not exists ${kept}`))
    .limit(plannedMax);
  await db
    .update(pushes)
    .set({ ending: true, dueAt: now, failures: 0, failure: "", failureCode: "" })
    .where(inArray(pushes.token, unwanted));
  await db.delete(pushes).where(and(eq(pushes.ending, true), isOver(now)));
  await db.delete(pushed).where(
    sql`not exists (select 1 from ${readings} where ${readings.sourceId} = ${pushed.sourceId}
      and ${readings.state} = 'active' and ${readings.hub} is not null)`,
  );
  const own = db.select({ id: pushes.sourceId }).from(pushes).where(eq(pushes.ending, false));
  const wanting = await db
    .select({ sourceId: readings.sourceId, hub: readings.hub, topic: readings.topic })
    .from(readings)
    .where(
      and(
        isNotNull(readings.hub),
        isNotNull(readings.topic),
        eq(readings.state, "active"),
        sql`${readings.sourceId} not in ${own}`,
      ),
    )
    .limit(plannedMax);
  await batchAll(
    db,
    wanting.map(({ sourceId, hub, topic }) =>
      db
        .insert(pushes)
        .values({ ...fresh(), sourceId, hub: hub!, topic: topic!, base, dueAt: now })
        .onConflictDoNothing(),
    ),
  );
}

/** Nothing to end: the hub never promised anything, its promise is over, or it cannot be told. */
function isOver(now: Date) {
  return or(sql`${pushes.leaseUntil} is null`, lte(pushes.leaseUntil, now), sql`${pushes.failures} >= ${endTriesMax}`);
}

/**
 * Takes pushes whose hub is to be asked. Until the hub confirms, each counts as failed and is due again later; the moment
 * that it is due then is what `failPush` knows it by.
 */
export async function claimPushes(db: Db, { now, limit }: { now: Date; limit: number }): Promise<Push[]> {
  const due = db
    .select({ token: pushes.token })
    .from(pushes)
    .where(lte(pushes.dueAt, now))
    .orderBy(asc(pushes.dueAt))
    .limit(limit);
  const seconds = Math.floor(now.getTime() / 1000);
  const wait = sql`min(${againMaxMs / 1000}, ${againMs / 1000} << min(${pushes.failures}, ${doublingsMax}))`;
  return db
    .update(pushes)
    .set({
      dueAt: sql`${seconds} + ${wait}`,
      failures: sql`${pushes.failures} + 1`,
      failureCode: "unconfirmed",
      failure: "did not confirm",
    })
    .where(and(inArray(pushes.token, due), lte(pushes.dueAt, now)))
    .returning();
}

/** Notes why a hub could not be asked, unless it confirmed meanwhile. */
export async function failPush(
  db: Db,
  { token, dueAt }: Push,
  failure: { code: string; reason: string; dueAt?: Date },
): Promise<void> {
  await db
    .update(pushes)
    .set({ failureCode: failure.code, failure: failure.reason, ...(failure.dueAt ? { dueAt: failure.dueAt } : {}) })
    .where(and(eq(pushes.token, token), eq(pushes.dueAt, dueAt)));
}

export async function findPush(db: Db, token: string): Promise<Push | undefined> {
  const [row] = await db.select().from(pushes).where(eq(pushes.token, token)).limit(1);
  return row;
}

/** The push of a source, as far as the hub promised and still does; undefined when it is only read. */
export async function livePush(db: Db, sourceId: number, now: Date): Promise<Push | undefined> {
  const [row] = await db
    .select()
    .from(pushes)
    .where(and(eq(pushes.sourceId, sourceId), eq(pushes.ending, false), gt(pushes.leaseUntil, now)))
    .limit(1);
  return row;
}

/** Whether a hub tells all that there is, as far as reads could see. */
export function isReliable({ heardAt, missedAt }: Pick<Push, "heardAt" | "missedAt">): boolean {
  return heardAt !== null && (missedAt === null || heardAt > missedAt);
}

/** The hub promised: it tells until then, and is asked again before. */
export async function confirmPush(db: Db, token: string, promise: { leaseUntil: Date; dueAt: Date }): Promise<void> {
  await db
    .update(pushes)
    .set({ ...promise, failures: 0, failureCode: "", failure: "" })
    .where(and(eq(pushes.token, token), eq(pushes.ending, false)));
}

/** The hub will not tell (any more). */
export async function refusePush(db: Db, token: string, { reason, now }: { reason: string; now: Date }): Promise<void> {
  const dueAt = new Date(now.getTime() + againMaxMs);
  await db
    .update(pushes)
    .set({ leaseUntil: null, dueAt, failureCode: "refused", failure: reason })
    .where(eq(pushes.token, token));
}

/** The hub stops. */
export async function deletePush(db: Db, token: string): Promise<void> {
  await db.delete(pushes).where(eq(pushes.token, token));
}

/**
 * Keeps what a hub sent until it is read; false when exactly this came before. When too much waits already, only that
 * there is more is kept.
 */
export async function keepPushed(
  db: Db,
  push: Push,
  { text, digest, now }: { text: string; digest: string; now: Date },
): Promise<boolean> {
  if (push.seen.includes(digest)) return false;
  const seen = [digest, ...push.seen].slice(0, seenMax);
  const waiting = sql`(select count(*) from ${pushed} where ${pushed.sourceId} = ${push.sourceId})`;
  const at = Math.floor(now.getTime() / 1000);
  await db.batch([
    db.update(pushes).set({ heardAt: now, seen }).where(eq(pushes.token, push.token)),
    db.insert(pushed).select(
      sql`select null, ${push.sourceId}, case when ${waiting} < ${waitingMax} then ${text} else '' end, ${at}
          where ${waiting} <= ${waitingMax}`,
    ),
  ]);
  return true;
}

/** A read found what the hub should have told: until it tells again it is not relied upon. */
export async function missedByPush(db: Db, token: string, now: Date): Promise<void> {
  await db.update(pushes).set({ missedAt: now }).where(eq(pushes.token, token));
}

/**
 * Sources of which something waits are due, unless they are being read: now, or when the gap since the last read is over,
 * so that no hub has a source read as often as it pleases. One whose last read failed, or left pages to visit, has
 * no time from which to count: what came of it is gathered for a gap. One that fails is not asked because of a mere sign.
 */
export async function wakePushed(db: Db, now: Date): Promise<void> {
  const gap = wakeGapMs / 1000;
  const came = sql`(select min(${pushed.receivedAt}) from ${pushed} where ${pushed.sourceId} = ${readings.sourceId})`;
  const isSettled = sql`${readings.failures} = 0 and ${readings.digest} <> ''`;
  const due = sql<Date>`max(
    ${Math.floor(now.getTime() / 1000)},
    case when ${isSettled} then coalesce(${readings.lastReadAt}, 0) else ${came} end + ${gap}
  )`;
  const signs = sql`(select ${pushed.sourceId} from ${pushed} where ${pushed.text} = '')`;
  await db
    .update(readings)
    .set({ dueAt: due })
    .where(
      and(
        sql`${readings.sourceId} in (select ${pushed.sourceId} from ${pushed})`,
        sql`${readings.leaseToken} is null`,
        eq(readings.state, "active"),
        // Of a source that names its hub no more nothing is taken: it would be due for ever.
        isNotNull(readings.hub),
        sql`(${readings.failures} = 0 or ${readings.sourceId} not in ${signs})`,
        sql`${readings.dueAt} > ${due}`,
      ),
    );
}

/** Takes what waits of a source, in the order in which it came: lost in a crash, it is read where it came from. */
export async function takePushed(db: Db, sourceId: number): Promise<Pushed[]> {
  const rows = await db.delete(pushed).where(eq(pushed.sourceId, sourceId)).returning();
  return rows.toSorted((a, b) => a.id - b.id);
}
