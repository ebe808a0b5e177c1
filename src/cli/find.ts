import type { Command } from "commander";
import { UserError } from "../errors.ts";
import type { Article } from "../news/article.ts";
import { type Day, type Here, readDay } from "../news/day.ts";
import type { Reason } from "../news/edition.ts";
import { snippetOf } from "../news/snippet.ts";
import { articleByExternalId, articleById, articlesByIds, earlierTitles } from "../store/articles.ts";
import type { Db } from "../store/db.ts";
import { relatedTo } from "../store/related.ts";
import { searchArticles } from "../store/search.ts";
import { storyMemory } from "../store/sketches.ts";
import { listStories } from "../store/story-list.ts";
import type { StoryCard } from "../store/story-view.ts";
import { findSubject } from "../store/subjects.ts";
import { sourceIds, topStories } from "../store/top.ts";
import { answerLines, counted, type Shell, UsageError, wholeNumber } from "./shell.ts";

const searchLimitMax = 1_000;
const topLimitMax = 100;
const relatedLimitMax = 200;

type Options = {
  limit: number;
  json?: boolean;
  external?: boolean;
  language?: string;
  subject?: string;
  source?: string;
  day?: string;
};

/** search, top, article, related, stories: what the store knows, asked from a shell. */
export function addFindCommands(program: Command, shell: () => Shell): void {
  const limited = (name: string, most: number, usual: number) =>
    program
      .command(name)
      .option("--limit <n>", "how many at the most", wholeNumber("--limit", most), usual)
      .option("--json", "JSON on standard output");

  limited("search", searchLimitMax, 10)
    .argument("<query>", "words as in the chat; - reads one query a line from standard input")
    .description("find articles")
    .action((query: string, options: Options) => search(shell(), query, options));
  limited("top", topLimitMax, 10)
    .option("--language <code>", "only stories told in it: zh, en, …")
    .option("--subject <name>", "only of this subject")
    .option("--source <name>", "only of this source")
    .option("--day <date>", "of that day instead of now, such as 2026-11-21")
    .description("the stories that matter now, and why")
    .action((options: Options) => top(shell(), options));
  limited("related", relatedLimitMax, 10)
    .argument("<id>", "an article's or story's id; - reads one id a line from standard input")
    .option("--external", "the id is the source's own (externalId)")
    .description("what tells the same story, and what belongs with it")
    .action((id: string, options: Options) => related(shell(), id, options));
  program
    .command("article")
    .argument("<id>", "its id")
    .option("--external", "the id is the source's own (externalId)")
    .option("--json", "JSON on standard output")
    .description("one article, every field")
    .action((id: string, options: Options) => article(shell(), id, options));
  program
    .command("stories")
    .option("--json", "one JSON line a story")
    .description("all stories with their articles")
    .action((options: Options) => stories(shell(), options));
}

async function search(shell: Shell, query: string, { limit, json }: Options): Promise<void> {
  await shell.withStore(async ({ db }) => {
    if (query === "-") return answerLines(shell, async (line) => (await find(db, line, { shell, limit })).answer);
    const { answer, near, meant } = await find(db, query, { shell, limit });
    if (json) return shell.print(JSON.stringify(answer));
    for (const { id, title, source, publishedAt, snippet } of answer.results) {
      shell.print(`${title}\n  ${snippet}\n  ${source} · ${publishedAt ?? "no date"} · ${id}`);
    }
    if (meant !== null) shell.print(`Did you mean ${meant}?`);
    const { total, more } = answer;
    const count = counted(total, "article");
    if (near) shell.print(`No article has all of it; near to it: ${count}`);
    else shell.print(more ? `${total.toLocaleString("en")}+ articles` : count);
  });
}

/** What is promised as JSON, and what a person is told beside it. */
async function find(db: Db, query: string, { shell, limit }: { shell: Shell; limit: number }) {
  const found = await searchArticles(db, query, { now: shell.now(), limit, zone: shell.config.DEFAULT_TIMEZONE });
  const articles = await articlesByIds(
    db,
    found.hits.map((hit) => hit.id),
  );
  const results = articles.map((each) => ({
    ...listed(each),
    url: each.url,
    snippet: snippetOf(each, found.parsed).text,
    storyId: each.storyId,
  }));
  const { total, more, near, suggestion: meant } = found;
  return { answer: { total, more, results }, near: near && total > 0, meant };
}

async function top(shell: Shell, { limit, json, language, subject, source, day }: Options): Promise<void> {
  const here = { now: shell.now(), zone: shell.config.DEFAULT_TIMEZONE };
  const range = day === undefined ? null : dayOf(day, here);
  await shell.withStore(async ({ db }) => {
    const options = {
      now: shell.now(),
      limit,
      language: language ?? null,
      subject: subject === undefined ? null : await subjectId(db, subject),
      source: source === undefined ? null : await sourceId(db, source),
      day: range,
    };
    const { stories: cards } = await topStories(db, options);
    const listing = cards.map((card) => ({
      storyId: card.id,
      title: card.title,
      why: why(card),
      articles: card.members,
    }));
    const external = await externalIds(db, cards);
    const answer = listing.map(({ articles, ...story }) => ({
      ...story,
      articles: articles.map(({ id, title, source: from, publishedAt }) => ({
        id,
        externalId: external.get(id) ?? null,
        title,
        source: from,
        publishedAt: publishedAt?.toISOString() ?? null,
      })),
    }));
    if (json) return shell.print(JSON.stringify(answer));
    for (const [n, story] of answer.entries())
      shell.print(`${n + 1}. ${story.title}\n   ${story.why} · ${story.storyId}`);
    if (answer.length === 0)
      shell.print(["no news", subject ?? source, day].filter((each) => each !== undefined).join(" of "));
  });
}

/** As it is in DEFAULT_TIMEZONE. */
function dayOf(word: string, here: Here): Day {
  const day = readDay(word, here);
  if (day === null) throw new UsageError(`--day is a date such as 2026-11-21, or yesterday, not "${word}"`);
  return day;
}

/** "7 outlets, 6 within 3 hours", "5 outlets within 1 hour": what a person can check, never a score. */
function why(card: StoryCard): string {
  const outlets = `${card.outlets} ${card.outlets === 1 ? "outlet" : "outlets"}`;
  const rush =
    card.rush === null
      ? ""
      : `${card.rush.outlets === card.outlets ? "" : `, ${card.rush.outlets}`} within ${card.rush.hours} ${card.rush.hours === 1 ? "hour" : "hours"}`;
  const ranks = card.members.flatMap((member) => member.rank ?? []);
  const listedAs = ranks.length === 0 ? "" : `, no. ${Math.min(...ranks)} of its source's own list`;
  return `${outlets}${rush}${listedAs}`;
}

async function related(shell: Shell, id: string, { limit, json, external }: Options): Promise<void> {
  await shell.withStore(async ({ db }) => {
    // Many questions in a row look at the same articles.
    const memory = storyMemory();
    const answer = async (line: string) => {
      const found = await relatedTo(db, (await wanted(db, line, external)).id, { limit, perStory: limit, memory });
      if (found === undefined) throw new UserError(`There is no article ${line}.`);
      return {
        storyId: found.storyId,
        sameStory: found.sameStory.map(({ id: own, externalId, title }) => ({ id: own, externalId, title })),
        related: found.related.map(({ article: other, reason }) => ({
          id: other.id,
          externalId: other.externalId,
          title: other.title,
          storyId: other.storyId,
          reason: reasonText(reason),
        })),
      };
    };
    if (id === "-") return answerLines(shell, answer);
    const found = await answer(id);
    if (json) return shell.print(JSON.stringify(found));
    for (const each of found.sameStory) shell.print(`same story  ${each.title} · ${each.id}`);
    for (const each of found.related) shell.print(`${each.reason}  ${each.title} · ${each.id}`);
  });
}

function reasonText(reason: Reason): string {
  if (reason.kind === "also") return `also ${reason.name}`;
  if (reason.kind === "same-story") return "same story";
  return `${reason.kind}, ${reason.at.toISOString().slice(0, 10)}`;
}

async function article(shell: Shell, id: string, { json, external }: Options): Promise<void> {
  await shell.withStore(async ({ db }) => {
    const found = await wanted(db, id, external);
    const { lead, body, credits, dateline, reporter, author, language, rank, titleCut, url, storyId } = found;
    const fields = { titleCut, url, author, lead, body, credits, dateline, reporter, rank, language, storyId };
    const answer = { ...listed(found), ...fields };
    if (json) return shell.print(JSON.stringify(answer));
    for (const { title, until } of await earlierTitles(db, found.id))
      shell.print(`until ${until.toISOString().slice(0, 16).replace("T", " ")}: ${title}`);
    for (const [name, value] of Object.entries(answer))
      if (value !== "" && value !== null) shell.print(`${name}: ${value}`);
  });
}

async function stories(shell: Shell, { json }: Options): Promise<void> {
  await shell.withStore(async ({ db }) => {
    for await (const story of listStories(db)) {
      if (json) shell.print(JSON.stringify(story));
      else shell.print(`${story.storyId}  ${story.articles.length}  ${story.title}`);
    }
  });
}

async function wanted(db: Db, id: string, external: boolean | undefined): Promise<Article> {
  const number = Number(id);
  if (!external && !Number.isSafeInteger(number))
    throw new UsageError(`"${id}" is not an id. For the source's own ids add --external.`);
  const found = external ? await articleByExternalId(db, id) : await articleById(db, number);
  if (found === undefined)
    throw new UserError(`There is no article ${id}${external ? "" : ". For the source's own ids add --external"}.`);
  return found;
}

function listed({ id, externalId, title, source, publishedAt }: Article) {
  return { id, externalId, title, source, publishedAt: publishedAt?.toISOString() ?? null };
}

async function externalIds(db: Db, cards: readonly StoryCard[]): Promise<Map<number, string | null>> {
  const ids = cards.flatMap((card) => card.members.map((member) => member.id));
  return new Map((await articlesByIds(db, ids)).map((each) => [each.id, each.externalId]));
}

async function subjectId(db: Db, name: string): Promise<number> {
  const found = await findSubject(db, name);
  if (found === undefined) throw new UserError(`There is no subject ${name}.`);
  return found.id;
}

async function sourceId(db: Db, name: string): Promise<number> {
  const [id] = await sourceIds(db, [name]);
  if (id === undefined) throw new UserError(`There is no source ${name}.`);
  return id;
}
