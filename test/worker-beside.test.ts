import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "#runtime";
import type { Job } from "../src/app.ts";
import { readConfig } from "../src/config.ts";
import { silentLog } from "../src/log.ts";
import { createBroadcast, moveBroadcast } from "../src/store/broadcasts.ts";
import { runWithUrgent } from "../src/worker/beside.ts";
import { createLanes } from "../src/worker/lanes.ts";
import type { Program } from "../src/worker/program.ts";
import { textOf } from "./support/broadcasting.ts";

const now = () => new Date("2026-11-22T08:00:00Z");

describe("what an editor waits for, in an invocation of the queue that lasts", () => {
  let store: Awaited<ReturnType<typeof openStore>>;
  let done: string[];
  let queued: string[];
  beforeEach(async () => {
    store = await openStore();
    done = [];
    queued = [];
  });
  afterEach(() => store.close());

  /** As much of a program as a job of the queue needs; `work` says what a job does. */
  function programWith(work: (job: Job, app: Program["app"]) => Promise<void>, stop = new AbortController()): Program {
    const app = {
      ...{ db: store.db, now, log: silentLog, config: readConfig({}), random: Math.random },
      enqueue: (job: Job) => void queued.push(job.kind),
    } as unknown as Program["app"];
    const program = {
      ...{ app, gate: createLanes(() => new Date()), budget: { signal: stop.signal } },
      work: async (job: Job) => {
        done.push(job.kind);
        await work(job, app);
      },
    };
    return program as unknown as Program;
  }

  async function send(): Promise<void> {
    const actor = { userId: 1, name: "Ed" };
    const made = await createBroadcast(
      store.db,
      {
        ...{ origin: "x", userId: 1, userName: "Ed", chatId: 1, storyId: null, articleIds: [], url: null, photo: null },
        texts: { en: textOf("Sea wall leaks") },
      },
      now(),
    );
    const change = { state: "countdown" as const, dueAt: now() };
    await moveBroadcast(store.db, made.id, { from: ["draft"], change, now: now(), actor, act: { act: "confirmed" } });
  }

  it("is begun beside an hour's sources, and only where there is something", async () => {
    const lasts = async (job: Job) => {
      if (job.kind === "refresh-sources") await new Promise((resolve) => setTimeout(resolve, 1_300));
    };
    await Promise.all([send(), runWithUrgent(programWith(lasts), { kind: "refresh-sources" })]);
    expect(done).toEqual(["refresh-sources", "broadcast"]);
  });

  it("is done in the watch's own invocation, each kind once at a time; what is spent goes to the queue", async () => {
    const stop = new AbortController();
    const asks = async (job: Job, app: Program["app"]) => {
      if (job.kind !== "broadcast") return;
      for (const kind of ["deliver", "deliver", "broadcast-round", "alerts"] as const) app.enqueue({ kind });
      await new Promise((resolve) => setTimeout(resolve, 50));
      stop.abort();
      app.enqueue({ kind: "deliver" });
    };
    await runWithUrgent(programWith(asks, stop), { kind: "broadcast" });
    expect(done).toEqual(["broadcast", "deliver", "broadcast-round"]);
    expect(queued).toEqual(["alerts", "deliver", "broadcast"]);
  });
});
