import { readFile, writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { UserError } from "../errors.ts";
import { openWeb } from "../node/web.ts";
import { decodeBytes } from "../sources/encoding.ts";
import { findSource } from "../sources/find-source.ts";
import { type Outline, readOpml, writeOpml } from "../sources/opml.ts";
import { starterSources } from "../sources/starter.ts";
import { addSource } from "../store/add-source.ts";
import { listSources } from "../store/source-health.ts";
import { failureText } from "../text/sources.ts";
import { fileProblem, type Opened, refuseDatabase, type Shell, UsageError } from "./shell.ts";

const opmlBytesMax = 4 * 1024 * 1024;
/** Sources of one list that are tried side by side. */
const tryLanes = 8;

type Options = { json?: boolean; language?: string };

/** sources import | starter | export. `command` adds one below `sources`. */
export function addSourceLists(command: (name: string, description: string) => Command, shell: () => Shell): void {
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

/** Opens the way into the web for some work, and closes it. */
export async function withWeb<T>(shell: Shell, work: (find: Find) => Promise<T>): Promise<T> {
  const web = openWeb(shell.config, shell.now);
  try {
    return await work((url, asPage) => findSource(web.dial, url, { ...web, now: shell.now(), asPage }));
  } finally {
    await web.close();
  }
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
  if ("reason" in found) return { reason: failureText("en", { ...found, detail: found.reason }) };
  const bring = async ({ db }: Opened) => {
    const { url, kind, name, reading } = found;
    const { title, sections } = outline;
    const wanted = { url, kind, name: title || name, language: reading.language, sections };
    const { isNew } = await addSource(db, wanted, { now: shell.now() });
    return isNew ? "added" : "known";
  };
  return await shell.withStore(bring, { makes: true });
}

async function exportOpml(shell: Shell, file: string | undefined): Promise<void> {
  if (file !== undefined) refuseDatabase(shell, file);
  const now = shell.now();
  const all = await shell.withStore(({ db }) => listSources(db, now));
  const outlines = all.flatMap(({ source, reading }): Outline[] =>
    reading === null
      ? []
      : [{ title: source.name, url: reading.url, site: null, language: source.language, sections: source.sections }],
  );
  const xml = writeOpml(outlines, { title: "tidings", now });
  if (file === undefined) return shell.print(xml.trimEnd());
  await writeFile(file, xml);
  shell.print(`${outlines.length} sources written to ${file}`);
}

async function textOf(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    if (bytes.length > opmlBytesMax) throw new Error(`it is larger than ${opmlBytesMax / 1024 / 1024} MiB`);
    return decodeBytes(bytes).text;
  } catch (error) {
    throw new UserError(`Cannot read ${file}: ${fileProblem(error)}`);
  }
}
