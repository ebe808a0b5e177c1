import { readFileSync } from "node:fs";
import { type ArticleDraft, emptyDraft } from "../news/article.ts";

/** Where the invented towns' clocks are: hours ahead of UTC. */
const zoneHours = 8;
const hourMs = 3_600_000;

/** An invented outlet. Outlets of one family belong together: they are not independent voices. */
export type SampleSource = { name: string; language: "zh" | "en"; family: string };

/** `story` names the news that the article tells, in both languages: what a reader would put together. */
export type SampleArticle = { source: SampleSource; draft: ArticleDraft; story: string };

const SOURCES: Readonly<Record<string, SampleSource>> = {
  beian: { name: "北岸日报", language: "zh", family: "beian" },
  kehu: { name: "北岸新闻客户端", language: "zh", family: "beian" },
  nangang: { name: "南港电视台", language: "zh", family: "nangang" },
  kuaixun: { name: "南港快讯", language: "zh", family: "nangang" },
  lanjiang: { name: "澜江晚报", language: "zh", family: "lanjiang" },
  // A wire: others carry its texts word for word.
  changfeng: { name: "长风社", language: "zh", family: "changfeng" },
  yunxi: { name: "云溪在线", language: "zh", family: "yunxi" },
  huanxian: { name: "环线财经", language: "zh", family: "huanxian" },
  lanqiong: { name: "蓝穹科技", language: "zh", family: "lanqiong" },
  harbour: { name: "Harbour Post", language: "en", family: "harbour" },
  citywide: { name: "Citywide", language: "en", family: "harbour" },
  northshore: { name: "North Shore Daily", language: "en", family: "northshore" },
  meridian: { name: "Meridian Wire", language: "en", family: "meridian" },
  ledger: { name: "Ledger Coast", language: "en", family: "ledger" },
  bluevault: { name: "Blue Vault Review", language: "en", family: "lanqiong" },
};

/** All outlets of the sample, by the word that stands in their addresses. */
export function sampleSources(): ReadonlyMap<string, SampleSource> {
  return new Map(Object.entries(SOURCES));
}

/**
 * Sample news around a moment: some hundred articles of invented outlets that tell some twenty stories in different
 * words over several days. `until` is where the clock stands: stories go on for two more days while it is moved ahead,
 * and every article keeps its address and its date as long as `start` stays the same.
 */
export function sampleNews(start: Date, until: Date = start): SampleArticle[] {
  return ["zh", "en"]
    .flatMap((language) => read(language, start))
    .filter(({ draft }) => draft.publishedAt !== null && draft.publishedAt <= until)
    .sort((a, b) => b.draft.publishedAt!.getTime() - a.draft.publishedAt!.getTime());
}

function read(language: string, start: Date): SampleArticle[] {
  const text = readFileSync(new URL(`./news/${language}.txt`, import.meta.url), "utf8");
  return text
    .split(/\n{2,}/)
    .map((block) => block.split("\n").filter((line) => line !== "" && !line.startsWith(";")))
    .filter((lines) => lines.length > 0)
    .map((lines) => readArticle(lines, start));
}

function readArticle([head = "", title = "", lead = "", ...body]: string[], start: Date): SampleArticle {
  const [at = "", hours = "", path = "", ...rest] = head.split(" ");
  const key = at.slice(1);
  const source = SOURCES[key];
  if (!source || Number.isNaN(Number(hours)) || !path.startsWith("/")) throw new Error(`not an article: ${head}`);
  const more = new Map(rest.map((pair) => pair.split("=") as [string, string]));
  const word = (name: string): string => (more.get(name) ?? "").replaceAll("_", " ");
  const publishedAt = new Date(Math.floor((start.getTime() - Number(hours) * hourMs) / 60_000) * 60_000);
  const dated = (text: string): string => withDates(text, publishedAt, source.language);
  const place = word("place");
  const draft: ArticleDraft = {
    ...emptyDraft(dated(title)),
    externalId: `${key}${path}`,
    url: `https://${key}.example.org${path}`,
    lead: dated(lead),
    body: body.map(dated).join("\n\n"),
    author: word("by"),
    dateline: place === "" ? "" : withDates(datelineOf(source, place), publishedAt, source.language),
    reporter: word("reporter"),
    publishedAt,
    language: source.language,
    rank: more.has("rank") ? Number(more.get("rank")) : null,
    sections: more.has("section") ? [word("section")] : [],
  };
  return { source, draft, story: word("story") };
}

function datelineOf(source: SampleSource, place: string): string {
  return source.language === "zh" ? `${source.name}${place}{d}电` : `${place.toUpperCase()}, {d} (${source.name})`;
}

/** `{d}` is the day of publication and `{h}` its hour, as a local paper would write them. */
function withDates(text: string, at: Date, language: "zh" | "en"): string {
  const local = new Date(at.getTime() + zoneHours * hourMs);
  const day = local.getUTCDate();
  const hour = local.getUTCHours();
  const month = local.toLocaleString("en-GB", { month: "long", timeZone: "UTC" });
  return text
    .replaceAll("{d}", language === "zh" ? `${day}日` : `${day} ${month}`)
    .replaceAll("{h}", language === "zh" ? `${hour}时` : `${String(hour).padStart(2, "0")}:00`);
}
