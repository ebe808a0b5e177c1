import type { Command } from "commander";
import { UserError } from "../errors.ts";
import { compileSubjects, type Subject, type SubjectDraft } from "../news/subjects.ts";
import type { Db } from "../store/db.ts";
import { sourceNamed } from "../store/source-health.ts";
import { allSubjects, deleteSubject, findSubject, saveSubject } from "../store/subjects.ts";
import { type Opened, type Shell, UsageError } from "./shell.ts";

/** Each is held against every article that comes in. */
const subjectsMax = 60;
const nameCharsMax = 30;
const queryCharsMax = 5_000;
const sourcesMax = 100;

type Options = { json?: boolean };
type Given = Options & { zh?: string; en?: string; query?: string; sources?: string[] };

/** subjects list | set | remove: what top, digests, alerts and breaking items can be narrowed to. */
export function addSubjectsCommand(program: Command, shell: () => Shell): void {
  const subjects = program.command("subjects").description("what news can be narrowed to");
  const command = (name: string, description: string) =>
    subjects.command(name).description(description).option("--json", "JSON on standard output");
  command("list", "every subject: its names, its words, its sources").action((options: Options) =>
    list(shell(), options),
  );
  command("set", "define a subject, or change one; articles of the last weeks get it within minutes")
    .argument("<name>", "its short name in Latin letters, such as lake; or that of one to change")
    .option("--zh <name>", "its Chinese name")
    .option("--en <name>", "its English name")
    .option("--query <words>", 'words as in a search, alternatives joined by OR: "芯片 OR 大模型 OR chips"')
    .option("--sources <names>", 'sources or their sections, separated by commas: "北岸日报/科技, Harbour Post"', names)
    .action((name: string, given: Given) => set(shell(), name, given));
  command("remove", "take a subject away; digests that ask for it are of all news then")
    .argument("<name>", "its short name, or its name in either language")
    .action((name: string, options: Options) => remove(shell(), name, options));
}

async function list(shell: Shell, { json }: Options): Promise<void> {
  await shell.withStore(async ({ db }) => {
    for (const subject of await allSubjects(db)) print(shell, subject, json);
  });
}

async function set(shell: Shell, name: string, { json, ...given }: Given): Promise<void> {
  const save = async ({ db }: Opened) => {
    const before = await findSubject(db, name);
    if (before === undefined && !/^[a-z][a-z0-9-]{1,29}$/.test(name)) {
      throw new UsageError(`"${name}" is no short name: 2 to 30 of a–z, 0–9 and -, such as lake`);
    }
    if (before === undefined && (await allSubjects(db)).length >= subjectsMax) {
      throw new UserError(`There are ${subjectsMax} subjects already: take one away first`);
    }
    const draft = await checked(db, { shell, draft: { ...blank, slug: name, ...before }, given });
    print(shell, await saveSubject(db, draft), json);
  };
  await shell.withStore(save, { makes: true });
}

async function remove(shell: Shell, name: string, { json }: Options): Promise<void> {
  await shell.withStore(async ({ db }) => {
    const subject = await findSubject(db, name);
    if (subject === undefined) throw new UserError(`There is no subject ${name}. "subjects list" names them.`);
    await deleteSubject(db, subject.id);
    if (json) shell.print(JSON.stringify({ removed: subject.slug }));
    else shell.print(`${subject.slug} is gone.`);
  });
}

const blank: SubjectDraft = { slug: "", nameZh: "", nameEn: "", query: "", sources: [] };

type Change = { shell: Shell; draft: SubjectDraft; given: Given };

async function checked(db: Db, { shell, draft, given }: Change): Promise<SubjectDraft> {
  const { slug } = draft;
  const nameZh = (given.zh ?? draft.nameZh).trim();
  const nameEn = (given.en ?? draft.nameEn).trim();
  const query = (given.query ?? draft.query).trim();
  if (nameZh === "" || nameEn === "") throw new UsageError("A new subject needs --zh and --en, its two names");
  if ([...nameZh, ...nameEn].length > 2 * nameCharsMax) {
    throw new UsageError(`A name has at most ${nameCharsMax} characters`);
  }
  if (query.length > queryCharsMax) throw new UsageError(`--query has at most ${queryCharsMax} characters`);
  const sources = given.sources === undefined ? draft.sources : await known(db, given.sources, shell.now());
  const { byTerm, always } = compileSubjects([{ ...blank, id: 0, query }]);
  if (byTerm.size + always.length + sources.length === 0) {
    throw new UsageError("A subject needs words (--query) or sources (--sources), or nothing would be of it");
  }
  return { slug, nameZh, nameEn, query, sources };
}

/** Sources by their own names, so that a mistyped one is told now. */
async function known(db: Db, given: readonly string[], now: Date): Promise<string[]> {
  if (given.length > sourcesMax) throw new UsageError(`--sources has at most ${sourcesMax} names`);
  const found: string[] = [];
  for (const each of given) {
    const whole = await sourceNamed(db, each, now);
    const [name = "", ...section] = each.split("/");
    const source = whole ?? (await sourceNamed(db, name.trim(), now));
    if (source === undefined) throw new UserError(`There is no source ${each}. "sources list" names them.`);
    const sections = whole === undefined ? section.map((part) => part.trim()) : [];
    found.push([source.source.name, ...sections].join("/"));
  }
  return found;
}

function names(value: string): string[] {
  return value
    .split(/[,，]/)
    .map((each) => each.trim())
    .filter(Boolean);
}

function print(shell: Shell, { slug, nameZh, nameEn, query, sources }: Subject, json: boolean | undefined): void {
  const lines = json
    ? [JSON.stringify({ name: slug, zh: nameZh, en: nameEn, query, sources })]
    : [`${slug} · ${nameZh} · ${nameEn}`, query && `  words: ${query}`, sources.length > 0 && `  sources: ${sources}`];
  for (const line of lines) if (line) shell.print(line);
}
