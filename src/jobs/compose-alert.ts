import type { App } from "../app.ts";
import type { TopLine } from "../news/pages.ts";
import { chosenHours, isWithin, readHours } from "../news/quiet.ts";
import { localTime, quietUntil } from "../news/schedule.ts";
import type { ShortLinks } from "../news/short-link.ts";
import { alertsPerHour, missedStories, storySlotMin } from "../store/alerts.ts";
import { hadStories } from "../store/had.ts";
import { currentStory, membersOfStories, type StoryCard, storyCards } from "../store/story-view.ts";
import { renderAlert, renderAlertFull, renderAlertsKept } from "../telegram/alert-message.ts";
import type { Deliverable, NotNow, Outgoing } from "./deliver-prepare.ts";

/** Articles of a story that its card is made from. */
const membersMax = 60;
/** Stories that one message of a morning tells. */
const keptShownMax = 10;

type Subscriber = Deliverable["subscriber"];

/**
 * What an alert's row says: its story, or what was kept back while its hour was full or it was quiet. What was pushed to
 * the chat in another way meanwhile is left out.
 */
export async function alertOf(
  app: Pick<App, "config" | "db" | "now">,
  { slot, subscriber, subscription }: Deliverable,
  links: ShortLinks | null,
): Promise<Outgoing[] | NotNow> {
  if (subscription === undefined) return { skip: "the subscription was removed" };
  const now = app.now();
  const { timezone } = subscriber;
  const chosen = chosenHours(subscriber);
  const quiet = chosen === null ? null : quietUntil(now, { ...chosen, timezone });
  if (quiet !== null) return { wait: quiet };
  const options = { language: subscriber.language, timezone, kind: subscriber.kind, now };
  // Who chose no hours is told at night as well, and not woken.
  const usual = readHours(app.config.NIGHT_HOURS);
  const isNight = chosen === null && isWithin(localTime(now, timezone).minute, usual);
  const told = isNight ? { silent: true } : {};
  const end = new Date(slot * 1000);
  const ids = slot < storySlotMin ? await missedStories(app.db, subscription.id, end) : [slot];
  const cards = await newTo(app, subscriber, ids);
  const [first] = cards;
  if (first === undefined) return { skip: ids.length === 0 ? "nothing new" : "told already" };
  if (slot >= storySlotMin)
    return [{ ...renderAlert(await lineOf(first, links, now), subscription, options), ...shown([first]), ...told }];
  const wasQuiet = chosen !== null && quietUntil(new Date(end.getTime() - 1_000), { ...chosen, timezone }) !== null;
  if (!wasQuiet) {
    const full = renderAlertFull({ told: alertsPerHour, more: cards.length, end }, subscription, options);
    return [{ ...full, articleIds: [], ...told }];
  }
  if (cards.length === 1)
    return [{ ...renderAlert(await lineOf(first, links, now), subscription, options), ...shown([first]) }];
  const some = cards.slice(0, keptShownMax);
  const kept = renderAlertsKept(
    { stories: await Promise.all(some.map((card) => lineOf(card, links, now))), all: cards.length, end },
    subscription,
    options,
  );
  return [{ ...kept, ...shown(some) }];
}

/** The stories as they are now, in this order, without those that this chat had. */
async function newTo({ db }: Pick<App, "db">, subscriber: Subscriber, ids: readonly number[]): Promise<StoryCard[]> {
  const current = await Promise.all(ids.map((id) => currentStory(db, id)));
  const found = [...new Set(current.filter((id) => id !== undefined))];
  const members = await membersOfStories(db, found, membersMax);
  const there = found.flatMap((id) => {
    const own = members.get(id);
    return own === undefined || own.length === 0 ? [] : [own];
  });
  if (there.length === 0) return [];
  const news = subscriber.newsLanguages;
  const cards = await storyCards(db, there, news === "both" ? null : news);
  const had = await hadStories(db, subscriber.id, Math.min(...there.flat().map((member) => member.id)));
  return cards.filter((card) => !had.has(card.id));
}

async function lineOf(card: StoryCard, links: ShortLinks | null, now: Date): Promise<TopLine> {
  const { id: storyId, title, outlets, rush, language, lastAt, articleId } = card;
  const url = card.url === null || links === null ? card.url : await links.of(articleId);
  return {
    storyId,
    title,
    url,
    summary: card.summary().join(language === "zh" ? "" : " "),
    outlets,
    rush,
    at: lastAt ?? now,
  };
}

/** What its reader has had then: what was told, and how far the story had come. */
function shown(cards: readonly StoryCard[]): { articleIds: number[] } {
  const ids = cards.flatMap((card) => [card.articleId, card.members.at(-1)?.id ?? card.articleId]);
  return { articleIds: [...new Set(ids)] };
}
