import { personText } from "./formatted.ts";
import { forwardedMarkup } from "./keyboard.ts";
import { memberJson } from "./methods/chats.ts";
import { contentOf, forwardOrigin } from "./methods/send.ts";
import { asReply, isGroup, told } from "./methods/target.ts";
import type { Upload } from "./params.ts";
import type { Kept, MessageJson } from "./types.ts";
import type { CallbackAnswer, Chat, MemberStatus, Person, World } from "./world.ts";

/** Telegram's own account in whose name anonymous administrators write. */
const anonymousAdmin = { id: 1087968824, is_bot: true, first_name: "Group", username: "GroupAnonymousBot" };
/** UTF-8 bytes of a document that a person may send here. */
const documentBytesMax = 20 * 1024 * 1024;

export type SayOptions = { replyTo?: number; thread?: number; anonymous?: boolean };

/** What people do in their chats, and what the bot is told of it. */
export class Acts {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** A person writes: in private, in a group, or as a channel. In private that starts the bot, and unblocks it. */
  say(userId: number, chatId: number, text: string, options: SayOptions = {}): Kept {
    const { text: plain, entities } = personText(text);
    if (plain === "") throw new Error("nothing to say");
    const content = { text: plain, entities: entities.length > 0 ? entities : undefined };
    return this.#write(userId, chatId, { ...content }, options);
  }

  /** `/start`, with the payload of a deep link. */
  start(userId: number, payload = ""): Kept {
    return this.say(userId, userId, payload === "" ? "/start" : `/start ${payload}`);
  }

  sendDocument(userId: number, chatId: number, file: Upload, options: SayOptions = {}): Kept {
    if (file.bytes.byteLength > documentBytesMax) throw new Error(`more than ${documentBytesMax} bytes`);
    const stored = this.#world.keepFile(file, "documents");
    const document = {
      file_id: stored.id,
      file_unique_id: stored.id.slice(-12),
      file_name: stored.name,
      mime_type: stored.mime,
      file_size: stored.bytes.byteLength,
    };
    return this.#write(userId, chatId, { document }, options);
  }

  sendLocation(userId: number, chatId: number, location: { latitude: number; longitude: number }): Kept {
    return this.#write(userId, chatId, { location }, {});
  }

  /** Answers a keyboard's `request_chat` button. */
  shareChat(userId: number, { requestId, chatId }: { requestId: number; chatId: number }): Kept {
    const title = this.#chat(chatId).json.title;
    return this.#write(userId, userId, { chat_shared: { request_id: requestId, chat_id: chatId, title } }, {});
  }

  /** A person forwards a message to another chat; callback buttons are lost on the way. */
  forward(userId: number, from: { chatId: number; messageId: number }, toChatId: number, thread?: number): Kept {
    const original = this.#message(from.chatId, from.messageId);
    const content = {
      ...contentOf(original),
      forward_origin: forwardOrigin(original),
      reply_markup: forwardedMarkup(original.reply_markup),
    };
    if (JSON.stringify(content.reply_markup) !== JSON.stringify(original.reply_markup)) {
      this.#world.applied("forward-loses-callbacks");
    }
    return this.#write(userId, toChatId, content, thread === undefined ? {} : { thread });
  }

  /** A person changes a message of their own. */
  edit(userId: number, chatId: number, messageId: number, text: string): Kept {
    const chat = this.#chat(chatId);
    const old = this.#message(chatId, messageId);
    if (old.from?.id !== userId) throw new Error("not your message");
    const { text: plain, entities } = personText(text);
    const edited: Kept = {
      ...old,
      text: plain,
      entities: entities.length > 0 ? entities : undefined,
      edit_date: this.#world.seconds(),
    };
    chat.messages.set(messageId, edited);
    this.#world.emit({ type: "edit", chatId, message: edited });
    this.#tell(chat, edited, chat.json.type === "channel" ? "edited_channel_post" : "edited_message");
    return edited;
  }

  /**
   * A person presses a button that has data. `answered` is what the bot answers, null when it never does within the
   * life of a query or the bot did not ask for presses.
   */
  press(
    userId: number,
    chatId: number,
    messageId: number,
    data: string,
  ): { id: string; answered: Promise<CallbackAnswer | null> } {
    const world = this.#world;
    const person = this.#person(userId);
    const message = this.#message(chatId, messageId);
    const id = world.serial();
    const answered = new Promise<CallbackAnswer | null>((settle) => {
      world.addQuery({ id, userId, at: world.clock(), answer: null, settle });
    });
    world.flood.heard(this.#chat(chatId).flood);
    const body = { id, from: person.user, message: told(message), chat_instance: String(chatId * 7919), data };
    if (world.updates.push("callback_query", `u${userId}`, body) === null) world.queries.get(id)?.settle(null);
    return { id, answered };
  }

  /** A person types `@bot words`; resolves to the results that the bot offers. */
  async inlineQuery(userId: number, query: string, offset = ""): Promise<unknown[]> {
    const world = this.#world;
    const person = this.#person(userId);
    const id = world.serial();
    const answered = new Promise<CallbackAnswer | null>((settle) => {
      world.addQuery({ id, userId, at: world.clock(), answer: null, settle });
    });
    world.updates.push("inline_query", `u${userId}`, { id, from: person.user, query, offset, chat_type: "sender" });
    return JSON.parse((await answered)?.text ?? "[]") as unknown[];
  }

  block(userId: number): void {
    const person = this.#person(userId);
    if (person.blocked) return;
    person.blocked = true;
    this.#membership(this.#chat(userId), { userId, from: "member", to: "kicked" });
  }

  unblock(userId: number): void {
    const person = this.#person(userId);
    if (!person.blocked) return;
    person.blocked = false;
    this.#membership(this.#chat(userId), { userId, from: "kicked", to: "member" });
  }

  /** The bot's place in a group or channel is changed by one of its administrators. */
  setBotStatus(chatId: number, status: MemberStatus, byUserId: number): void {
    const chat = this.#chat(chatId);
    const from = chat.bot;
    if (from === status) return;
    const by = this.#person(byUserId);
    chat.bot = status;
    this.#membership(chat, { userId: byUserId, from, to: status });
    const wasIn = from !== "left" && from !== "kicked";
    const isIn = status !== "left" && status !== "kicked";
    if (chat.json.type === "channel" || wasIn === isIn) return;
    const service = isIn ? { new_chat_members: [this.#world.bot] } : { left_chat_member: this.#world.bot };
    const kept = this.#world.keep(chat, { from: by.user, ...service });
    if (isIn) this.#tell(chat, kept, "message");
  }

  setTopic(chatId: number, topicId: number, change: { closed?: boolean; deleted?: boolean }): void {
    const chat = this.#chat(chatId);
    const topic = chat.topics.get(topicId);
    if (!topic) throw new Error(`no topic ${topicId}`);
    Object.assign(topic, change);
    if (change.closed !== undefined && !topic.deleted) {
      const service = change.closed ? { forum_topic_closed: {} } : { forum_topic_reopened: {} };
      const from = [...chat.members.values()].find((m) => m.status === "creator")?.user;
      const where = { message_thread_id: topicId, is_topic_message: true as const };
      this.#tell(chat, this.#world.keep(chat, { from, ...where, ...service }), "message");
    }
    this.#world.emit({ type: "chat", chatId });
  }

  /** A group becomes a supergroup: a new id, two service messages, and the old one refuses with the new id. */
  upgradeGroup(chatId: number, newChatId: number): Chat {
    const world = this.#world;
    const old = this.#chat(chatId);
    const chat = world.addChat({ ...old.json, id: newChatId, type: "supergroup" });
    chat.bot = old.bot;
    for (const [id, member] of old.members) chat.members.set(id, member);
    old.upgradedTo = newChatId;
    const from = [...old.members.values()].find((m) => m.status === "creator")?.user;
    this.#tell(old, world.keep(old, { from, migrate_to_chat_id: newChatId }), "message");
    this.#tell(chat, world.keep(chat, { from, migrate_from_chat_id: chatId }), "message");
    world.emit({ type: "chat", chatId: newChatId });
    return chat;
  }

  #write(userId: number, chatId: number, content: Partial<Kept>, options: SayOptions): Kept {
    const world = this.#world;
    const chat = this.#chat(chatId);
    const person = this.#person(userId);
    const member = chat.members.get(userId);
    if (!chat.person && (!member || member.status === "left" || member.status === "kicked")) {
      throw new Error(`${person.user.first_name} is not in ${chat.json.title}`);
    }
    if (chat.person) {
      if (person.blocked) this.unblock(userId);
      person.started = true;
      person.known = true;
    }
    const isAdmin = member?.status === "creator" || member?.status === "administrator";
    if (chat.json.type === "channel" && !isAdmin) throw new Error("only administrators post in a channel");
    const topic = options.thread === undefined ? undefined : chat.topics.get(options.thread);
    if (topic?.closed && !isAdmin) throw new Error("the topic is closed");
    const reply = options.replyTo === undefined ? undefined : chat.messages.get(options.replyTo);
    const kept = world.keep(chat, {
      ...this.#author(chat, person, (options.anonymous ?? member?.anonymous ?? false) && isAdmin),
      ...(topic && { message_thread_id: topic.id, is_topic_message: true as const }),
      reply_to_message: reply && asReply(reply),
      ...content,
    });
    world.flood.heard(chat.flood);
    const kind = chat.json.type === "channel" ? "channel_post" : "message";
    if (this.#reachesBot(chat, kept)) {
      person.known = true;
      this.#tell(chat, kept, kind);
    } else world.applied("privacy-mode");
    return kept;
  }

  #author(chat: Chat, person: Person, anonymous: boolean): Partial<MessageJson> {
    if (chat.json.type === "channel") return { sender_chat: chat.json };
    if (isGroup(chat) && anonymous) return { from: anonymousAdmin, sender_chat: chat.json };
    return { from: person.user };
  }

  /** Privacy mode: in groups a bot that is no administrator sees commands, replies to itself and service messages. */
  #reachesBot(chat: Chat, message: MessageJson): boolean {
    if (chat.person) return true;
    if (chat.bot === "administrator") return true;
    if (chat.bot !== "member" || chat.json.type === "channel") return false;
    if (message.reply_to_message?.from?.id === this.#world.bot.id) return true;
    const command = message.entities?.find((e) => e.type === "bot_command" && e.offset === 0);
    if (!command) return false;
    const addressed = message.text?.slice(0, command.length).split("@")[1];
    return addressed === undefined || addressed.toLowerCase() === this.#world.bot.username?.toLowerCase();
  }

  #tell(chat: Chat, message: Kept, kind: "message" | "channel_post" | "edited_message" | "edited_channel_post"): void {
    // What is said in a topic answers, to the bot, the message that opened it: that is how it learns the topic's name.
    const opened = message.is_topic_message ? chat.messages.get(message.message_thread_id ?? 0) : undefined;
    const isOwn = message.reply_to_message !== undefined || opened?.forum_topic_created === undefined;
    const heard = isOwn ? message : { ...message, reply_to_message: asReply(opened) };
    this.#world.updates.push(kind, `c${chat.json.id}`, told(heard));
  }

  #membership(chat: Chat, { userId, from, to }: { userId: number; from: MemberStatus; to: MemberStatus }): void {
    const world = this.#world;
    const member = (status: MemberStatus) => memberJson({ user: world.bot, status, anonymous: false });
    world.updates.push("my_chat_member", `m${chat.json.id}`, {
      chat: chat.json,
      from: this.#person(userId).user,
      date: world.seconds(),
      old_chat_member: member(from),
      new_chat_member: member(to),
    });
    world.emit({ type: "chat", chatId: chat.json.id });
  }

  #chat(chatId: number): Chat {
    const chat = this.#world.chats.get(chatId);
    if (!chat) throw new Error(`no chat ${chatId}`);
    return chat;
  }

  #person(userId: number): Person {
    const person = this.#world.chats.get(userId)?.person;
    if (!person) throw new Error(`no person ${userId}`);
    return person;
  }

  #message(chatId: number, messageId: number): Kept {
    const message = this.#chat(chatId).messages.get(messageId);
    if (!message) throw new Error(`no message ${messageId} in chat ${chatId}`);
    return message;
  }
}
