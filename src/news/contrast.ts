/**
 * What sets two events of one kind apart, read from a headline and the first sentence: the 6.8 and the 6.1 earthquake,
 * this year's final and last year's, a cut of the reserve ratio and one of the rate. A mark is "kind=value"; two
 * articles with other values of one kind tell two events, however alike they sound. Numbers that grow (the missing, the
 * recalled) are no marks.
 */
export type Marks = ReadonlyMap<string, ReadonlySet<string>>;

/** Magnitudes are corrected by a tenth or two in the first hours. */
const magnitudeSlack = 0.25;

export function marksOf(headline: string, firstSentence: string): Marks {
  const marks = new Map<string, Set<string>>();
  const add = (kind: string, value: string) => {
    const values = marks.get(kind);
    if (values === undefined) marks.set(kind, new Set([value]));
    else values.add(value);
  };
  for (const { kind, pattern, value } of everywhere) {
    for (const match of `${headline} ${firstSentence}`.matchAll(pattern)) add(kind(match), value(match));
  }
  for (const { kind, pattern, value } of inHeadline) {
    for (const match of headline.matchAll(pattern)) add(kind(match), value(match));
  }
  for (const [kind, sides] of opposites) {
    sides.forEach((side, n) => {
      if (side.test(headline)) add(kind, String(n));
    });
  }
  return marks;
}

/** False when two articles name one kind of mark with no value in common. */
export function sameMarks(a: Marks, b: Marks): boolean {
  for (const [kind, values] of a) {
    const others = b.get(kind);
    if (others === undefined) continue;
    if (![...values].some((value) => [...others].some((other) => agree(kind, value, other)))) return false;
  }
  return true;
}

function agree(kind: string, a: string, b: string): boolean {
  if (kind === "magnitude") return Math.abs(Number(a) - Number(b)) < magnitudeSlack;
  return a === b;
}

type Reader = {
  pattern: RegExp;
  kind: (match: RegExpMatchArray) => string;
  value: (match: RegExpMatchArray) => string;
};

const digits = "[〇零一二三四五六七八九十百两\\d]+";
const as = (kind: string) => () => kind;
const first = (match: RegExpMatchArray) => numeral(match.slice(1).find((group) => group !== undefined) ?? "");

/** Marks that stand in a first sentence as well as in a headline. */
const everywhere: readonly Reader[] = [
  {
    pattern: /(\d\.\d)级(?:左右)?(?:的?地震|强震)|magnitude[- ](\d\.\d)|(\d\.\d)[- ]magnitude|发生(\d\.\d)级/giu,
    kind: as("magnitude"),
    value: first,
  },
  // 神舟二十一号, 嫦娥七号, 地铁3号线 and 长征五号 are named by their numbers.
  {
    pattern: new RegExp(`(\\p{Script=Han}{2})(${digits})号(线?)`, "gu"),
    kind: (match) => `number of ${match[3] || match[1]}`,
    value: (match) => numeral(match[2]!),
  },
  { pattern: /\b([A-Z]{2})[- ]?(\d{3,4})\b/gu, kind: as("flight"), value: (match) => `${match[1]}${match[2]}` },
  {
    pattern: /\b(?:flight|line|shenzhou|artemis|apollo|falcon|route|highway|exit)[- ](\d{1,4})\b/giu,
    kind: (match) => match[0].replace(/[- ]\d+$/, "").toLowerCase(),
    value: first,
  },
];

const months = "January|February|March|April|May|June|July|August|September|October|November|December";

/** Marks that a headline alone gives: in a text they belong to other events too. */
const inHeadline: readonly Reader[] = [
  {
    pattern: new RegExp(`第(${digits})(届|轮|季|期|批|次|场|局|站|集|艘|架|颗|枚|座|条)`, "gu"),
    kind: (match) => `which ${match[2]}`,
    value: (match) => numeral(match[1]!),
  },
  { pattern: /(?<!\d)((?:19|20)\d\d)(?:年|赛季|-\d\d赛季)?(?!\d)/gu, kind: as("year"), value: (match) => match[1]! },
  {
    pattern: new RegExp(`(${digits})月(?:份)?(?![\\d一二三四五六七八九十]*日)`, "gu"),
    kind: as("month"),
    value: first,
  },
  {
    pattern: new RegExp(`\\b(${months})\\b(?! \\d)`, "gu"),
    kind: as("month"),
    value: (match) => String(months.split("|").indexOf(match[1]!) + 1),
  },
  { pattern: /第?([一二三四1-4])季度|(上半年|下半年|全年|前三季度)/gu, kind: as("period"), value: first },
  {
    pattern: /\b(?:Q([1-4])|(first|second|third|fourth)[- ]quarter|(first|second)[- ]half)\b/giu,
    kind: as("period"),
    value: (match) => quarter(match),
  },
  // The score of a match, either way round.
  {
    pattern: /(\d{1,3})\s?(?:比|∶)\s?(\d{1,3})|\b(\d{1,3})[–-](\d{1,3})\b/gu,
    kind: as("score"),
    value: (match) => scoreOf(match),
  },
  { pattern: /\b(\d{1,2})(?:st|nd|rd|th)\b/giu, kind: as("ordinal"), value: first },
  {
    pattern: /\b(round|week|day|stage|game|season|phase|episode|volume|part|match|lot|version|chapter) (\d{1,3})\b/giu,
    kind: (match) => match[1]!.toLowerCase(),
    value: (match) => match[2]!,
  },
  // iPhone 17 and iPhone 16, GPT-5 and GPT-4: a product by its number.
  {
    pattern:
      /([A-Za-z][A-Za-z]{2,})[- ]?(\d{1,3}(?:\.\d)?)(?![\d,%万亿])(?= ?(?:Pro|Max|Plus|Ultra|mini)?(?:[\p{Script=Han}，。：:,!?]|$| (?:launch|release|recall|goes|is|to|with|gets|arrives)))/gu,
    kind: (match) => `model of ${match[1]!.toLowerCase()}`,
    value: (match) => match[2]!,
  },
];

/** Pairs of words of which one event is only one. */
const opposites: readonly [string, RegExp[]][] = [
  [
    "rate",
    [/降准|存款准备金|reserve (?:requirement|ratio)/iu, /降息|加息|利率|LPR|公积金|interest rate|lending rate/iu],
  ],
  [
    "direction",
    [
      /降息|下调|调低|调降|\b(?:cuts?|lowers?|slashes|trims)\b/iu,
      /加息|上调|调高|提高|\b(?:raises?|hikes?|lifts|increases)\b/iu,
    ],
  ],
  [
    "move",
    [
      /上涨|大涨|涨停|回升|走高|增长|\b(?:rises?|jumps?|surges?|gains?|climbs?|soars?|rall(?:y|ies))\b/iu,
      /下跌|大跌|跌停|回落|走低|下降|\b(?:falls?|drops?|slumps?|sinks?|slides?|plunges?|tumbles?)\b/iu,
    ],
  ],
  [
    "sex",
    [
      /男(?:篮|足|排|单|双|团|子|乒|篮|曲|冰|水)|(?<!wo)men[’']s|\bboys[’']/iu,
      /女(?:篮|足|排|单|双|团|子|乒|曲|冰|水)|women[’']s|\bgirls[’']/iu,
    ],
  ],
  ["edge", [/开幕|\bopens?\b|opening ceremony/iu, /闭幕|落幕|\bcloses?\b|closing ceremony/iu]],
  [
    "flight phase",
    [
      /发射|升空|起飞|\b(?:lifts? off|launch(?:es|ed)?|blasts? off|takes? off)\b/iu,
      /返回|着陆|返航|溅落|\b(?:returns?|lands?|splash(?:es)? down|touches down|landing)\b/iu,
    ],
  ],
  [
    "tie",
    [/结婚|订婚|领证|\b(?:marr(?:y|ies|ied)|weds?|engaged)\b/iu, /离婚|分手|\b(?:divorces?|splits? up|separates?)\b/iu],
  ],
  [
    "post",
    [
      /上任|就任|就职|获任|接任|出任|\b(?:appoints?|appointed|named|takes over|sworn in)\b/iu,
      /卸任|辞职|离任|辞任|被免|\b(?:resigns?|steps? down|quits?|ousted|sacked)\b/iu,
    ],
  ],
  ["trade", [/收购|买入|增持|\b(?:buys?|acquires?|acquisition)\b/iu, /出售|卖出|减持|剥离|\b(?:sells?|divests?)\b/iu]],
  [
    "verdict",
    [
      /被捕|逮捕|刑拘|\b(?:arrest(?:s|ed)?|detain(?:s|ed)?)\b/iu,
      /宣判|判刑|获刑|一审|二审|\b(?:sentenced|convicted|jailed|acquitted)\b/iu,
    ],
  ],
  [
    "aftermath",
    [/遇难|身亡|死亡|\b(?:killed|dead|dies|die)\b/iu, /起诉|受审|开庭|\b(?:charged|indicted|on trial)\b/iu],
  ],
  ["import", [/进口|\bimports?\b/iu, /出口|\bexports?\b/iu]],
  ["price", [/居民消费价格|CPI|consumer prices?/iu, /工业(?:生产者|品)|PPI|producer prices?/iu]],
];

const chineseDigits: Record<string, number> = {
  〇: 0,
  零: 0,
  一: 1,
  二: 2,
  两: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
};

/** 二十一 and 21 are one. */
function numeral(text: string): string {
  if (!/^[〇零一二三四五六七八九十百两]+$/u.test(text)) return text.toLowerCase();
  let total = 0;
  let digit = 0;
  for (const char of text) {
    if (char === "百" || char === "十") {
      total += (digit || 1) * (char === "百" ? 100 : 10);
      digit = 0;
    } else digit = chineseDigits[char]!;
  }
  return String(total + digit);
}

function quarter(match: RegExpMatchArray): string {
  if (match[3] !== undefined) return match[3].toLowerCase() === "first" ? "上半年" : "下半年";
  return match[1] ?? String(["first", "second", "third", "fourth"].indexOf(match[2]!.toLowerCase()) + 1);
}

function scoreOf(match: RegExpMatchArray): string {
  const points = [match[1] ?? match[3]!, match[2] ?? match[4]!].map(Number);
  return points.sort((a, b) => a - b).join(":");
}
