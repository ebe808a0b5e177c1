import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Api } from "grammy";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createClient } from "../src/node/client.ts";
import { createNodeDial } from "../src/sources/dial-node.ts";
import { fetchDocument } from "../src/sources/fetch.ts";

/** A proxy that notes whom it was asked for and opens nothing. */
let proxy: Server;
let url: string;
let asked: string[];

beforeEach(async () => {
  asked = [];
  proxy = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(403).end();
  });
  proxy.on("connect", (request, socket) => {
    asked.push(request.url ?? "");
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => proxy.close(resolve)));

it("Telegram is reached through the proxy", async () => {
  const api = new Api(
    "1:TEST",
    createClient({ HTTPS_PROXY: url, NO_PROXY: undefined }, "https://telegram.example.org"),
  );
  await expect(api.getMe()).rejects.toThrow();
  expect(asked).toEqual(["telegram.example.org:443"]);
});

it("hosts of NO_PROXY and a Bot API of one's own are reached without it", async () => {
  const named = { HTTPS_PROXY: url, NO_PROXY: "localhost,.example.invalid" };
  await expect(new Api("1:TEST", createClient(named, "https://telegram.example.invalid")).getMe()).rejects.toThrow();
  await expect(new Api("1:TEST", createClient(named, "http://127.0.0.1:9")).getMe()).rejects.toThrow();
  expect(asked).toEqual([]);
});

it("sources go through the proxy, and what does not meets the guard", async () => {
  const { dial, close } = createNodeDial({ allowed: new Set(), proxy: url, noProxy: "127.0.0.1" });
  const signal = AbortSignal.timeout(5_000);
  await expect(dial("https://news.example.org/feed", { headers: {}, signal })).rejects.toThrow();
  await expect(dial(`http://127.0.0.1:${new URL(url).port}/`, { headers: {}, signal })).rejects.toThrow();
  expect(asked).toEqual(["news.example.org:443"]);
  await close();
});

it("what is inside is not asked for through the proxy either", async () => {
  const { dial, close } = createNodeDial({ allowed: new Set(), proxy: url });
  const options = { userAgent: "tidings-test", allowed: new Set<string>(), now: new Date("2026-11-22T00:00:00Z") };
  expect(await fetchDocument(dial, "http://192.168.1.1/", options)).toMatchObject({ code: "blocked" });
  expect(asked).toEqual([]);
  await close();
});
