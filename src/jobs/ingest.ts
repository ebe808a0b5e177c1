import type { ArticleDraft } from "../news/article.ts";
import { type Saved, saveArticles } from "../store/articles.ts";
import type { Db } from "../store/db.ts";
import type { SourceKind } from "../store/schema.ts";
import { ensureSource, type Source } from "../store/sources.ts";
import { joinStories, storyMemory } from "../store/stories.ts";

/** Sources that are remembered while many articles come in. */
const sourcesRememberedMax = 10_000;

/** An article on its way in, with the name of its source and what that is when it is met for the first time. */
export type Incoming = {
  draft: ArticleDraft;
  source: { name: string; kind: SourceKind; family?: string; language?: string; url?: string | null };
};

export type Ingest = (incoming: readonly Incoming[]) => Promise<Saved[]>;

/** Joins stored articles to their stories. */
export type Join = (articleIds: readonly number[]) => Promise<void>;

/** How many articles one call brings: a write of some 7 ms, so that nobody waits long for the lock. */
export const incomingMax = 12;

/**
 * The one way in for articles: they are stored, made findable and joined to their stories. What a crash leaves without
 * a story is joined by the next `join-stories` job. `join` may be another thread's; of what is indexed `later` the caller
 * takes care.
 */
export function createIngest(
  db: Db,
  now: () => Date,
  { join = joinHere({ db, now }), ...options }: { join?: Join; indexed?: "now" | "later"; rebuilt?: number } = {},
): Ingest {
  const known = new Map<string, Source>();

  async function sourceOf({ draft, source }: Incoming): Promise<Source> {
    const before = known.get(source.name);
    if (before !== undefined) return before;
    const { name, ...rest } = source;
    const found = await ensureSource(db, name, { language: draft.language, ...rest, now: now() });
    if (known.size >= sourcesRememberedMax) known.clear();
    known.set(name, found);
    return found;
  }

  return async (incoming) => {
    const drafts = [];
    for (const each of incoming) drafts.push({ sourceId: (await sourceOf(each)).id, draft: each.draft });
    const saved = await saveArticles(db, drafts, { now: now(), ...options });
    const fresh = saved.filter((each) => each.outcome === "imported").map((each) => each.id);
    if (fresh.length > 0) await join(fresh);
    return saved;
  };
}

/** Joins in this thread, remembering what was read: that of so many articles. */
export function joinHere({ db, now, sketches }: { db: Db; now: () => Date; sketches?: number | undefined }): Join {
  const memory = storyMemory(sketches);
  return (articleIds) => joinStories(db, articleIds, { now: now(), memory });
}
