import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Bot, GrammyError, HttpError } from "grammy";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { TELEGRAM_FLOOD } from "../src/playground/flood.ts";
import { ANN, BLOCKED, CHANNEL, GROUP, OWNER, openScene, refuses, rule, TOKEN } from "./playground-kit.ts";

type Hook = {
  url: string;
  got: { secret: string | undefined; body: { update_id: number; message?: { text: string; chat: { id: number } } } }[];
  answer: (n: number) => Response | Promise<Response>;
  close: () => Promise<void>;
};

async function openHook(): Promise<Hook> {
  const hook: Hook = { url: "", got: [], answer: () => new Response(null, { status: 200 }), close: async () => {} };
  const app = new Hono();
  app.post("/hook", async (c) => {
    hook.got.push({ secret: c.req.header("x-telegram-bot-api-secret-token"), body: await c.req.json() });
    return hook.answer(hook.got.length);
  });
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
  await new Promise<void>((resolve) => server.once("listening", () => resolve()));
  hook.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  hook.close = () => {
    if ("closeAllConnections" in server) server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return hook;
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(condition()).toBe(true);
}

describe("getUpdates", () => {
  rule("polling-beside-webhook", async ({ call }) => {
    await call("setWebhook", { url: "http://127.0.0.1:9/hook" });
    expect(await call("getUpdates")).toMatchObject({
      status: 409,
      description:
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    });
    await call("deleteWebhook");
    expect((await call("getUpdates")).ok).toBe(true);
  });

  rule("polling-twice", async ({ call, pg }) => {
    await call("getUpdates", { offset: -1 });
    const [last] = (await call("getUpdates")).result;
    const first = call("getUpdates", { timeout: 20, offset: (last?.update_id ?? 0) + 1 });
    await new Promise((resolve) => setTimeout(resolve, 30));
    const second = call("getUpdates", { timeout: 20, offset: (last?.update_id ?? 0) + 1 });
    expect(await first).toMatchObject({
      error_code: 409,
      description: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    });
    pg.acts.say(ANN, ANN, "now");
    expect((await second).result[0].message.text).toBe("now");
  });

  rule("updates-confirmed", async ({ call, pg }) => {
    for (const text of ["a", "b", "c"]) pg.acts.say(ANN, ANN, text);
    const texts = async (params: object) =>
      (await call("getUpdates", params)).result.map((u: { message?: { text?: string } }) => u.message?.text);
    expect((await texts({})).slice(-3)).toEqual(["a", "b", "c"]);
    const updates = (await call("getUpdates", {})).result;
    const b = updates.at(-2).update_id;
    expect(await texts({ offset: b, limit: 1 })).toEqual(["b"]);
    expect(await texts({ offset: -1 })).toEqual(["c"]);
    expect(await texts({})).toEqual(["c"]);
  });

  rule("updates-allowed", async ({ call, pg }) => {
    await call("getUpdates", { offset: -1, allowed_updates: ["message"] });
    pg.acts.block(ANN);
    pg.acts.say(ANN, ANN, "hello");
    const kinds = (await call("getUpdates")).result.flatMap((u: object) => Object.keys(u));
    expect(kinds).not.toContain("my_chat_member");
    expect(kinds).toContain("message");
  });

  let laterMs = 0;
  rule(
    "updates-expire",
    async ({ call, pg, send }) => {
      const { result } = await send("x", { reply_markup: { inline_keyboard: [[{ text: "a", callback_data: "a" }]] } });
      pg.acts.press(ANN, ANN, result.message_id, "a");
      pg.acts.say(ANN, ANN, "stays");
      laterMs = 151_000;
      const updates = (await call("getUpdates")).result;
      expect(updates.some((u: object) => "callback_query" in u)).toBe(false);
      expect(updates.at(-1).message.text).toBe("stays");
      laterMs += 24 * 3_600_000;
      expect((await call("getUpdates")).result).toEqual([]);
    },
    { clock: () => performance.now() + laterMs },
  );

  rule("privacy-mode", async ({ call, pg, send }) => {
    pg.acts.say(ANN, GROUP, "just talk");
    pg.acts.say(ANN, GROUP, "/top@another_bot");
    pg.acts.say(ANN, GROUP, "/top@tidings_bot now");
    const said = (await call("sendMessage", { chat_id: GROUP, text: "from the bot" })).result;
    pg.acts.say(ANN, GROUP, "an answer", { replyTo: said.message_id });
    const anonymous = pg.acts.say(OWNER, GROUP, "/subscribe");
    const texts = (await call("getUpdates")).result.map((u: { message?: { text?: string } }) => u.message?.text);
    expect(texts.filter(Boolean)).toEqual(["/top@tidings_bot now", "an answer", "/subscribe"]);
    expect(anonymous).toMatchObject({ sender_chat: { id: GROUP }, from: { username: "GroupAnonymousBot" } });
    expect((await send("x")).ok).toBe(true);
  });

  it("tells what people do: blocking, channel posts, shared chats, edits", async () => {
    const { call, pg, close } = await openScene();
    await call("getUpdates", { offset: -1 });
    pg.acts.unblock(BLOCKED);
    pg.acts.say(OWNER, CHANNEL, "post");
    pg.acts.shareChat(OWNER, { requestId: 5, chatId: CHANNEL });
    const mine = pg.acts.say(ANN, ANN, "typo");
    pg.acts.edit(ANN, ANN, mine.message_id, "fixed");
    pg.acts.sendLocation(ANN, ANN, { latitude: 51.5, longitude: -0.1 });
    const updates = (await call("getUpdates")).result.slice(1);
    expect(updates[0].my_chat_member).toMatchObject({
      old_chat_member: { status: "kicked" },
      new_chat_member: { status: "member", user: { id: 42 } },
    });
    expect(updates[1].channel_post).toMatchObject({ text: "post", sender_chat: { id: CHANNEL } });
    expect(updates[1].channel_post.from).toBeUndefined();
    expect(updates[2].message.chat_shared).toMatchObject({ request_id: 5, chat_id: CHANNEL });
    expect(updates[4].edited_message.text).toBe("fixed");
    expect(updates[5].message.location.latitude).toBe(51.5);
    await close();
  });
});

describe("the webhook", () => {
  const hook = (more: object) => ({ method: "setWebhook", params: { url: "http://127.0.0.1:9/hook", ...more } });
  refuses("secret-too-long", hook({ secret_token: "x".repeat(257) }), "Bad Request: secret token is too long");
  refuses(
    "secret-characters",
    hook({ secret_token: "no spaces" }),
    "Bad Request: secret token contains unallowed characters",
  );
  refuses(
    "webhook-url",
    { method: "setWebhook", params: { url: "ftp://e.example.org" } },
    "Bad Request: bad webhook: an HTTPS URL must be provided for webhook",
  );
  rule("webhook-too-often", async ({ call }) => {
    await call("setWebhook", { url: "http://127.0.0.1:9/a" });
    const again = await call("setWebhook", { url: "http://127.0.0.1:9/b" });
    expect(again).toMatchObject({ status: 429, parameters: { retry_after: 1 } });
    expect(again.headers.get("retry-after")).toBe("1");
  });

  rule("webhook-secret-header", async ({ call, pg }) => {
    const there = await openHook();
    await call("setWebhook", { url: there.url, secret_token: "s3cret-_", drop_pending_updates: true });
    pg.acts.say(ANN, ANN, "hello");
    await until(() => there.got.length === 1);
    expect(there.got[0]).toMatchObject({ secret: "s3cret-_", body: { message: { text: "hello" } } });
    await until(() => pg.world.updates.pendingCount === 0);
    await there.close();
  });

  rule(
    "webhook-again",
    async ({ call, pg }) => {
      const there = await openHook();
      there.answer = (n) => new Response(null, { status: n < 4 ? 500 : 204 });
      await call("setWebhook", { url: there.url, drop_pending_updates: true });
      pg.acts.say(ANN, ANN, "again and again");
      await until(() => there.got.length === 3);
      expect((await call("getWebhookInfo")).result).toMatchObject({
        url: there.url,
        pending_update_count: 1,
        last_error_message: "Wrong response from the webhook: 500 Internal Server Error",
      });
      await until(() => there.got.length === 4);
      expect(new Set(there.got.map((one) => one.body.update_id)).size).toBe(1);
      await until(() => pg.world.updates.pendingCount === 0);
      await there.close();
    },
    { retryUnitMs: 20 },
  );

  rule("webhook-in-order", async ({ call, pg }) => {
    const there = await openHook();
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    there.answer = async (n) => {
      if (n === 1) await gate;
      return new Response(null, { status: 200 });
    };
    await call("setWebhook", { url: there.url, drop_pending_updates: true });
    pg.acts.say(ANN, ANN, "first");
    pg.acts.say(ANN, ANN, "second");
    pg.acts.say(OWNER, OWNER, "other chat");
    await until(() => there.got.length === 2);
    expect(there.got.map((one) => one.body.message?.text)).toEqual(["first", "other chat"]);
    open();
    await until(() => there.got.length === 3);
    expect(there.got[2]?.body.message?.text).toBe("second");
    await there.close();
  });

  it("runs one method that comes as the answer", async () => {
    const { call, pg, close } = await openScene();
    const there = await openHook();
    there.answer = () => Response.json({ method: "sendMessage", chat_id: ANN, text: "by reply" });
    await call("setWebhook", { url: there.url, drop_pending_updates: true });
    pg.acts.say(ANN, ANN, "hello");
    await until(() => pg.botMessages(ANN).some((m) => m.text === "by reply"));
    await there.close();
    await close();
  });
});

describe("flood control", () => {
  const flood = { flood: TELEGRAM_FLOOD };
  let elapsedMs = 0;
  const moved = { ...flood, clock: () => elapsedMs };

  rule(
    "flood-chat",
    async ({ send, pg }) => {
      elapsedMs += 100_000;
      const codes = [];
      for (let i = 0; i < 4; i++) codes.push((await send("x")).status);
      expect(codes).toEqual([200, 200, 200, 429]);
      const refused = await send("x");
      expect(refused).toMatchObject({
        error_code: 429,
        description: "Too Many Requests: retry after 1",
        parameters: { retry_after: 1 },
      });
      expect(refused.headers.get("retry-after")).toBe("1");
      // The news clock has nothing to do with it.
      pg.moveClock({ byMs: 3_600_000 });
      expect((await send("x")).status).toBe(429);
      elapsedMs += 1_000;
      expect((await send("x")).status).toBe(200);
    },
    moved,
  );

  rule(
    "flood-group",
    async ({ call }) => {
      elapsedMs += 100_000;
      let sent = 0;
      let refused = await call("sendMessage", { chat_id: GROUP, text: "x" });
      while (refused.ok && sent < 100) {
        sent++;
        elapsedMs += 1_000;
        refused = await call("sendMessage", { chat_id: GROUP, text: "x" });
      }
      // Twenty at once, and one more every three seconds meanwhile.
      expect(sent).toBe(29);
      expect(refused.parameters?.retry_after).toBeGreaterThanOrEqual(1);
    },
    moved,
  );

  rule(
    "flood-group-edits",
    async ({ call }) => {
      elapsedMs += 100_000;
      const { message_id } = (await call("sendMessage", { chat_id: GROUP, text: "x" })).result;
      const edit = (i: number) => call("editMessageText", { chat_id: GROUP, message_id, text: `${i}` });
      for (let i = 0; i < 20; i++) expect((await edit(i)).ok).toBe(true);
      expect(await edit(20)).toMatchObject({ error_code: 429, parameters: { retry_after: 3 } });
    },
    moved,
  );

  rule(
    "flood-all",
    async ({ call, pg }) => {
      elapsedMs += 100_000;
      for (let id = 100; id < 140; id++) pg.addPerson({ id, firstName: `P${id}`, started: true });
      const send = (chat_id: number) => call("sendMessage", { chat_id, text: "x" });
      const codes = await Promise.all(Array.from({ length: 40 }, (_, i) => send(100 + i)));
      expect(codes.filter((answer) => answer.ok)).toHaveLength(30);
      // Whoever has just written gets an answer all the same.
      pg.acts.say(139, 139, "hello");
      expect((await send(139)).ok).toBe(true);
      elapsedMs += 500;
      const next = await Promise.all(Array.from({ length: 20 }, (_, i) => send(110 + i)));
      expect(next.filter((answer) => answer.ok)).toHaveLength(15);
    },
    moved,
  );

  rule("paid-without-stars", async ({ send }) => {
    expect((await send("x", { allow_paid_broadcast: true })).description).toBe("Bad Request: FLOODSKIP_NOT_ALLOWED");
  });

  it("lets who pays send a thousand a second, for stars", async () => {
    const { call, pg, close } = await openScene({ ...moved, stars: 20_000 });
    for (let id = 1_000; id < 1_100; id++) pg.addPerson({ id, firstName: "P", started: true });
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        call("sendMessage", { chat_id: 1_000 + i, text: "x", allow_paid_broadcast: true }),
      ),
    );
    expect(answers.every((answer) => answer.ok)).toBe(true);
    expect((await call("getMyStarBalance")).result.amount).toBe(19_993);
    await close();
  });
});

describe("the bot's card", () => {
  const commands = (list: unknown, more: object = {}) => ({
    method: "setMyCommands",
    params: { commands: list, ...more },
  });
  const one = { command: "top", description: "d" };
  refuses("commands-missing", commands(undefined), "Bad Request: can't parse commands: expected an Array");
  refuses("commands-too-many", commands(Array(101).fill(one)), "Bad Request: BOT_COMMANDS_TOO_MUCH");
  refuses("command-name", commands([{ ...one, command: "搜索" }]), "Bad Request: BOT_COMMAND_INVALID");
  refuses(
    "command-description",
    commands([{ ...one, description: "x".repeat(257) }]),
    "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID",
  );
  refuses(
    "command-scope",
    commands([one], { scope: { type: "everywhere" } }),
    "Bad Request: can't parse BotCommandScope: Unsupported type specified",
  );
  refuses(
    "language-code",
    commands([one], { language_code: "zh-hans" }),
    "Bad Request: invalid language code specified",
  );
  refuses(
    "profile-text-long",
    { method: "setMyShortDescription", params: { short_description: "x".repeat(121) } },
    "Bad Request: short description is too long",
  );

  it("shows the narrowest list in the viewer's language", async () => {
    const { call, pg, close } = await openScene();
    const set = (command: string, more: object) =>
      call("setMyCommands", { commands: [{ command, description: "d" }], ...more });
    await set("default", {});
    await set("private_zh", { scope: { type: "all_private_chats" }, language_code: "zh" });
    await set("private", { scope: { type: "all_private_chats" } });
    await set("mine", { scope: { type: "chat", chat_id: OWNER } });
    await set("admins", { scope: { type: "all_chat_administrators" } });
    const seen = (chatId: number, language: string, isPrivate = true, isAdmin = false) =>
      pg.world.profile.commandsFor({ chatId, userId: ANN, isPrivate, isAdmin, language }).map((c) => c.command);
    expect(seen(ANN, "zh-hans")).toEqual(["private_zh"]);
    expect(seen(ANN, "en")).toEqual(["private"]);
    expect(seen(OWNER, "zh-hans")).toEqual(["mine"]);
    expect(seen(GROUP, "en", false, true)).toEqual(["admins"]);
    expect(seen(GROUP, "en", false)).toEqual(["default"]);
    await call("deleteMyCommands", { scope: { type: "all_private_chats" }, language_code: "zh" });
    expect(seen(ANN, "zh-hans")).toEqual(["private"]);
    await call("setMyDescription", { description: "描述", language_code: "zh" });
    expect((await call("getMyDescription", { language_code: "zh" })).result).toEqual({ description: "描述" });
    expect((await call("getMyName")).result).toEqual({ name: "tidings" });
    await close();
  });
});

describe("what goes wrong on purpose, seen with grammY", () => {
  it("floods, gateways, resets, slowness and refusals", async () => {
    const { pg, url, close } = await openScene();
    const bot = new Bot(TOKEN, { client: { apiRoot: url, timeoutSeconds: 1 } });
    const send = () => bot.api.sendMessage(ANN, "x").catch((error: unknown) => error);
    const sent = () => pg.botMessages(ANN).length;

    pg.fault({ kind: "flood", retryAfter: 7, chatId: ANN });
    const flood = await send();
    expect(flood).toBeInstanceOf(GrammyError);
    expect((flood as GrammyError).parameters.retry_after).toBe(7);
    pg.fault({ kind: "gateway", method: "sendMessage" });
    expect(await send()).toBeInstanceOf(HttpError);
    pg.fault({ kind: "reset" });
    expect(await send()).toBeInstanceOf(HttpError);
    expect(sent()).toBe(0);
    pg.fault({ kind: "reset", delivered: true });
    expect(await send()).toBeInstanceOf(HttpError);
    pg.fault({ kind: "gateway", delivered: true });
    expect(await send()).toBeInstanceOf(HttpError);
    expect(sent()).toBe(2);
    pg.fault({ kind: "slow", ms: 1_500 });
    expect(await send()).toBeInstanceOf(HttpError);
    pg.fault({ kind: "refuse", code: 403, description: "Forbidden: user is deactivated", after: 1 });
    expect(await send()).not.toBeInstanceOf(Error);
    expect(await send()).toMatchObject({ error_code: 403 });
    await close();
  });
});
