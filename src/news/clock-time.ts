/** Longer texts are no time of day. */
const charsMax = 80;

/** What a person said: a minute of the day, and a rule for news/schedule when days were named too. */
export type SaidTime = { minute: number; rule: string | null };

/**
 * Reads a time of day and perhaps days, as people write them: "08:00", "8点半", "晚上9点 工作日", "8:30 pm mon, wed",
 * "每月1号 9点". Null when anything in it was not understood: half a guess is worse than asking.
 */
export function readClockTime(said: string): SaidTime | null {
  if (said.length > charsMax) return null;
  const text = said.normalize("NFKC").toLowerCase().trim();
  // Days go first: "1日 8点" would otherwise offer two numbers for one clock.
  const { rule, rest } = takeDays(text);
  if (rule === undefined) return null;
  const minute = readMinute(
    rest
      .replace(/\b(at|on|and|the)\b|[,、，;。的和在每]/g, " ")
      .replace(/\s+/g, " ")
      .trim(),
  );
  return minute === null ? null : { minute, rule };
}

/** The days alone, without an hour: 工作日, "mon, wed"; null when that is not all that was said. */
export function readDays(said: string): string | null {
  if (said.length > charsMax) return null;
  const { rule, rest } = takeDays(said.normalize("NFKC").toLowerCase().trim());
  return rest.replace(/\b(at|on|and|the)\b|[,、，;。的和在每]/g, " ").trim() === "" ? (rule ?? null) : null;
}

/** What a text that is no time may have meant: hours near the one in it, its days, and what else it speaks of. */
export type NearTimes = { minutes: number[]; rule: string | null; rest: string };

const hourWords = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"];
const nearHour = new RegExp(
  `(?<![\\d:.])(?:(\\d{1,2})(?!\\d)|([零〇一二两三四五六七八九十]{1,3})(?=[点點时時])|\\b(${hourWords.join("|")}|twelve)\\b)` +
    "(?:[点點时時:.h]\\s*(?:\\d{1,2}分?|半|[一三]刻)?)?",
);
const lateWords = /下午|傍晚|晚上|夜里|晚|午后|\d ?p\.?m\b|\b(?:pm|evening|afternoon|night)\b/;
/** What stands beside a time without being what the digest is about. */
const besides =
  /左右|前后|大概|大约|差不多|准时|早上|早晨|清晨|凌晨|上午|中午|下午|傍晚|晚上|夜里|午后|钟|吧|请|给我|[发的在早晚]|\b(?:around|about|roughly|at|on|and|the|please|every|clock|in|to|me|send|morning|evening|afternoon|night|[ap]\.?m)\b/g;

/** Reads what `readClockTime` did not: "八点钟左右" is near 08:00, 08:30 and 09:00; of "台风 8点" 台风 is left. */
export function nearTimes(said: string): NearTimes {
  const text = said.slice(0, charsMax).normalize("NFKC").toLowerCase().trim();
  const { rule = null, rest } = takeDays(text);
  const match = nearHour.exec(rest);
  const other = match === null ? rest : rest.replace(match[0], " ");
  return {
    minutes: match === null ? [] : minutesNear(match, lateWords.test(rest)),
    rule,
    rest: other
      .replace(besides, " ")
      .replace(/[\s\p{P}\d]+/gu, " ")
      .trim(),
  };
}

function minutesNear([, digits, chinese, word]: RegExpExecArray, late: boolean): number[] {
  const named = word === "twelve" ? 12 : hourWords.indexOf(word ?? "");
  const hour = digits === undefined ? (chinese === undefined ? named : chineseNumber(chinese)) : Number(digits);
  if (hour > 24) return [];
  const begin = (late && hour < 12 ? hour + 12 : hour) * 60;
  return [0, 30, 60].map((after) => (begin + after) % 1440);
}

const weekdayNames: readonly (readonly [RegExp, number])[] = [
  [/\bmon(?:days?)?\b/g, 1],
  [/\btue(?:s|sdays?)?\b/g, 2],
  [/\bwed(?:nesdays?)?\b/g, 3],
  [/\bthu(?:r|rs|rsdays?)?\b/g, 4],
  [/\bfri(?:days?)?\b/g, 5],
  [/\bsat(?:urdays?)?\b/g, 6],
  [/\bsun(?:days?)?\b/g, 7],
];
const chineseDays = "一二三四五六日天";

const wholeRules: readonly (readonly [RegExp, string])[] = [
  [/周一(?:到|至|-|~)周?五|星期一(?:到|至|-|~)(?:星期)?五|\bmon(?:day)?\s*(?:-|–|to)\s*fri(?:day)?\b/, "workdays"],
  [/每个?工作日|工作日|平日|\b(?:every )?(?:week|work|working |business )days?\b/, "workdays"],
  [/每?周末|\b(?:every )?weekends?\b/, "weekly:6,7"],
  [/每天|每日|天天|\bevery ?day\b|\bdaily\b/, "daily"],
];

/** The rule that the days make, null when none were named, undefined when they contradict each other. */
function takeDays(text: string): { rule: string | null | undefined; rest: string } {
  let rest = text;
  const rules: string[] = [];
  for (const [pattern, rule] of wholeRules) {
    if (!pattern.test(rest)) continue;
    rest = rest.replace(pattern, " ");
    rules.push(rule);
  }
  const weekdays = new Set<number>();
  rest = rest.replace(
    /每?个?(?:周|星期|礼拜)([一二三四五六日天](?:[、,和 ]*[一二三四五六日天](?![点點时時]))*)/g,
    (_, days) => {
      for (const day of String(days)) {
        const index = chineseDays.indexOf(day);
        if (index >= 0) weekdays.add(Math.min(index, 6) + 1);
      }
      return " ";
    },
  );
  for (const [pattern, day] of weekdayNames) {
    rest = rest.replace(pattern, () => {
      weekdays.add(day);
      return " ";
    });
  }
  const monthDays = new Set<number>();
  rest = rest.replace(/每个?月\s*(\d{1,2}(?:[号號日、,和 ]+\d{1,2}(?=[号號日、,和 ]))*)[号號日]/g, (_, days) =>
    addDays(days, monthDays),
  );
  rest = rest.replace(/\b(\d{1,2})(?:st|nd|rd|th)\b/g, (_, day) => addDays(day, monthDays));
  if (monthDays.size > 0) rest = rest.replace(/\b(?:of )?(?:each|every) month\b|\bmonthly\b/g, " ");
  if (weekdays.size > 0) rules.push(`weekly:${[...weekdays].sort((a, b) => a - b).join()}`);
  if (monthDays.size > 0) rules.push(`monthly:${[...monthDays].sort((a, b) => a - b).join()}`);
  const days = [...monthDays];
  if (rules.length > 1 || days.some((day) => day < 1 || day > 31)) return { rule: undefined, rest };
  return { rule: rules[0] ?? null, rest: rest.replace(/\bevery\b/g, " ") };
}

function addDays(text: string, days: Set<number>): string {
  for (const day of text.match(/\d+/g) ?? []) days.add(Number(day));
  return " ";
}

const halves = {
  early: /^(?:早上|早晨|清晨|上午|早|凌晨|半夜)/,
  late: /^(?:下午|傍晚|晚上|夜里|夜晚|晚|午后)/,
  noon: /^中午/,
};

function readMinute(text: string): number | null {
  if (text === "noon" || text === "正午" || text === "中午") return 12 * 60;
  if (text === "midnight" || text === "半夜" || text === "零点" || text === "午夜") return 0;
  const half = Object.entries(halves).find(([, pattern]) => pattern.test(text))?.[0];
  const clock = half === undefined ? text : text.replace(halves[half as keyof typeof halves], "").trim();
  const read = readLatin(clock) ?? readChinese(clock);
  if (read === null || read.minute > 59 || read.hour > 24) return null;
  const hour = inHalf(read.hour, { half: half ?? read.half, text: clock });
  return hour === null || (hour === 24 && read.minute > 0) ? null : (hour % 24) * 60 + read.minute;
}

type Clock = { hour: number; minute: number; half?: string };

function readLatin(text: string): Clock | null {
  const match = /^(\d{1,2})(?:[:.h](\d{2}))?\s*(a\.?m\.?|p\.?m\.?)?$/.exec(text) ?? /^(\d{2})(\d{2})()$/.exec(text);
  if (match === null) return null;
  const half = match[3] === undefined || match[3] === "" ? {} : { half: match[3].startsWith("a") ? "am" : "pm" };
  return { hour: Number(match[1]), minute: Number(match[2] ?? 0), ...half };
}

function readChinese(text: string): Clock | null {
  const match =
    /^([\d零〇一二两三四五六七八九十]{1,3})[点點时時](钟|半|整|[一三]刻|[\d零〇一二三四五六七八九十]{1,3}分?)?$/.exec(
      text,
    );
  if (match === null) return null;
  const hour = chineseNumber(match[1]!);
  const tail = match[2] ?? "";
  if (tail === "" || tail === "钟" || tail === "整") return { hour, minute: 0 };
  if (tail === "半") return { hour, minute: 30 };
  if (tail.endsWith("刻")) return { hour, minute: tail.startsWith("一") ? 15 : 45 };
  return { hour, minute: chineseNumber(tail.replace("分", "")) };
}

/** The hour of the day; null for what no clock shows ("13 pm"). */
function inHalf(hour: number, { half, text }: { half: string | undefined; text: string }): number | null {
  if (half === undefined) return hour;
  if ((half === "am" || half === "pm") && (hour < 1 || hour > 12)) return null;
  if (half === "am" || half === "early") return hour === 12 ? (half === "am" || text !== "" ? 0 : hour) : hour;
  if (half === "noon") return hour <= 2 ? hour + 12 : hour;
  return hour < 12 ? hour + 12 : half === "late" && hour === 12 ? 24 : hour;
}

/** Up to 59, in digits or in words; not a number gives 99, which no clock shows. */
function chineseNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const digits = "零一二三四五六七八九";
  const plain = text.replace(/〇/g, "零").replace(/两/g, "二");
  const match = /^([一二三四五])?(十)?(零)?([一二三四五六七八九])?$/.exec(plain);
  if (plain === "零") return 0;
  if (match === null) {
    const single = digits.indexOf(plain);
    return single >= 0 ? single : 99;
  }
  const [, tens, ten, zero, ones] = match;
  if (ten === undefined) return tens !== undefined && ones !== undefined ? 99 : digits.indexOf(ones ?? tens ?? "零");
  if (zero !== undefined) return 99;
  return (tens === undefined ? 1 : digits.indexOf(tens)) * 10 + (ones === undefined ? 0 : digits.indexOf(ones));
}
