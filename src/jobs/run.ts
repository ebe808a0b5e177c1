import type { Job } from "../app.ts";

/** Jobs that may run side by side. */
const lanesMax = 64;
/** Jobs that may wait; what does not fit is found again in its row by the next tick. */
const waitingMax = 20_000;

export type Runner = {
  enqueue(job: Job): void;
  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void>;
  /** Takes nothing more, forgets what waits (the rows remember) and resolves when what runs has ended. */
  stop(): Promise<void>;
};

/**
 * Runs jobs in this process: those of one lane one after the other (a chat's updates in their order, each kind of
 * bulk work once at a time), lanes side by side. A job that already waits is not queued again.
 */
export function createRunner(work: (job: Job) => Promise<void>, onError: (job: Job, error: unknown) => void): Runner {
  const waiting = new Map<string, Job[]>();
  const running = new Set<string>();
  let count = 0;
  let stopped = false;
  let watchers: (() => void)[] = [];

  function enqueue(job: Job): void {
    if (stopped || count >= waitingMax) return;
    const lane = laneOf(job);
    const jobs = waiting.get(lane) ?? [];
    if (job.kind !== "update" && jobs.length > 0) return;
    jobs.push(job);
    waiting.set(lane, jobs);
    count += 1;
    queueMicrotask(startMore);
  }

  function startMore(): void {
    for (const [lane, jobs] of waiting) {
      if (running.size >= lanesMax) return;
      if (running.has(lane)) continue;
      const job = jobs.shift()!;
      if (jobs.length === 0) waiting.delete(lane);
      count -= 1;
      running.add(lane);
      void runOne(lane, job);
    }
    if (running.size === 0 && count === 0) {
      for (const watcher of watchers) watcher();
      watchers = [];
    }
  }

  async function runOne(lane: string, job: Job): Promise<void> {
    try {
      await work(job);
    } catch (error) {
      onError(job, error);
    } finally {
      running.delete(lane);
      startMore();
    }
  }

  function idle(): Promise<void> {
    if (running.size === 0 && count === 0) return Promise.resolve();
    return new Promise((resolve) => watchers.push(resolve));
  }

  return {
    enqueue,
    idle,
    stop() {
      stopped = true;
      waiting.clear();
      count = 0;
      return idle();
    },
  };
}

/** Jobs of one lane are done one after the other. */
export function laneOf(job: Job): string {
  if (job.kind === "update") return `update ${job.chat}`;
  // A long import must not keep another from being begun.
  return job.kind === "source-task" ? `source-task ${job.id}` : job.kind;
}
