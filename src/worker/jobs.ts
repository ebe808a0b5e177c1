import type { Job } from "../app.ts";
import { laneOf } from "../jobs/run.ts";
import { glance } from "../store/glance.ts";
import { laneLeaseMs } from "./lanes.ts";
import type { Program } from "./program.ts";

/** Messages a second that one invocation sends through its connections, Telegram being 40 to 57 ms away. */
const sentPerSecond = 100;

/** So many due deliveries are worth an invocation of their own. */
const sharePerInvocation = 100;

/** Does one job of the queue, unless as many do it already as may; what it leaves goes on in another invocation. */
export async function runJob(program: Program, job: Job): Promise<void> {
  const { app, gate, budget, work } = program;
  // An update is claimed by its row, and a chat's order was kept when it came in.
  if (job.kind === "update") return work(job);
  const lane = laneOf(job);
  const token = `${app.random()}`;
  const places = job.kind === "deliver" ? Math.ceil(app.config.SEND_RATE / sentPerSecond) : 1;
  const taken = await gate.enter(lane, token, places);
  if (taken === 0) return;
  if (taken === 1 && places > 1) await callOthers(program, job, places - 1);
  const timer = setInterval(() => {
    gate.enter(lane, token, places).catch((error) => app.log.warn({ error, lane }, "a lane could not be kept"));
  }, laneLeaseMs / 3);
  try {
    await work(job);
  } finally {
    clearInterval(timer);
    const again = await gate.leave(lane, token);
    if (again || budget.signal.aborted) app.enqueue(job);
  }
}

/** Where more is due than one invocation sends in a second, others take their share: rows are claimed one by one. */
async function callOthers({ app, send }: Program, job: Job, most: number): Promise<void> {
  const { deliveriesDue } = await glance(app.db, app.now());
  const others = Math.min(most, Math.floor(deliveriesDue / sharePerInvocation));
  if (others > 0) await send(Array.from({ length: others }, () => job));
}
