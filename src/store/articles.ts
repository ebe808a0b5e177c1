import { eq, inArray, sql } from "drizzle-orm";
import type { Article, ArticleDraft } from "../news/article.ts";
import { canonicalUrl } from "../news/url.ts";
import { alertFreshMs, queueForAlerts } from "./alerts.ts";
import { firstDatedId, idsPerSecond } from "./article-ids.ts";
import { batchAll, type Db, type Statement } from "./db.ts";
import { insertRows } from "./insert-rows.ts";
import { articleKeys, articles, articleTitles, sources } from "./schema.ts";
import { indexStatements, waitStatements } from "./search-index.ts";
import { mergeIndex, pagesToMerge } from "./search-merge.ts";

/** Articles of one write at the most: some 30 ms of it. Four times 12 cost a third less than 12 four times. */
export const articlesPerBatch = 48;
/** How often a batch is tried when another process stored the same article meanwhile. */
const attemptsMax = 3;
/** Former headlines that are kept of one article. */
const titlesKeptMax = 20;
/** Bytes of an external id or URL that are kept as a key. */
const keyCharsMax = 2_000;

export type SourcedDraft = { sourceId: number; draft: ArticleDraft };
export type Saved = { outcome: "imported" | "updated" | "unchanged"; id: number };

/**
 * Stores at most `articlesPerBatch` drafts in one batch, with their keys and search index, and says for each, in order,
 * what became of it. The same article again is updated with what is new in it: nothing that is known is lost. `later`, the
 * caller makes them findable (`indexWaiting`) and merges the index; `rebuilt` is for merging it here.
 */
export async function saveArticles(
  db: Db,
  drafts: readonly SourcedDraft[],
  { now, indexed = "now", rebuilt }: { now: Date; indexed?: "now" | "later" | undefined; rebuilt?: number | undefined },
): Promise<Saved[]> {
  if (drafts.length > articlesPerBatch) throw new RangeError(`at most ${articlesPerBatch} articles a batch`);
  const { saved, wrote } = await saveWithRetries(db, drafts, { now, indexed });
  // They are stored: what cannot be merged now, the next write merges.
  if (wrote && indexed === "now") await mergeIndex(db, pagesToMerge(drafts.length), { rebuilt }).catch(() => undefined);
  return saved;
}

/** Which of these are stored already, under whatever address or name. */
export async function areKnown(db: Db, drafts: readonly SourcedDraft[]): Promise<boolean[]> {
  const keys = drafts.map(keysOf);
  const known = await idsByKeys(db, keys.flat());
  return keys.map((own) => own.some((key) => known.has(key)));
}

/** Is there anything at all to read? */
export async function hasArticles(db: Db): Promise<boolean> {
  return (await db.select({ id: articles.id }).from(articles).limit(1)).length > 0;
}

export async function articleById(db: Db, id: number): Promise<Article | undefined> {
  const [found] = await articlesByIds(db, [id]);
  return found;
}

/** The articles of these ids, in the order asked; unknown ids are left out. */
export async function articlesByIds(db: Db, ids: readonly number[]): Promise<Article[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .select({ article: articles, source: sources.name })
    .from(articles)
    .innerJoin(sources, eq(sources.id, articles.sourceId))
    .where(inArray(articles.id, sql`(select value from json_each(${JSON.stringify(ids)}))`));
  const byId = new Map(rows.map((row) => [row.article.id, { ...row.article, source: row.source }]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** Headlines that an article had before, the first one first, each with when it was changed. */
export async function earlierTitles(db: Db, id: number): Promise<{ title: string; until: Date }[]> {
  return db
    .select({ title: articleTitles.title, until: articleTitles.until })
    .from(articleTitles)
    .where(eq(articleTitles.articleId, id))
    .orderBy(articleTitles.until);
}

/** The newest article with this externalId, whatever its source. */
export async function articleByExternalId(db: Db, externalId: string): Promise<Article | undefined> {
  const all = await db.select({ id: sources.id }).from(sources);
  const keys = all.map((source) => externalKey(source.id, externalId));
  const found = await idsByKeys(db, keys);
  const newest = Math.max(...found.values(), 0);
  return newest === 0 ? undefined : articleById(db, newest);
}

/** The article at this address, whichever of its spellings it is. */
export async function articleByUrl(db: Db, url: string): Promise<Article | undefined> {
  const [id] = (await idsByKeys(db, [`u:${canonicalUrl(url) ?? url}`])).values();
  return id === undefined ? undefined : articleById(db, id);
}

type Saving = { now: Date; indexed: "now" | "later" };

async function saveWithRetries(db: Db, drafts: readonly SourcedDraft[], saving: Saving) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await saveOnce(db, drafts, saving);
    } catch (error) {
      if (attempt >= attemptsMax) throw error;
    }
  }
}

async function saveOnce(db: Db, drafts: readonly SourcedDraft[], { now, indexed }: Saving) {
  const keyed = drafts.map((each) => ({ ...each, keys: keysOf(each) }));
  const known = await idsByKeys(
    db,
    keyed.flatMap((each) => each.keys),
  );
  const stored = new Map((await articlesByIds(db, [...new Set(known.values())])).map((a) => [a.id, a]));
  const taken = new Set<number>();
  const free = await freeIds(db, keyed);
  const keys: { key: string; articleId: number }[] = [];
  const statements: Statement[] = [];
  const changed = new Map<number, { article: Article; isNew: boolean }>();
  const results: Saved[] = [];

  for (const each of keyed) {
    const id = each.keys.map((key) => known.get(key)).find((found) => found !== undefined);
    const before = id === undefined ? undefined : (changed.get(id)?.article ?? stored.get(id));
    if (before === undefined) {
      const article = { ...each.draft, id: free(each, taken), sourceId: each.sourceId, source: "", storyId: null };
      changed.set(article.id, { article, isNew: true });
      results.push({ outcome: "imported", id: article.id });
    } else {
      const after = merge(before, each.draft, { onlyLonger: each.keys[0]!.startsWith("h:") });
      if (after.title !== before.title && !before.titleCut && stored.has(before.id))
        statements.push(keepTitle(db, before, now));
      if (after !== before) changed.set(before.id, { article: after, isNew: changed.get(before.id)?.isNew ?? false });
      results.push({ outcome: after === before ? "unchanged" : "updated", id: before.id });
    }
    const owner = results.at(-1)!.id;
    for (const key of each.keys.filter((key) => !known.has(key))) {
      known.set(key, owner);
      keys.push({ key, articleId: owner });
    }
  }

  const written = [...changed.values()];
  const added = written.flatMap(({ article, isNew }) => (isNew ? [article] : []));
  const updated = written.flatMap(({ article, isNew }) => (isNew ? [] : [article]));
  const fresh = added.filter(({ publishedAt }) => isFresh(publishedAt, now)).map(({ id }) => id);
  await batchAll(db, [
    ...insertRows(
      db,
      articles,
      added.map((article) => ({ ...article, ...keptLead(article), receivedAt: now })),
    ),
    ...updated.map((article) => updateStatement(db, article)),
    ...insertRows(db, articleKeys, keys),
    ...statements,
    ...(indexed === "now" ? indexStatements : waitStatements)(db, { added, changed: updated }),
    ...(fresh.length === 0 ? [] : [queueForAlerts(db, fresh)]),
  ]);
  return { saved: results, wrote: written.length > 0 };
}

/** The headline that an article had until now; one that comes and goes is kept once. */
function keepTitle(db: Db, { id, title }: Article, now: Date): Statement {
  const kept = sql`from article_titles where article_id = ${id}`;
  return db.insert(articleTitles).select(
    sql`select ${id}, ${title}, ${Math.floor(now.getTime() / 1000)} where (select count(*) ${kept}) < ${titlesKeptMax}
      and not exists (select 1 ${kept} and title = ${title})`,
  );
}

/** Just published: it may be what an alert waits for. An archive never is. */
function isFresh(publishedAt: Date | null, now: Date): boolean {
  return publishedAt !== null && now.getTime() - publishedAt.getTime() <= alertFreshMs;
}

function updateStatement(db: Db, article: Article): Statement {
  const { id, source: _source, storyId: _storyId, sourceId: _sourceId, lead: _lead, ...fields } = article;
  return db
    .update(articles)
    .set({ ...fields, ...keptLead(article) })
    .where(eq(articles.id, id));
}

/** A lead with which the body begins is kept as so many characters of it. */
function keptLead({ lead, body }: Article): { leadChars: number; ownLead: string } {
  // SQLite's substr ends at a zero.
  const isFirst = lead !== "" && body.startsWith(lead) && !lead.includes("\0");
  return isFirst ? { leadChars: [...lead].length, ownLead: "" } : { leadChars: 0, ownLead: lead };
}

/**
 * What a later reading adds: full texts replace empty ones and cut headlines, and nothing known is erased. Articles that
 * only their headline and day make one may be two: the longer text stays, so that the same file again changes nothing.
 */
function merge(before: Article, draft: ArticleDraft, { onlyLonger }: { onlyLonger: boolean }): Article {
  const kept = { ...before };
  const texts = ["lead", "body", "credits", "author", "dateline", "reporter", "photoCredit"] as const;
  for (const field of texts) {
    if (draft[field] !== "" && !(onlyLonger && draft[field].length <= kept[field].length)) kept[field] = draft[field];
  }
  if (!draft.titleCut || before.titleCut) {
    kept.title = draft.title;
    kept.titleCut = draft.titleCut;
  }
  kept.externalId = before.externalId ?? draft.externalId;
  kept.url = before.url ?? draft.url;
  kept.image = draft.image ?? before.image;
  kept.rank = draft.rank ?? before.rank;
  // The first date stands: a page that is edited today is not news of today.
  kept.publishedAt = before.publishedAt ?? draft.publishedAt;
  if (draft.sections.length > 0) kept.sections = draft.sections;
  return JSON.stringify(kept) === JSON.stringify(before) ? before : kept;
}

function keysOf({ sourceId, draft }: SourcedDraft): string[] {
  const url = draft.url === null ? null : canonicalUrl(draft.url);
  const keys: string[] = [];
  if (draft.externalId !== null) keys.push(externalKey(sourceId, draft.externalId));
  if (url !== null) keys.push(`u:${url}`);
  if (keys.length === 0) {
    const day = draft.publishedAt?.toISOString().slice(0, 10) ?? "undated";
    keys.push(`h:${sourceId}:${day}:${draft.title.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim()}`);
  }
  return keys.map((key) => key.slice(0, keyCharsMax));
}

function externalKey(sourceId: number, externalId: string): string {
  return `x:${sourceId}:${externalId}`.slice(0, keyCharsMax);
}

async function idsByKeys(db: Db, keys: readonly string[]): Promise<Map<string, number>> {
  if (keys.length === 0) return new Map();
  const rows = await db
    .select()
    .from(articleKeys)
    .where(inArray(articleKeys.key, sql`(select value from json_each(${JSON.stringify(keys)}))`));
  return new Map(rows.map((row) => [row.key, row.articleId]));
}

type Keyed = SourcedDraft & { keys: string[] };

/** Gives each new article an id in its second that nobody has: the hash of its key, else the next free one. */
async function freeIds(db: Db, drafts: readonly Keyed[]): Promise<(draft: Keyed, taken: Set<number>) => number> {
  const wanted = drafts.map(wantedId);
  const rows = await db
    .select({ id: articles.id })
    .from(articles)
    .where(inArray(articles.id, sql`(select value from json_each(${JSON.stringify(wanted.flatMap(probes))}))`));
  const used = new Set(rows.map((row) => row.id));
  return (draft, taken) => {
    const id = probes(wantedId(draft)).find((each) => !used.has(each) && !taken.has(each));
    if (id === undefined) throw new Error("no free article id in this second");
    taken.add(id);
    return id;
  };
}

/** How many neighbours of a taken id are tried; with 2^20 ids a second even 100,000 articles in one second find room. */
const probesMax = 8;

function probes(id: number): number[] {
  const base = Math.floor(id / idsPerSecond) * idsPerSecond;
  return Array.from({ length: probesMax }, (_, n) => base + ((id - base + n * 7919) % idsPerSecond));
}

function wantedId({ draft, keys }: Keyed): number {
  const [high, low] = hash(keys[0]!);
  const seconds = draft.publishedAt === null ? 0 : Math.floor(draft.publishedAt.getTime() / 1000);
  // Undated (and prehistoric) articles share the ids below firstDatedId.
  if (seconds * idsPerSecond < firstDatedId) return 1 + ((high * 2 ** 20 + (low % idsPerSecond)) % (firstDatedId - 1));
  return seconds * idsPerSecond + (low % idsPerSecond);
}

/** Two 32-bit FNV-1a hashes of a text, one over it and one over it backwards. */
function hash(text: string): [number, number] {
  let a = 0x811c9dc5;
  let b = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(text.length - 1 - i), 0x01000193);
  }
  return [a >>> 0, b >>> 0];
}
