import type { D1Database, D1PreparedStatement, ExecutionContext, Queue } from "@cloudflare/workers-types";
import type { Job } from "../../../src/app.ts";
import type { Env } from "../../../src/worker/env.ts";
import { createHandlers, type Handlers } from "../../../src/worker/handlers.ts";
import { fresh, type Seen } from "./seen.ts";

export { GateObject } from "../../../src/worker/gate-object.ts";

/**
 * The worker as src/worker.ts makes it, with what each invocation asks of the platform counted where it leaves our code:
 * independently of its own budget. The counts of each are told to WATCHER when it has ended.
 */
const handlers: Handlers = {
  fetch: async (request, env, ctx) => {
    const trips = new URL(request.url).searchParams.get("trips");
    if (trips !== null) return askNothing(env, Number(trips));
    return watched(`fetch ${new URL(request.url).pathname}`, { env, ctx }, (own, env, ctx) =>
      own.fetch(request, env, ctx),
    );
  },
  scheduled: (controller, env, ctx) =>
    watched("scheduled", { env, ctx }, (own, env, ctx) => own.scheduled(controller, env, ctx)),
  queue: (batch, env, ctx) =>
    watched(`queue ${batch.messages.map(({ body }) => body.kind).join()}`, { env, ctx }, (own, env, ctx) =>
      own.queue(batch, env, ctx),
    ),
};
export default handlers;

/** Calls of D1 that do nothing: what each costs is the local D1's own way to be asked. */
async function askNothing(env: Env, times: number): Promise<Response> {
  for (let n = 0; n < times; n += 1) await env.DB.prepare("select 1").all();
  return new Response();
}

type Event = { env: Env; ctx: ExecutionContext };

async function watched<T>(
  what: string,
  { env, ctx }: Event,
  run: (handlers: Handlers, env: Env, ctx: ExecutionContext) => Promise<T>,
): Promise<T> {
  const seen = fresh(what);
  const kept: Promise<unknown>[] = [];
  const own = createHandlers({
    now: () => new Date(),
    random: Math.random,
    fetch: (input, init) => {
      seen.fetches += 1;
      return open(seen, () => fetch(input, init));
    },
  });
  const watchedEnv = { ...env, DB: database(env.DB, seen), JOBS: queue(env, seen), GATE: gate(env.GATE, seen) };
  const watchedCtx = {
    waitUntil: (promise: Promise<unknown>) => {
      kept.push(promise);
      ctx.waitUntil(promise);
    },
  };
  const begun = Date.now();
  try {
    return await run(own, watchedEnv as unknown as Env, watchedCtx as unknown as ExecutionContext);
  } catch (error) {
    seen.error = String(error);
    throw error;
  } finally {
    ctx.waitUntil(
      (async () => {
        for (let n = -1; n < kept.length; ) {
          n = kept.length;
          await Promise.allSettled(kept);
        }
        seen.wallMs = Date.now() - begun;
        await fetch(String(env["WATCHER"]), { method: "POST", body: JSON.stringify(seen) });
      })(),
    );
  }
}

/** A call that waits for its answer, beside those that do already. */
async function open<T>(seen: Seen, call: () => Promise<T>): Promise<T> {
  seen.open += 1;
  seen.openMost = Math.max(seen.openMost, seen.open);
  try {
    return await call();
  } finally {
    seen.open -= 1;
  }
}

function database(of: D1Database, seen: Seen): D1Database {
  const originals = new WeakMap<object, D1PreparedStatement>();
  const asked = (statements: number) => {
    seen.queries += statements;
    seen.trips += 1;
  };
  const wrap = (statement: D1PreparedStatement, sql: string): D1PreparedStatement => {
    const run = (name: "all" | "run" | "raw" | "first") => () => {
      asked(1);
      if (seen.list.length < seen.listMax) seen.list.push(sql);
      return open(seen, () => (statement[name] as () => Promise<unknown>)());
    };
    const made = {
      bind: (...values: unknown[]) => {
        seen.parametersMost = Math.max(seen.parametersMost, values.length);
        for (const value of values) {
          if (typeof value === "string") seen.valueBytesMost = Math.max(seen.valueBytesMost, value.length);
        }
        return wrap(statement.bind(...values), sql);
      },
      ...{ all: run("all"), run: run("run"), raw: run("raw"), first: run("first") },
    } as unknown as D1PreparedStatement;
    originals.set(made, statement);
    return made;
  };
  return {
    prepare: (sql: string) => {
      seen.sqlBytesMost = Math.max(seen.sqlBytesMost, sql.length);
      return wrap(of.prepare(sql), sql);
    },
    batch: (statements: D1PreparedStatement[]) => {
      asked(statements.length);
      if (seen.list.length < seen.listMax) seen.list.push(`batch of ${statements.length}`);
      return open(seen, () => of.batch(statements.map((each) => originals.get(each) ?? each)));
    },
  } as unknown as D1Database;
}

/** Spreads messages over the queues that there are, as consumers of one queue are at work side by side on Cloudflare. */
function queue(env: Env, seen: Seen): Queue<Job> {
  const all = Object.keys(env).filter((name) => /^JOBS\d*$/.test(name));
  return {
    sendBatch: (messages: { body: Job }[]) => {
      seen.sends += 1;
      seen.messages += messages.length;
      seen.batchMost = Math.max(seen.batchMost, messages.length);
      const one = (body: Job) => {
        const at = Math.floor(Math.random() * all.length);
        return (env[all[at]!] as Queue<Job>).send(body);
      };
      return open(seen, () => Promise.all(messages.map(({ body }) => one(body))));
    },
  } as unknown as Queue<Job>;
}

function gate(of: Env["GATE"], seen: Seen): Env["GATE"] {
  const stubOf = (id: never) => {
    const stub = of.get(id) as unknown as Record<string, (...asked: unknown[]) => Promise<unknown>>;
    return new Proxy(
      {},
      {
        get:
          (_, name: string) =>
          (...asked: unknown[]) => {
            seen.object += 1;
            return open(seen, () => stub[name]!(...asked));
          },
      },
    );
  };
  return { idFromName: (name: string) => of.idFromName(name), get: stubOf } as unknown as Env["GATE"];
}
