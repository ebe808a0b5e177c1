import { readFile, stat } from "node:fs/promises";
import type { Command } from "commander";
import { z } from "zod";
import { UserError } from "../errors.ts";
import { userAgent } from "../sources/agent.ts";
import { createNodeDial } from "../sources/dial-node.ts";
import { fetchDocument } from "../sources/fetch.ts";
import { documentBytesMax, type Reading, readDocument } from "../sources/read.ts";
import { localTime } from "../text/index.ts";
import { failureText } from "../text/sources.ts";
import { answerLines, counted, fileProblem, type Shell, UsageError } from "./shell.ts";

type Options = { url?: string; header?: string[]; json?: boolean };

/** One document to read: a file's name or an address, where it is from, and the headers it came with. */
type Asked = { file: string; url: string | null; headers: Record<string, string> };

export function addReadCommand(program: Command, shell: () => Shell): void {
  program
    .command("read")
    .argument("<file|url>", 'what to read; - reads {"file", "url", "headers"} as JSON, one a line, from standard input')
    .description("show what would be stored of a feed, page or file; nothing is stored")
    .option("--url <base>", "where a file is from: relative addresses are read against it")
    .option(
      "--header <header>",
      "an HTTP header it came with, such as 'Content-Type: text/xml'; may be repeated",
      gathered,
    )
    .option("--json", "JSON on standard output")
    .action((file: string, options: Options) => read(shell(), file, options));
}

async function read(shell: Shell, file: string, options: Options): Promise<void> {
  if (file === "-") {
    await answerLines(shell, async (line) => {
      try {
        return shown(await readOne(shell, asked(line)));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { error: error.message };
      }
    });
    return;
  }
  const headers = Object.fromEntries((options.header ?? []).map(splitHeader));
  const reading = await readOne(shell, { file, url: options.url ?? null, headers });
  if (options.json) shell.print(JSON.stringify(shown(reading)));
  else describe(shell, reading);
}

async function readOne(shell: Shell, { file, url, headers }: Asked): Promise<Reading> {
  const zone = shell.config.DEFAULT_TIMEZONE;
  if (!/^https?:\/\//i.test(file)) {
    return await readDocument(await bytesOf(file), { name: file, url, headers, zone });
  }
  const allowed = new Set(shell.config.SOURCE_HOSTS);
  const { HTTPS_PROXY: proxy, NO_PROXY: noProxy } = shell.config;
  const { dial, close } = createNodeDial({ allowed, proxy, noProxy });
  try {
    const got = await fetchDocument(dial, file, {
      userAgent: userAgent(shell.config.PUBLIC_URL),
      allowed,
      now: shell.now(),
    });
    if (got.outcome === "failed") {
      throw new UserError(`Cannot read ${file}: ${failureText("en", { ...got, detail: got.reason })}`);
    }
    return await readDocument(got.bytes, {
      name: file,
      url: url ?? got.url,
      headers: { ...got.headers, ...headers },
      zone,
    });
  } finally {
    await close();
  }
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > documentBytesMax) throw new Error(`it is larger than ${documentBytesMax / 1024 / 1024} MiB`);
    return await readFile(file);
  } catch (error) {
    throw new UserError(`Cannot read ${file}: ${fileProblem(error)}`);
  }
}

const lineSchema = z.object({
  file: z.string().min(1),
  url: z.string().nullish(),
  headers: z.record(z.string(), z.union([z.string(), z.number()])).nullish(),
});

function asked(line: string): Asked {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new UserError("not JSON");
  }
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success)
    throw new UserError('must be {"file": "…", "url": "…", "headers": {…}}; url and headers may be left out');
  const headers = Object.entries(parsed.data.headers ?? {}).map(([name, text]) => [name.toLowerCase(), String(text)]);
  return { file: parsed.data.file, url: parsed.data.url || null, headers: Object.fromEntries(headers) };
}

/** The fixed shape: what would be stored, in the order of the document. */
function shown({ kind, title, language, articles, links, failed }: Reading): object {
  return {
    ...{ kind, title, language },
    articles: articles.map((article) => ({
      ...{ title: article.title, url: article.url, guid: article.externalId, author: article.author },
      ...{ publishedAt: article.publishedAt?.toISOString() ?? null, lead: article.lead, body: article.body },
      ...{ image: article.image, language: article.language, source: article.source, sections: article.sections },
      ...{ credits: article.credits, dateline: article.dateline, reporter: article.reporter, rank: article.rank },
    })),
    links,
    ...(failed.length === 0 ? {} : { failed }),
  };
}

function describe(shell: Shell, { kind, title, language, articles, links, failed }: Reading): void {
  const { DEFAULT_TIMEZONE: timezone } = shell.config;
  shell.print(
    `${kind} · ${title} · ${language} · ${counted(articles.length, "article")}, ${counted(links.length, "link")}`,
  );
  for (const article of articles) {
    const when = article.publishedAt === null ? "no date" : minuteIn(article.publishedAt, timezone);
    shell.print(`\n${article.title}\n  ${[when, article.author, article.url].filter(Boolean).join(" · ")}`);
    if (article.lead !== "") shell.print(`  ${article.lead}`);
  }
  if (articles.length === 0) for (const link of links) shell.print(`${link.kind}: ${link.title} ${link.url}`);
  for (const { line, reason } of failed) process.stderr.write(`line ${line}: ${reason}\n`);
}

/** 2025-02-27 17:30 (Asia/Shanghai) */
function minuteIn(at: Date, timezone: string): string {
  const local = localTime(at, timezone).toPlainDateTime().toString({ smallestUnit: "minute" });
  return `${local.replace("T", " ")} (${timezone})`;
}

function gathered(header: string, before: string[] = []): string[] {
  return [...before, header];
}

function splitHeader(header: string): [string, string] {
  const colon = header.indexOf(":");
  if (colon < 1) throw new UsageError(`--header must be like 'Content-Type: text/xml', not "${header}"`);
  return [header.slice(0, colon).trim().toLowerCase(), header.slice(colon + 1).trim()];
}
