import type { App } from "../app.ts";
import { alertsPerHour, missedStories, storySlotMin } from "../store/alerts.ts";
import { hadStories } from "../store/had.ts";
import { currentStory, membersOfStories, storyCards } from "../store/story-view.ts";
import { renderAlert, renderAlertFull } from "../telegram/alert-message.ts";
import type { Deliverable, NotNow, Outgoing } from "./deliver-prepare.ts";

/** Articles of a story that its card is made from. */
const membersMax = 60;

/** What an alert's row says: its story, unless that was pushed to the chat already; or that its hour was full. */
export async function alertOf(
  app: Pick<App, "db" | "now">,
  { slot, subscriber, subscription }: Deliverable,
): Promise<Outgoing[] | NotNow> {
  if (subscription === undefined) return { skip: "the subscription was removed" };
  const now = app.now();
  const options = { language: subscriber.language, timezone: subscriber.timezone, kind: subscriber.kind, now };
  if (slot < storySlotMin) {
    const end = new Date(slot * 1000);
    const more = (await missedStories(app.db, subscription.id, end)).length;
    if (more === 0) return { skip: "nothing new" };
    const full = renderAlertFull({ told: alertsPerHour, more, end }, subscription, options);
    return [{ ...full, articleIds: [] }];
  }
  const id = await currentStory(app.db, slot);
  const members = id === undefined ? undefined : (await membersOfStories(app.db, [id], membersMax)).get(id);
  const news = subscriber.newsLanguages;
  const [card] = members === undefined ? [] : await storyCards(app.db, [members], news === "both" ? null : news);
  if (id === undefined || card === undefined) return { skip: "the story is gone" };
  const oldest = Math.min(...card.members.map((member) => member.id));
  if ((await hadStories(app.db, subscriber.id, oldest)).has(id)) return { skip: "told already" };
  const { title, url, outlets, rush, language } = card;
  const summary = card.summary.join(language === "zh" ? "" : " ");
  const line = { storyId: id, title, url, summary, outlets, rush, at: card.lastAt ?? now };
  const newest = card.members.at(-1)?.id ?? card.articleId;
  return [{ ...renderAlert(line, subscription, options), articleIds: [...new Set([card.articleId, newest])] }];
}
