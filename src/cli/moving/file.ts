import { createReadStream, createWriteStream, renameSync, rmSync } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { z } from "zod";
import { describeError, UserError } from "../../errors.ts";
import { splitLines } from "../../sources/jsonl.ts";
import type { Row } from "../../store/whole.ts";

/** Told in the first line; a file of a later form is refused by name. */
const format = 1;
/** The longest line: an article of Node's may be longer than D1 takes one. */
const lineBytesMax = 64 * 1024 * 1024;
const gzipMagic = [0x1f, 0x8b];

const names = z.array(z.string().max(200)).max(1_000);
const counts = z.record(z.string().max(200), z.int().min(0));
const headSchema = z.object({
  tidings: z.literal("store"),
  format: z.int(),
  id: z.uuid(),
  madeAt: z.iso.datetime(),
  moved: z.boolean(),
  level: names,
});
const tableSchema = z.object({ table: z.string().max(200), columns: names.min(1) });
const endSchema = z.object({ end: z.literal("store"), rows: counts, sequences: counts });
const rowSchema = z.array(z.union([z.string(), z.number(), z.null()]));

/** What the first line says: from when, made by which migrations, and whether the store was closed for good. */
export type Head = Omit<z.infer<typeof headSchema>, "tidings" | "format">;
export type End = Omit<z.infer<typeof endSchema>, "end">;
/** A file is its head, then each table with its rows, then the end with what there must have been. */
export type Part = { table: string; columns: string[] } | { rows: Row[] } | { end: End };

/**
 * Writes an exported store: JSON Lines, compressed. `-` is standard output. A file gets its name when it is whole; gives
 * its compressed bytes.
 */
export async function writeStoreFile(path: string, head: Head, parts: AsyncIterable<Part>): Promise<number> {
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.byteLength;
      done(null, chunk);
    },
  });
  const lines = Readable.from(linesOf(head, parts));
  if (path === "-") {
    await pipeline(lines, createGzip(), count, process.stdout, { end: false });
    return bytes;
  }
  const partial = `${path}.partial`;
  try {
    await pipeline(lines, createGzip(), count, createWriteStream(partial, { mode: 0o600, flush: true }));
    renameSync(partial, path);
    return bytes;
  } catch (error) {
    rmSync(partial, { force: true });
    if (error instanceof UserError || !isFileTrouble(error)) throw error;
    throw new UserError(`Cannot write ${path}: ${describeError(error)}`);
  }
}

async function* linesOf(head: Head, parts: AsyncIterable<Part>): AsyncGenerator<string> {
  const line = (value: unknown) => `${JSON.stringify(value)}\n`;
  yield line({ tidings: "store", format, ...head });
  for await (const part of parts) {
    if ("rows" in part) yield part.rows.map(line).join("");
    else if ("end" in part) yield line({ end: "store", ...part.end });
    else yield line(part);
  }
}

/** Is that an exported store? Told by its first two bytes: no other file that is restored is compressed. */
export function looksExported(beginning: Uint8Array): boolean {
  return gzipMagic.every((byte, n) => beginning[n] === byte);
}

/** Opens an exported store: its head, and its rows as they are asked for, at most `rowsMax` and about `charsMax` a part. */
export async function openStoreFile(path: string, limits: { rowsMax: number; charsMax: number }) {
  const stream = path === "-" ? process.stdin : createReadStream(path);
  const plain = stream.pipe(createGunzip());
  stream.on("error", (error: Error) => plain.destroy(error));
  const lines = valuesOf(plain, path);
  const first = await lines.next();
  const head = headSchema.safeParse(first.value);
  if (!head.success) throw new UserError(`${path} is not an exported store of tidings.`);
  if (head.data.format !== format) {
    throw new UserError(`${path} was written by a newer tidings (form ${head.data.format}). Update tidings.`);
  }
  const { id, madeAt, moved, level } = head.data;
  return { head: { id, madeAt, moved, level } satisfies Head, parts: partsOf(lines, { path, ...limits }) };
}

/**
 * Reads a file to its end, so that one that is damaged or cut off is refused before anything is written. What comes by
 * standard input cannot be read twice.
 */
export async function checkStoreFile(path: string): Promise<void> {
  if (path === "-") return;
  const { parts } = await openStoreFile(path, { rowsMax: 1_000, charsMax: 1_000_000 });
  const rows: Record<string, number> = {};
  let table = "";
  for await (const part of parts) {
    if ("table" in part) table = part.table;
    else if ("rows" in part) rows[table] = (rows[table] ?? 0) + part.rows.length;
    else {
      const wrong = Object.keys({ ...part.end.rows, ...rows }).find((n) => (part.end.rows[n] ?? 0) !== (rows[n] ?? 0));
      if (wrong === undefined) continue;
      const [has, wanted] = [rows[wrong] ?? 0, part.end.rows[wrong] ?? 0];
      throw new UserError(`${path} is damaged: ${wrong} has ${has} of ${wanted} rows. Export it again.`);
    }
  }
}

type Reading = { path: string; rowsMax: number; charsMax: number };

async function* partsOf(lines: AsyncGenerator<unknown>, { path, rowsMax, charsMax }: Reading): AsyncGenerator<Part> {
  let rows: Row[] = [];
  let chars = 0;
  let columns = 0;
  for await (const value of lines) {
    if (Array.isArray(value)) {
      const row = checked(rowSchema, value, path);
      if (row.length !== columns) throw new UserError(`${path} is damaged: a row is not what its table has.`);
      const length = JSON.stringify(row).length;
      if (rows.length > 0 && (rows.length >= rowsMax || chars + length > charsMax)) {
        yield { rows };
        [rows, chars] = [[], 0];
      }
      rows.push(row);
      chars += length;
      continue;
    }
    if (rows.length > 0) yield { rows };
    [rows, chars] = [[], 0];
    if (typeof value === "object" && value !== null && "end" in value) {
      const { rows: counted, sequences } = checked(endSchema, value, path);
      // What is compressed says at its very end whether all of it was right.
      if ((await lines.next()).done !== true) throw new UserError(`${path} is damaged: it goes on after its end.`);
      return yield { end: { rows: counted, sequences } };
    }
    const table = checked(tableSchema, value, path);
    columns = table.columns.length;
    yield table;
  }
  throw new UserError(`${path} ends too early: it was not written, or not copied, to its end. Export it again.`);
}

function checked<T>(schema: z.ZodType<T>, value: unknown, path: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UserError(`${path} is damaged: ${parsed.error.issues[0]?.message ?? "a line is not what it should be"}.`);
}

async function* valuesOf(bytes: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<unknown> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const line of splitLines(bytes, lineBytesMax)) {
      if (!(line instanceof Uint8Array)) throw new Error("a line is too long");
      yield JSON.parse(decoder.decode(line));
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path} cannot be read: ${describeError(error)}.`);
  }
}

/** A full disk, a missing folder: the operator's to mend. */
function isFileTrouble(error: unknown): boolean {
  return typeof (error as { syscall?: unknown }).syscall === "string";
}
