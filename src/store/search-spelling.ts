import { desc } from "drizzle-orm";
import { breathe } from "../breathe.ts";
import { fold } from "../news/fold.ts";
import { nearestSpelling } from "../news/near-spelling.ts";
import { isSoundable, soundingAlike } from "../news/sounds-alike.ts";
import type { Db } from "./db.ts";
import { articles } from "./schema.ts";

/** Articles, the newest, among which a word is looked for by its sound: people ask for what is in the news. */
const heardMax = 1_000;
/** Words of a query that are looked for by their sound. */
const wordsMax = 4;

/** What was perhaps meant by a text with words that none of these folded texts has, which have most of the others. */
export async function otherSpelling(db: Db, typed: string, texts: readonly string[]): Promise<string | null> {
  const near = nearestSpelling(typed, texts);
  if (near !== null) return near;
  const words = fold(typed).split(" ");
  const unknown = words
    .filter((word) => isSoundable(word) && !texts.some((text) => text.includes(word)))
    .slice(0, wordsMax);
  if (unknown.length === 0) return null;
  const newest = await db
    .select({ title: articles.title, lead: articles.lead })
    .from(articles)
    .orderBy(desc(articles.id))
    .limit(heardMax);
  // Some milliseconds each; others go on in between.
  await breathe();
  const folded = newest.map(({ title, lead }) => ({ headline: fold(title), lead: fold(lead) }));
  const heard = new Map<string, string>();
  for (const word of unknown) {
    await breathe();
    const found = await soundingAlike(word, folded);
    if (found !== null) heard.set(word, found);
  }
  return heard.size === 0 ? null : words.map((word) => heard.get(word) ?? word).join(" ");
}
