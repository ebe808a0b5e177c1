import { createReadStream, statSync } from "node:fs";
import { basename, extname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { UserError } from "../errors.ts";
import { fileProblem } from "./shell.ts";

/** Bytes of a file read at a time. */
const chunkBytes = 256 * 1024;

/** What holds no articles to import, by how it begins: it is put back as a whole. */
const wholes = [
  { begins: '{"tidings":"store"', is: "an exported store" },
  { begins: "SQLite format 3\0", is: "a database" },
];

/** A file's bytes as they come, `-` being standard input; what is compressed (gzip) is unfolded. */
export async function* bytesOf(file: string, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const stream = file === "-" ? process.stdin : createReadStream(file, { highWaterMark: chunkBytes });
  let isFirst = true;
  try {
    for await (const chunk of unfolded(counted(stream, onBytes))) {
      if (isFirst) refuseWhole(file, chunk);
      isFirst = false;
      yield chunk;
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`Cannot read ${file}: ${fileProblem(error)}`);
  }
}

/** The file's length; standard input has none. Refuses what no article can be in before anything is opened. */
export async function lengthOf(file: string): Promise<number> {
  if (file === "-") return 0;
  let length: number;
  try {
    const stats = statSync(file);
    if (!stats.isFile()) throw new Error("it is not a file");
    length = stats.size;
  } catch (error) {
    throw new UserError(`Cannot read ${file}: ${fileProblem(error)}`);
  }
  for await (const _ of bytesOf(file, () => {})) break;
  return length;
}

/** "data/archive.jsonl.gz" → "archive". */
export function nameOf(file: string): string {
  if (file === "-") return "stdin";
  const name = basename(file).replace(/\.gz$/i, "");
  return basename(name, extname(name));
}

async function* counted(stream: Readable, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    onBytes((chunk as Buffer).byteLength);
    yield chunk as Buffer;
  }
}

async function* unfolded(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const first = await chunks.next();
  if (first.done) return;
  const all = joined(first.value, chunks);
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) return yield* all;
  const plain = createGunzip();
  // Its errors, and those of the file, come out of `plain`, which is what is read.
  pipeline(Readable.from(all), plain).catch(() => {});
  yield* plain;
}

async function* joined(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

function refuseWhole(file: string, beginning: Uint8Array): void {
  const head = new TextDecoder("latin1").decode(beginning.subarray(0, 64));
  const whole = wholes.find(({ begins }) => head.startsWith(begins));
  if (whole === undefined) return;
  const path = file === "-" ? "<file>" : file;
  throw new UserError(
    `${file} is ${whole.is}, which takes this database's place as a whole: npm run -s tidings -- restore ${path}`,
  );
}
