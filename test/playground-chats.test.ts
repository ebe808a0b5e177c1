import { describe, expect, it } from "vitest";
import {
  A_BOT,
  ANN,
  BLOCKED,
  CHANNEL,
  CHANNEL_AS_MEMBER,
  DEACTIVATED,
  DELETED,
  FORUM,
  FORUM_AS_MEMBER,
  GROUP,
  KICKED,
  LEFT,
  MUTED,
  OWNER,
  openScene,
  refuses,
  rule,
  type Scene,
  SEEN_IN_GROUP,
  STRANGER,
  TOKEN,
  UPGRADED,
  UPGRADED_TO,
} from "./playground-kit.ts";

const to = (chat_id: unknown, more: object = {}) => ({
  method: "sendMessage",
  params: { chat_id, text: "x", ...more },
});
const hours = (n: number) => ({ byMs: n * 3_600_000 });

describe("calls", () => {
  rule("token-wrong", async ({ url }) => {
    const answer = await fetch(`${url}/bot43:OTHER/getMe`);
    expect([answer.status, await answer.json()]).toEqual([
      401,
      { ok: false, error_code: 401, description: "Unauthorized" },
    ]);
  });
  rule("token-malformed", async ({ url }) => {
    const answer = await fetch(`${url}/bot-nonsense/getMe`);
    expect([answer.status, await answer.json()]).toEqual([
      404,
      { ok: false, error_code: 404, description: "Not Found" },
    ]);
  });
  rule("method-unknown", async ({ call }) => {
    expect(await call("sendCarrierPigeon")).toMatchObject({
      status: 404,
      error_code: 404,
      description: "Not Found: method not found",
    });
  });
  rule("body-not-json", async ({ url }) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}/bot${TOKEN}/getMe`, { method: "POST", headers, body: "{" });
    expect(await answer.json()).toMatchObject({ error_code: 400, description: "Bad Request: can't parse JSON object" });
  });
  rule("body-too-large", async ({ call }) => {
    expect(await call("sendMessage", { chat_id: ANN, text: "x".repeat(1_100_000) })).toMatchObject({
      status: 413,
      description: "Request Entity Too Large",
    });
  });
  rule("logged-out", async ({ call }) => {
    expect((await call("logOut")).result).toBe(true);
    expect(await call("getMe")).toMatchObject({ error_code: 400, description: "Logged out" });
  });

  it("takes parameters from a query, a form and JSON, and any case of a method's name", async () => {
    const { url, pg, close } = await openScene();
    const base = `${url}/bot${TOKEN}`;
    await fetch(`${base}/sendMessage?chat_id=${ANN}&text=query`);
    await fetch(`${base}/SENDMESSAGE`, {
      method: "POST",
      body: new URLSearchParams({ chat_id: String(ANN), text: "form", reply_markup: '{"force_reply":true}' }),
    });
    const form = new FormData();
    form.set("chat_id", String(ANN));
    form.set("text", "multipart");
    await fetch(`${base}/sendmessage`, { method: "POST", body: form });
    expect(pg.botMessages(ANN).map((m) => [m.text, m.ask])).toEqual([
      ["query", undefined],
      ["form", { force_reply: true }],
      ["multipart", undefined],
    ]);
    await close();
  });
});

describe("files", () => {
  const document = (bytes: number, more: Record<string, string> = {}): FormData => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ chat_id: String(ANN), ...more })) form.set(name, value);
    form.set("document", new File([new Uint8Array(bytes)], "news.opml", { type: "text/x-opml" }));
    return form;
  };
  refuses("file-id-invalid", { method: "getFile", params: { file_id: "no" } }, "Bad Request: invalid file_id");
  refuses(
    "file-missing",
    { method: "sendDocument", params: { chat_id: ANN } },
    "Bad Request: there is no document in the request",
  );
  refuses("file-empty", { method: "sendDocument", params: document(0) }, "Bad Request: file must be non-empty");
  rule("file-too-big", async ({ call }) => {
    const { result } = await call("sendDocument", document(21 * 1024 * 1024));
    const answer = await call("getFile", { file_id: result.document.file_id });
    expect(answer.description).toBe("Bad Request: file is too big");
  });

  it("gives back what was sent, both ways", async () => {
    const { call, pg, url, close } = await openScene();
    const sent = await call("sendDocument", document(3, { caption: "<b>c</b>", parse_mode: "HTML" }));
    expect(sent.result).toMatchObject({ caption: "c", caption_entities: [{ type: "bold", offset: 0, length: 1 }] });
    const bytes = new TextEncoder().encode("one line");
    pg.acts.sendDocument(ANN, ANN, { name: "a.jsonl", mime: "application/jsonl", bytes });
    const [update] = (await call("getUpdates")).result.slice(-1);
    expect(update.message.document).toMatchObject({ file_name: "a.jsonl", file_size: 8 });
    const { result } = await call("getFile", { file_id: update.message.document.file_id });
    const file = await fetch(`${url}/file/bot${TOKEN}/${result.file_path}`);
    expect(await file.text()).toBe("one line");
    expect((await fetch(`${url}/file/bot1:x/${result.file_path}`)).status).toBe(404);
    const photo = new FormData();
    photo.set("chat_id", String(ANN));
    photo.set("photo", "attach://p");
    photo.set("p", new File([Uint8Array.of(1, 2)], "p.jpg", { type: "image/jpeg" }));
    expect((await call("sendPhoto", photo)).result.photo).toHaveLength(1);
    await close();
  });
});

describe("whom one may write to", () => {
  refuses("chat-id-empty", to(""), "Bad Request: chat_id is empty");
  refuses("chat-not-found", to(STRANGER), "Bad Request: chat not found");
  refuses("user-never-started", to(SEEN_IN_GROUP), "Forbidden: bot can't initiate conversation with a user");
  refuses("bot-blocked", to(BLOCKED), "Forbidden: bot was blocked by the user");
  refuses("user-deactivated", to(DEACTIVATED), "Forbidden: user is deactivated");
  refuses("to-a-bot", to(A_BOT), "Forbidden: the bot can't send messages to the bot");
  refuses("bot-kicked", to(KICKED), "Forbidden: bot was kicked from the supergroup chat");
  refuses("bot-not-member", to(LEFT), "Forbidden: bot is not a member of the supergroup chat");
  refuses("group-deleted", to(DELETED), "Forbidden: the group chat was deleted");
  refuses("rights-to-send", to(MUTED), "Bad Request: not enough rights to send text messages to the chat");
  refuses("channel-admin-needed", to(CHANNEL_AS_MEMBER), "Bad Request: need administrator rights in the channel chat");

  rule("group-upgraded", async ({ call, pg }) => {
    const answer = await call("sendMessage", { chat_id: UPGRADED, text: "x" });
    expect(answer).toMatchObject({
      error_code: 400,
      description: "Bad Request: group chat was upgraded to a supergroup chat",
      parameters: { migrate_to_chat_id: UPGRADED_TO },
    });
    expect((await call("sendMessage", { chat_id: UPGRADED_TO, text: "x" })).ok).toBe(true);
    expect(pg.messages(UPGRADED_TO)[0]).toMatchObject({ migrate_from_chat_id: UPGRADED });
  });

  it("knows a channel by its name and posts there in its name", async () => {
    const { call, close } = await openScene();
    const { result } = await call("sendMessage", { chat_id: "@The_Channel", text: "x" });
    expect(result).toMatchObject({ message_id: 1, chat: { id: CHANNEL }, sender_chat: { id: CHANNEL } });
    expect(result.from).toBeUndefined();
    await close();
  });

  refuses("user-not-found", { method: "getChatMember", params: { chat_id: GROUP } }, "Bad Request: user not found");
  refuses(
    "member-not-found",
    { method: "getChatMember", params: { chat_id: GROUP, user_id: 999 } },
    "Bad Request: member not found",
  );
  refuses(
    "no-admins-in-private",
    { method: "getChatAdministrators", params: { chat_id: ANN } },
    "Bad Request: there are no administrators in the private chat",
  );
  refuses(
    "private-chat-cannot-be-left",
    { method: "leaveChat", params: { chat_id: ANN } },
    "Bad Request: chat member status can't be changed in private chats",
  );

  it("tells chats and members", async () => {
    const { call, close } = await openScene();
    expect((await call("getChat", { chat_id: FORUM })).result).toMatchObject({ type: "supergroup", is_forum: true });
    const admins = (await call("getChatAdministrators", { chat_id: FORUM })).result;
    expect(admins.map((a: { status: string; is_anonymous: boolean }) => [a.status, a.is_anonymous])).toEqual([
      ["creator", true],
      ["administrator", false],
    ]);
    const status = async (user_id: number) => (await call("getChatMember", { chat_id: GROUP, user_id })).result.status;
    expect([await status(OWNER), await status(ANN), await status(STRANGER), await status(42)]).toEqual([
      "creator",
      "member",
      "left",
      "member",
    ]);
    expect((await call("getChatMemberCount", { chat_id: GROUP })).result).toBe(4);
    expect((await call("leaveChat", { chat_id: GROUP })).result).toBe(true);
    expect((await call("sendMessage", { chat_id: GROUP, text: "x" })).error_code).toBe(403);
    await close();
  });
});

describe("topics", () => {
  refuses("thread-not-found", to(FORUM, { message_thread_id: 1 }), "Bad Request: message thread not found");
  refuses(
    "not-a-forum",
    { method: "createForumTopic", params: { chat_id: GROUP, name: "t" } },
    "Bad Request: the chat is not a forum",
  );
  refuses(
    "rights-to-make-topics",
    { method: "createForumTopic", params: { chat_id: FORUM_AS_MEMBER, name: "t" } },
    "Bad Request: not enough rights to create a topic",
  );
  refuses(
    "topic-name-empty",
    { method: "createForumTopic", params: { chat_id: FORUM, name: " " } },
    "Bad Request: TOPIC_TITLE_EMPTY",
  );
  rule("topic-closed", async ({ call, pg }) => {
    const thread = pg.addTopic(FORUM_AS_MEMBER, "Tech", OWNER);
    const say = () => call("sendMessage", { chat_id: FORUM_AS_MEMBER, text: "x", message_thread_id: thread });
    expect((await say()).result).toMatchObject({ message_thread_id: thread, is_topic_message: true });
    pg.acts.setTopic(FORUM_AS_MEMBER, thread, { closed: true });
    expect(await say()).toMatchObject({ error_code: 400, description: "Bad Request: TOPIC_CLOSED" });
    pg.acts.setTopic(FORUM_AS_MEMBER, thread, { closed: false, deleted: true });
    expect((await say()).description).toBe("Bad Request: message thread not found");
  });
  it("are made by an administrator", async () => {
    const { call, close } = await openScene();
    const { result } = await call("createForumTopic", { chat_id: FORUM, name: "🔧科技" });
    const said = await call("sendMessage", { chat_id: FORUM, text: "x", message_thread_id: result.message_thread_id });
    expect(said.result.message_thread_id).toBe(result.message_thread_id);
    await close();
  });
});

describe("messages that exist", () => {
  const sent = async ({ send }: Scene, text = "x") => (await send(text)).result.message_id as number;
  const edit = (chat_id: number, message_id: unknown, text = "y") => ({
    method: "editMessageText",
    params: { chat_id, message_id, text },
  });
  refuses("message-id-missing", edit(ANN, "no"), "Bad Request: message identifier is not specified");
  refuses("edit-not-found", edit(ANN, 999), "Bad Request: message to edit not found");
  refuses(
    "message-not-modified",
    { method: "editMessageText", params: async (s: Scene) => ({ chat_id: ANN, message_id: await sent(s), text: "x" }) },
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as " +
      "a current content and reply markup of the message",
  );
  refuses(
    "edit-not-own",
    { method: "editMessageText", params: ({ pg }) => edit(ANN, pg.acts.say(ANN, ANN, "mine").message_id).params },
    "Bad Request: message can't be edited",
  );
  rule("edit-no-text", async ({ call }) => {
    const { result } = await call("sendPhoto", { chat_id: ANN, photo: "https://e.example.org/p.jpg" });
    const answer = await call("editMessageText", { chat_id: ANN, message_id: result.message_id, text: "y" });
    expect(answer.description).toBe("Bad Request: there is no text in the message to edit");
    const caption = await call("editMessageCaption", { chat_id: ANN, message_id: result.message_id, caption: "c" });
    expect(caption.result.caption).toBe("c");
  });
  refuses(
    "edit-no-caption",
    {
      method: "editMessageCaption",
      params: async (s: Scene) => ({ chat_id: ANN, message_id: await sent(s), caption: "c" }),
    },
    "Bad Request: there is no caption in the message to edit",
  );
  refuses(
    "delete-not-found",
    { method: "deleteMessage", params: { chat_id: ANN, message_id: 999 } },
    "Bad Request: message to delete not found",
  );
  rule("delete-refused", async (scene) => {
    const message_id = await sent(scene);
    scene.pg.moveClock(hours(48));
    const old = await scene.call("deleteMessage", { chat_id: ANN, message_id });
    expect(old.description).toBe("Bad Request: message can't be deleted");
    const said = scene.pg.acts.say(ANN, GROUP, "/hello");
    const foreign = await scene.call("deleteMessage", { chat_id: GROUP, message_id: said.message_id });
    expect(foreign.description).toBe("Bad Request: message can't be deleted");
    const fresh = await sent(scene);
    expect((await scene.call("deleteMessage", { chat_id: ANN, message_id: fresh })).result).toBe(true);
  });
  const many = (message_ids: unknown) => ({ method: "deleteMessages", params: { chat_id: ANN, message_ids } });
  refuses("delete-many-none", many([]), "Bad Request: message identifiers are not specified");
  refuses("delete-many-over", many(Array(101).fill(1)), "Bad Request: too many message identifiers specified");
  refuses(
    "reply-not-found",
    to(ANN, { reply_parameters: { message_id: 999 } }),
    "Bad Request: message to be replied not found",
  );
  const from = (message_id: number) => ({ chat_id: ANN, from_chat_id: ANN, message_id });
  refuses("copy-not-found", { method: "copyMessage", params: from(999) }, "Bad Request: message to copy not found");
  refuses(
    "forward-not-found",
    { method: "forwardMessage", params: from(999) },
    "Bad Request: message to forward not found",
  );
  refuses(
    "pin-not-found",
    { method: "pinChatMessage", params: { chat_id: FORUM, message_id: 999 } },
    "Bad Request: message to pin not found",
  );
  refuses(
    "rights-to-pin",
    {
      method: "pinChatMessage",
      params: async ({ call }) => ({
        chat_id: GROUP,
        message_id: (await call("sendMessage", { chat_id: GROUP, text: "x" })).result.message_id,
      }),
    },
    "Bad Request: not enough rights to manage pinned messages in the chat",
  );

  rule("forward-loses-callbacks", async ({ call, send, pg }) => {
    const inline_keyboard = [
      [
        { text: "1", callback_data: "1" },
        { text: "read", url: "https://e.example.org/" },
      ],
    ];
    const link_preview_options = { is_disabled: true };
    const original = (await send("x", { reply_markup: { inline_keyboard }, link_preview_options })).result;
    const forwarded = (await call("forwardMessage", { ...from(original.message_id), chat_id: GROUP })).result;
    expect(forwarded.reply_markup.inline_keyboard).toEqual([[{ text: "read", url: "https://e.example.org/" }]]);
    expect(forwarded.forward_origin.sender_user.id).toBe(42);
    expect(forwarded.link_preview_options).toEqual(link_preview_options);
    const byHand = pg.acts.forward(ANN, { chatId: ANN, messageId: original.message_id }, GROUP);
    expect(byHand.reply_markup?.inline_keyboard.flat()).toHaveLength(1);
  });

  it("are edited, copied, answered and deleted", async () => {
    const scene = await openScene();
    const { call, pg, send } = scene;
    const markup = { inline_keyboard: [[{ text: "a", callback_data: "a" }]] };
    const first = (await send("one", { reply_markup: markup })).result;
    const edited = await call("editMessageText", { chat_id: ANN, message_id: first.message_id, text: "two" });
    expect(edited.result).toMatchObject({ text: "two", edit_date: expect.any(Number) });
    expect(edited.result.reply_markup).toBeUndefined();
    await call("editMessageReplyMarkup", { chat_id: ANN, message_id: first.message_id, reply_markup: markup });
    const copy = await call("copyMessage", from(first.message_id));
    expect(pg.chat(ANN).messages.get(copy.result.message_id)).toMatchObject({ text: "two", reply_markup: undefined });
    const answer = await send("three", { reply_parameters: { message_id: first.message_id } });
    expect(answer.result.reply_to_message.text).toBe("two");
    expect((await send("four", { reply_parameters: { message_id: 999, allow_sending_without_reply: true } })).ok).toBe(
      true,
    );
    const ids = pg.botMessages(ANN).map((m) => m.message_id);
    expect((await call("deleteMessages", { chat_id: ANN, message_ids: [...ids, 999] })).result).toBe(true);
    expect(pg.botMessages(ANN)).toEqual([]);
    await scene.close();
  });
});

describe("buttons that are pressed", () => {
  rule("callback-too-old", async ({ call }) => {
    expect(await call("answerCallbackQuery", { callback_query_id: "0" })).toMatchObject({
      error_code: 400,
      description: "Bad Request: query is too old and response timeout expired or query ID is invalid",
    });
  });

  let elapsedMs = 0;
  rule(
    "callback-too-old",
    async ({ call, pg, send }) => {
      const { result } = await send("x", { reply_markup: { inline_keyboard: [[{ text: "a", callback_data: "a" }]] } });
      const { id } = pg.acts.press(ANN, ANN, result.message_id, "a");
      elapsedMs = 61_000;
      expect((await call("answerCallbackQuery", { callback_query_id: id })).error_code).toBe(400);
    },
    { clock: () => performance.now() + elapsedMs },
  );

  const press = async ({ pg, send }: Scene, data = "a") => {
    const { result } = await send("x", { reply_markup: { inline_keyboard: [[{ text: "a", callback_data: data }]] } });
    return pg.acts.press(ANN, ANN, result.message_id, data);
  };
  const answers = (more: object) => ({
    method: "answerCallbackQuery",
    params: async (scene: Scene) => ({ callback_query_id: (await press(scene)).id, ...more }),
  });
  refuses("callback-text-long", answers({ text: "x".repeat(201) }), "Bad Request: MESSAGE_TOO_LONG");
  refuses("callback-url", answers({ url: "https://e.example.org/" }), "Bad Request: URL_INVALID");

  it("reach the bot with who pressed what, and the presser gets the answer", async () => {
    const scene = await openScene();
    const { id, answered } = await press(scene, "open:7");
    const [update] = (await scene.call("getUpdates")).result.slice(-1);
    expect(update.callback_query).toMatchObject({ id, data: "open:7", from: { id: ANN }, message: { text: "x" } });
    await scene.call("answerCallbackQuery", { callback_query_id: id, text: "ok", show_alert: true });
    expect(await answered).toEqual({ text: "ok", alert: true, url: null });
    await scene.close();
  });

  const result = (id: string) => ({ type: "article", id, title: "t", input_message_content: { message_text: "x" } });
  refuses(
    "inline-too-many",
    {
      method: "answerInlineQuery",
      params: { inline_query_id: "1", results: Array.from({ length: 51 }, (_, i) => result(`${i}`)) },
    },
    "Bad Request: too many inline query results specified",
  );
  refuses(
    "inline-id",
    { method: "answerInlineQuery", params: { inline_query_id: "1", results: [result("x".repeat(65))] } },
    "Bad Request: RESULT_ID_INVALID",
  );
  it("inline queries get their results", async () => {
    const { pg, call, close } = await openScene();
    const results = pg.acts.inlineQuery(ANN, "台风");
    const [update] = (await call("getUpdates")).result.slice(-1);
    await call("answerInlineQuery", { inline_query_id: update.inline_query.id, results: [result("1")] });
    expect(await results).toEqual([result("1")]);
    await close();
  });
});
