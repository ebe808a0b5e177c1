import { type ArticleDraft, emptyDraft } from "../news/article.ts";
import { fetchDocument, hostIn } from "../sources/fetch.ts";
import type { Reading as Document } from "../sources/read.ts";
import { areKnown } from "../store/articles.ts";
import { takePushed, wakePushed } from "../store/pushes.ts";
import { type ClaimedReading, claimReadings } from "../store/readings.ts";
import { completeFromPage, draftsOfLinks, pagesPerReadMax, type WebTools } from "./complete-articles.ts";
import { type Ingest, incomingMax } from "./ingest.ts";
import { failedBadly, type SettleApp, settleFailure, settleSuccess, type Telling } from "./settle-source.ts";

/** Sources read side by side, those of one host among them, and those claimed by one write. */
const lanesMax = 16;
const perHostMax = 2;
const claimMax = 32;
/** Sources that wait for their host, while others are looked for. */
const waitingMax = 320;
/** While some are read, others come due: they are looked for so often. */
const claimEveryMs = 1_000;
/** A teaser of a news item older than this is not worth a visit to its page. */
const completeMs = 3 * 86_400_000;
/** Clocks that go ahead: a time further in the future is now. */
const aheadMs = 10 * 60_000;

export type RefreshTools = WebTools & Telling & { ingest: Ingest; signal?: AbortSignal | undefined };

/**
 * Reads every source whose time has come, so many side by side, of one host only a few: a host with hundreds of feeds
 * keeps nobody else waiting. A source that fails costs the others nothing. Ends when none is due, or on the tools' `signal`.
 */
export async function refreshSources(app: SettleApp, tools: RefreshTools): Promise<void> {
  await wakePushed(app.db, app.now());
  const waiting: ClaimedReading[] = [];
  const perHost = new Map<string, number>();
  const running = new Set<Promise<void>>();
  const start = (claim: ClaimedReading): void => {
    const host = hostIn(claim.url);
    perHost.set(host, (perHost.get(host) ?? 0) + 1);
    const reading = refreshSource(app, tools, claim)
      .catch((error) => failedBadly(app, { claim, tools }, error))
      // Not even that could be written down: its lease runs out, and it is read again.
      .catch((error) => app.log.error({ error, source: claim.source.name }, "how a read ended could not be kept"))
      .finally(() => {
        const left = perHost.get(host)! - 1;
        if (left === 0) perHost.delete(host);
        else perHost.set(host, left);
        running.delete(reading);
      });
    running.add(reading);
  };
  let claimedAt = Number.NEGATIVE_INFINITY;
  let more = true;
  while (tools.signal?.aborted !== true) {
    while (running.size < lanesMax) {
      const at = waiting.findIndex(({ url }) => (perHost.get(hostIn(url)) ?? 0) < perHostMax);
      if (at === -1) break;
      const [next] = waiting.splice(at, 1);
      // What waited here for too long is another's to take, or ours again.
      if (next!.dueAt > app.now()) start(next!);
    }
    const now = app.now().getTime();
    if (running.size < lanesMax && waiting.length < waitingMax && (more || now - claimedAt >= claimEveryMs)) {
      const claimed = await claimReadings(app.db, { now: app.now(), limit: claimMax, token: crypto.randomUUID() });
      waiting.push(...claimed);
      [more, claimedAt] = [claimed.length === claimMax, now];
      if (claimed.length > 0) continue;
    }
    if (running.size === 0) break;
    await Promise.race(running);
  }
  await Promise.all(running);
}

/** One source: what its hub sent, else what it answers, is read, completed, stored; then the next read is set. */
async function refreshSource(app: SettleApp, tools: RefreshTools, claim: ClaimedReading): Promise<void> {
  const sent = claim.hub === null ? null : await readPushed(app, tools, claim);
  if (sent !== null) {
    const stored = await storeAll(app, tools, { claim, documents: sent });
    return settleSuccess(app, { claim, tools }, { got: claim, digest: claim.digest, ...stored });
  }
  const now = app.now();
  const got = await fetchDocument(tools.dial, claim.url, {
    ...{ userAgent: tools.userAgent, allowed: tools.allowed, now, etag: claim.etag, lastModified: claim.lastModified },
    limits: tools.limits,
  });
  if (got.outcome === "failed") return settleFailure(app, { claim, tools }, got);
  const digest = got.outcome === "read" ? await digestOf(got.bytes) : claim.digest;
  const answered = { ...got, url: got.lastingUrl };
  if (digest === claim.digest) return settleSuccess(app, { claim, tools }, { got: answered, digest, imported: 0 });
  const about = { name: claim.url, url: got.url, headers: got.headers, zone: tools.zone };
  const document = await tools.read(got.bytes, about);
  if (!isNews(document, claim)) {
    const reason = "has neither a feed nor articles any more";
    return settleFailure(app, { claim, tools }, { code: "broken", reason, retryAfterSeconds: null });
  }
  const stored = await storeAll(app, tools, { claim, documents: [document] });
  return settleSuccess(app, { claim, tools }, { got: answered, digest, document, ...stored });
}

/** What the hub sent since the last read; null when there is nothing, or the source itself must be asked. */
async function readPushed({ db }: SettleApp, tools: RefreshTools, claim: ClaimedReading): Promise<Document[] | null> {
  const documents: Document[] = [];
  for (const { text } of await takePushed(db, claim.sourceId)) {
    if (text === "") return null;
    // The mark outweighs whatever encoding the text itself names: it was read as that already.
    const bytes = new TextEncoder().encode(`\ufeff${text}`);
    const about = { name: claim.url, url: claim.topic ?? claim.url, headers: {}, zone: tools.zone };
    documents.push(await tools.read(bytes, about));
  }
  return documents.length > 0 && documents.every((each) => isNews(each, claim)) ? documents : null;
}

/** A page in place of a feed is a notice, a login, a robot check: nothing of that is news. */
function isNews({ kind }: Document, { source }: ClaimedReading): boolean {
  return kind === "feed" || (kind === "page" && source.kind === "page");
}

type Documents = { claim: ClaimedReading; documents: readonly Document[] };

/** Stores what documents bring; asked to stop, it leaves the rest to the next read (`more`). */
async function storeAll(
  app: SettleApp,
  tools: RefreshTools,
  { claim, documents }: Documents,
): Promise<{ imported: number; more: boolean }> {
  let imported = 0;
  let anyMore = false;
  const source = { name: claim.source.name, kind: claim.source.kind };
  for (const document of documents) {
    const { drafts, more } = await draftsToStore(app, { tools, claim, document });
    anyMore ||= more;
    for (let at = 0; at < drafts.length; at += incomingMax) {
      const incoming = drafts.slice(at, at + incomingMax).map((draft) => ({ draft, source }));
      for (const saved of await tools.ingest(incoming)) if (saved.outcome === "imported") imported++;
      if (tools.signal?.aborted === true) return { imported, more: true };
    }
  }
  return { imported, more: anyMore };
}

type Reading = { tools: RefreshTools; claim: ClaimedReading; document: Document };

/**
 * What a document brings: known articles as they are now, new ones dated and completed from their pages. When there are
 * more pages to visit than one read may, the rest waits for the next (`more`).
 */
async function draftsToStore(
  { db, now }: SettleApp,
  { tools, claim, document }: Reading,
): Promise<{ drafts: ArticleDraft[]; more: boolean }> {
  const read: ArticleDraft[] = document.articles
    .map(({ source: _source, ...draft }) => draft)
    .filter((draft) => draft.title !== "");
  const base = { ...emptyDraft(""), language: document.language };
  const drafts = document.kind === "page" ? [...read, ...draftsOfLinks(document.links, read, base)] : read;
  const known: boolean[] = [];
  for (let at = 0; at < drafts.length; at += incomingMax) {
    const slice = drafts.slice(at, at + incomingMax).map((draft) => ({ sourceId: claim.sourceId, draft }));
    known.push(...(await areKnown(db, slice)));
  }
  const at = now();
  let pages = 0;
  const kept: ArticleDraft[] = [];
  for (const [index, draft] of drafts.entries()) {
    const isNew = known[index] === false;
    const fresh = draft.publishedAt === null || at.getTime() - draft.publishedAt.getTime() < completeMs;
    const wanting = isNew && fresh && draft.body === "" && draft.url !== null && draft.url !== claim.url;
    if (wanting && ++pages > pagesPerReadMax) continue;
    const full = wanting ? await completeFromPage(draft, tools) : draft;
    // A line of a list is an article only when its page could be read, or its teaser.
    if (isNew && full.body === "" && full.lead === "" && document.kind === "page") continue;
    const publishedAt = dated(full, { isNew, firstRead: claim.lastReadAt === null, now: at });
    kept.push({ ...full, ...setBy(claim.source, full), publishedAt });
  }
  return { drafts: kept, more: pages > pagesPerReadMax };
}

/** What an operator said of a source holds where an article says nothing itself. */
function setBy({ sections, language }: ClaimedReading["source"], draft: ArticleDraft) {
  return {
    sections: [...new Set([...draft.sections, ...sections])],
    language: draft.language === "und" ? language : draft.language,
  };
}

/**
 * An item that says no time appeared since the last read; on the first read it may be of any age and stays undated.
 * Without an address or an id nobody could know it again, so it stays undated, too.
 */
function dated(
  draft: ArticleDraft,
  { isNew, firstRead, now }: { isNew: boolean; firstRead: boolean; now: Date },
): Date | null {
  if (draft.publishedAt !== null)
    return draft.publishedAt.getTime() > now.getTime() + aheadMs ? now : draft.publishedAt;
  return isNew && !firstRead && (draft.url !== null || draft.externalId !== null) ? now : null;
}

async function digestOf(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new Uint8Array(bytes));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
