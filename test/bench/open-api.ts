import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { ApiOrder, ApiReport, ApiSettings } from "./api-server.ts";

/** Starts the Bot API of a bench in its own process; it takes orders and tells what it saw. */
export async function openApi(settings: ApiSettings) {
  const child: ChildProcess = fork(join(import.meta.dirname, "api-server.ts"), [JSON.stringify(settings)]);
  const answer = <T>() => new Promise<T>((resolve) => child.once("message", (message) => resolve(message as T)));
  const { port } = await answer<{ port: number }>();
  return {
    root: `http://127.0.0.1:${port}`,
    order: async (order: ApiOrder) => {
      child.send(order);
      return (await answer<{ report: ApiReport }>()).report;
    },
    close: async () => {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.disconnect();
      await exited;
    },
  };
}
