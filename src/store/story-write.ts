import { eq, inArray, sql } from "drizzle-orm";
import type { Background } from "../news/background.ts";
import { heat, languageBit, outletsOf, type Voice } from "../news/rank.ts";
import { saveBackground } from "./background.ts";
import { batchAll, type Db, type Statement } from "./db.ts";
import { articles, stories, storyDays } from "./schema.ts";
import type { StoredSketch } from "./sketches.ts";
import { dayStatements, emptyDays } from "./story-days.ts";
import { addKeys } from "./story-keys.ts";
import { membersOfStories } from "./story-view.ts";

/** Newest members that a story's heat is worked out from; one that more tell is hot enough. */
const membersCountedMax = 120;
/** Copies that a story remembers. */
const copiesMax = 200;

export type Joined = {
  /** The newcomers, each with its story. */
  loose: readonly StoredSketch[];
  /** Articles that move to another story. */
  moved: ReadonlyMap<number, { storyId: number; publishedAt: Date | null }>;
  /** Stories that became part of another. */
  merged: ReadonlyMap<number, number>;
  /** Newcomers that only carry another's text, each with whose. */
  copies: ReadonlyMap<number, number>;
  /** Set when it has counted more articles. */
  background: Background | null;
};

/** Writes down in one batch what was decided for a slice: the articles' stories and terms, and each story's sums. */
export async function writeJoined(db: Db, joined: Joined): Promise<void> {
  const { loose, merged, background } = joined;
  const home = (id: number): number => (merged.has(id) ? home(merged.get(id)!) : id);
  const assigned = new Map(loose.map((sketch) => [sketch.id, home(sketch.storyId!)]));
  for (const [id, { storyId }] of joined.moved) assigned.set(id, home(storyId));
  const left = joined.moved.size > 0 ? await storiesOf(db, [...joined.moved.keys()]) : [];
  const rows = await storyRows(db, joined, { home, left });
  const statements: Statement[] = [
    ...[...merged].flatMap(([from, to]) => mergeStatements(db, from, home(to))),
    assignStories(db, assigned),
    addKeys(db, loose),
    writeStories(db, rows),
    addDays(db, loose, assigned),
    ...(await leaverStatements(db, joined, { home, left })),
    warmDays(db, rows),
  ];
  if (background !== null) statements.push(saveBackground(db, background));
  await batchAll(db, statements);
}

function assignStories(db: Db, assigned: ReadonlyMap<number, number>): Statement {
  return db
    .update(articles)
    .set({ storyId: sql`j.value ->> 1` })
    .from(sql`json_each(${JSON.stringify([...assigned])}) as j`)
    .where(sql`${articles.id} = (j.value ->> 0)`);
}

/** The newcomers' days, of stories whose sums are written. */
function addDays(db: Db, loose: readonly StoredSketch[], assigned: ReadonlyMap<number, number>): Statement {
  const days = loose.flatMap(({ id, day, subjects }) =>
    day === null ? [] : [0, ...subjects].map((subject) => [assigned.get(id)!, day, subject]),
  );
  return db
    .insert(storyDays)
    .select(
      sql`select s.id, j.value ->> 1, j.value ->> 2, s.languages, s.heat from json_each(${JSON.stringify(days)}) j
        cross join stories s on s.id = (j.value ->> 0) where true`,
    )
    .onConflictDoNothing();
}

type Moving = { home: (id: number) => number; left: readonly number[] };

/** Who leaves a story takes its days along. */
async function leaverStatements(db: Db, { moved }: Joined, { home, left }: Moving): Promise<Statement[]> {
  if (moved.size === 0) return [];
  const told = [...moved].map(([articleId, { storyId, publishedAt }]) => ({
    ...{ articleId, publishedAt },
    storyId: home(storyId),
  }));
  return [...(await dayStatements(db, told)), emptyDays(db, listed(left.map(home)))];
}

/** The sums of every story that changed, worked out from its stored members and the newcomers. */
async function storyRows(db: Db, joined: Joined, { home, left }: Moving): Promise<Row[]> {
  const { loose, moved, merged, copies } = joined;
  const changed = new Set(loose.map((sketch) => home(sketch.storyId!)));
  for (const { storyId } of moved.values()) changed.add(home(storyId));
  for (const storyId of merged.values()) changed.add(home(storyId));
  const founded = new Set(loose.filter((sketch) => sketch.storyId === sketch.id).map((sketch) => sketch.id));
  const touched = new Set([...changed, ...left.map(home)]);
  const stored = [...new Set([...touched, ...merged.keys()])].filter((id) => !founded.has(id));
  const members = new Map<number, Counted[]>();
  const add = (storyId: number, member: Counted) => {
    const list = members.get(storyId);
    if (list === undefined) members.set(storyId, [member]);
    else list.push(member);
  };
  for (const [storyId, list] of await membersOfStories(db, stored, membersCountedMax)) {
    for (const member of list) add(home(moved.get(member.id)?.storyId ?? storyId), member);
  }
  for (const sketch of loose) add(home(sketch.storyId!), { ...sketch, copyOf: copies.get(sketch.id) ?? null });
  return [...touched].flatMap((id) => {
    const list = members.get(id);
    return list === undefined ? [] : [storyRow(id, list)];
  });
}

/** Writes the sums of stories, after the articles' own rows say which story each tells. */
export function sumStatements(db: Db, rows: readonly Row[]): Statement[] {
  return rows.length === 0 ? [] : [writeStories(db, rows), warmDays(db, rows)];
}

export type Counted = Voice & { language: string };
export type Row = {
  id: number;
  first: number | null;
  last: number | null;
  outlets: number;
  languages: number;
  heat: number;
  copies: [number, number][];
};

/** What is worked out of a story's newest members; how many it has altogether is counted where it is written. */
export function storyRow(id: number, counted: readonly Counted[]): Row {
  const members = [...counted].sort((a, b) => a.id - b.id);
  const dated = members.flatMap((member) => member.publishedAt ?? []);
  const seconds = (at: Date | undefined) => (at === undefined ? null : Math.floor(at.getTime() / 1000));
  return {
    id,
    first: seconds(dated[0]),
    last: seconds(dated.at(-1)),
    outlets: outletsOf(members),
    languages: members.reduce((bits, { language }) => bits | languageBit(language), 0),
    heat: heat(members),
    copies: members
      .flatMap((each) => (each.copyOf === null ? [] : [[each.id, each.copyOf] as [number, number]]))
      .slice(-copiesMax),
  };
}

function writeStories(db: Db, rows: readonly Row[]): Statement {
  const excluded = (name: string) => sql.raw(`excluded.${name}`);
  return db
    .insert(stories)
    .select(
      sql`select value ->> 'id', null, value ->> 'first', value ->> 'last',
        (select count(*) from articles where story_id = (value ->> 'id')), value ->> 'outlets',
        value ->> 'languages', value ->> 'heat', value -> 'copies', null from json_each(${JSON.stringify(rows)}) where true`,
    )
    .onConflictDoUpdate({
      target: stories.id,
      set: {
        // An article that founded a story and was merged away may leave with its old id.
        mergedInto: null,
        // The first article of a story of thousands is not among the newest: what was known stands.
        firstAt: sql`min(coalesce(${stories.firstAt}, excluded.first_at), coalesce(excluded.first_at, ${stories.firstAt}))`,
        lastAt: excluded("last_at"),
        articles: excluded("articles"),
        outlets: excluded("outlets"),
        languages: excluded("languages"),
        heat: excluded("heat"),
        copies: excluded("copies"),
      },
    });
}

/** Gives the stories' days their sums; most have them. */
function warmDays(db: Db, rows: readonly Row[]): Statement {
  return db
    .update(storyDays)
    .set({ languages: sql`s.languages`, heat: sql`s.heat` })
    .from(sql`stories as s`)
    .where(
      sql`s.id in ${listed(rows.map((row) => row.id))} and ${storyDays.storyId} = s.id
        and (${storyDays.languages} <> s.languages or ${storyDays.heat} <> s.heat)`,
    );
}

/** The loser redirects, and so do those that redirected to it; its articles and days are the winner's. */
export function mergeStatements(db: Db, from: number, to: number): Statement[] {
  return [
    db.update(articles).set({ storyId: to }).where(eq(articles.storyId, from)),
    db.update(stories).set({ mergedInto: to }).where(eq(stories.mergedInto, from)),
    db.update(stories).set({ mergedInto: to }).where(eq(stories.id, from)),
    db
      .update(stories)
      .set({ editedAt: sql`coalesce(edited_at, (select edited_at from stories where id = ${from}))` })
      .where(eq(stories.id, to)),
    db
      .insert(storyDays)
      .select(sql`select ${to}, day, subject_id, languages, heat from story_days where story_id = ${from}`)
      .onConflictDoNothing(),
    db.delete(storyDays).where(eq(storyDays.storyId, from)),
  ];
}

async function storiesOf(db: Db, ids: readonly number[]): Promise<number[]> {
  const rows = await db
    .selectDistinct({ id: articles.storyId })
    .from(articles)
    .where(inArray(articles.id, listed(ids)));
  return rows.flatMap((row) => row.id ?? []);
}

function listed(ids: readonly number[]) {
  return sql`(select value from json_each(${JSON.stringify(ids)}))`;
}
