import { Api } from "grammy";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGate, type Gate } from "../src/telegram/gate.ts";
import { pacedReplies } from "../src/telegram/send.ts";
import { openSender, type Sender, token } from "./support/sender.ts";

let sender: Sender;
let gate: Gate;
let api: Api;

beforeEach(async () => {
  sender = await openSender();
  for (let id = 1; id <= 30; id += 1) sender.playground.addPerson({ id, firstName: `P${id}`, started: true });
  // One message a second for all: whoever passes the bucket of all is seen at once.
  gate = createGate({ rate: 1, now: () => new Date() });
  api = new Api(token, { ...(sender.app.api.options as object) });
  api.config.use(pacedReplies(gate));
});
afterEach(() => sender.close());

const calls = (method: string) => sender.playground.counters.calls.get(method) ?? 0;

async function timed<T>(act: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const start = performance.now();
  const result = await act();
  return { ms: performance.now() - start, result };
}

describe("answers to people", () => {
  it("do not wait for the bucket of all", async () => {
    const { ms } = await timed(() =>
      Promise.all(Array.from({ length: 30 }, (_, n) => api.sendMessage(n + 1, "hello"))),
    );
    expect(ms).toBeLessThan(900);
    expect(sender.playground.counters.sent).toBe(30);
  });

  it("keep to one a second in a chat, with what is pushed there, and hold up nobody else", async () => {
    // A delivery has just gone to chat 1.
    expect(await gate.chats([1])).toEqual([0]);
    const both = await Promise.all([
      timed(() => api.sendMessage(1, "after the digest")),
      timed(() => api.sendMessage(2, "at once")),
    ]);
    expect(both[0].ms).toBeGreaterThan(900);
    expect(both[1].ms).toBeLessThan(500);
    // And what is pushed waits for the answer.
    expect((await gate.chats([1]))[0]).toBeGreaterThan(500);
  });

  it("several to one chat go one after the other", async () => {
    const at: number[] = [];
    sender.playground.listen((event) => {
      if (event.type === "message") at.push(performance.now());
    });
    await Promise.all(["one", "two", "three"].map((text) => api.sendMessage(1, text)));
    expect(at[1]! - at[0]!).toBeGreaterThan(900);
    expect(at[2]! - at[1]!).toBeGreaterThan(900);
  });

  it("a short retry_after is waited out once, and the gate hears of it", async () => {
    sender.playground.fault({ kind: "flood", chatId: 1, retryAfter: 1 });
    const sent = timed(() => api.sendMessage(1, "hello"));
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await gate.chats([1]))[0]).toBeGreaterThan(100);
    expect((await sent).ms).toBeGreaterThan(950);
    expect(sender.texts(1)).toEqual(["hello"]);
    expect(calls("sendmessage")).toBe(2);
  });

  it("a long one is given to whoever answers, and nothing is sent into it", async () => {
    sender.playground.fault({ kind: "flood", chatId: 1, retryAfter: 20 });
    await expect(api.sendMessage(1, "hello")).rejects.toMatchObject({
      error_code: 429,
      parameters: { retry_after: 20 },
    });
    const { ms } = await timed(() =>
      expect(api.sendMessage(1, "again")).rejects.toMatchObject({ error_code: 429, parameters: { retry_after: 20 } }),
    );
    expect(ms).toBeLessThan(500);
    expect(calls("sendmessage")).toBe(1);
    expect((await gate.chats([1]))[0]).toBeGreaterThan(18_000);
  });

  it("refused again after the wait, the refusal is passed on", async () => {
    sender.playground.fault({ kind: "flood", chatId: 1, retryAfter: 1, times: 2 });
    await expect(api.sendMessage(1, "hello")).rejects.toMatchObject({ error_code: 429 });
    expect(calls("sendmessage")).toBe(2);
  });

  it("what is no message is not paced: edits, typing, buttons' toasts", async () => {
    const { message_id } = await api.sendMessage(1, "hello");
    const { ms } = await timed(async () => {
      await api.editMessageText(1, message_id, "hello again");
      await api.sendChatAction(1, "typing");
      await api.getChat(1);
    });
    expect(ms).toBeLessThan(500);
  });
});
