import { clock, type Language, localTime } from "./dates.ts";
import { chineseOf, countries, latinOf, lettered } from "./place-names.ts";
import data from "./places.json" with { type: "json" };

/** Names that one question may be about. */
const choicesMax = 6;
/** A city so many times larger than its namesakes is the one that is meant. */
const muchLarger = 8;
const minutesADay = 24 * 60;

export type Place = { timezone: string; name: string };

/** Cities that stand for the hours of the day, most asked for first; one a distinct course of the year. */
const wellKnown = [
  "Asia/Shanghai",
  "Europe/London",
  "Europe/Berlin",
  "America/New_York",
  "America/Los_Angeles",
  "Asia/Singapore",
  "Asia/Tokyo",
  "Australia/Sydney",
  "America/Chicago",
  "America/Toronto",
  "Asia/Kolkata",
  "Asia/Dubai",
  "Europe/Moscow",
  "Europe/Istanbul",
  "America/Denver",
  "America/Phoenix",
  "America/Sao_Paulo",
  "Africa/Johannesburg",
  "Africa/Lagos",
  "Africa/Nairobi",
  "Africa/Cairo",
  "Europe/Athens",
  "Asia/Bangkok",
  "Asia/Karachi",
  "Asia/Dhaka",
  "Asia/Kathmandu",
  "Asia/Tehran",
  "Asia/Kabul",
  "Asia/Yangon",
  "Asia/Tashkent",
  "Australia/Brisbane",
  "Australia/Adelaide",
  "Australia/Darwin",
  "Pacific/Auckland",
  "Pacific/Honolulu",
  "America/Anchorage",
  "America/Halifax",
  "America/St_Johns",
  "America/Bogota",
  "America/Mexico_City",
  "America/Argentina/Buenos_Aires",
  "America/Santiago",
  "America/Caracas",
  "Atlantic/Azores",
  "Atlantic/Cape_Verde",
  "Atlantic/Reykjavik",
  "Pacific/Guadalcanal",
  "Pacific/Tongatapu",
  "Pacific/Apia",
  "Pacific/Pago_Pago",
];

/** Europe/London is 伦敦 · London; +08:00 is UTC+8. */
export function placeName(timezone: string, language: Language): string {
  const offset = /^([+-])(\d\d):(\d\d)$/.exec(timezone);
  if (offset !== null) return `UTC${offset[1]}${Number(offset[2])}${offset[3] === "00" ? "" : `:${offset[3]}`}`;
  if (timezone === "UTC") return "UTC";
  const named = language === "zh" ? zhNames : enNames;
  return named[timezone] ?? named[legacy[timezone] ?? ""] ?? timezone.split("/").at(-1)!.replaceAll("_", " ");
}

/** The name that this runtime uses for a zone, whatever older name it was given; null when it is none. */
export function canonicalZone(name: string): string | null {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/**
 * The zones that a person's words may mean, the likeliest first; none when nothing was understood: a clock time ("14:32",
 * what it is there now), an offset ("UTC+8", "+5:30"), an IANA name, its letters ("EST"), a city in Chinese or English
 * ("Mumbai, India"). They are named in the reader's language.
 */
export async function findPlaces(said: string, options: { language: Language; now: Date }): Promise<Place[]> {
  const words = bare(said);
  if (words === "" || words.length > 60) return [];
  const named = (timezone: string): Place => ({ timezone, name: placeName(timezone, options.language) });
  const offset = readOffset(words);
  if (offset !== null) return [named(offset)];
  const clockThere = readNow(words);
  if (clockThere !== null) return placesByClock(clockThere, options).map(named);
  const letters = lettered[words.toLowerCase().replace(/ time$/, "")];
  if (letters !== undefined) return letters.map(named);
  if (/^[A-Za-z_+-]+(\/[A-Za-z0-9_+-]+){1,2}$/.test(words)) {
    const zone = canonicalZone(words);
    return zone === null ? [] : [named(zone)];
  }
  const [city = "", country = ""] = words.split(/ ?, ?/);
  const there = country === "" ? [] : await citiesNamed(fold(city), { ...options, country: fold(country) });
  return there.length > 0 ? there : placesByName(city, options.language);
}

/** Is this a time of day, if perhaps of no clock? */
export function isClock(said: string): boolean {
  return clockShape.test(bare(said)) && !/^\d+$/.test(bare(said));
}

/** Every city's name as it is compared, to find the one that a misspelt word means. */
export async function cityNames(): Promise<string[]> {
  const { default: cities } = await import("city-timezones");
  return cities.cityMapping.map((city) => fold(city.city_ascii));
}

/** Without what is said around a clock: "it's 5pm", 现在下午3点了. */
function bare(said: string): string {
  return said
    .normalize("NFKC")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^(?:it['’]?s|it is|now|我这里|我这儿|这里|现在|是)+(?![a-z]) ?(?:现在)?是? ?/i, "")
    .replace(/(?: (?:now|here)|了|[。.!])+$/i, "");
}

/** Cities to tap, by how probable they are to a reader of this language, with what the clock says there. */
export function placesToTap(language: Language, now: Date): (Place & { time: string })[] {
  const zones = {
    en: ["Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Singapore"],
    zh: ["Asia/Shanghai", "Asia/Tokyo", "Europe/London", "America/New_York", "America/Los_Angeles"],
  }[language];
  return zones.map((timezone) => ({
    timezone,
    name: timezone === "Asia/Singapore" ? "Singapore, Beijing" : placeName(timezone, language),
    time: clock(now, timezone),
  }));
}

const zhNames: Record<string, string> = data.zh;
const enNames: Record<string, string> = data.en;
/** CLDR keeps the oldest name of a zone, runtimes the newest. */
const legacy: Record<string, string> = {
  "Asia/Kolkata": "Asia/Calcutta",
  "Asia/Kathmandu": "Asia/Katmandu",
  "Asia/Ho_Chi_Minh": "Asia/Saigon",
  "Asia/Yangon": "Asia/Rangoon",
  "Europe/Kyiv": "Europe/Kiev",
  "America/Argentina/Buenos_Aires": "America/Buenos_Aires",
  "America/Nuuk": "America/Godthab",
  "Atlantic/Faroe": "Atlantic/Faeroe",
  "Pacific/Kanton": "Pacific/Enderbury",
};

/** "UTC+8", "GMT-05:30", "+8", "东八区": an offset that never changes. */
function readOffset(words: string): string | null {
  const chinese = /^([东西])([一二三四五六七八九十]{1,2})区$/.exec(words);
  if (chinese !== null) {
    const hours = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"].indexOf(chinese[2]!) + 1;
    return hours === 0 ? null : `${chinese[1] === "东" ? "+" : "-"}${String(hours).padStart(2, "0")}:00`;
  }
  if (/^(?:utc|gmt)$/i.test(words)) return "UTC";
  const match = /^(?:utc|gmt)?\s*([+\-−])\s*(\d{1,2})(?::?(\d{2}))?$/i.exec(words);
  if (match === null) return null;
  const [hours, minutes] = [Number(match[2]), Number(match[3] ?? 0)];
  if (hours > 14 || minutes > 59) return null;
  return `${match[1] === "+" ? "+" : "-"}${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
}

const clockShape =
  /^(上午|中午|下午|晚上|凌晨|早上)?\s*(\d{1,2})(?:([:.点时])(半|\d{1,2})?分?)?\s*(a\.?m\.?|p\.?m\.?)?$/i;

/** "14:32", "2:32 pm", "下午2点32": the minute of the day that it is there; "5pm" is any minute of that hour. */
function readNow(words: string): { minute: number; whole: boolean } | null {
  const match = clockShape.exec(words);
  // A number alone is no clock.
  if (match === null || (match[1] ?? match[3] ?? match[5]) === undefined) return null;
  const late = /下午|晚上/.test(match[1] ?? "") || /^p/i.test(match[5] ?? "");
  const early = /^a/i.test(match[5] ?? "");
  const [said, minute] = [Number(match[2]), match[4] === "半" ? 30 : Number(match[4] ?? 0)];
  const hour = late && said < 12 ? said + 12 : early && said === 12 ? 0 : said;
  return hour > 23 || minute > 59 ? null : { minute: hour * 60 + minute, whole: match[4] === undefined };
}

/** Where the clock shows about this now, in quarters of an hour; places whose year runs alike are named once. */
function placesByClock(
  { minute, whole }: { minute: number; whole: boolean },
  { language, now }: { language: Language; now: Date },
): string[] {
  const utc = now.getUTCHours() * 60 + now.getUTCMinutes();
  const wanted = Math.round((((minute - utc) % minutesADay) + minutesADay) / 15) * 15;
  const near = wellKnown.filter((zone) =>
    whole
      ? localTime(now, zone).hour * 60 === minute
      : (offsetMinutes(zone, now) + minutesADay - wanted) % minutesADay === 0,
  );
  const seen = new Set<string>();
  const order = language === "zh" ? near : near.toSorted((a, b) => Number(isChina(a)) - Number(isChina(b)));
  return order
    .filter((zone) => {
      const year = [0, 3, 6, 9].map((m) => offsetMinutes(zone, new Date(now.getTime() + m * 30.4 * 86_400_000)));
      return seen.has(year.join()) ? false : seen.add(year.join());
    })
    .slice(0, choicesMax);
}

async function placesByName(words: string, language: Language): Promise<Place[]> {
  const key = fold(words.replace(/(?:时间|時間|市|time)$/iu, ""));
  if (/\p{Script=Han}/u.test(words)) {
    for (const [timezone, names] of Object.entries(data.also)) {
      const name = names.split(" ").find((each) => each === key || each === words);
      if (name !== undefined) return inXinjiang(timezone, nameFor(name, timezone, language), language);
    }
    const zone = Object.entries(zhNames).find(([, name]) => name === key || name === words);
    const canonical = zone === undefined ? null : canonicalZone(zone[0]);
    return canonical === null ? [] : [{ timezone: canonical, name: placeName(canonical, language) }];
  }
  const zone = Intl.supportedValuesOf("timeZone").find((each) => fold(placeName(each, "en")) === key);
  const cities = await citiesNamed(key, { language });
  // The zone that carries the name is larger than any namesake: London is not London, Ontario.
  if (zone !== undefined) return [{ timezone: canonicalZone(zone) ?? zone, name: placeName(zone, language) }];
  return cities;
}

/** Most people there live by Beijing's clock, officials and many others by the sun's. */
function inXinjiang(timezone: string, name: string, language: Language): Place[] {
  if (timezone !== "Asia/Urumqi") return [{ timezone, name }];
  const [beijing, xinjiang] = language === "zh" ? ["北京时间", "新疆时间"] : ["Beijing time", "Xinjiang time"];
  return [
    { timezone: "Asia/Shanghai", name: beijing! },
    { timezone, name: xinjiang! },
  ];
}

/** A city that was named in Chinese, to its reader. */
function nameFor(name: string, timezone: string, language: Language): string {
  return language === "zh" ? name : (latinOf.get(name) ?? placeName(timezone, language));
}

/** Seven thousand cities, loaded when somebody first asks; of one country or province when that was said, too. */
async function citiesNamed(
  key: string,
  { language, country }: { language: Language; country?: string },
): Promise<Place[]> {
  const { default: cities } = await import("city-timezones");
  const found = cities.cityMapping
    .filter((city) => fold(city.city) === key || fold(city.city_ascii) === key)
    .filter((city) => country === undefined || isIn(city, countries[country] ?? country))
    .toSorted((a, b) => b.pop - a.pop);
  const byZone = new Map<string, (typeof found)[number]>();
  for (const city of found) {
    const zone = canonicalZone(city.timezone ?? "");
    if (zone !== null && !byZone.has(zone)) byZone.set(zone, city);
  }
  const largest = found[0]?.pop ?? 0;
  return [...byZone]
    .filter(([, city]) => city.pop * muchLarger >= largest)
    .slice(0, choicesMax)
    .map(([timezone, city], _, all) => ({
      timezone,
      name: all.length === 1 ? inLanguage(city.city, language) : `${city.city}, ${city.province || city.country}`,
    }));
}

function inLanguage(city: string, language: Language): string {
  return (language === "zh" ? chineseOf.get(fold(city)) : undefined) ?? city;
}

function isIn(city: { country: string; province: string; iso2: string; iso3: string }, where: string): boolean {
  return [city.country, city.province, city.iso2, city.iso3].some((each) => fold(each ?? "") === where);
}

function offsetMinutes(zone: string, at: Date): number {
  return localTime(at, zone).offsetNanoseconds / 60e9;
}

function isChina(zone: string): boolean {
  return zone === "Asia/Shanghai";
}

function fold(name: string): string {
  return name
    .normalize("NFD")
    .replace(/[\p{M}’'.]/gu, "")
    .toLowerCase()
    .trim();
}
