import { createRunner } from "../../src/jobs/run.ts";
import { createWork } from "../../src/jobs/work.ts";
import { type BotWorld, openBotWorld } from "./bot-world.ts";

/** Runs the bot; speaks Chinese unless told otherwise. */
export const owner = 901;
/** The first of six readers, who read Chinese and English in turn. */
export const reader = 501;

export type BreakingWorld = BotWorld & {
  /** Does what was enqueued, side by side as the program does: a broadcast keeps its job until it ends. */
  send(): Promise<void>;
  /** What the newest message of a chat says. */
  text(chatId: number): string;
};

/** A bot with an owner and six readers. */
export async function openBreakingWorld({ language = "zh", env = {} } = {}): Promise<BreakingWorld> {
  const world = await openBotWorld({ at: "2026-11-22T06:32:00Z", env: { ADMIN_IDS: String(owner), ...env } });
  world.playground.addPerson({ id: owner, firstName: "Ed", language, started: true });
  for (let id = reader; id < reader + 6; id += 1) {
    world.playground.addPerson({ id, firstName: `R${id}`, language: id % 2 === 0 ? "en" : "zh", started: true });
    await world.say(id, "/subscribe 08:00");
  }
  world.jobs.length = 0;
  return { ...world, send: () => send(world), text: (chat) => world.last(chat).text ?? world.last(chat).caption ?? "" };
}

async function send(world: BotWorld): Promise<void> {
  world.playground.moveClock({ byMs: 11_000 });
  const broken: string[] = [];
  const runner = createRunner(createWork(world.app, world.bot), (job, error) => broken.push(`${job.kind} ${error}`));
  const later = world.app.enqueue;
  world.app.enqueue = runner.enqueue;
  for (const job of world.jobs.splice(0)) runner.enqueue(job);
  // The world's clock stands still, and the gate's with it.
  const timer = setInterval(() => world.playground.moveClock({ byMs: 500 }), 20);
  await runner.idle();
  clearInterval(timer);
  world.app.enqueue = later;
  if (broken.length > 0) throw new Error(broken.join("\n"));
}
