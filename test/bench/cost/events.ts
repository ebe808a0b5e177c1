import { createIngest } from "../../../src/jobs/ingest.ts";
import { emptyDraft } from "../../../src/news/article.ts";
import { addSource } from "../../../src/store/add-source.ts";
import { addAlert } from "../../../src/store/alerts.ts";
import type { Db } from "../../../src/store/db.ts";
import { readings } from "../../../src/store/schema.ts";
import { addReader } from "../../support/readers.ts";
import type { Unit } from "./units.ts";

const sourcesRead = 20;
/** Readers whom one article alerts. */
const alerted = 60;
const feedHost = "https://feeds.example.org";

/** What is done in the bench's worker, and how it is counted. */
export type Ground = {
  db: Db;
  clock: { now(): Date; to(at: Date): void };
  minute(): Promise<void>;
  unit(times: number, work: () => Promise<void>): Promise<Unit>;
};

/** Sources with one article each are read, and are due again when they have nothing new. */
export async function measureRead({ db, clock, minute, unit }: Ground): Promise<Unit> {
  for (let n = 0; n < sourcesRead; n += 1) {
    const found = {
      url: `${feedHost}/${n}.xml`,
      kind: "feed" as const,
      name: `Feed ${n}`,
      language: "en",
      sections: [],
    };
    await addSource(db, found, { now: clock.now() });
  }
  await minute();
  await db.update(readings).set({ dueAt: clock.now() });
  return unit(1, minute);
}

/** One article, and the minute in which those who asked for its word are told. */
export async function measureAlert({ db, clock, minute, unit }: Ground): Promise<Unit> {
  for (let n = 0; n < alerted; n += 1) {
    const { subscriberId } = await addReader(db, { chatId: 900_000 + n, now: clock.now() });
    const wish = { query: "volcano", silent: false, origin: `bench alert ${n}`, now: clock.now() };
    await addAlert(db, subscriberId, wish);
  }
  const publishedAt = new Date(clock.now().getTime() + 1_000);
  clock.to(new Date(publishedAt.getTime() + 1_000));
  const body = "The volcano above the village of Oldbridge woke at noon, and three roads are closed.";
  const draft = { ...emptyDraft("Volcano wakes above Oldbridge"), body, language: "en", publishedAt, externalId: "v" };
  await createIngest(db, clock.now)([{ draft, source: { name: "Harbour Post", kind: "file" } }]);
  return unit(1, minute);
}

/** What a unit takes of each, beyond a minute in which nothing is due. */
export const counted = { read: sourcesRead, alert: alerted };

/** The web as the bench's worker finds it: names are public, and each feed tells what it told before. */
export function answerWeb(url: string): Response | null {
  const { hostname, pathname, searchParams } = new URL(url);
  if (hostname === "cloudflare-dns.com") {
    const answer = searchParams.get("type") === "A" ? [{ type: 1, TTL: 60, data: "93.184.215.14" }] : [];
    return Response.json({ Status: 0, Answer: answer.map((each) => ({ name: searchParams.get("name"), ...each })) });
  }
  if (hostname !== new URL(feedHost).hostname) return null;
  if (!pathname.endsWith(".xml")) return new Response("", { status: 404 });
  const item = `<item><title>Notice of ${pathname}</title><link>${feedHost}${pathname}/1</link>
    <guid>${pathname}</guid><description>The quay stays closed until Friday, says the harbour office.</description></item>`;
  const feed = `<rss version="2.0"><channel><title>${pathname}</title><link>${feedHost}</link>${item}</channel></rss>`;
  return new Response(feed, { headers: { "content-type": "application/rss+xml" } });
}
