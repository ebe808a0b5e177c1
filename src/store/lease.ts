import { and, eq, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { facts } from "./schema.ts";

/** A server that died is replaced after so long. */
const leaseMs = 15_000;
const renewEveryMs = 5_000;
const waitStepMs = 1_000;
/** The fact that says who runs the jobs of this database. */
const name = "runner";

export type LeaseOptions = {
  now(): Date;
  signal: AbortSignal;
  /** Called while another server holds it, with when its lease would run out. */
  onWait?(until: Date): void;
  /** Called when another server took it, because this one stood still for too long: it must stop working. */
  onLost?(): void;
};

export type Lease = { release(): Promise<void> };

/**
 * Waits until no other server works on this database, then keeps it for this one until `release`. Two servers started
 * by mistake take turns; the command line needs no lease. Throws the signal's reason when it is aborted while waiting.
 */
export async function holdLease(db: Db, options: LeaseOptions): Promise<Lease> {
  const { now, signal } = options;
  const token = crypto.randomUUID();
  for (;;) {
    const holder = await claim(db, token, now());
    if (holder.token === token) break;
    options.onWait?.(new Date(holder.until * 1000));
    await pause(waitStepMs, signal);
  }
  const timer = setInterval(async () => {
    // A full disk or a locked file passes; only another holder is a reason to stop.
    const holder = await claim(db, token, now()).catch(() => undefined);
    if (holder === undefined || holder.token === token) return;
    clearInterval(timer);
    options.onLost?.();
  }, renewEveryMs);
  (timer as { unref?: () => void }).unref?.();
  return {
    release: async () => {
      clearInterval(timer);
      await db.delete(facts).where(and(eq(facts.name, name), eq(sql`${facts.value} ->> 'token'`, token)));
    },
  };
}

type Holder = { token: string; until: number };

/** Takes the lease, or prolongs it, when it is free, over or ours; gives whose it is then. */
async function claim(db: Db, token: string, now: Date): Promise<Holder> {
  const at = Math.floor(now.getTime() / 1000);
  const value = JSON.stringify({ token, until: at + leaseMs / 1000 });
  // A lease further ahead than any can be was written under a clock that has been set back since.
  const free = sql`${facts.value} ->> 'token' = ${token} or ${facts.value} ->> 'until' <= ${at}
    or ${facts.value} ->> 'until' > ${at + (2 * leaseMs) / 1000}`;
  const [, [row]] = (await db.batch([
    db.insert(facts).values({ name, value }).onConflictDoUpdate({ target: facts.name, set: { value }, setWhere: free }),
    db.select().from(facts).where(eq(facts.name, name)),
  ])) as [unknown, { value: string }[]];
  return JSON.parse(row?.value ?? "{}") as Holder;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const end = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", end);
      resolve();
    }, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
