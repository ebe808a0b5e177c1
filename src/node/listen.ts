import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import type { Hono } from "hono";
import { UserError } from "../errors.ts";

export type Listening = { url: string; close(): Promise<void> };

/** Listens; a port in use or an address that is not ours is told in one line with what to do. */
export function listen(app: Hono, options: { host: string; port: number }): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: options.host, port: options.port });
    server.once("error", (error: NodeJS.ErrnoException) => reject(asUserError(error, options)));
    server.once("listening", () => {
      const { port } = server.address() as AddressInfo;
      const host = options.host.includes(":") ? `[${options.host}]` : options.host;
      resolve({
        url: `http://${host}:${port}`,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            // Idle keep-alive connections would hold the process; what is being answered may end.
            if ("closeIdleConnections" in server) server.closeIdleConnections();
          }),
      });
    });
  });
}

function asUserError(error: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): unknown {
  if (error.code === "EADDRINUSE") {
    return new UserError(
      `Port ${port} on ${host} is in use. Stop the other program, or set PORT to another port (0 takes a free one).`,
    );
  }
  if (error.code === "EACCES") return new UserError(`Port ${port} needs more rights. Set PORT to one above 1023.`);
  if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND") {
    return new UserError(`HOST ${host} is not an address of this machine. Set HOST to 127.0.0.1 or 0.0.0.0.`);
  }
  return error;
}
