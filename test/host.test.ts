import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createHttp, type Health } from "../src/http.ts";
import type { Host } from "../src/node/host.ts";
import { eventually } from "./support/eventually.ts";
import { liveHost, openTelegram, reader, type Telegram, tempFolder, token } from "./support/host.ts";

/** A process of its own may take so long to begin on a busy machine. */
const startMs = 20_000;
const secret = "a-secret-of-32-characters-or-so-";
let telegram: Telegram;
let folder: ReturnType<typeof tempFolder>;
let hosts: Host[];

beforeEach(async () => {
  telegram = await openTelegram();
  folder = tempFolder();
  hosts = [];
});

afterEach(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await telegram.close();
  folder.remove();
});

async function start(more: Parameters<typeof liveHost>[2] = {}): Promise<Host> {
  const host = await liveHost(telegram.url, join(folder.path, "live.db"), more);
  hosts.push(host);
  return host;
}

async function health(host: Host): Promise<Health> {
  return (await fetch(`${host.url}/health`)).json() as Promise<Health>;
}

function answers(): string[] {
  return telegram.playground.botMessages(reader).map((message) => message.text ?? "");
}

describe("a live bot by long polling", () => {
  it("answers, says how it is, and stops cleanly", async () => {
    const host = await start();
    await host.ready;
    telegram.playground.acts.say(reader, reader, "/id");
    await eventually("the answer", () => answers().find((text) => text.includes(String(reader))));
    expect(await health(host)).toMatchObject({ status: "ok", way: "polling", bot: { id: 77 } });
  });

  it("never starts over somebody's webhook", async () => {
    const set = await fetch(`${telegram.url}/bot${token}/setWebhook?url=https://elsewhere.example.org/hook`);
    expect(await set.json()).toMatchObject({ ok: true });
    const host = await start();
    await expect(host.ready).rejects.toThrow(/served by a webhook at elsewhere\.example\.org/);
    const info = await (await fetch(`${telegram.url}/bot${token}/getWebhookInfo`)).json();
    expect(info).toMatchObject({ result: { url: "https://elsewhere.example.org/hook" } });
  });

  it("waits for a Telegram that is down at start, and says so", async () => {
    telegram.playground.fault({ kind: "gateway", method: "getMe", times: 2 });
    const host = await start();
    const waiting = await eventually("the problem", async () => {
      const now = await health(host);
      return now.problems.length > 0 ? now : undefined;
    });
    expect(waiting.status).toBe("degraded");
    expect(waiting.problems.join()).not.toContain("TEST-TOKEN");
    await host.ready;
    expect((await health(host)).status).toBe("ok");
  });

  it("stopped while it waits for Telegram or for another server, it ends as cleanly as ever", async () => {
    telegram.playground.fault({ kind: "gateway", method: "getMe", times: 1_000 });
    const file = join(folder.path, "live.db");
    const env = { PATH: "", BOT_TOKEN: token, DATABASE_PATH: file, TELEGRAM_API_ROOT: telegram.url, PORT: "0" };
    const said: string[] = [];
    const program = (waitsFor: RegExp) => {
      const child = spawn(process.execPath, ["src/node.ts"], { env, stdio: ["ignore", "ignore", "pipe"] });
      const ended = new Promise((resolve) => child.once("close", (code, signal) => resolve(code ?? signal)));
      let heard = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        heard += text;
        if (!text.startsWith("{")) said.push(text);
      });
      const waits = eventually(String(waitsFor), () => (waitsFor.test(heard) ? true : undefined), startMs);
      return { child, ended, waits };
    };
    const first = program(/Telegram cannot be reached/);
    await first.waits;
    const second = program(/another tidings serves this database/);
    await second.waits;
    second.child.kill("SIGTERM");
    expect(await second.ended).toBe(0);
    first.child.kill("SIGINT");
    expect(await first.ended).toBe(0);
    expect(said).toEqual([]);
  });

  it("ends with one line when Telegram does not know the token", async () => {
    const host = await liveHost(telegram.url, join(folder.path, "live.db"), { token: "77:ANOTHER-TOKEN-ALTOGETHER" });
    hosts.push(host);
    await expect(host.ready).rejects.toThrow(/does not know this BOT_TOKEN/);
  });

  it("refuses another bot's token on the same database", async () => {
    const first = await start();
    await first.ready;
    await expect(start({ token: "78:ANOTHER-BOT-ALTOGETHER" })).rejects.toThrow(/belongs to bot 77/);
  });

  it("waits while another server works on the same database", async () => {
    const first = await start();
    await first.ready;
    const second = await start();
    const waiting = await eventually("the wait", async () => {
      const now = await health(second);
      return now.problems.length > 0 ? now : undefined;
    });
    expect(waiting.problems[0]).toMatch(/another tidings/);
    await first.stop();
    hosts.shift();
    await second.ready;
    telegram.playground.acts.say(reader, reader, "/id");
    await eventually("the second one's answer", () => answers().find((text) => text.includes(String(reader))));
  });

  it("says in one line that a port is in use", async () => {
    const first = await start();
    await expect(start({ env: { PORT: new URL(first.url).port } })).rejects.toThrow(
      /is in use\. Stop the other program, or set PORT/,
    );
  });

  it("handles an update once, though Telegram gives it again after a restart", async () => {
    const first = await start();
    await first.ready;
    telegram.playground.acts.say(reader, reader, "/id");
    await eventually("the answer", () => answers()[0]);
    await first.stop();
    hosts.shift();
    const second = await start();
    await second.ready;
    telegram.playground.acts.say(reader, reader, "/help");
    await eventually("the next answer", () => answers()[1]);
    expect(answers().filter((text) => text.includes(String(reader)))).toHaveLength(1);
  });
});

describe("the webhook's route", () => {
  it("checks the secret before it looks at a body, and takes none that is too large", async () => {
    let bodies = 0;
    const http = createHttp({
      webhookSecret: () => secret,
      asUpdate: () => undefined,
      receive: async () => {
        bodies += 1;
      },
      health: async () => ({ status: "ok", problems: [] }),
      site: { db: () => undefined, now: () => new Date(), language: "en", timezone: "UTC" },
      onError: () => undefined,
    });
    const large = "x".repeat(2 * 1024 * 1024);
    const headers = { "x-telegram-bot-api-secret-token": secret, "content-length": String(large.length) };
    expect((await http.request("/telegram", { method: "POST", body: large, headers })).status).toBe(413);
    const wrong = { ...headers, "x-telegram-bot-api-secret-token": "wrong" };
    expect((await http.request("/telegram", { method: "POST", body: large, headers: wrong })).status).toBe(401);
    expect(bodies).toBe(0);
  });
});

describe("a live bot by webhook", () => {
  async function startHooked(): Promise<Host> {
    // The public address is this server itself: it is known once it listens, so a free port is taken first.
    const probe = await start();
    const { port } = new URL(probe.url);
    await probe.stop();
    hosts.pop();
    const host = await start({ env: { PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, WEBHOOK_SECRET: secret } });
    await host.ready;
    return host;
  }

  function post(host: Host, body: string, given: string | null = secret): Promise<Response> {
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (given !== null) headers["x-telegram-bot-api-secret-token"] = given;
    return fetch(`${host.url}/telegram`, { method: "POST", headers, body });
  }

  const message = (id: number, text: string) => ({
    update_id: id,
    message: {
      message_id: id,
      date: 1_700_000_000,
      chat: { id: reader, type: "private", first_name: "Ann" },
      from: { id: reader, is_bot: false, first_name: "Ann", language_code: "en" },
      text,
      entities: [{ type: "bot_command", offset: 0, length: text.length }],
    },
  });

  it("is set with its secret, and answers what Telegram sends", async () => {
    const host = await startHooked();
    telegram.playground.acts.say(reader, reader, "/id");
    await eventually("the answer", () => answers().find((text) => text.includes(String(reader))));
    expect(await health(host)).toMatchObject({ way: "webhook" });
  });

  it("lets nobody in without the secret, whatever the body", async () => {
    const host = await startHooked();
    for (const given of [null, "", "wrong", `${secret}x`]) {
      expect((await post(host, "not even JSON", given)).status).toBe(401);
    }
    expect((await fetch(`${host.url}/telegram`)).status).toBe(404);
    expect((await post(host, "{")).status).toBe(400);
    expect((await post(host, JSON.stringify({ update_id: "7" }))).status).toBe(400);
  });

  it("does a redelivered update once", async () => {
    telegram.playground.acts.start(reader);
    const host = await startHooked();
    await eventually("the greeting", () => answers()[0]);
    const before = answers().length;
    const body = JSON.stringify(message(900_001, "/id"));
    const sent = await Promise.all([post(host, body), post(host, body), post(host, body)]);
    expect(sent.map((response) => response.status)).toEqual([200, 200, 200]);
    await eventually("the answer", () => answers().find((text) => text.includes(String(reader))));
    expect((await post(host, body)).status).toBe(200);
    await host.idle();
    expect(answers()).toHaveLength(before + 1);
  });

  it("takes updates of kinds it does not know, and broken ones, with 200, and goes on", async () => {
    telegram.playground.acts.start(reader);
    const host = await startHooked();
    const odd = [
      { update_id: 910_001, business_message: { message_id: 1, chat: { id: 5 } } },
      {
        update_id: 910_002,
        callback_query: { id: "1", from: { id: reader, is_bot: false, first_name: "A" }, data: "1:x:y" },
      },
      { update_id: 910_003, message: null },
      { update_id: 910_004, message: { message_id: "x", chat: {}, text: 7 } },
      { update_id: 910_005, something_new: { deep: [{}] } },
      { update_id: 910_006, poll: { id: "9" } },
    ];
    for (const update of odd) expect((await post(host, JSON.stringify(update))).status).toBe(200);
    await host.idle();
    expect((await post(host, JSON.stringify(message(910_100, "/id")))).status).toBe(200);
    await eventually("the answer", () => answers().find((text) => text.includes(String(reader))));
    // An update is done with when its answer is written down, too.
    await host.idle();
    expect((await health(host)).updatesWaiting).toBe(0);
  });
});
