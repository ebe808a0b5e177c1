import type { Job } from "../app.ts";
import { laneOf } from "../jobs/run.ts";
import { countDue } from "../store/deliveries.ts";
import { laneLeaseMs } from "./lanes.ts";
import type { Program } from "./program.ts";

/** Messages a second that one invocation sends through its connections, Telegram being 40 to 57 ms away. */
const sentPerSecond = 100;

/** So many due deliveries are worth an invocation of their own. */
const sharePerInvocation = 100;
/** Others that one invocation calls: each of them looks as well, so that ten are at work after three calls. */
const calledAtOnce = 2;

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
  if (taken < places) await callOthers(program, job, { taken, places });
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

/**
 * Where more is due than those at work send in a second, others take their share: rows are claimed one by one. Whoever
 * begins looks, since a crowd may be planned while the first are at work already.
 */
async function callOthers(
  { app, send }: Program,
  job: Job,
  { taken, places }: { taken: number; places: number },
): Promise<void> {
  const due = await countDue(app.db, app.now(), places * sharePerInvocation);
  const wanted = Math.floor(due / sharePerInvocation) - taken;
  const others = Math.min(wanted, places - taken, calledAtOnce);
  if (others > 0) await send(Array.from({ length: others }, () => job));
}
