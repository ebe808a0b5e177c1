import { lookup as dnsLookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { Agent, buildConnector, type Dispatcher, EnvHttpProxyAgent, fetch as undiciFetch } from "undici";
import type { Dial } from "./fetch.ts";
import { type AllowedHosts, BlockedAddress, hostOf, isAddress, isPublicAddress } from "./guard.ts";

const connectMs = 10_000;
const headersMs = 20_000;
const bodyMs = 20_000;
const headerBytesMax = 32 * 1024;
/** A host gets no more connections from us at once. */
const connectionsPerHostMax = 2;

export type NodeDialOptions = {
  allowed: AllowedHosts;
  /** A proxy for everything but the hosts of `noProxy` (separated by commas). */
  proxy?: string | undefined;
  noProxy?: string | undefined;
};

/**
 * Dials on Node. Every name is looked up here, and only public addresses are handed to the socket, which is asked once
 * more whom it reached: redirects and DNS that changes its answer meet the same guard. With a proxy, the proxy looks
 * names up.
 */
export function createNodeDial(options: NodeDialOptions): { dial: Dial; close(): Promise<void> } {
  const limits = {
    headersTimeout: headersMs,
    bodyTimeout: bodyMs,
    maxHeaderSize: headerBytesMax,
    connections: connectionsPerHostMax,
  };
  const dispatcher: Dispatcher = options.proxy
    ? new EnvHttpProxyAgent({
        ...limits,
        httpProxy: options.proxy,
        httpsProxy: options.proxy,
        noProxy: options.noProxy ?? "",
        // For hosts that are reached without it: the guard holds there as everywhere.
        connect: guardedConnect(options.allowed),
      })
    : new Agent({ ...limits, connect: guardedConnect(options.allowed) });
  const dial: Dial = async (url, { headers, signal, method, body }) =>
    (await undiciFetch(url, {
      ...{ dispatcher, headers, signal, method: method ?? "GET", redirect: "manual" },
      ...(body === undefined ? {} : { body }),
    })) as unknown as Response;
  return { dial, close: () => dispatcher.close() };
}

function guardedConnect(allowed: AllowedHosts): buildConnector.connector {
  const connect = buildConnector({ timeout: connectMs, lookup: guardedLookup(allowed) as never });
  return (target, done) => {
    const host = hostOf(target.hostname);
    const free = allowed.has(host) || allowed.has(`${host}:${target.port}`);
    if (!free && isAddress(host) && !isPublicAddress(host)) return done(blocked(host), null);
    connect(target, (error, socket) => {
      if (error !== null) return done(error, null);
      if (!free && !isPublicAddress(socket.remoteAddress ?? "")) {
        socket.destroy();
        return done(blocked(host), null);
      }
      done(null, socket);
    });
  };
}

/** Looks a name up and leaves out what is not public; a name that has nothing else does not exist for us. */
function guardedLookup(allowed: AllowedHosts): LookupFunction {
  return (name, options, done) => {
    dnsLookup(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, "", 0);
      const open = allowed.has(hostOf(name)) ? addresses : addresses.filter(({ address }) => isPublicAddress(address));
      if (open.length === 0) return done(blocked(name), "", 0);
      if (options.all) (done as (error: null, addresses: typeof open) => void)(null, open);
      else done(null, open[0]!.address, open[0]!.family);
    });
  };
}

function blocked(host: string): BlockedAddress {
  return new BlockedAddress(`${host} is inside a network`);
}
