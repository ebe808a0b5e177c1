import type { Db } from "./db.ts";
import { addReading, readingAt } from "./readings.ts";
import { ensureSource, findSource, type Source } from "./sources.ts";

/** A source as it was found on the web. */
export type SourceToAdd = {
  url: string;
  kind: "feed" | "page";
  name: string;
  language: string;
  /** What a list files it under. */
  sections?: readonly string[];
};

/** Has a source read from now on; `isNew` is false when its address is read already, by whatever name. */
export async function addSource(
  db: Db,
  found: SourceToAdd,
  { now, intervalMinutes = null }: { now: Date; intervalMinutes?: number | null },
): Promise<{ source: Source; isNew: boolean }> {
  const known = await readingAt(db, found.url);
  if (known !== undefined) return { source: known, isNew: false };
  const { kind, language, url, sections = [] } = found;
  const source = await ensureSource(db, await freeName(db, found.name, url), { kind, language, url, sections, now });
  await addReading(db, { sourceId: source.id, url, intervalMinutes }, now);
  return { source, isNew: true };
}

/** Two feeds of one site often have one name: the later one is called by its address, too. */
async function freeName(db: Db, name: string, url: string): Promise<string> {
  const taken = await findSource(db, name);
  if (taken === undefined || taken.url === url) return name;
  const { host, pathname } = new URL(url);
  return `${name} (${host}${pathname === "/" ? "" : pathname})`;
}
