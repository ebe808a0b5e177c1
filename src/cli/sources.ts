import { readFile, writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { describeError, UserError } from "../errors.ts";
import { absoluteUrl } from "../news/url.ts";
import { openWeb } from "../node/web.ts";
import { decodeBytes } from "../sources/encoding.ts";
import { type FoundSource, findSource } from "../sources/find-source.ts";
import { type Outline, readOpml, writeOpml } from "../sources/opml.ts";
import { starterSources } from "../sources/starter.ts";
import { addSource } from "../store/add-source.ts";
import type { Db } from "../store/db.ts";
import {
  listSources,
  type Reading,
  readingAt,
  removeReading,
  type SourceHealth,
  setReadingState,
} from "../store/readings.ts";
import type { Source } from "../store/sources.ts";
import { healthText } from "../text/sources.ts";
import { type Shell, UsageError, wholeNumber } from "./shell.ts";

const itemsShownMax = 5;
const intervalMinutesMax = 7 * 24 * 60;
const opmlBytesMax = 4 * 1024 * 1024;
/** Sources of an OPML file that are tried side by side. */
const tryLanes = 8;

type Options = { json?: boolean; name?: string; interval?: number; page?: boolean; language?: string; check?: boolean };

/** sources add | check | list | pause | resume | remove | import | starter | export. */
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
  command("import", "add the sources of an OPML file, each tried before it is added")
    .argument("<file>", "the OPML file")
    .action((file: string, options: Options) => importOpml(shell(), file, options));
  command("starter", "add public sources to begin with, each tried before it is added")
    .option("--language <code>", "only those in zh or en")
    .action((options: Options) => addStarters(shell(), options));
  command("export", "write all sources as OPML, to standard output or a file")
    .argument("[file]", "where to write it")
    .action((file: string | undefined) => exportOpml(shell(), file));
}

async function add(shell: Shell, given: string, options: Options): Promise<void> {
  const url = absoluteUrl(/^[\w-]+(?:\.[\w-]+)+(?:[/:?]|$)/.test(given) ? `https://${given}` : given);
  if (url === null) throw new UsageError(`"${given}" is no web address`);
  const found = await withWeb(shell, (find) => find(url, options.page === true));
  if ("reason" in found) throw new UserError(`Cannot read ${url}: ${found.reason}`);
  const added = options.check
    ? null
    : await shell.withStore(({ db }) => store(db, found, { ...options, now: shell.now() }));
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

function healthOf({ source, reading, articlesInWeek }: SourceHealth): object {
  const { id, name, kind, language, family, weight } = source;
  return {
    id,
    name,
    kind,
    language,
    family,
    weight,
    url: reading?.url ?? source.url,
    articlesInWeek,
    ...readingOf(reading),
  };
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
    const all = await listSources(db, now);
    const found = all.find(
      ({ source: { id, name }, reading }) => name === given || String(id) === given || reading?.url === given,
    );
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

async function importOpml(shell: Shell, file: string, options: Options): Promise<void> {
  const opml = readOpml(await textOf(file));
  if (opml === null) throw new UserError(`${file} is not OPML`);
  await addOutlines(shell, opml.outlines, options);
}

async function addStarters(shell: Shell, options: Options): Promise<void> {
  const { language } = options;
  const wanted = starterSources.filter((source) => language === undefined || source.language === language);
  if (wanted.length === 0) throw new UsageError(`--language must be zh or en, not "${language}"`);
  const outlines = wanted.map((source): Outline => ({ ...source, site: null, sections: [] }));
  await addOutlines(shell, outlines, options);
}

async function addOutlines(shell: Shell, outlines: readonly Outline[], options: Options): Promise<void> {
  const waiting = [...outlines];
  const counts = { added: 0, known: 0, failed: [] as { url: string; reason: string }[] };
  await withWeb(shell, async (find) => {
    const lane = async (): Promise<void> => {
      for (let outline = waiting.shift(); outline !== undefined; outline = waiting.shift()) {
        const result = await tryOutline(shell, outline, find);
        if (result === "added" || result === "known") counts[result] += 1;
        else counts.failed.push({ url: outline.url, reason: result.reason });
        if (!options.json)
          process.stderr.write(
            `${outline.title || outline.url}: ${typeof result === "string" ? result : result.reason}\n`,
          );
      }
    };
    await Promise.all(Array.from({ length: tryLanes }, lane));
  });
  shell.print(
    options.json
      ? JSON.stringify(counts)
      : `${counts.added} added, ${counts.known} known, ${counts.failed.length} not read`,
  );
}

type Find = (url: string, asPage: boolean) => ReturnType<typeof findSource>;

async function tryOutline(shell: Shell, outline: Outline, find: Find): Promise<"added" | "known" | { reason: string }> {
  const found = await find(outline.url, false);
  if ("reason" in found) return found;
  return await shell.withStore(async ({ db }) => {
    if ((await readingAt(db, found.url)) !== undefined) return "known";
    await store(db, found, { ...(outline.title === "" ? {} : { name: outline.title }), now: shell.now() });
    return "added";
  });
}

async function exportOpml(shell: Shell, file: string | undefined): Promise<void> {
  const now = shell.now();
  const all = await shell.withStore(({ db }) => listSources(db, now));
  const outlines = all.flatMap(({ source, reading }): Outline[] =>
    reading === null
      ? []
      : [{ title: source.name, url: reading.url, site: null, language: source.language, sections: [] }],
  );
  const xml = writeOpml(outlines, { title: "tidings", now });
  if (file === undefined) return shell.print(xml.trimEnd());
  await writeFile(file, xml);
  shell.print(`${outlines.length} sources written to ${file}`);
}

async function withWeb<T>(shell: Shell, work: (find: Find) => Promise<T>): Promise<T> {
  const web = openWeb(shell.config, shell.now);
  try {
    return await work((url, asPage) => findSource(web.dial, url, { ...web, now: shell.now(), asPage }));
  } finally {
    await web.close();
  }
}

async function textOf(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    if (bytes.length > opmlBytesMax) throw new Error(`it is larger than ${opmlBytesMax / 1024 / 1024} MiB`);
    return decodeBytes(bytes).text;
  } catch (error) {
    throw new UserError(`Cannot read ${file}: ${describeError(error)}`);
  }
}
