import type { App } from "../app.ts";
import { breathe } from "../breathe.ts";
import { createAlertIndex, readAlert } from "../news/alerts.ts";
import { morningAfter } from "../news/quiet.ts";
import { quietUntil } from "../news/schedule.ts";
import {
  type AlertRow,
  type AlertTarget,
  alertFreshMs,
  alertRows,
  alertsAfter,
  alertsPerHour,
  alertTargets,
  hourMs,
  leaveQueue,
  planAlerts,
  type QueuedArticle,
  queuedArticles,
  storySlotMin,
} from "../store/alerts.ts";
import { type NewDelivery, priorityOf } from "../store/deliveries.ts";
import { readFact } from "../store/facts.ts";

/** Articles of one look at the queue. */
const articlesPerSlice = 50;
/** Alerts of one read, and those of one write. */
const alertsPerRead = 2_000;
const alertsPerSlice = 500;

type MatchApp = Pick<App, "db" | "enqueue" | "log" | "now">;

/**
 * Holds what was just published against the alerts. They are kept in memory by their own words, and read once: new ones
 * are read as they come, removed ones go when they match, and all are read anew after a source got another name. Whoever
 * is told is written to the ledger, where a story is unique, so that the same article twice tells nobody twice. On
 * `signal` it ends after an article; the others stay in the queue.
 */
export function createAlertMatcher(app: MatchApp): (signal?: AbortSignal) => Promise<void> {
  const index = createAlertIndex();
  let lastId = 0;
  let renamed: string | undefined;

  async function readNew(): Promise<void> {
    const before = renamed;
    renamed = await readFact(app.db, "wishes_renamed");
    if (renamed !== before) lastId = 0;
    for (;;) {
      const fresh = await alertsAfter(app.db, lastId, alertsPerRead);
      for (const { id, query } of fresh) index.add(id, readAlert(query, { now: app.now() }));
      lastId = fresh.at(-1)?.id ?? lastId;
      if (fresh.length < alertsPerRead) return;
      await breathe();
    }
  }

  async function matchOne(article: QueuedArticle): Promise<number> {
    const now = app.now();
    // An archive, or a server that was down for a day: that is no news any more.
    if (now.getTime() - (article.publishedAt?.getTime() ?? 0) > alertFreshMs) return 0;
    const ids = index.match(article);
    const told = new Set<number>();
    let planned = 0;
    for (let at = 0; at < ids.length; at += alertsPerSlice) {
      const slice = ids.slice(at, at + alertsPerSlice);
      const targets = await alertTargets(app.db, slice, now);
      const there = new Set(targets.map((target) => target.id));
      for (const id of slice) if (!there.has(id)) index.remove(id);
      const wanted = targets.filter((target) => wants(target, { article, now }) && !told.has(target.subscriberId));
      const rows = await alertRows(app.db, slice, { storyId: article.storyId, now });
      const decided = decide(wanted, { article, rows, told, now });
      await planAlerts(app.db, { ...decided, now });
      planned += decided.rows.length;
      await breathe();
    }
    return planned;
  }

  return async (signal) => {
    let planned = 0;
    do {
      const waiting = await queuedArticles(app.db, articlesPerSlice);
      if (waiting.length === 0) break;
      await readNew();
      const matched: number[] = [];
      for (const article of waiting) {
        planned += await matchOne(article);
        matched.push(article.id);
        // One at least, or a run that is stopped while it reads the alerts would never come any further.
        if (signal?.aborted === true) break;
      }
      await leaveQueue(app.db, matched, app.now());
    } while (signal?.aborted !== true);
    if (planned === 0) return;
    app.log.info({ planned }, "alerts were planned");
    app.enqueue({ kind: "deliver" });
  };
}

function wants({ isAwake, sinceAt, newsLanguages, query }: AlertTarget, { article, now }: Wanting): boolean {
  if (!isAwake || (article.publishedAt ?? sinceAt) < sinceAt) return false;
  if (newsLanguages === "both" || article.language === newsLanguages) return true;
  // The words, where there are any: a filter, "OR" or what is left out says nothing of the language that is asked for.
  return !isWrittenIn(newsLanguages, readAlert(query, { now }).text || query);
}

/** Whoever reads Chinese and asks for "Greenreed" means the word, wherever it is told. */
function isWrittenIn(language: string, words: string): boolean {
  return language === "zh" ? /\p{Script=Han}/u.test(words) : /\p{Script=Latin}/u.test(words);
}

type Wanting = { article: QueuedArticle; now: Date };
type Deciding = { article: QueuedArticle; rows: readonly AlertRow[]; told: Set<number>; now: Date };

/**
 * Who is told of the story now. For whom this hour is full, or it is quiet, the story is kept back: one message tells of
 * all such when the hour or the quiet ends, whichever is later.
 */
function decide(
  wanted: readonly AlertTarget[],
  { article, rows, told, now }: Deciding,
): { rows: NewDelivery[]; missed: [number, number][] } {
  const byAlert = Map.groupBy(rows, (row) => row.ref);
  const planned: NewDelivery[] = [];
  const missed: [number, number][] = [];
  const mornings = new Map<string, Date | null>();
  for (const { id, subscriberId, quiet, timezone } of wanted) {
    const own = byAlert.get(id) ?? [];
    if (told.has(subscriberId)) continue;
    told.add(subscriberId);
    if (own.some((row) => row.slot === article.storyId)) continue;
    const row = { kind: "alert", ref: id, subscriberId, priority: priorityOf.alert } as const;
    const morning = quiet === null ? null : morningAfter(now, { ...quiet, timezone }, mornings);
    const sent = own.filter((each) => each.slot >= storySlotMin && each.state !== "failed");
    if (morning === null && sent.length < alertsPerHour) {
      planned.push({ ...row, slot: article.storyId, dueAt: now });
      continue;
    }
    missed.push([id, article.storyId]);
    if (own.some((each) => each.slot < storySlotMin && each.slot * 1000 > now.getTime())) continue;
    const first = Math.min(...sent.map((each) => each.at.getTime()));
    const over = morning ?? new Date(Math.ceil((first + hourMs) / 1000) * 1000);
    const end = (quiet !== null && quietUntil(over, { ...quiet, timezone })) || over;
    planned.push({ ...row, slot: end.getTime() / 1000, dueAt: end });
  }
  return { rows: planned, missed };
}
