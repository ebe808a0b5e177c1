import type { Unit, Units } from "./units.ts";

/**
 * Cloudflare's published prices in US dollars, Workers Paid, as its documentation had them on 2026-11-22:
 * developers.cloudflare.com/workers/platform/pricing, /d1/platform/pricing, /queues/platform/pricing and
 * /durable-objects/platform/pricing. `included` is a month's.
 */
export const prices = {
  subscription: 5,
  invocations: { included: 10e6, perMillion: 0.3 },
  cpuMs: { included: 30e6, perMillion: 0.02 },
  rowsRead: { included: 25e9, perMillion: 0.001 },
  rowsWritten: { included: 50e6, perMillion: 1 },
  queueOperations: { included: 1e6, perMillion: 0.4 },
  objectRequests: { included: 1e6, perMillion: 0.15 },
  objectGbSeconds: { included: 400_000, perMillion: 12.5 },
  storageGb: { included: 5, perGb: 0.75 },
} as const;

/** A message is written, read and deleted (queues/platform/pricing). */
const operationsPerMessage = 3;
/** What an object is charged with, however little it uses (durable-objects/platform/pricing, footnote 5). */
const objectGb = 0.128;
/** The most that one D1 database holds (d1/platform/limits). */
export const databaseGbMax = 10;

const daysPerMonth = 30;
const minutesPerMonth = daysPerMonth * 24 * 60;
const secondsPerDay = 86_400;

/** How a bot is used: what is assumed, where the rest is counted. */
export const usage = {
  digestsPerDay: 1,
  /** What a reader says or presses. */
  updatesPerDay: 0.2,
  articlesPerDay: 500,
  sources: 50,
  /** Of each source: a quarter of an hour apart. */
  readsPerDay: 96,
  /** Alerts that a reader has, and what these tell a day. */
  alertsPerReader: 0.2,
  alertsPerDay: 0.1,
  /** How long deliveries, and articles, are kept (RETENTION_DAYS). */
  keptDays: 60,
};

export type Bill = {
  subscribers: number;
  invocations: number;
  subrequests: number;
  rowsRead: number;
  rowsWritten: number;
  queueOperations: number;
  objectRequests: number;
  objectSeconds: number;
  cpuMs: number;
  storageGb: number;
  databases: number;
  /** Hours in which a day's digests are sent. */
  sendingHours: number;
  dollars: number;
};

/** A month of a bot with so many subscribers, all of whom get a digest a day; sources and alerts as `usage` has them. */
export function billOf(subscribers: number, units: Units): Bill {
  const rate = subscribers * usage.digestsPerDay > units.slow.perSecond * 3_600 ? units.fast : units.slow;
  const digests = subscribers * usage.digestsPerDay * daysPerMonth;
  const parts: [number, Unit][] = [
    [minutesPerMonth, units.minute],
    [digests, rate],
    [subscribers * usage.updatesPerDay * daysPerMonth, units.update],
    [usage.articlesPerDay * daysPerMonth, units.article],
    [usage.sources * usage.readsPerDay * daysPerMonth, units.read],
    [subscribers * usage.alertsPerDay * daysPerMonth, units.alert],
  ];
  // All alerts are read whenever articles are held against them; articles of one minute come together.
  const matchings = Math.min(usage.articlesPerDay * daysPerMonth, minutesPerMonth);
  const alertsRead = subscribers * usage.alertsPerReader * matchings;
  const sum = (of: (unit: Unit) => number) => parts.reduce((total, [times, unit]) => total + times * of(unit), 0);
  const sendingSeconds = digests / rate.perSecond;
  const used = {
    invocations: sum((unit) => unit.invocations),
    subrequests: sum((unit) => unit.subrequests),
    rowsRead: sum((unit) => unit.rowsRead) + alertsRead,
    rowsWritten: sum((unit) => unit.rowsWritten),
    queueOperations: sum((unit) => unit.messages) * operationsPerMessage,
    objectRequests: sum((unit) => unit.objectRequests),
    // Active while digests are sent; a minute's questions keep it for a second.
    objectSeconds: sendingSeconds + minutesPerMonth,
    cpuMs: sum((unit) => unit.cpuMs),
    storageGb: storageOf(subscribers, units),
  };
  return {
    subscribers,
    ...used,
    databases: Math.ceil(used.storageGb / databaseGbMax),
    sendingHours: (sendingSeconds / daysPerMonth / secondsPerDay) * 24,
    dollars: dollarsOf(used),
  };
}

function storageOf(subscribers: number, units: Units): number {
  const kept = usage.keptDays;
  const bytes =
    subscribers * units.bytes.subscriber +
    subscribers * (usage.digestsPerDay + usage.alertsPerDay) * kept * units.bytes.delivery +
    usage.articlesPerDay * kept * units.bytes.article;
  return bytes / 1e9;
}

function dollarsOf(used: Omit<Bill, "subscribers" | "databases" | "sendingHours" | "dollars">): number {
  const over = (amount: number, { included, perMillion }: { included: number; perMillion: number }) =>
    (Math.max(amount - included, 0) / 1e6) * perMillion;
  return (
    prices.subscription +
    over(used.invocations, prices.invocations) +
    over(used.cpuMs, prices.cpuMs) +
    over(used.rowsRead, prices.rowsRead) +
    over(used.rowsWritten, prices.rowsWritten) +
    over(used.queueOperations, prices.queueOperations) +
    over(used.objectRequests, prices.objectRequests) +
    over(used.objectSeconds * objectGb, prices.objectGbSeconds) +
    Math.max(used.storageGb - prices.storageGb.included, 0) * prices.storageGb.perGb
  );
}
