import { desc, sql } from "drizzle-orm";
import { breathe } from "../breathe.ts";
import { fold } from "../news/fold.ts";
import { piecePhrase } from "../news/grams.ts";
import { nearestSpelling } from "../news/near-spelling.ts";
import { type Heard, isSoundable, soundingAlike } from "../news/sounds-alike.ts";
import { phraseOf } from "../postings/expression.ts";
import type { Db } from "./db.ts";
import { articles } from "./schema.ts";
import { newestIds } from "./search-find.ts";

/** Articles, the newest, among which a word is looked for by its sound: people ask for what is in the news. */
const heardMax = 1_000;
/** Characters of their leads; who is folding goes on after so many of them. */
const leadChars = 200;
const foldedAtOnce = 200;
const always = { from: 0, to: Number.MAX_SAFE_INTEGER };
/** Words of a query that are looked at, and characters of one. */
const wordsMax = 8;
const wordCharsMax = 24;

/**
 * For words of a query that no article has, what was perhaps meant: first what sounds the same in the newest articles,
 * then what is written nearly so in `texts`, folded ones that have most of the other words.
 */
export async function otherSpellings(db: Db, typed: string, texts: readonly string[]): Promise<Map<string, string>> {
  const meant = new Map<string, string>();
  for (const word of new Set(fold(typed).split(" ").slice(0, wordsMax))) {
    if (word === "" || word.length > wordCharsMax || texts.some((text) => text.includes(word))) continue;
    const near = nearestSpelling(word, texts);
    const isHeard = isSoundable(word);
    if ((near === null && !isHeard) || (await isAnywhere(db, word))) continue;
    const other = (isHeard ? await soundingAlike(word, await newestTexts(db)) : null) ?? near;
    if (other !== null) meant.set(word, other);
    await breathe();
  }
  return meant;
}

/** What was typed with these words in place of those; null where none of them stands by itself. */
export function respelt(typed: string, meant: ReadonlyMap<string, string>): string | null {
  const other = typed.replace(/\S+/gu, (word) => meant.get(fold(word)) ?? word);
  return other === typed ? null : other;
}

/** Whatever the filters of the query: a word that only they leave out is no slip. */
async function isAnywhere(db: Db, word: string): Promise<boolean> {
  const { ids } = await newestIds(db, phraseOf(piecePhrase(word)), { span: always, limit: 1 });
  return ids.length > 0;
}

/** Kept until another article is the newest. */
async function newestTexts(db: Db): Promise<readonly Heard[]> {
  const kept = db.once("search-newest-texts", () => ({ newest: 0, texts: [] as readonly Heard[] }));
  const row = await db.get<{ newest: number | null }>(sql`select max(id) as newest from ${articles}`);
  const newest = row?.newest ?? 0;
  if (newest === kept.newest) return kept.texts;
  const rows = await db
    .select({ title: articles.title, lead: sql<string>`substr(${articles.lead}, 1, ${leadChars})` })
    .from(articles)
    .orderBy(desc(articles.id))
    .limit(heardMax);
  const texts: Heard[] = [];
  for (const [n, { title, lead }] of rows.entries()) {
    // Some milliseconds; others go on in between.
    if (n % foldedAtOnce === 0) await breathe();
    texts.push({ headline: fold(title), lead: fold(lead) });
  }
  kept.newest = newest;
  kept.texts = texts;
  return texts;
}
