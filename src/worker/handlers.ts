import type { ExecutionContext, MessageBatch, ScheduledController } from "@cloudflare/workers-types";
import type { Job } from "../app.ts";
import { createHttp, type Health } from "../http.ts";
import { asUpdate } from "../jobs/receive.ts";
import { createHubDoor } from "../jobs/receive-push.ts";
import { tick } from "../jobs/tick.ts";
import { addClicks } from "../store/clicks.ts";
import { glance } from "../store/glance.ts";
import { runWithUrgent } from "./beside.ts";
import { type Env, readSettings, type Settings } from "./env.ts";
import { openProgram, type Program, type Runtime } from "./program.ts";

/** Telegram keeps a chat's order until it is answered, so it is answered when the update has been handled, or this late. */
const answerMs = 10_000;

/** What the platform calls. */
export type Handlers = {
  fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response>;
  scheduled(controller: ScheduledController, env: Env, ctx: ExecutionContext): Promise<void>;
  queue(batch: MessageBatch<Job>, env: Env, ctx: ExecutionContext): Promise<void>;
};

/** The three ways in: Telegram and readers by HTTP, the clock, and the queue. */
export function createHandlers(given: Omit<Given, "settingsOf">): Handlers {
  const runtime = { ...given, settingsOf: settingsReader() };
  return {
    fetch: (request, env, ctx) =>
      invocation(runtime, { env, ctx }, async (program) => routes(program).fetch(request as never)),
    scheduled: (_, env, ctx) =>
      invocation(runtime, { env, ctx }, async ({ app, outbox }) => {
        await tick(app);
        await outbox.flush();
      }),
    queue: (batch, env, ctx) =>
      invocation(runtime, { env, ctx }, async (program) => {
        const { log } = program.app;
        for (const message of batch.messages) {
          if (batch.queue.endsWith("-dead")) {
            log.error({ job: message.body }, "a job was given up after several tries");
          } else {
            await runWithUrgent(program, message.body);
            log.debug({ job: message.body.kind, ...program.budget.spent }, "a job ended");
          }
        }
        await program.outbox.flush();
      }),
  };
}

type Given = Omit<Runtime, "waitUntil">;

/** Settings are read once for as long as the platform hands the same bindings along: a millisecond of each event. */
function settingsReader(): Runtime["settingsOf"] {
  const known = new WeakMap<Env, Settings>();
  return (env) => {
    const settings = known.get(env) ?? readSettings(env);
    known.set(env, settings);
    return settings;
  };
}

/** Builds the program for one event; its budget ends when all is done that the event is kept alive for. */
async function invocation<T>(
  runtime: Given,
  { env, ctx }: { env: Env; ctx: ExecutionContext },
  run: (program: Program) => Promise<T>,
): Promise<T> {
  const kept = new Set<Promise<unknown>>();
  const waitUntil = (promise: Promise<unknown>): void => {
    kept.add(promise);
    ctx.waitUntil(promise);
  };
  const program = openProgram(env, { ...runtime, waitUntil });
  try {
    return await run(program);
  } finally {
    ctx.waitUntil(allSettled(kept).then(program.budget.end));
  }
}

/** What is kept alive may keep more alive. */
async function allSettled(kept: Set<Promise<unknown>>): Promise<void> {
  for (let seen = -1; seen < kept.size; ) {
    seen = kept.size;
    await Promise.allSettled(kept);
  }
}

function routes(program: Program) {
  const { app, work, receive, waitUntil, webhookSecret } = program;
  const { config, db, now, log } = app;
  const hubs = createHubDoor(app);
  return createHttp({
    webhookSecret: () => webhookSecret,
    asUpdate,
    receive: async (update) => {
      const jobs = await receive(update);
      const handled = Promise.all(jobs.map(work));
      waitUntil(handled);
      await Promise.race([handled, new Promise((resolve) => setTimeout(resolve, answerMs))]);
    },
    hubs: () => ({
      ...hubs,
      take: async (token, sent) => {
        await hubs.take(token, sent);
        waitUntil(program.outbox.flush());
      },
    }),
    health: () => health(program),
    site: {
      db: () => db,
      clicked: (articleId) => waitUntil(addClicks(db, new Map([[articleId, 1]]), now())),
      ...{ now, language: config.DEFAULT_LANGUAGE, timezone: config.DEFAULT_TIMEZONE },
    },
    onError: (error) => log.error({ error }, "a request failed"),
  });
}

async function health({ app, gate }: Program): Promise<Health> {
  const now = app.now();
  const { id, username } = app.me;
  const stopped = await gate.stoppedUntil();
  const problems = stopped === null ? [] : [`telegram: asks everybody to wait until ${stopped.toISOString()}`];
  const status = problems.length === 0 ? "ok" : "degraded";
  return {
    status,
    problems,
    now: now.toISOString(),
    bot: { id, username },
    way: "webhook",
    ...(await glance(app.db, now)),
  };
}
