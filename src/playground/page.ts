import { readFileSync } from "node:fs";
import { type Context, Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { z } from "zod";
import { fromScriptOnly } from "./guard.ts";
import { type SampleArticle, sampleNews } from "./news.ts";
import type { Playground } from "./playground.ts";
import { ReadMarks, viewFor } from "./view.ts";
import type { PlaygroundEvent } from "./world.ts";

/** Bytes of what the page sends, files apart. */
const actBytesMax = 64 * 1024;
const uploadBytesMax = 20 * 1024 * 1024;
/** Events that wait for a slow page; beyond it the page is told to read everything anew. */
const eventsWaitingMax = 500;
const heartbeatMs = 15_000;
const textMax = 4_096;
/** Made-up readers of one act. */
const readersMax = 10_000;
/** Sample articles that come with the moved clock can be opened too. */
const aheadMs = 10 * 24 * 3_600_000;

const FILES: Readonly<Record<string, string>> = {
  "style.css": "text/css; charset=utf-8",
  "bubbles.css": "text/css; charset=utf-8",
  "icon.svg": "image/svg+xml",
  ...Object.fromEntries(
    "main actions api bubble chat-list clock composer dialogs dom entities log state words"
      .split(" ")
      .map((name) => [`${name}.js`, "text/javascript; charset=utf-8"]),
  ),
};

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const place = { chat: z.number().int(), thread: z.number().int().optional() };
const act = z.discriminatedUnion("do", [
  z.object({ do: z.literal("say"), ...place, text: z.string().min(1).max(textMax), replyTo: z.number().optional() }),
  z.object({ do: z.literal("press"), chat: z.number(), message: z.number(), data: z.string().max(64) }),
  z.object({ do: z.literal("forward"), chat: z.number(), message: z.number(), to: z.number(), thread: place.thread }),
  z.object({ do: z.literal("block") }),
  z.object({ do: z.literal("unblock") }),
  z.object({ do: z.literal("bot"), chat: z.number(), status: z.enum(["member", "administrator", "left", "kicked"]) }),
  z.object({ do: z.literal("share"), requestId: z.number().int(), chat: z.number() }),
  z.object({ do: z.literal("location"), latitude: z.number(), longitude: z.number() }),
  z.object({ do: z.literal("topic"), chat: z.number(), topic: z.number(), closed: z.boolean() }),
  z.object({ do: z.literal("readers"), count: z.number().int().min(1).max(readersMax) }),
  z.object({ do: z.literal("read"), chat: z.number(), thread: z.number().nullable(), message: z.number() }),
]);
type Act = z.infer<typeof act>;

const clockMove = z.union([
  z.object({ skip: z.literal("digest") }),
  z.object({
    byMs: z
      .number()
      .int()
      .min(0)
      .max(366 * 24 * 3_600_000),
  }),
  z.object({ reset: z.literal(true) }),
]);

/** The chat page and what it asks for: `/` and `/playground/*`. */
export function createPage(playground: Playground): Hono {
  const page = new Hono();
  const marks = new ReadMarks();
  const articles = new Map<string, SampleArticle>();

  page.use("/playground/*", fromScriptOnly);
  page.get("/", (c) => asset(c, "index.html", "text/html; charset=utf-8"));
  page.get("/playground/page/:file", (c) => {
    const type = FILES[c.req.param("file")];
    return type === undefined ? c.notFound() : asset(c, c.req.param("file"), type);
  });
  page.get("/playground/state", (c) => c.json(viewFor(playground, Number(c.req.query("as")), marks)));
  page.get("/playground/messages", (c) => {
    const chat = playground.world.chats.get(Number(c.req.query("chat")));
    return c.json({ messages: chat ? [...chat.messages.values()] : [] });
  });
  page.get("/playground/events", (c) => events(c, playground));
  page.get("/playground/file", (c) => file(c, playground));
  page.get("/playground/article", (c) => {
    const now = playground.now();
    if (articles.size === 0) {
      for (const one of sampleNews(playground.startedAt, new Date(playground.startedAt.getTime() + aheadMs))) {
        articles.set(one.draft.url ?? "", one);
      }
    }
    const found = articles.get(c.req.query("url") ?? "");
    return found && found.draft.publishedAt! <= now ? c.json(found) : c.json(null);
  });
  page.post("/playground/act", async (c) => {
    const body = z.object({ as: z.number().int(), act }).safeParse(await readJson(c));
    if (!body.success) return c.json({ error: "not an act" }, 400);
    try {
      return c.json(await perform(playground, marks, { userId: body.data.as, wish: body.data.act }));
    } catch (error) {
      return c.json({ error: error instanceof Error ? error.message : "failed" }, 409);
    }
  });
  page.post("/playground/upload", (c) => upload(c, playground));
  page.post("/playground/clock", async (c) => {
    const body = clockMove.safeParse(await readJson(c));
    if (!body.success) return c.json({ error: "not a move" }, 400);
    if (!("skip" in body.data)) return c.json({ now: playground.moveClock(body.data).getTime() });
    const to = await playground.nextDigestAt();
    if (to === null) return c.json({ now: null });
    const goesTo = await playground.nextDigestIn();
    return c.json({ now: playground.moveClock({ to }).getTime(), ...(goesTo && whereIs(playground, goesTo)) });
  });
  return page;
}

/** A chat and topic as a person knows them: 澜江街坊 · 科技. */
function whereIs({ world }: Playground, { chatId, threadId }: { chatId: number; threadId: number }): object {
  const chat = world.chats.get(chatId);
  const name = chat?.person?.user.first_name ?? chat?.json.title ?? "";
  const topic = chat?.topics.get(threadId)?.name;
  return { chat: chatId, thread: threadId, where: topic === undefined ? name : `${name} · ${topic}` };
}

function perform(
  playground: Playground,
  marks: ReadMarks,
  { userId, wish }: { userId: number; wish: Act },
): object | Promise<object> {
  const { acts, world } = playground;
  switch (wish.do) {
    case "say": {
      const { replyTo, thread } = wish;
      const options = { ...(replyTo !== undefined && { replyTo }), ...(thread !== undefined && { thread }) };
      return { id: acts.say(userId, wish.chat, wish.text, options).message_id };
    }
    case "press":
      return { queryId: acts.press(userId, wish.chat, wish.message, wish.data).id };
    case "forward":
      return {
        id: acts.forward(userId, { chatId: wish.chat, messageId: wish.message }, wish.to, wish.thread).message_id,
      };
    case "block":
      acts.block(userId);
      return {};
    case "unblock":
      acts.unblock(userId);
      return {};
    case "bot":
      acts.setBotStatus(wish.chat, wish.status, userId);
      return {};
    case "share":
      return { id: acts.shareChat(userId, { requestId: wish.requestId, chatId: wish.chat }).message_id };
    case "location":
      return { id: acts.sendLocation(userId, userId, wish).message_id };
    case "topic":
      acts.setTopic(wish.chat, wish.topic, { closed: wish.closed });
      return {};
    case "readers":
      return playground.addReaders(wish.count).then(() => ({}));
    case "read":
      if (world.chats.has(wish.chat)) marks.read(userId, wish.chat, wish.thread, wish.message);
      return {};
  }
}

/** What happens, as server-sent events, with a heartbeat so that tunnels keep the line open. */
function events(c: Context, playground: Playground): Response {
  return streamSSE(c, async (stream) => {
    let waiting: (PlaygroundEvent | { type: "resync" })[] = [];
    let wake: () => void = () => {};
    const stop = playground.listen((event) => {
      if (waiting.length >= eventsWaitingMax) waiting = [{ type: "resync" }];
      else waiting.push(event);
      wake();
    });
    stream.onAbort(() => {
      stop();
      wake();
    });
    await stream.writeSSE({ data: JSON.stringify({ type: "resync" }) });
    while (!stream.aborted && !playground.closed) {
      const batch = waiting;
      waiting = [];
      for (const event of batch) await stream.writeSSE({ data: JSON.stringify(event) });
      if (waiting.length > 0) continue;
      const timer = setTimeout(() => wake(), heartbeatMs);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      clearTimeout(timer);
      if (waiting.length === 0 && !stream.aborted) await stream.writeSSE({ event: "heartbeat", data: "" });
    }
    stop();
  });
}

async function upload(c: Context, { acts }: Playground): Promise<Response> {
  if (Number(c.req.header("content-length") ?? 0) > uploadBytesMax) return c.json({ error: "too large" }, 413);
  const form = await c.req.raw.formData();
  const file = form.get("file");
  if (!(file instanceof File)) return c.json({ error: "no file" }, 400);
  const thread = form.get("thread");
  const bytes = new Uint8Array(await file.arrayBuffer());
  const document = { name: file.name, mime: file.type || "application/octet-stream", bytes };
  const options = typeof thread === "string" && thread !== "" ? { thread: Number(thread) } : {};
  return c.json({
    id: acts.sendDocument(Number(form.get("as")), Number(form.get("chat")), document, options).message_id,
  });
}

/** A file of a chat: pictures are shown, everything else is saved. */
function file(c: Context, { world }: Playground): Response | Promise<Response> {
  const stored = world.files.get(c.req.query("id") ?? "");
  if (!stored) return c.notFound();
  const isPicture = /^image\/(png|jpeg|gif|webp)$/.test(stored.mime);
  return c.body(stored.bytes.slice().buffer, 200, {
    "content-type": isPicture ? stored.mime : "application/octet-stream",
    "content-disposition": isPicture ? "inline" : `attachment; filename*=UTF-8''${encodeURIComponent(stored.name)}`,
    "x-content-type-options": "nosniff",
  });
}

function asset(c: Context, name: string, type: string): Response {
  return c.body(readFileSync(new URL(`./page/${name}`, import.meta.url), "utf8"), 200, {
    "content-type": type,
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  });
}

async function readJson(c: Context): Promise<unknown> {
  const body = await c.req.text();
  if (body.length > actBytesMax) return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
