import { type AlertArticle, createAlertIndex } from "../../src/news/alerts.ts";
import { parseQuery } from "../../src/news/query.ts";
import { sampleNews } from "../../src/playground/news.ts";

const now = new Date("2026-11-22T08:00:00Z");
const articlesMin = 1_000;

/** `npm run bench -- alerts [how many]`: 100,000 alerts of distinct words, 1,000 articles. */
export async function run(args: string[]): Promise<void> {
  const count = Number(args[0] ?? 100_000);
  const news = sampleNews(now).map(({ source, draft }) => ({ ...draft, source: source.name }));
  const articles = varied(news);
  const alerts = wordsOf(news, count);
  const index = createAlertIndex();
  const before = process.memoryUsage().heapUsed;
  const filling = performance.now();
  for (const [id, alert] of alerts.entries()) index.add(id, parseQuery(alert, { now }));
  const filled = performance.now() - filling;
  const waits: number[] = [];
  let found = 0;
  const cpu = process.cpuUsage();
  for (const article of articles) {
    const start = performance.now();
    found += index.match(article).length;
    waits.push(performance.now() - start);
  }
  const { user } = process.cpuUsage(cpu);
  waits.sort((a, b) => a - b);
  const mean = waits.reduce((sum, each) => sum + each, 0) / waits.length;
  const slow = referenceMs(alerts, articles[0]!);
  process.stdout.write(
    `${index.size.toLocaleString("en")} alerts (${new Set(alerts).size.toLocaleString("en")} different) filed in ${(filled / 1000).toFixed(1)} s,` +
      ` ${((process.memoryUsage().heapUsed - before) / 2 ** 20).toFixed(0)} MB\n` +
      `${articles.length} articles: ${mean.toFixed(3)} ms each, p99 ${waits[Math.floor(waits.length * 0.99)]!.toFixed(3)} ms, ${(user / 1000 / articles.length).toFixed(3)} ms of processor time;` +
      ` ${(found / articles.length).toFixed(0)} alerts met by each\n` +
      `reference, one alert after the other: ${slow.toFixed(0)} ms an article\n`,
  );
}

/** At least a thousand articles: the sample's, with bodies put together anew. */
function varied(news: readonly AlertArticle[]): AlertArticle[] {
  return Array.from({ length: articlesMin }, (_, n) => {
    const article = news[n % news.length]!;
    const other = news[(n * 7 + 3) % news.length]!;
    return { ...article, body: `${article.body}\n${other.lead}\n${other.body}` };
  });
}

/** Words and pairs of words as people would take them: pieces of headlines, most of them of few articles. */
function wordsOf(news: readonly AlertArticle[], count: number): string[] {
  const pieces = news.flatMap(({ title }) => [
    ...(title.match(/[a-z]{4,}/gi) ?? []),
    ...(title.match(/\p{Script=Han}+/gu) ?? []).flatMap((run) =>
      Array.from({ length: Math.max(0, run.length - 1) }, (_, i) => run.slice(i, i + 2 + (i % 3))),
    ),
  ]);
  const han = [...new Set(news.flatMap(({ title, lead }) => (title + lead).match(/\p{Script=Han}/gu) ?? []))];
  let seed = 20_261_122;
  const any = <T>(list: readonly T[]): T => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return list[Math.floor((seed / 2 ** 32) * list.length)]!;
  };
  return Array.from({ length: count }, (_, n) => {
    // One in a hundred is on one thing that is in the news today, one in ten on two together.
    if (n % 100 === 0) return any(pieces);
    if (n % 10 === 0) return `${any(pieces)} ${any(pieces)}`;
    return any(han) + any(han) + (n % 3 === 0 ? any(han) : "");
  });
}

function referenceMs(alerts: readonly string[], article: AlertArticle): number {
  const each = alerts.slice(0, 2_000).map((alert) => {
    const index = createAlertIndex();
    index.add(1, parseQuery(alert, { now }));
    return index;
  });
  const text = article.title + article.lead + article.body;
  const start = performance.now();
  for (const [n] of each.entries()) for (const word of alerts[n]!.split(" ")) text.includes(word);
  return ((performance.now() - start) * alerts.length) / each.length;
}
