import { Temporal } from "temporal-polyfill";

/** Nothing that names one moment is longer; what is longer is prose. */
const dateCharsMax = 120;
const yearMin = 1900;
const yearMax = 2200;

type Parts = { year: number; month: number; day: number; hour: number; minute: number; second: number };

/**
 * Reads a time as feeds, pages and people write it: ISO 8601 in all its shortened forms, RFC 822 with its usual
 * mistakes, asctime, 2025年2月27日 17:30, 오후, month names of a dozen languages, Unix seconds and milliseconds. `zone`
 * (IANA) counts where the text names none. Null for anything that is no time, 31 February included.
 */
export function parseDate(text: string, zone = "UTC"): Date | null {
  const clean = text
    .slice(0, dateCharsMax + 1)
    .normalize("NFKC")
    .replace(/[\s\u200e\u200f]+/g, " ")
    .trim();
  if (clean === "" || clean.length > dateCharsMax) return null;
  return (
    fromUnix(clean) ??
    fromIso(clean, zone) ??
    fromCjk(clean, zone) ??
    fromNumbers(clean, zone) ??
    fromWords(clean, zone)
  );
}

/** The moment of a wall-clock time in a zone; null when the zone or the day does not exist. */
export function inZone(parts: Parts, zone: string): Date | null {
  if (parts.year < yearMin || parts.year > yearMax) return null;
  if (zone === "UTC") return inUtc(parts);
  try {
    const plain = Temporal.PlainDateTime.from({ ...parts, second: Math.min(parts.second, 59) }, { overflow: "reject" });
    return new Date(plain.toZonedDateTime(zone).epochMilliseconds);
  } catch {
    return null;
  }
}

/** Most feeds name an offset: theirs need no table of zones. */
function inUtc({ year, month, day, hour, minute, second }: Parts): Date | null {
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, Math.min(second, 59)));
  const same = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour;
  return same ? date : null;
}

/** Year, month and day of a moment in a zone. */
export function dayIn(date: Date, zone: string): { year: number; month: number; day: number } {
  const { year, month, day } = Temporal.Instant.fromEpochMilliseconds(date.getTime()).toZonedDateTimeISO(zone);
  return { year, month, day };
}

function fromUnix(text: string): Date | null {
  if (!/^\d{9,10}$|^\d{12,13}$/.test(text)) return null;
  return new Date(text.length > 10 ? Number(text) : Number(text) * 1000);
}

const isoLike = new RegExp(
  "^([+-]?\\d{4})(?:-?(\\d{2})(?:-?(\\d{2}))?|-?(\\d{3}))?" + // day, month or ordinal day
    "(?:(?:T| |, )(\\d{1,2})(?::?(\\d{2})(?::?(\\d{2})(?:[.,]\\d+)?)?)?)? ?" +
    "(Z|[A-Z]{1,5}|(?:UTC|GMT)?[+-]\\d{1,2}:?\\d{0,2})?(?: ?\\[.*\\])?$",
  "i",
);

function fromIso(text: string, zone: string): Date | null {
  const m = isoLike.exec(text);
  if (m === null) return null;
  const year = Number(m[1]);
  const ordinal = m[4];
  const month = ordinal ? 1 : Number(m[2] ?? 1);
  const day = ordinal ? 1 : Number(m[3] ?? 1);
  const time = { hour: Number(m[5] ?? 0), minute: Number(m[6] ?? 0), second: Number(m[7] ?? 0) };
  const date = moment({ year, month, day, ...time }, m[8] ?? "", zone);
  if (date === null || !ordinal) return date;
  return new Date(date.getTime() + (Number(ordinal) - 1) * 86_400_000);
}

/** 2025年2月27日 下午5:30, 2004년 05월 28일 오전 01:31:15, 令和 is left alone. */
function fromCjk(text: string, zone: string): Date | null {
  const m =
    /(\d{4})[年년] ?(\d{1,2})[月월] ?(\d{1,2})[日号號일]?(.*)$/.exec(text) ??
    /^(\d{4})[-./] ?(\d{1,2})[-./] ?(\d{1,2})\.? +((?:上午|下午|午前|午後|오전|오후|晚上|早上|凌晨|中午).*)$/.exec(
      text,
    );
  if (m === null) return null;
  const date = { year: Number(m[1]), month: Number(m[2]), day: Number(m[3]) };
  const rest = m[4] ?? "";
  const t = /(\d{1,2})[:时時点點시] ?(\d{1,2})?(?:[:分분] ?(\d{1,2}))?/.exec(rest);
  const hour = to24(Number(t?.[1] ?? 0), /下午|午後|오후|晚|pm/i.test(rest), /上午|午前|오전|凌晨|早上|am/i.test(rest));
  const offset = /(?:UTC|GMT)? ?[+-]\d{1,2}:?\d{2}|\b(?:UTC|GMT|[A-Z]ST)\b/.exec(rest)?.[0] ?? "";
  return moment({ ...date, hour, minute: Number(t?.[2] ?? 0), second: Number(t?.[3] ?? 0) }, offset, zone);
}

const clock =
  "\\.?(?:[ T,]+(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.\\d+)?)?)? ?([AP]\\.?M\\.?)? ?" +
  "([A-Z]{1,5}|(?:UTC|GMT)?[+-]\\d{1,2}:?\\d{0,2})?$";
const dayFirstOrLast = new RegExp(`^(\\d{1,4})([-./])(\\d{1,2})\\2(\\d{2,4})${clock}`, "i");
const yearFirst = new RegExp(`^(\\d{4})([-./])(\\d{1,2})\\2(\\d{1,2})${clock}`, "i");

/** 2025/2/7 9:05, 2025.02.27, 02/27/2025 5:30 PM; a first number above twelve is a day. */
function fromNumbers(text: string, zone: string): Date | null {
  const m = dayFirstOrLast.exec(text) ?? yearFirst.exec(text);
  if (m === null) return null;
  const [a, b, c] = [Number(m[1]), Number(m[3]), Number(m[4])];
  const dayFirst = m[2] === "." || a > 12;
  const day =
    m[1]!.length === 4
      ? { year: a, month: b, day: c }
      : dayFirst
        ? { year: fullYear(m[4]!), month: b, day: a }
        : { year: fullYear(m[4]!), month: a, day: b };
  const hour = to24(Number(m[5] ?? 0), /^p/i.test(m[8] ?? ""), /^a/i.test(m[8] ?? ""));
  return moment({ ...day, hour, minute: Number(m[6] ?? 0), second: Number(m[7] ?? 0) }, m[9] ?? "", zone);
}

/** A month by name somewhere, a day, a year, perhaps a time and a zone, in whatever order. */
function fromWords(text: string, zone: string): Date | null {
  let rest = ` ${text.replace(/,/g, " ")} `;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const found = pattern.exec(rest);
    if (found !== null) rest = rest.slice(0, found.index) + " " + rest.slice(found.index + found[0].length);
    return found;
  };
  const time = take(/[ T](\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:\.\d+)?)? ?([ap]\.?m\.?(?=[ )]))?/i);
  const offset = take(/ ?(?:\b(?:UTC|GMT|UT|Z))?(?<![\d])([+-]\d{1,2}:?\d{2}|[+-]\d{1,2})(?= |\))/)?.[1] ?? null;
  const iso = take(/ (\d{4})-(\d{2})-(\d{2}) /);
  let named: string | null = null;
  let month = iso ? Number(iso[2]) : 0;
  for (const [word] of rest.matchAll(/\p{L}[\p{L}\p{M}]*/gu)) {
    const found = monthNamed(word);
    if (month === 0 && found > 0) month = found;
    else if (word.toUpperCase() in zoneHours) named = word.toUpperCase();
  }
  const year = iso?.[1] ?? take(/(?<!\d)(\d{4})(?!\d)/)?.[1] ?? null;
  const day = iso?.[3] ?? take(/(?<![\d:])(\d{1,2})(?![\d:])/)?.[1] ?? "1";
  const shortYear = year ?? take(/(?<![\d:])'?(\d{2})(?![\d:])/)?.[1] ?? null;
  if (month === 0 || shortYear === null) return null;
  const hour = to24(Number(time?.[1] ?? 0), /^p/i.test(time?.[4] ?? ""), /^a/i.test(time?.[4] ?? ""));
  const parts = { year: fullYear(shortYear), month, day: Number(day), hour, minute: Number(time?.[2] ?? 0) };
  return moment({ ...parts, second: Number(time?.[3] ?? 0) }, offset ?? named ?? "", zone);
}

function moment(parts: Parts, offset: string, zone: string): Date | null {
  if (parts.hour > 24 || parts.minute > 59 || parts.second > 61) return null;
  // "24:00" is midnight at the day's end.
  const early = parts.hour === 24 ? { ...parts, hour: 0 } : parts;
  const minutes = offsetMinutes(offset);
  const base = inZone(early, minutes === null ? zone : "UTC");
  if (base === null) return null;
  return new Date(base.getTime() - (minutes ?? 0) * 60_000 + (early === parts ? 0 : 86_400_000));
}

function offsetMinutes(text: string): number | null {
  const named = zoneHours[text.toUpperCase()];
  if (named !== undefined) return named * 60;
  const m = /([+-])(\d{1,2}):?(\d{2})?$/.exec(text);
  if (m === null) return null;
  const minutes = Number(m[2]) * 60 + Number(m[3] ?? 0);
  return minutes > 16 * 60 ? null : m[1] === "-" ? -minutes : minutes;
}

function to24(hour: number, afternoon: boolean, morning: boolean): number {
  if (afternoon && hour < 12) return hour + 12;
  return morning && hour === 12 ? 0 : hour;
}

function fullYear(text: string): number {
  const year = Number(text);
  if (text.length > 2) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}

/** Zones as mail and feeds name them. CST and IST are read as RFC 822 has them, or by the most common use. */
const zoneHours: Record<string, number> = Object.assign(Object.create(null), {
  ...{ Z: 0, UT: 0, UTC: 0, GMT: 0, WET: 0, EST: -5, EDT: -4, CST: -6, CDT: -5, MST: -7, MDT: -6, PST: -8, PDT: -7 },
  ...{
    AKST: -9,
    AKDT: -8,
    HST: -10,
    AST: -4,
    ADT: -3,
    NST: -3.5,
    NDT: -2.5,
    BST: 1,
    IST: 5.5,
    WEST: 1,
    CET: 1,
    CEST: 2,
  },
  ...{
    MEZ: 1,
    MESZ: 2,
    MET: 1,
    EET: 2,
    EEST: 3,
    MSK: 3,
    MSD: 4,
    SGT: 8,
    HKT: 8,
    JST: 9,
    KST: 9,
    ET: -5,
    PT: -8,
    CT: -6,
  },
  ...{ AEST: 10, AEDT: 11, ACST: 9.5, AWST: 8, NZST: 12, NZDT: 13, BRT: -3, ART: -3, SAST: 2, PKT: 5, WIB: 7, ICT: 7 },
});

/** The beginnings of month names, by month, in English, Romance, Germanic and Slavic languages, Greek, Hungarian … */
const monthStarts: RegExp[] = [
  /^(jan|ene|gen|янв|ιαν|ocak|sty|led|січ)/,
  /^(feb|fev|fév|фев|φεβ|sub|şub|lut|úno|лют)/,
  /^(mar|mär|maerz|mrz|maa?rt|mrt|мар|μάρ|μαρ|már|бер)/,
  /^(apr|avr|abr|апр|απρ|ápr|nis|kwi|квіт)/,
  /^(may|mai|mei|mag(?!y)|ма[йя]|μαϊ|μάι|máj|maj|maio|трав)/,
  /^(jun|juin|giu|июн|ιούν|ιουν|jún|haz|cze|черв)/,
  /^(jul|juil|lug|июл|ιούλ|ιουλ|júl|tem|lip|лип)/,
  /^(aug|aoû|aou|ago|авг|αύγ|αυγ|sie|серп)/,
  /^(sep|set|сен|σεπ|szept|eyl|wrz|вер)/,
  /^(oct|okt|ott|out|окт|οκτ|eki|paź|жов)/,
  /^(nov|ноя|νοέ|νοε|kas|lis|листоп)/,
  /^(dec|dez|déc|dic|дек|δεκ|ara|gru|груд)/,
];

function monthNamed(word: string): number {
  const lower = word.toLowerCase();
  if (lower.length < 3) return 0;
  return monthStarts.findIndex((start) => start.test(lower)) + 1;
}
