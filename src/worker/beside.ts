import type { Job } from "../app.ts";
import { createRunner } from "../jobs/run.ts";
import { urgentWork } from "../store/urgent.ts";
import { runJob } from "./jobs.ts";
import type { Program } from "./program.ts";

/** So often an invocation that lasts looks whether an editor waits for something. */
const lookEveryMs = 1_000;
/** The jobs of a breaking item. */
const urgentKinds: ReadonlySet<Job["kind"]> = new Set(["broadcast", "broadcast-round", "deliver"]);

/**
 * Does one job of the queue, and beside it what a breaking item needs. Queues thinks of another consumer only when an
 * invocation has ended: an hour's sources, or the watch over a broadcast itself, would hold up its copies. Lanes keep
 * it from being done twice where other consumers are at work.
 */
export async function runWithUrgent(program: Program, job: Job): Promise<void> {
  const { app, budget } = program;
  const queue = app.enqueue;
  const { enqueue, idle } = createRunner(
    (each) => runJob(program, each),
    (each, error) => app.log.warn({ error, job: each.kind }, "a job failed: its rows are found by the next tick"),
  );
  const isSpent = () => budget.signal.aborted;
  if (job.kind === "broadcast" || job.kind === "broadcast-round") {
    app.enqueue = (each) => (urgentKinds.has(each.kind) && !isSpent() ? enqueue(each) : queue(each));
  }
  const look = async () => {
    if (isSpent()) return;
    const urgent = await urgentWork(app.db, app.now());
    if (urgent.deliver && job.kind !== "deliver") enqueue({ kind: "deliver" });
    if (urgent.broadcast && job.kind !== "broadcast") enqueue({ kind: "broadcast" });
    if (urgent.round && job.kind !== "broadcast-round") enqueue({ kind: "broadcast-round" });
  };
  const timer = setInterval(() => {
    look().catch((error) => app.log.warn({ error }, "what is urgent could not be looked up"));
  }, lookEveryMs);
  try {
    await runJob(program, job);
  } finally {
    await idle();
    clearInterval(timer);
  }
}
