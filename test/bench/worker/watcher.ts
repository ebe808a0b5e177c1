import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Seen } from "./seen.ts";

export type Watcher = { seen: Seen[]; url: string; close(): Promise<unknown> };

/** Takes what each invocation tells when it has ended. */
export async function openWatcher(): Promise<Watcher> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      seen.push(JSON.parse(body) as Seen);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { seen, url: `http://127.0.0.1:${port}`, close };
}
