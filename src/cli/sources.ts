import type { Command } from "commander";
import { UserError } from "../errors.ts";
import { absoluteUrl } from "../news/url.ts";
import type { FoundSource } from "../sources/find-source.ts";
import { addSource } from "../store/add-source.ts";
import {
  changeSource,
  familyNamed,
  intervalMinutesMax,
  nameCharsMax,
  type SourceChange,
  sectionsMax,
  weightMax,
} from "../store/change-source.ts";
import type { Db } from "../store/db.ts";
import { type Reading, removeReading, setReadingState } from "../store/readings.ts";
import { listSources, type SourceHealth, sourceById, sourceNamed } from "../store/source-health.ts";
import type { Source } from "../store/sources.ts";
import { failureText, healthText } from "../text/sources.ts";
import { type Shell, UsageError, wholeNumber } from "./shell.ts";
import { addSourceLists, withWeb } from "./source-lists.ts";

const itemsShownMax = 5;

type Options = { json?: boolean; name?: string; interval?: number; page?: boolean; check?: boolean };
type Settings = {
  json?: boolean;
  name?: string;
  family?: string;
  weight?: number;
  interval?: number;
  language?: string;
  sections?: string[];
};

/** sources add | check | list | set | pause | resume | remove, and the lists of many. */
export function addSourcesCommand(program: Command, shell: () => Shell): void {
  const sources = program.command("sources").description("what is read, and how that goes");
  const command = (name: string, description: string) =>
    sources.command(name).description(description).option("--json", "JSON on standard output");

  for (const name of ["add", "check"] as const) {
    const adds = name === "add";
    command(
      name,
      adds ? "find out what can be read at an address, and read it from now on" : "show what would be added",
    )
      .argument("<url>", "a feed, a site, or a page with lists of links")
      .option("--page", "read the page itself, though it has feeds")
      .option("--name <name>", "what to call it (default: its own name)")
      .option(
        "--interval <minutes>",
        "how often to read it (default: its own rhythm)",
        wholeNumber("--interval", intervalMinutesMax),
      )
      .action((url: string, options: Options) => add(shell(), url, { ...options, check: !adds }));
  }
  command("list", "every source: last read, last news, articles a week, trouble, next read").action(
    (options: Options) => list(shell(), options),
  );
  for (const name of ["pause", "resume", "remove"] as const) {
    const what = {
      pause: "read it no more for now",
      resume: "read it again",
      remove: "read it no more; its articles stay",
    };
    command(name, what[name])
      .argument("<source>", "its name, id or address")
      .action((source: string, options: Options) => change(shell(), source, { ...options, to: name }));
  }
  command("set", "change what a source is called, how much it counts, how often it is read")
    .argument("<source>", "its name, id or address")
    .option("--name <name>", "what to call it; digests and alerts that name it follow")
    .option(
      "--weight <n>",
      `how much its word counts, 0 to ${weightMax}: 1 is any source's, 0 only beside others`,
      weight,
    )
    .option("--family <name>", "whose voice it is: sources of one family (a house, a wire's copies) are one voice")
    .option("--interval <minutes>", "how often to read it; auto is its own rhythm", interval)
    .option("--sections <names>", "sections that all its articles are of, separated by commas", sections)
    .option("--language <code>", "the language of articles that do not show theirs, such as zh or en", language)
    .action((source: string, settings: Settings) => set(shell(), source, settings));
  addSourceLists(command, shell);
}

async function add(shell: Shell, given: string, options: Options): Promise<void> {
  const url = absoluteUrl(/^[\w-]+(?:\.[\w-]+)+(?:[/:?]|$)/.test(given) ? `https://${given}` : given);
  if (url === null) throw new UsageError(`"${given}" is no web address`);
  const found = await withWeb(shell, (find) => find(url, options.page === true));
  if ("reason" in found) {
    throw new UserError(`Cannot read ${url}: ${failureText("en", { ...found, detail: found.reason })}`);
  }
  const added = options.check
    ? null
    : await shell.withStore(({ db }) => store(db, found, { ...options, now: shell.now() }), { makes: true });
  if (options.json)
    return shell.print(JSON.stringify({ ...shown(found), added: added !== null, id: added?.id ?? null }));
  shell.print(`${found.kind} · ${options.name ?? found.name} · ${found.reading.language} · ${found.url}`);
  for (const article of found.reading.articles.slice(0, itemsShownMax)) {
    shell.print(
      `  ${article.publishedAt?.toISOString().slice(0, 16).replace("T", " ") ?? "no date         "}  ${article.title}`,
    );
  }
  for (const other of found.others.slice(0, itemsShownMax))
    shell.print(`  also there: ${other.title} ${other.url}`.trimEnd());
  if (added !== null) shell.print(`Added as source ${added.id}. A running bot reads it within a minute.`);
}

function shown({ url, kind, name, reading, others }: FoundSource): object {
  const items = reading.articles.slice(0, itemsShownMax).map((article) => ({
    ...{ title: article.title, url: article.url, publishedAt: article.publishedAt?.toISOString() ?? null },
  }));
  return { url, kind, name, language: reading.language, items, others };
}

async function store(db: Db, found: FoundSource, options: Options & { now: Date }): Promise<Source> {
  const { now, interval = null } = options;
  const { url, kind } = found;
  const wanted = { url, kind, name: options.name ?? found.name, language: found.reading.language };
  const { source, isNew } = await addSource(db, wanted, { now, intervalMinutes: interval });
  if (!isNew) throw new UserError(`${url} is source ${source.id}, ${source.name}, already`);
  return source;
}

async function list(shell: Shell, options: Options): Promise<void> {
  const now = shell.now();
  const all = await shell.withStore(({ db }) => listSources(db, now));
  for (const each of all) {
    if (options.json) shell.print(JSON.stringify(healthOf(each)));
    else
      shell.print(`${String(each.source.id).padStart(4)}  ${each.source.name}  ${healthText("en", { ...each, now })}`);
  }
  if (all.length === 0 && !options.json) shell.print("No sources yet: tidings sources add https://…");
}

function healthOf({ source, reading, push, articlesInWeek }: SourceHealth): object {
  const { id, name, kind, language, family, weight, sections } = source;
  return {
    ...{ id, name, kind, language, family, weight, sections },
    url: reading?.url ?? source.url,
    articlesInWeek,
    ...readingOf(reading),
    ...(push === null ? {} : { hub: hubOf(push) }),
  };
}

function hubOf({ hub, leaseUntil, heardAt, failures, failure }: NonNullable<SourceHealth["push"]>): object {
  return { url: hub, promisedUntil: leaseUntil, heardAt, failures, failure };
}

function readingOf(reading: Reading | null): object {
  if (reading === null) return { state: "file" };
  const { state, lastReadAt, lastNewAt, dueAt, failures, failingSince, failure, intervalMinutes } = reading;
  return {
    state,
    lastReadAt,
    lastNewAt,
    nextReadAt: state === "paused" ? null : dueAt,
    failures,
    failingSince,
    failure,
    intervalMinutes,
  };
}

async function change(
  shell: Shell,
  given: string,
  options: Options & { to: "pause" | "resume" | "remove" },
): Promise<void> {
  const now = shell.now();
  const source = await shell.withStore(async ({ db }) => {
    const found = await sourceNamed(db, given, now);
    if (found?.reading == null)
      throw new UserError(`There is no source "${given}" that is read; tidings sources list names them`);
    if (options.to === "remove") await removeReading(db, found.source.id);
    else await setReadingState(db, found.source.id, { state: options.to === "pause" ? "paused" : "active", now });
    return found.source;
  });
  const done = { pause: "is paused", resume: "is read again", remove: "is read no more; its articles stay" }[
    options.to
  ];
  shell.print(
    options.json ? JSON.stringify({ id: source.id, name: source.name, done: options.to }) : `${source.name} ${done}.`,
  );
}

/** Changes what was named; what was not stays. */
async function set(shell: Shell, given: string, { json, interval: minutes, ...settings }: Settings): Promise<void> {
  const now = shell.now();
  const change: SourceChange = { ...settings, ...(minutes === undefined ? {} : { intervalMinutes: minutes || null }) };
  if (Object.keys(change).length === 0)
    throw new UsageError("Nothing to set: --name, --weight, --family, --sections, --interval or --language");
  for (const name of [change.name, change.family])
    if (name !== undefined && (name.trim() === "" || name.length > nameCharsMax))
      throw new UsageError(`A name has 1 to ${nameCharsMax} characters`);
  const line = await shell.withStore(async ({ db }) => {
    const found = await sourceNamed(db, given, now);
    if (found === undefined) throw new UserError(`There is no source "${given}"; tidings sources list names them`);
    const { id } = found.source;
    if (change.family !== undefined) change.family = await familyNamed(db, id, change.family);
    if (found.reading === null && change.intervalMinutes !== undefined)
      throw new UserError(`${found.source.name} is an imported file: nothing is read again`);
    if ((await changeSource(db, id, { change, now })) === "taken")
      throw new UserError(`Another source is called ${change.name}`);
    return (await sourceById(db, id, now))!;
  });
  const { source, reading } = line;
  if (json) return shell.print(JSON.stringify(healthOf(line)));
  const pace =
    reading === null ? "" : ` · every ${reading.intervalMinutes ?? "auto"}${reading.intervalMinutes ? " min" : ""}`;
  shell.print(`${source.name} · weight ${source.weight} · family ${source.family} · ${source.language}${pace}`);
}

function weight(value: string): number {
  const number = Number(value);
  if (!/^\d(?:\.\d{1,2})?$/.test(value) || number > weightMax)
    throw new UsageError(`--weight must be from 0 to ${weightMax}, such as 0.5, not "${value}"`);
  return number;
}

function sections(value: string): string[] {
  const names = value.split(/[,，、]/).map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== "" && name.length <= nameCharsMax))].slice(0, sectionsMax);
}

/** Minutes; 0 is the source's own rhythm. */
function interval(value: string): number {
  return value === "auto" ? 0 : wholeNumber("--interval", intervalMinutesMax)(value);
}

function language(value: string): string {
  if (!/^[a-z]{2,3}$/.test(value)) throw new UsageError(`--language must be a code such as zh or en, not "${value}"`);
  return value;
}
