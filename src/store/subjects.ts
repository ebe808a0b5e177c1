import { eq, getTableColumns, inArray, sql } from "drizzle-orm";
import { beginning } from "../news/sketch.ts";
import {
  builtInSubjects,
  type CompiledSubjects,
  compileSubjects,
  type Subject,
  type SubjectDraft,
  subjectCalled,
  subjectsOf,
} from "../news/subjects.ts";
import { textCharsMax, tokenize } from "../news/terms.ts";
import { batchAll, type Db } from "./db.ts";
import { jsonList } from "./json-list.ts";
import { articles, sources, storyDays, subjects } from "./schema.ts";

const { backlogId: _, ...subjectColumns } = getTableColumns(subjects);

/** Every subject that is kept, without keeping any: for a page that anybody may open. */
export async function keptSubjects(db: Db): Promise<Subject[]> {
  return db.select(subjectColumns).from(subjects).orderBy(subjects.id);
}

/** Every subject, those that came with the program first. A new database gets them when it is first asked. */
export async function allSubjects(db: Db): Promise<Subject[]> {
  const rows = await keptSubjects(db);
  if (rows.length > 0) return rows;
  await batchAll(
    db,
    builtInSubjects.map((draft) => db.insert(subjects).values(draft).onConflictDoNothing()),
  );
  return keptSubjects(db);
}

/** A subject by its id, its short name or its name in either language. */
export async function findSubject(db: Db, name: string): Promise<Subject | undefined> {
  return subjectCalled(await allSubjects(db), name);
}

/**
 * Defines a subject, or changes the one of the same short name. Articles joined from now on have it, and those of the
 * last weeks are held against it in slices (see subject-backlog).
 */
export async function saveSubject(db: Db, draft: SubjectDraft): Promise<Subject> {
  await allSubjects(db);
  const [row] = await db
    .insert(subjects)
    .values({ ...draft, backlogId: Number.MAX_SAFE_INTEGER })
    .onConflictDoUpdate({ target: subjects.slug, set: { ...draft, backlogId: Number.MAX_SAFE_INTEGER } })
    .returning(subjectColumns);
  return row!;
}

/** Takes a subject away, and its lists with it. */
export async function deleteSubject(db: Db, id: number): Promise<void> {
  await db.batch([
    db.delete(storyDays).where(eq(storyDays.subjectId, id)),
    db.delete(subjects).where(eq(subjects.id, id)),
  ]);
}

export type Compiled = { asSaved: string; compiled: CompiledSubjects };

/** The subjects ready to be held against articles; compiled again only when somebody changed them. */
export async function compiledSubjects(db: Db, before?: Compiled): Promise<Compiled> {
  const all = await allSubjects(db);
  const asSaved = JSON.stringify(all);
  return asSaved === before?.asSaved ? before : { asSaved, compiled: compileSubjects(all) };
}

/** The subjects that stored articles have, by article; those without any are left out. */
export async function subjectsOfStored(
  db: Db,
  ids: readonly number[],
  compiled: CompiledSubjects,
): Promise<Map<number, number[]>> {
  const start = (column: typeof articles.lead | typeof articles.body) =>
    sql<string>`substr(${column}, 1, ${sql.raw(String(textCharsMax))})`;
  const rows = await db
    .select({
      id: articles.id,
      title: articles.title,
      lead: start(articles.lead),
      body: start(articles.body),
      sections: articles.sections,
      source: sources.name,
    })
    .from(articles)
    .innerJoin(sources, eq(sources.id, articles.sourceId))
    .where(inArray(articles.id, jsonList(ids)));
  const found = new Map<number, number[]>();
  for (const row of rows) {
    const { terms } = tokenize(`${row.title}\n${beginning(row).slice(0, textCharsMax)}`);
    const own = subjectsOf(row, terms, compiled);
    if (own.length > 0) found.set(row.id, own);
  }
  return found;
}
