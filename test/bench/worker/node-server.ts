import { serve } from "@hono/node-server";
import { liveHost } from "../../support/host.ts";

/** The whole program on Node, by webhook, in a process of its own. */
export type NodeSettings = { apiRoot: string; file: string; token: string; secret: string; rate: string };

const { apiRoot, file, token, secret, rate } = JSON.parse(process.argv[2] ?? "{}") as NodeSettings;
const port = await freePort();
const address = { PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}`, WEBHOOK_SECRET: secret };
const env = { ...address, SEND_RATE: rate, PAID_BROADCAST: "true", NIGHT_HOURS: "00:00-00:00" };
const host = await liveHost(apiRoot, file, { token, env });
await host.ready;
await host.idle();

process.on("message", (word) => void (word === "tick" ? host.tick() : host.stop().then(() => process.exit(0))));
process.send?.({ port });

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = serve({ fetch: () => new Response(), port: 0, hostname: "127.0.0.1" }, (at) =>
      server.close(() => resolve(at.port)),
    );
  });
}
