import { parentPort, workerData } from "node:worker_threads";
import { createIngest, type Incoming, joinHere } from "../jobs/ingest.ts";
import { openSqlite } from "../store/sqlite.ts";

/** What the thread is asked: articles to take in, or articles that are stored to join to their stories. */
export type Asked = { now: Date } & (
  | { kind: "ingest"; incoming: readonly Incoming[] }
  | { kind: "join"; articleIds: readonly number[] }
);
export type Answered = { result: unknown } | { error: Error };

/** The thread in which news comes in, with a connection of its own: one question after the other, each answered. */
const { db, close } = openSqlite(workerData.file as string, { durability: "normal", checkpoints: "apart" });
let now = new Date(0);
const join = joinHere({ db, now: () => now });
const ingest = createIngest(db, () => now, join);
let last: Promise<unknown> = Promise.resolve();

parentPort?.on("message", (asked: Asked | "close") => {
  last = last.then(async () => {
    if (asked === "close") {
      close();
      parentPort?.close();
      return;
    }
    now = asked.now;
    const answer: Promise<unknown> = asked.kind === "ingest" ? ingest(asked.incoming) : join(asked.articleIds);
    const answered: Answered = await answer.then(
      (result) => ({ result }),
      (error) => ({ error }),
    );
    parentPort?.postMessage(answered);
  });
});
