import { fold, isIdeographic } from "./fold.ts";
import { type Clause, parseQuery } from "./query.ts";
import { beginning } from "./sketch.ts";
import { termSet } from "./term-set.ts";
import { tokenize } from "./terms.ts";

/** Characters of an article that a subject's words are looked for in, after the headline. */
const textCharsMax = 500;
/** So many of a subject's words in the text count as one in the headline: a passing mention makes no subject. */
const wordsInText = 3;

/** A name in both languages with a saved query and a set of sources or their sections. */
export type SubjectDraft = {
  slug: string;
  nameZh: string;
  nameEn: string;
  /** Words as in a search; alternatives are joined by OR. */
  query: string;
  /** "source" or "source/section". */
  sources: string[];
};

/** The subjects that come with the program. */
export const builtInSubjects: readonly SubjectDraft[] = [
  {
    slug: "tech",
    nameZh: "科技",
    nameEn: "Technology",
    sources: [],
    query:
      "芯片 OR 人工智能 OR 大模型 OR 机器人 OR 半导体 OR 量子 OR 航天 OR 火箭 OR 卫星 OR 手机 OR 智能 OR 软件 OR 开源 OR 互联网 OR 算法 OR 数据中心 OR 云计算 OR 无人机 OR 自动驾驶 OR 新能源车 OR 科技 OR 科学家 OR 5G OR 6G OR AI OR chip OR chips OR semiconductor OR software OR smartphone OR robot OR robots OR satellite OR rocket OR quantum OR technology OR tech OR startup OR cybersecurity OR app OR spacecraft OR “open source” OR “artificial intelligence”",
  },
  {
    slug: "business",
    nameZh: "财经",
    nameEn: "Business",
    sources: [],
    query:
      "央行 OR 降准 OR 降息 OR 加息 OR 利率 OR 股市 OR A股 OR 港股 OR 美股 OR 基金 OR 债券 OR 银行 OR 证券 OR 上市公司 OR 营收 OR 净利润 OR 财报 OR 通胀 OR CPI OR GDP OR 楼市 OR 房贷 OR 公积金 OR 汇率 OR 人民币 OR 消费 OR 外贸 OR 进出口 OR 关税 OR 油价 OR 金价 OR 召回 OR 并购 OR 融资 OR 经济 OR economy OR inflation OR shares OR stocks OR market OR markets OR bank OR earnings OR profit OR revenue OR tariff OR tariffs OR merger OR bond OR bonds OR investors OR “central bank” OR “interest rate” OR “interest rates” OR recall",
  },
  {
    slug: "world",
    nameZh: "国际",
    nameEn: "World",
    sources: [],
    query:
      "总统 OR 首相 OR 外交部 OR 外长 OR 联合国 OR 北约 OR 欧盟 OR 大选 OR 制裁 OR 停火 OR 白宫 OR 峰会 OR 大使 OR 国际 OR 以色列 OR 乌克兰 OR 俄罗斯 OR 美国 OR 日本 OR 韩国 OR 英国 OR 法国 OR 德国 OR 印度 OR 朝鲜 OR 伊朗 OR president OR “prime minister” OR “foreign minister” OR summit OR sanctions OR ceasefire OR parliament OR election OR diplomat OR diplomats OR embassy OR treaty OR UN OR NATO OR “European Union”",
  },
  {
    slug: "society",
    nameZh: "社会",
    nameEn: "Society",
    sources: [],
    query:
      "警方 OR 法院 OR 检察院 OR 判决 OR 事故 OR 地震 OR 台风 OR 暴雨 OR 洪水 OR 火灾 OR 失联 OR 救援 OR 学校 OR 高考 OR 学生 OR 教育 OR 医院 OR 医保 OR 疫苗 OR 养老 OR 地铁 OR 高铁 OR 隧道 OR 停课 OR 居民 OR 社区 OR 食品安全 OR 诈骗 OR 消防 OR 天气 OR police OR court OR crash OR earthquake OR typhoon OR flood OR floods OR fire OR rescue OR school OR schools OR hospital OR hospitals OR housing OR weather OR storm OR railway OR tunnel OR residents OR health OR vaccine",
  },
  {
    slug: "sport",
    nameZh: "体育",
    nameEn: "Sport",
    sources: [],
    query:
      "足球 OR 篮球 OR 排球 OR 女排 OR 男篮 OR 女足 OR 国足 OR 乒乓 OR 羽毛球 OR 网球 OR 游泳 OR 田径 OR 马拉松 OR 奥运 OR 世界杯 OR 亚运 OR 全运会 OR 冠军 OR 联赛 OR 决赛 OR 球队 OR 球员 OR 教练 OR 进球 OR 金牌 OR 中超 OR CBA OR NBA OR 英超 OR 体育 OR football OR soccer OR basketball OR volleyball OR tennis OR marathon OR Olympic OR Olympics OR “World Cup” OR championship OR league OR striker OR goalkeeper OR coach OR medal OR athlete OR athletes OR cricket OR rugby OR tournament",
  },
  {
    slug: "culture",
    nameZh: "文娱",
    nameEn: "Culture",
    sources: [],
    query:
      "电影 OR 票房 OR 电视剧 OR 综艺 OR 演员 OR 导演 OR 歌手 OR 演唱会 OR 音乐 OR 音乐节 OR 博物馆 OR 展览 OR 文物 OR 考古 OR 非遗 OR 古籍 OR 县志 OR 小说 OR 作家 OR 图书 OR 戏剧 OR 话剧 OR 动漫 OR 游戏 OR 明星 OR 艺术 OR 文化 OR film OR films OR movie OR cinema OR actor OR actress OR singer OR concert OR album OR music OR museum OR exhibition OR novel OR author OR theatre OR theater OR festival OR painting OR archaeologists OR books OR “box office”",
  },
];

/** What subjects are called, by their short names. */
export type SubjectNames = Readonly<Record<string, readonly [zh: string, en: string]>>;

export type Subject = SubjectDraft & { id: number };

/** The one that is meant by its id, its short name or its name in either language. */
export function subjectCalled(subjects: readonly Subject[], name: string): Subject | undefined {
  const wanted = name.trim().toLowerCase();
  return subjects.find((each) => [String(each.id), each.slug, each.nameZh, each.nameEn.toLowerCase()].includes(wanted));
}

/** Subjects made ready to be held against many articles. */
export type CompiledSubjects = {
  /** Every alternative of every subject under a term of one of its words; those without one under `always`. */
  byTerm: Map<number, Alternative[]>;
  /** Whether `byTerm` has a term: hardly any of an article's. */
  isKnown: (term: number) => boolean;
  always: Alternative[];
  /** Subjects by source or "source/section". */
  bySource: Map<string, number[]>;
  /** Subjects by what sources themselves would call such a section: their names. */
  bySection: Map<string, number[]>;
};
type Alternative = { subject: number; all: Word[]; none: Word[] };
type Word = { piece: string; isWord: boolean; where: "anywhere" | "title" | "source" };

export type Subjected = { title: string; lead: string; body: string; source: string; sections: readonly string[] };

/** Reads the saved queries once; every OR stands between whole alternatives. */
export function compileSubjects(subjects: readonly Subject[]): CompiledSubjects {
  const compiled: Omit<CompiledSubjects, "isKnown"> = {
    byTerm: new Map(),
    always: [],
    bySource: new Map(),
    bySection: new Map(),
  };
  const epoch = new Date(0);
  for (const { id, query, sources, slug, nameZh, nameEn } of subjects) {
    for (const name of new Set([slug, nameZh, nameEn].map(sectionName))) push(compiled.bySection, name, id);
    for (const source of sources) push(compiled.bySource, fold(source), id);
    for (const part of query.split(/\s+OR\s+/)) {
      const { all, none } = parseQuery(part, { now: epoch });
      const alternative = { subject: id, all: all.flat().flatMap(wordOf), none: none.flatMap(wordOf) };
      if (alternative.all.length === 0) continue;
      const term = tokenize(alternative.all.find((word) => word.where !== "source")?.piece ?? "").terms[0];
      if (term === undefined) compiled.always.push(alternative);
      else push(compiled.byTerm, term, alternative);
    }
  }
  return { ...compiled, isKnown: termSet(compiled.byTerm.keys()) };
}

/** The ids of the subjects that an article has, given the terms of its headline and beginning. */
export function subjectsOf(article: Subjected, terms: Iterable<number>, subjects: CompiledSubjects): number[] {
  const places = [article.source, ...article.sections.map((section) => `${article.source}/${section}`)];
  const found = new Set(places.flatMap((place) => subjects.bySource.get(fold(place)) ?? []));
  for (const part of article.sections.flatMap((section) => section.split(sectionSigns)))
    for (const subject of subjects.bySection.get(sectionName(part)) ?? []) found.add(subject);
  const possible = [...subjects.always];
  for (const term of terms) if (subjects.isKnown(term)) possible.push(...subjects.byTerm.get(term)!);
  if (possible.length === 0) return [...found];
  const text = fold(beginning(article).slice(0, textCharsMax));
  const folded = { title: fold(article.title), text, source: fold(article.source) };
  const inText = new Map<number, number>();
  for (const { subject, all, none } of possible) {
    if (found.has(subject) || none.some((word) => placeOf(word, folded) !== null)) continue;
    const where = all.map((word) => placeOf(word, folded));
    if (where.includes(null)) continue;
    const hits = (inText.get(subject) ?? 0) + (where.every((place) => place === "text") ? 1 : wordsInText);
    inText.set(subject, hits);
    if (hits >= wordsInText) found.add(subject);
  }
  return [...found];
}

/** "News > Technology", "科技/手机": each part of a path is a section. */
const sectionSigns = /[/|>›»·,，、]/;

/** A section's name as its neighbours would have it: 科技, 科技新闻 and 科技频道, Sport, Sports and "Sports news" are one. */
function sectionName(section: string): string {
  const bare = fold(section)
    .trim()
    .replace(/(?:新闻|频道|资讯| news| section)$/, "");
  return /^[a-z]{4,}s$/.test(bare) && !bare.endsWith("ss") ? bare.slice(0, -1) : bare;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

type Folded = { title: string; text: string; source: string };

function placeOf(word: Word, { title, text, source }: Folded): "title" | "text" | "source" | null {
  if (word.where === "source") return source.includes(word.piece) ? "source" : null;
  if (holds(title, word)) return "title";
  return word.where === "anywhere" && holds(text, word) ? "text" : null;
}

/** Chinese words anywhere, Latin ones as whole words: no AI in "said". */
function holds(text: string, { piece, isWord }: Word): boolean {
  for (let at = text.indexOf(piece); at >= 0; at = text.indexOf(piece, at + 1)) {
    if (!isWord) return true;
    if (!isWordUnit(text.charCodeAt(at - 1)) && !isWordUnit(text.charCodeAt(at + piece.length))) return true;
  }
  return false;
}

function isWordUnit(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || (unit >= 0xc0 && unit <= 0x24f);
}

function wordOf(clause: Clause): Word[] {
  if (clause.kind === "language") return [];
  if (clause.kind === "source") return [{ piece: fold(clause.name), isWord: false, where: "source" }];
  const isWord = !isIdeographic(clause.piece.charCodeAt(0));
  return [{ piece: clause.piece, isWord, where: clause.where }];
}
