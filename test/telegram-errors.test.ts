import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, createServer as createTcp } from "node:net";
import { Api, GrammyError, HttpError } from "grammy";
import { describe, expect, it } from "vitest";
import { stepOf } from "../src/telegram/errors.ts";

const token = "123456:AAH-test_token_that_nobody_may_read_123";

/** What Telegram's server answers, word for word, and where each must lead. */
const answers: [code: number, description: string, step: string][] = [
  [403, "Forbidden: bot was blocked by the user", "rest"],
  [403, "Forbidden: bot can't initiate conversation with a user", "rest"],
  [403, "Forbidden: bot was kicked from the group chat", "rest"],
  [403, "Forbidden: bot was kicked from the channel chat", "rest"],
  [403, "Forbidden: bot is not a member of the supergroup chat", "rest"],
  [403, "Forbidden: something that nobody has seen yet", "rest"],
  [403, "Forbidden: user is deactivated", "gone"],
  [403, "Forbidden: the group chat was deleted", "gone"],
  [403, "Forbidden: bot can't send messages to bots", "gone"],
  [403, "Forbidden: the bot can't send messages to the bot", "gone"],
  [400, "Bad Request: chat not found", "rest"],
  [400, "Bad Request: PEER_ID_INVALID", "rest"],
  [400, "[Error]: Bad Request: user not found", "rest"],
  [400, "Bad Request: message thread not found", "no-topic"],
  [400, "Bad Request: TOPIC_CLOSED", "topic-closed"],
  [400, "Bad Request: not enough rights to send text messages to the chat", "no-rights"],
  [400, "Bad Request: not enough rights to send photos to the chat", "no-rights"],
  [400, "Bad Request: need administrator rights in the channel chat", "no-rights"],
  [400, "Bad Request: have no write access to the chat", "no-rights"],
  [400, "Bad Request: CHAT_WRITE_FORBIDDEN", "no-rights"],
  [400, "Bad Request: message is too long", "split"],
  [400, "Bad Request: text is too long", "split"],
  [400, "Bad Request: entities too long", "split"],
  [400, "Bad Request: ENTITIES_TOO_LONG", "split"],
  [400, "Bad Request: reply markup is too long", "split"],
  [400, 'Bad Request: can\'t parse entities: Unsupported start tag "p" at byte offset 0', "plain-text"],
  [
    400,
    "Bad Request: message is not modified: specified new message content and reply markup are the same",
    "unchanged",
  ],
  [400, "Bad Request: message to edit not found", "not-there"],
  [400, "Bad Request: message can't be deleted", "not-there"],
  [400, "Bad Request: member not found", "not-there"],
  [400, "Bad Request: query is too old and response timeout expired or query ID is invalid", "not-there"],
  [400, "Bad Request: message text is empty", "bug"],
  [400, "Bad Request: BUTTON_URL_INVALID", "bug"],
  [400, "Bad Request: BUTTON_DATA_INVALID", "bug"],
  [400, "Bad Request: file is too big", "bug"],
  [401, "Unauthorized", "token"],
  [404, "Not Found", "token"],
  [404, "Not Found: method not found", "bug"],
  [
    409,
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    "conflict",
  ],
  [500, "Internal Server Error: restart", "retry"],
  [500, "Internal Server Error: sent message was immediately deleted and can't be returned", "bug"],
  [502, "Bad Gateway", "unknown"],
];

describe("steps for Telegram's answers", () => {
  it.each(answers)("%i %s → %s", (code, description, step) => {
    expect(stepOf(refusal(code, description)).step).toBe(step);
  });

  it("keys on the parameters, whatever the words", () => {
    const migrated = refusal(400, "Bad Request: group chat was migrated to a supergroup chat", {
      migrate_to_chat_id: -100_123_456,
    });
    expect(stepOf(migrated)).toMatchObject({ step: "migrate", chatId: -100_123_456 });
    expect(stepOf(refusal(429, "Too Many Requests: retry after 37", { retry_after: 37 }))).toMatchObject({
      step: "wait",
      seconds: 37,
    });
    expect(stepOf(refusal(429, "Too Many Requests")).step).toBe("wait");
  });

  it("says what is our own mistake", () => {
    expect(stepOf(new TypeError(`no such field in ${token}`))).toEqual({
      step: "bug",
      reason: "no such field in <token>",
    });
    expect(stepOf("text")).toEqual({ step: "bug", reason: "text" });
  });
});

describe("steps for a network's failures, as grammY meets them", () => {
  it("refused connection and unknown name: it never left", async () => {
    const closed = await listen(createServer());
    const port = (closed.address() as AddressInfo).port;
    await close(closed);
    expect((await fail(`http://127.0.0.1:${port}`)).step).toBe("retry");
    expect((await fail("http://telegram.invalid")).step).toBe("retry");
  });

  it("an HTML page, a reset and a timeout: it may have arrived", async () => {
    const html: RequestListener = (_, response) => response.writeHead(502).end("<html>Bad Gateway</html>");
    expect((await failAt(html)).step).toBe("unknown");
    expect((await failAt((request) => request.socket.destroy())).step).toBe("unknown");
    expect((await failAt(() => {})).step).toBe("unknown");
  });

  it("never lets the token out", async () => {
    const server = createTcp((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { reason } = await fail(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.close();
    expect(reason).toContain("/bot<token>/");
    expect(reason).not.toContain("AAH");
  });

  it("knows the codes of fetch as well", () => {
    const failed = new TypeError("fetch failed", { cause: Object.assign(new Error("no"), { code: "ECONNREFUSED" }) });
    expect(stepOf(new HttpError("Network request failed", failed)).step).toBe("retry");
    const reset = new TypeError("fetch failed", { cause: Object.assign(new Error("no"), { code: "ECONNRESET" }) });
    expect(stepOf(new HttpError("Network request failed", reset)).step).toBe("unknown");
  });
});

function refusal(code: number, description: string, parameters: object = {}): GrammyError {
  const answer = { ok: false as const, error_code: code, description, parameters };
  return new GrammyError("Call to 'sendMessage' failed!", answer, "sendMessage", {});
}

async function fail(apiRoot: string) {
  const api = new Api(token, { apiRoot, timeoutSeconds: 1 });
  return api.sendMessage(1, "text").then(
    () => {
      throw new Error("the call did not fail");
    },
    (error) => stepOf(error),
  );
}

async function failAt(listener: RequestListener) {
  const server = await listen(createServer(listener));
  try {
    return await fail(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    await close(server);
  }
}

function listen(server: Server): Promise<Server> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
