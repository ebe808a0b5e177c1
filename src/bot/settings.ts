import tzLookup from "@photostructure/tz-lookup";
import { fold } from "../news/fold.ts";
import { nearestSpelling } from "../news/near-spelling.ts";
import { chosenHours } from "../news/quiet.ts";
import { changeSubscriber } from "../store/subscribers.ts";
import { countSubscriptions, listSubscriptions, pauseOpenEnd, reschedule } from "../store/subscriptions.ts";
import { lines } from "../telegram/html.ts";
import { type Message, message } from "../telegram/message.ts";
import {
  insteadSearch,
  type NewsLanguages,
  renderLanguages,
  renderPaused,
  renderPauses,
  renderSettings,
  renderZoneAsk,
  renderZoneChoice,
  renderZoneSet,
} from "../telegram/settings-message.ts";
import { firstMinute, renderStart } from "../telegram/start-message.ts";
import { canonicalZone, cityNames, findPlaces, isClock, type Place, placeName } from "../text/places.ts";
import { ask, say, show } from "./answer.ts";
import { viewOf } from "./digests.ts";
import { type Area, wholeNumber } from "./handler.ts";
import { tokenFor, wordsNow } from "./reading.ts";
import { ensureKnown, isPrivate, readingOf, refreshed, type Visit, zoneGuess } from "./visit.ts";

const dayMs = 86_400_000;
const wordsShownMax = 40;

export const settings: Area = {
  commands: {
    settings: { run: async (visit) => say(visit, await settingsMessage(visit)), managed: true, setting: true },
    timezone: { run: timezone, managed: true, setting: true },
    language: { run: language, managed: true, setting: true },
    pause: { run: pause, managed: true, setting: true },
    resume: { run: resume, managed: true, setting: true },
  },
  presses: {
    settings: {
      act: async (visit, [back]) => (back === "1" ? show : say)(visit, await settingsMessage(visit)),
      managed: true,
    },
    zones: { act: (visit, [minute]) => askZone(visit, wholeNumber(minute, 0, 1439)), managed: true },
    zone: { act: (visit, [zone]) => setZone(visit, zone), managed: true },
    langs: { act: async (visit) => say(visit, languagesMessage(visit)), managed: true },
    lang: { act: setLanguage, managed: true },
    news: { act: (visit, [wanted]) => setNews(visit, wanted), managed: true },
    pauses: { act: (visit) => say(visit, renderPauses(visit)), managed: true },
    pause: { act: (visit, [days]) => pauseFor(visit, wholeNumber(days, 0, 365)), managed: true },
    resume: { act: (visit) => resume(visit), managed: true },
  },
};

async function settingsMessage(visit: Visit) {
  const list = visit.known === undefined ? [] : await listSubscriptions(visit.app.db, visit.known.id);
  return renderSettings(
    {
      newsLanguages: visit.known?.newsLanguages ?? visit.language,
      subscriptions: list.map((subscription) => viewOf({ subscription, subscriber: visit.known! })),
      quiet: visit.known === undefined ? null : chosenHours(visit.known),
      private: isPrivate(visit),
    },
    readingOf(visit),
  );
}

async function timezone(visit: Visit, words: string): Promise<void> {
  if (words === "") return askZone(visit, null);
  await answerZone(visit, "zone", words);
}

async function askZone(visit: Visit, minute: number | null): Promise<void> {
  const what = minute === null ? "zone" : `zone:${minute}`;
  if (isPrivate(visit)) return ask(visit, renderZoneAsk(readingOf(visit), minute), what, visit.text.zone.placeholder);
  await ask(visit, message(lines(visit.text.zone.askGroup)), what, visit.text.zone.placeholder);
}

/**
 * A city, a clock time, an offset or a zone's name: sets it, asks which, or says that it was not found. The question is
 * not asked again: the next words are a search, as they always are.
 */
export async function answerZone(visit: Visit, what: string, words: string): Promise<void> {
  const { places, sure } = await placesOf(visit, words);
  const shown = [...words].slice(0, wordsShownMax).join("");
  const minute = wholeNumber(what.split(":")[1], 0, 1439);
  const [only] = places;
  if (only === undefined) await say(visit, await notFound(visit, words, shown));
  else if (places.length > 1 || !sure)
    await say(visit, renderZoneChoice(shown, places, { ...readingOf(visit), minute }));
  else if (minute === null) await storeZone(visit, only);
  else {
    const examples = await wordsNow(visit);
    await say(visit, renderStart({ ...readingOf(visit), guess: only.timezone, minute, examples }));
  }
}

/** The places that words mean, in other characters or another spelling if need be; that one is not sure. */
async function placesOf(visit: Visit, words: string): Promise<{ places: Place[]; sure: boolean }> {
  const options = { language: visit.language, now: visit.now };
  for (const each of [words, fold(words)]) {
    const places = await findPlaces(each, options);
    if (places.length > 0) return { places, sure: true };
  }
  const [city = ""] = words.split(",");
  const isLatin = /^[a-z .'’-]{4,}$/i.test(city);
  const spelt = isLatin ? nearestSpelling(city, await cityNames()) : null;
  return { places: spelt === null ? [] : await findPlaces(spelt, options), sure: false };
}

/** What is no place may be something to search for; in a group only what is asked for is searched. */
async function notFound(visit: Visit, words: string, shown: string): Promise<Message> {
  const text = visit.text.zone;
  if (isClock(words)) return message(lines(text.noClock(shown)));
  const search = isPrivate(visit) ? [[insteadSearch(shown, await tokenFor(visit, words), visit)]] : [];
  return message(lines(text.unknown(shown)), search);
}

/** Where a person is, as their phone says. */
export async function answerLocation(visit: Visit, at: { latitude: number; longitude: number }): Promise<void> {
  const zone = canonicalZone(tzLookup(at.latitude, at.longitude));
  if (zone !== null) await storeZone(visit, { timezone: zone, name: placeName(zone, visit.language) });
}

async function setZone(visit: Visit, zone: string | undefined): Promise<void> {
  const timezone = zone === undefined || zone.length > 50 ? null : canonicalZone(zone);
  if (timezone !== null) await storeZone(visit, { timezone, name: placeName(timezone, visit.language) });
}

async function storeZone(visit: Visit, place: Place): Promise<void> {
  const subscriber = await ensureKnown(visit);
  await saveZone(visit, place.timezone);
  const moved = (await countSubscriptions(visit.app.db, subscriber.id)) > 0 && subscriber.timezone !== place.timezone;
  const reading = { ...readingOf(visit), timezone: place.timezone };
  await say(visit, renderZoneSet(place.name, { ...reading, here: !isPrivate(visit), moved }));
}

/** The zone, said by a person; every digest keeps its hour in it. */
export async function saveZone(visit: Visit, timezone: string): Promise<void> {
  const subscriber = await ensureKnown(visit);
  await changeSubscriber(visit.app.db, subscriber.id, { timezone, timezoneKnown: true });
  if (subscriber.timezone !== timezone) await reschedule(visit.app.db, { ...subscriber, timezone }, visit.now);
  visit.known = { ...subscriber, timezone, timezoneKnown: true };
}

function languagesMessage(visit: Visit) {
  return renderLanguages({ newsLanguages: visit.known?.newsLanguages ?? visit.language }, readingOf(visit));
}

async function language(visit: Visit, words: string): Promise<void> {
  const wanted = /^(zh|中文|chinese|汉语|简体)/i.test(words)
    ? "zh"
    : /^(en|英文|english|英语)/i.test(words)
      ? "en"
      : null;
  if (wanted === null) return say(visit, languagesMessage(visit));
  const there = await storeLanguage(visit, wanted);
  await say(there, message(lines(there.text.language.set)));
}

async function setLanguage(visit: Visit, [wanted, from]: string[]): Promise<void> {
  if (wanted !== "zh" && wanted !== "en") return;
  const there = await storeLanguage(visit, wanted);
  if (from !== "s") return show(there, languagesMessage(there));
  const guess = zoneGuess(there);
  const examples = await wordsNow(there);
  await show(there, renderStart({ ...readingOf(there), guess, minute: firstMinute, examples }));
}

/** The interface's language; the news follow it as long as they were in the old one. */
async function storeLanguage(visit: Visit, wanted: "zh" | "en"): Promise<Visit> {
  const subscriber = await ensureKnown(visit);
  const follows = subscriber.newsLanguages === subscriber.language;
  await changeSubscriber(visit.app.db, subscriber.id, {
    language: wanted,
    ...(follows ? { newsLanguages: wanted } : {}),
  });
  return refreshed(visit);
}

async function setNews(visit: Visit, wanted: string | undefined): Promise<void> {
  if (wanted !== "zh" && wanted !== "en" && wanted !== "both") return;
  const subscriber = await ensureKnown(visit);
  await changeSubscriber(visit.app.db, subscriber.id, { newsLanguages: wanted satisfies NewsLanguages });
  await show(visit, languagesMessage(await refreshed(visit)));
}

async function pause(visit: Visit, words: string): Promise<void> {
  const digests = visit.known === undefined ? 0 : await countSubscriptions(visit.app.db, visit.known.id);
  if (digests === 0) return say(visit, message(lines(visit.text.pause.nothing)));
  const days = daysOf(words);
  await (days === null ? say(visit, renderPauses(visit)) : pauseFor(visit, days));
}

async function pauseFor(visit: Visit, days: number | null): Promise<void> {
  if (days === null) return;
  const subscriber = await ensureKnown(visit);
  const until = days === 0 ? null : new Date(visit.now.getTime() + days * dayMs);
  const pausedUntil = until ?? pauseOpenEnd;
  await changeSubscriber(visit.app.db, subscriber.id, { pausedUntil });
  await reschedule(visit.app.db, { ...subscriber, pausedUntil }, visit.now);
  await (visit.ctx.callbackQuery === undefined ? say : show)(visit, renderPaused(until, readingOf(visit)));
}

/** Everything goes on, also what `/stop` ended. */
async function resume(visit: Visit): Promise<void> {
  const subscriber = await ensureKnown(visit);
  const change = { pausedUntil: null, state: "active" as const, stateAt: visit.now, note: "" };
  await changeSubscriber(visit.app.db, subscriber.id, change);
  const next = await reschedule(visit.app.db, { ...subscriber, ...change }, visit.now);
  const text = visit.text.pause;
  const line = next === null ? text.resumedNone : text.resumed(visit.text.coming(next, readingOf(visit)));
  await (visit.ctx.callbackQuery === undefined ? say : show)(visit, message(lines(line)));
}

/** "3", "3天", "1 week", "一个月": how long; null when nothing was said. */
function daysOf(words: string): number | null {
  const match = /^(\d{1,3}|一)?\s*个?\s*(d|days?|天|日|w|weeks?|周|星期|m|months?|月)?$/i.exec(words.trim());
  if (words.trim() === "" || match === null) return null;
  const n = match[1] === undefined || match[1] === "一" ? 1 : Number(match[1]);
  const unit = /^(w|周|星期)/i.test(match[2] ?? "") ? 7 : /^(m|月)/i.test(match[2] ?? "") ? 30 : 1;
  return n === 0 ? null : Math.min(n * unit, 365);
}
