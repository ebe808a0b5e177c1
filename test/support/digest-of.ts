import { eq } from "drizzle-orm";
import { composeDigest } from "../../src/digest/compose.ts";
import type { Edition } from "../../src/news/edition.ts";
import type { Db } from "../../src/store/db.ts";
import { type NewsLanguages, shown, subscribers, subscriptions } from "../../src/store/schema.ts";
import { renderDigest } from "../../src/telegram/digest-message.ts";
import { plainText } from "../../src/telegram/html.ts";
import { addReader } from "./readers.ts";
import { now } from "./telling.ts";

const yesterday = new Date(now.getTime() - 24 * 3_600_000);

export type Reads = {
  chatId?: number;
  /** Articles that it was pushed yesterday. */
  had?: readonly number[];
  query?: string;
  news?: NewsLanguages;
};

/** What a chat gets now. */
export async function digestOf(
  db: Db,
  { chatId = 1, had = [], query = "", news = "zh" }: Reads = {},
): Promise<Edition> {
  const { subscriberId } = await addReader(db, { chatId, now: yesterday, slot: now });
  const own = eq(subscribers.id, subscriberId);
  const [subscriber] = await db.update(subscribers).set({ newsLanguages: news }).where(own).returning();
  const mine = eq(subscriptions.subscriberId, subscriberId);
  const [subscription] = await db.update(subscriptions).set({ query }).where(mine).returning();
  const rows = had.map((articleId) => ({ subscriberId, articleId, deliveryId: 1, at: yesterday }));
  if (rows.length > 0) await db.insert(shown).values(rows);
  return composeDigest(db, { subscriber: subscriber!, subscription: subscription!, slot: now, now });
}

/** How it reads, in Chinese unless `language` says otherwise. */
export function textOf(edition: Edition, { query = "", language = "zh" as "zh" | "en" } = {}): string {
  const options = { language, kind: "private", botUsername: "a_bot", subscriptionId: 7, query } as const;
  return renderDigest(edition, options)
    .map(({ html }) => plainText(html))
    .join("\n");
}
