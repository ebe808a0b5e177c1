import { type ChatFlood, Flood, type FloodLimits } from "./flood.ts";
import { Profile } from "./profile.ts";
import type { RuleName } from "./rules.ts";
import type { ChatJson, Kept, UserJson } from "./types.ts";
import { Updates } from "./updates.ts";

/** Messages kept of one chat; older ones are forgotten, as if never sent. */
const chatMessagesMax = 400;
/** Messages kept of all chats together. */
const messagesMax = 100_000;
/** Chats, people included. */
const chatsMax = 2_000_000;
/** Bytes of uploaded files kept together; the oldest go first. */
const filesBytesMax = 100 * 1024 * 1024;
/** Listeners of what happens: open pages and tests. */
const listenersMax = 100;
/** Presses of buttons that wait for their answer. */
const queriesMax = 10_000;

export type MemberStatus = "creator" | "administrator" | "member" | "restricted" | "left" | "kicked";

export type Member = { user: UserJson; status: MemberStatus; anonymous: boolean };

export type Topic = { id: number; name: string; closed: boolean; deleted: boolean };

/** A private chat (`person` is set), a group, a supergroup or a channel. */
export type Chat = {
  json: ChatJson;
  /** The person of a private chat. */
  person: Person | null;
  members: Map<number, Member>;
  bot: MemberStatus;
  /** False: only some may send messages here, the bot not among them. */
  botMaySend: boolean;
  topics: Map<number, Topic>;
  /** The supergroup that this group became. */
  upgradedTo: number | null;
  deleted: boolean;
  messages: Map<number, Kept>;
  nextMessageId: number;
  pinned: number | null;
  flood: ChatFlood;
};

export type Person = {
  user: UserJson;
  /** Has written to the bot in private, so that the bot may write. */
  started: boolean;
  /** The bot has seen the person, in private or in a group. */
  known: boolean;
  blocked: boolean;
  deactivated: boolean;
};

export type StoredFile = { id: string; path: string; name: string; mime: string; bytes: Uint8Array };

/** What the bot answered to a press; null while it has not. */
export type CallbackAnswer = { text: string; alert: boolean; url: string | null };

export type Query = {
  id: string;
  userId: number;
  at: number;
  answer: CallbackAnswer | null;
  settle: (answer: CallbackAnswer | null) => void;
};

/** What open pages and tests are told as it happens. */
export type PlaygroundEvent =
  | { type: "message"; chatId: number; message: Kept }
  | { type: "edit"; chatId: number; message: Kept }
  | { type: "delete"; chatId: number; messageIds: number[] }
  | { type: "answer"; queryId: string; userId: number; answer: CallbackAnswer }
  | { type: "action"; chatId: number; action: string }
  | { type: "chat"; chatId: number }
  | { type: "profile" }
  | { type: "clock"; now: number };

/** Counts since the playground began. */
export type Counters = {
  calls: Map<string, number>;
  /** Answers by `error_code`; 200 for the good ones. */
  answers: Map<number, number>;
  /** How often each rule was enforced. */
  rules: Map<RuleName, number>;
  sent: number;
  inFlight: number;
  inFlightPeak: number;
};

export type WorldOptions = {
  now: () => Date;
  clock: () => number;
  bot: UserJson;
  floodLimits: FloodLimits | null;
  stars: number;
  retryUnitMs: number;
};

/** All that a playground knows. One object, no state beside it. */
export class World {
  readonly bot: UserJson;
  readonly chats = new Map<number, Chat>();
  readonly byUsername = new Map<string, Chat>();
  readonly files = new Map<string, StoredFile>();
  readonly queries = new Map<string, Query>();
  readonly flood: Flood;
  readonly updates: Updates;
  readonly profile = new Profile();
  readonly clock: () => number;
  readonly counters: Counters = {
    calls: new Map(),
    answers: new Map(),
    rules: new Map(),
    sent: 0,
    inFlight: 0,
    inFlightPeak: 0,
  };
  /** Stars on the bot's account. */
  stars: number;
  loggedOut = false;
  /** How far the news clock is moved. */
  shiftMs = 0;
  readonly #now: () => Date;
  readonly #listeners = new Set<(event: PlaygroundEvent) => void>();
  readonly #order: { chat: Chat; id: number }[] = [];
  #orderHead = 0;
  #messages = 0;
  #nextMessageId = 1;
  #fileBytes = 0;
  #serial = 0;

  constructor(options: WorldOptions) {
    this.#now = options.now;
    this.clock = options.clock;
    this.bot = options.bot;
    this.stars = options.stars;
    this.flood = new Flood(options.floodLimits, options.clock);
    this.updates = new Updates({
      clock: options.clock,
      retryUnitMs: options.retryUnitMs,
      applied: (rule) => this.applied(rule),
    });
  }

  /** The news clock. */
  now(): Date {
    return new Date(this.#now().getTime() + this.shiftMs);
  }

  /** The news clock in Unix seconds, as messages carry it. */
  seconds(): number {
    return Math.floor((this.#now().getTime() + this.shiftMs) / 1_000);
  }

  /** Unique, and not to be guessed from the one before. */
  serial(): string {
    this.#serial++;
    return `${this.#serial}${Math.floor(Math.random() * 1e9)}`;
  }

  addChat(json: ChatJson, person: Person | null = null): Chat {
    if (this.chats.size >= chatsMax) throw new Error(`more than ${chatsMax} chats`);
    const chat: Chat = {
      json,
      person,
      members: new Map(),
      bot: "left",
      botMaySend: true,
      topics: new Map(),
      upgradedTo: null,
      deleted: false,
      messages: new Map(),
      // A forum's General topic has 1.
      nextMessageId: json.is_forum === true ? 2 : 1,
      pinned: null,
      flood: {},
    };
    this.chats.set(json.id, chat);
    if (json.username) this.byUsername.set(json.username.toLowerCase(), chat);
    return chat;
  }

  /** Keeps a message under a new id and tells the listeners. */
  keep(chat: Chat, message: Omit<Kept, "message_id" | "date" | "chat">): Kept {
    const ownIds = chat.json.type === "supergroup" || chat.json.type === "channel";
    const id = ownIds ? chat.nextMessageId++ : this.#nextMessageId++;
    const kept: Kept = { message_id: id, ...message, chat: chat.json, date: this.seconds() };
    chat.messages.set(id, kept);
    this.#order.push({ chat, id });
    this.#messages++;
    if (chat.messages.size > chatMessagesMax) {
      chat.messages.delete(chat.messages.keys().next().value!);
      this.#messages--;
    }
    while (this.#messages > messagesMax) this.#forgetOldest();
    this.#compact();
    if (this.#listeners.size > 0) this.emit({ type: "message", chatId: chat.json.id, message: kept });
    return kept;
  }

  forget(chat: Chat, ids: readonly number[]): number[] {
    const gone = ids.filter((id) => chat.messages.delete(id));
    this.#messages -= gone.length;
    if (gone.length > 0) this.emit({ type: "delete", chatId: chat.json.id, messageIds: gone });
    return gone;
  }

  keepFile(file: Omit<StoredFile, "id" | "path">, folder: string): StoredFile {
    const id = `PG${this.serial()}`;
    const stored = {
      ...file,
      id,
      path: `${folder}/file_${this.files.size + 1}${/\.\w{1,8}$/.exec(file.name)?.[0] ?? ""}`,
    };
    this.files.set(id, stored);
    this.#fileBytes += file.bytes.byteLength;
    for (const [oldId, old] of this.files) {
      if (this.#fileBytes <= filesBytesMax || oldId === id) break;
      this.files.delete(oldId);
      this.#fileBytes -= old.bytes.byteLength;
    }
    return stored;
  }

  addQuery(query: Query): void {
    this.queries.set(query.id, query);
    if (this.queries.size > queriesMax) this.queries.delete(this.queries.keys().next().value!);
  }

  /** Counts a rule that was enforced. */
  applied(rule: RuleName): void {
    this.counters.rules.set(rule, (this.counters.rules.get(rule) ?? 0) + 1);
  }

  listen(listener: (event: PlaygroundEvent) => void): () => void {
    if (this.#listeners.size >= listenersMax) throw new Error(`more than ${listenersMax} listeners`);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: PlaygroundEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #forgetOldest(): void {
    const oldest = this.#order[this.#orderHead++];
    if (!oldest) {
      this.#messages = 0;
      return;
    }
    if (oldest.chat.messages.delete(oldest.id)) this.#messages--;
  }

  /** The order of all messages is a list with a moving head: what lies before it is cut off now and then. */
  #compact(): void {
    if (this.#order.length - this.#orderHead > messagesMax * 2) this.#orderHead += messagesMax;
    if (this.#orderHead > messagesMax) {
      this.#order.splice(0, this.#orderHead);
      this.#orderHead = 0;
    }
  }
}
