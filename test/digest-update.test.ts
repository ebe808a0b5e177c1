import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { newsUpTo } from "#runtime";
import { composeDigest } from "../src/digest/compose.ts";
import { createIngest, incomingMax } from "../src/jobs/ingest.ts";
import type { Db } from "../src/store/db.ts";
import { articles, shown, subscribers, subscriptions } from "../src/store/schema.ts";
import { renderDigest } from "../src/telegram/digest-message.ts";
import { plainText } from "../src/telegram/html.ts";
import type { Language } from "../src/text/index.ts";
import { addReader } from "./support/readers.ts";
import { openStore } from "./support/store.ts";

const slot = new Date("2026-11-22T00:00:00Z");
const hourMs = 3_600_000;

const yesterday = new Date(slot.getTime() - 24 * hourMs);

/** The sample news as sources bring it: what was published first comes first. */
async function bring(db: Db): Promise<void> {
  const ingest = createIngest(db, () => slot);
  const news = (await newsUpTo(slot)).toReversed();
  for (let from = 0; from < news.length; from += incomingMax) await ingest(news.slice(from, from + incomingMax));
}

/** What a chat is sent that was told this yesterday. */
async function nextDigest(db: Db, { language, had }: { language: Language; had: string }): Promise<string> {
  const { subscriberId } = await addReader(db, { chatId: 1, now: yesterday, slot, timezone: "Asia/Shanghai" });
  const own = eq(subscribers.id, subscriberId);
  const [subscriber] = await db.update(subscribers).set({ newsLanguages: language }).where(own).returning();
  const [subscription] = await db.select().from(subscriptions).where(eq(subscriptions.subscriberId, subscriberId));
  const [told] = await db.select({ id: articles.id }).from(articles).where(eq(articles.title, had));
  await db.insert(shown).values({ subscriberId, articleId: told!.id, deliveryId: 1, at: yesterday });
  const digest = { subscriber: subscriber!, subscription: subscription!, slot, now: slot };
  const edition = await composeDigest(db, digest);
  const options = { language, kind: "private" as const, botUsername: "a_bot", subscriptionId: 7 };
  return renderDigest(edition, options)
    .map(({ html }) => plainText(html))
    .join("\n");
}

it.each([
  {
    language: "zh" as const,
    had: "临澜发布台风橙色预警，4.2万人连夜转移",
    headline: /^\d　更新｜.*青竹/m,
    fresh: /^新进展：.*11\.4万人.*(?:昨天|周[一二三四五六日])告诉你时是4\.2万人。$/m,
  },
  {
    language: "zh" as const,
    had: "星川汽车召回9.6万辆，涉及电池包密封缺陷",
    headline: /^\d　更新｜星川/m,
    // Further down the list there is room for the headline only: the mark and the number stand there.
    fresh: /^\d　更新｜.*32万辆/m,
  },
  {
    language: "en" as const,
    had: "Linlan moves 42,000 people as Typhoon Greenreed nears",
    headline: /^\d\. Updated: .*Greenreed/m,
    fresh: /^New: .*114,000.* It was 42,000 people when we told you (?:yesterday|\w+day)\.$/m,
  },
  {
    language: "en" as const,
    had: "Starline recalls 96,000 SUVs over battery seals",
    headline: /^\d\. Updated: Starline/m,
    fresh: /^New: .*320,000 cars.* It was 96,000 SUVs when we told you (?:yesterday|\w+day)\.$/m,
  },
])(
  "what a chat had yesterday comes again as an update, with what is new and what it last heard: $had",
  async (story) => {
    const { db, close } = await openStore();
    try {
      await bring(db);
      const text = await nextDigest(db, story);
      expect(text).toMatch(story.headline);
      expect(text).toMatch(story.fresh);
      expect(text).not.toContain(story.had);
    } finally {
      await close();
    }
  },
);
