import { closeSync, openSync, writeSync } from "node:fs";
import { corpusNow, madeCorpus, randomFrom } from "../search/corpus.ts";

/** Characters of an article: from so many to so many. */
const charsMin = 600;
const charsMax = 1_000;
const secondsBetween = 32;
const sources = 60;
/** Of all articles, so many tell something new; the others tell what one of the last events was. */
const foundShare = 0.55;
/** Events that are still told of: those of the last two days or so. */
const eventsAlive = 3_000;
/** Lines written at a time. */
const linesPerWrite = 500;

export type Line = {
  title: string;
  body: string;
  url: string;
  source: string;
  publishedAt: string;
  language: string;
};

/**
 * An archive of made-up news, the oldest first, as the portal's export would be: events that one or several sources tell,
 * each in its own order and with something of its own; a few are told for days.
 */
export function* madeNews(count: number, seed = 1): Generator<Line> {
  const corpus = madeCorpus(seed);
  const random = randomFrom(seed + 17);
  const alive: { clauses: string[]; told: number }[] = [];
  const start = Math.floor(corpusNow.getTime() / 1000) - count * secondsBetween;
  for (let n = 0; n < count; n += 1) {
    const own = corpus.article(n, count);
    const clauses = clausesOf(own.draft.title + own.draft.body);
    let event = alive[Math.floor(alive.length * (1 - random() ** 3))];
    if (event === undefined || random() < foundShare) {
      event = { clauses, told: 0 };
      alive.push(event);
      if (alive.length > eventsAlive) alive.shift();
    }
    const length = charsMin + Math.floor(random() * (charsMax - charsMin));
    const text = retold(event, clauses, { random, length });
    event.told += 1;
    const at = new Date((start + n * secondsBetween + Math.floor(random() * 60)) * 1000);
    const source = 1 + Math.floor(sources * random() ** 2);
    yield {
      title: text.title,
      body: text.body,
      url: urlOf(n),
      source: `Source ${source}`,
      publishedAt: at.toISOString(),
      language: own.draft.language,
    };
  }
}

export function urlOf(n: number): string {
  return `https://news.example/${n}`;
}

/** The archive as JSON Lines. */
export function writeNews(file: string, count: number): void {
  const fd = openSync(file, "w");
  let lines: string[] = [];
  const flush = (): void => {
    if (lines.length > 0) writeSync(fd, `${lines.join("\n")}\n`);
    lines = [];
  };
  for (const line of madeNews(count)) {
    lines.push(JSON.stringify(line));
    if (lines.length >= linesPerWrite) flush();
  }
  flush();
  closeSync(fd);
}

function clausesOf(text: string): string[] {
  return text.match(/[^，。、：]+[，。、：“]*/gu) ?? [text];
}

type Told = { title: string; body: string };

/** Most of an event's clauses in their order, with clauses of one's own in between. */
function retold(
  event: { clauses: readonly string[]; told: number },
  own: readonly string[],
  { random, length }: { random: () => number; length: number },
): Told {
  const first = event.clauses[0] ?? "";
  const second = event.clauses[event.told === 0 ? 1 : 1 + (event.told % 3)] ?? "";
  const title = `${first}${second}`.replace(/[，。、：“\s]+$/u, "").slice(0, 40);
  let body = "";
  for (let k = 0; body.length < length; k += 1) {
    const clause = event.clauses[k % event.clauses.length] ?? "";
    if (event.told === 0 || random() < 0.75) body += clause;
    if (event.told > 0 && random() < 0.5) body += own[k % own.length] ?? "";
    if (k > 400) break;
  }
  return { title, body: body.slice(0, length) };
}
