// @ts-expect-error: written by start.ts for the bundler, which finds it by this name
import { files } from "case-files";
import { answerFor, type InsideEnv, migrateAll, useEnv } from "./runtime.ts";
import { cases, file } from "./vitest.ts";

let loaded: Promise<void> | undefined;

/** The worker in which the cases run: it lists them, runs the one that is asked for, and answers for their servers. */
export default {
  async fetch(request: Request, env: InsideEnv): Promise<Response> {
    if (request.headers.has("x-server")) return answerFor(request);
    useEnv(env);
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/migrate") {
      await migrateAll((await request.json()) as string[]);
      return new Response();
    }
    loaded ??= load();
    await loaded;
    if (pathname === "/cases") return Response.json(cases.map(({ run: _run, ...told }) => told));
    const wanted = cases[Number(searchParams.get("n"))];
    if (wanted === undefined) return Response.json({ error: "no such case" });
    try {
      await wanted.run();
      return Response.json({});
    } catch (error) {
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      return Response.json({ error: message, stack });
    }
  },
};

async function load(): Promise<void> {
  for (const [name, read] of Object.entries(files as Record<string, () => Promise<unknown>>)) {
    file(name);
    await read();
  }
}
