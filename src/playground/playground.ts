import { Hono } from "hono";
import { Acts } from "./acts.ts";
import type { Fault, Faults } from "./faults.ts";
import { type FloodLimits, TELEGRAM_FLOOD } from "./flood.ts";
import { ownPagesOnly } from "./guard.ts";
import { addTopic } from "./methods/chats.ts";
import { createPage } from "./page.ts";
import { addReaders } from "./people.ts";
import { BotApiServer } from "./server.ts";
import type { ChatJson, ChatKind, Kept, UserJson } from "./types.ts";
import { type Chat, type Counters, type MemberStatus, type PlaygroundEvent, World } from "./world.ts";

export type PlaygroundOptions = {
  /** The time that the news clock starts from; `Playground.now` is this, moved. */
  now: () => Date;
  /** Real time in milliseconds that never goes back, for floods and waits. */
  clock?: () => number;
  /** `<digits>:<letters>`; the digits are the bot's id. */
  token: string;
  bot?: { firstName?: string; username?: string };
  /** How long an answer takes, as if Telegram were far away. */
  latencyMs?: number;
  /** null switches flood control off. */
  flood?: FloodLimits | null;
  /** Telegram Stars on the bot's account, for `allow_paid_broadcast`. */
  stars?: number;
  /** The unit of the webhook's growing waits; a second at Telegram. */
  retryUnitMs?: number;
  /** When the next digest is due; for "skip to the next digest". */
  nextDigestAt?: () => Promise<Date | null>;
};

export type NewPerson = {
  id: number;
  firstName: string;
  lastName?: string;
  username?: string;
  language?: string;
  /** Has started the bot already, so that it may write. */
  started?: boolean;
  isBot?: boolean;
};

export type NewChat = {
  id: number;
  type: Exclude<ChatKind, "private">;
  title: string;
  username?: string;
  isForum?: boolean;
  bot?: MemberStatus;
  members?: { id: number; status: MemberStatus; anonymous?: boolean }[];
};

/** How the clock is moved: by an amount, to a moment, back to the real time. */
export type ClockMove = { byMs: number } | { to: Date } | { reset: true };

/** A Telegram on one's own machine: people and chats, the Bot API for a bot, and all that goes wrong there. */
export class Playground {
  /** Routes of the Bot API and of the chat page, to be mounted at the root of an HTTP server. */
  readonly app: Hono;
  readonly world: World;
  readonly token: string;
  /** Real time at which the playground began; sample news is dated from it. */
  readonly startedAt: Date;
  /** What people do. */
  readonly acts: Acts;
  readonly faults: Faults;
  /** Milliseconds that every answer takes. */
  latencyMs: number;
  nextDigestAt: () => Promise<Date | null>;
  /** The chat that it goes to, and the topic or 0; set by who runs the bot beside it. */
  nextDigestIn: () => Promise<{ chatId: number; threadId: number } | null> = () => Promise.resolve(null);
  /** Adds made-up readers, of whom the bot knows; set by who runs the bot beside it. */
  addReaders: (count: number) => Promise<void> = async (count) => void addReaders(this, count);
  closed = false;
  readonly #clockListeners = new Set<(now: Date) => void>();

  constructor(options: PlaygroundOptions) {
    const id = Number(options.token.split(":")[0]);
    this.token = options.token;
    this.latencyMs = options.latencyMs ?? 0;
    this.nextDigestAt = options.nextDigestAt ?? (() => Promise.resolve(null));
    this.world = new World({
      now: options.now,
      clock: options.clock ?? (() => performance.now()),
      bot: {
        id,
        is_bot: true,
        first_name: options.bot?.firstName ?? "tidings",
        username: options.bot?.username ?? "tidings_bot",
      },
      floodLimits: options.flood === undefined ? TELEGRAM_FLOOD : options.flood,
      stars: options.stars ?? 0,
      retryUnitMs: options.retryUnitMs ?? 1_000,
    });
    this.acts = new Acts(this.world);
    const server = new BotApiServer(this.world, { token: options.token, latencyMs: () => this.latencyMs });
    this.faults = server.faults;
    this.startedAt = options.now();
    this.app = new Hono();
    this.app.use(ownPagesOnly);
    this.app.route("/", createPage(this));
    this.app.route("/", server.app);
  }

  /** The news clock: give it to the bot as its time. */
  now(): Date {
    return this.world.now();
  }

  get counters(): Counters {
    return this.world.counters;
  }

  addPerson({ id, firstName, lastName, username, language, started = false, isBot = false }: NewPerson): UserJson {
    const user: UserJson = { id, is_bot: isBot, first_name: firstName };
    if (lastName !== undefined) user.last_name = lastName;
    if (username !== undefined) user.username = username;
    if (language !== undefined) user.language_code = language;
    const json: ChatJson = { id, type: "private", first_name: firstName, last_name: lastName, username };
    this.world.addChat(json, { user, started, known: started || isBot, blocked: false, deactivated: false });
    return user;
  }

  addChat({ id, type, title, username, isForum = false, bot = "left", members = [] }: NewChat): Chat {
    const chat = this.world.addChat({ id, type, title, username, is_forum: isForum || undefined });
    chat.bot = bot;
    for (const { id: userId, status, anonymous = false } of members) {
      const person = this.world.chats.get(userId)?.person;
      if (!person) throw new Error(`no person ${userId}`);
      person.known ||= bot !== "left" && bot !== "kicked" && type !== "channel";
      chat.members.set(userId, { user: person.user, status, anonymous });
    }
    return chat;
  }

  /** Opens a topic in a forum group; its id is the `message_thread_id`. */
  addTopic(chatId: number, name: string, byUserId: number): number {
    const by = this.world.chats.get(byUserId)?.person?.user;
    if (!by) throw new Error(`no person ${byUserId}`);
    return addTopic(this.world, this.chat(chatId), { name, by }).message_thread_id;
  }

  chat(chatId: number): Chat {
    const chat = this.world.chats.get(chatId);
    if (!chat) throw new Error(`no chat ${chatId}`);
    return chat;
  }

  /** All messages of a chat that are kept, the oldest first. */
  messages(chatId: number): Kept[] {
    return [...this.chat(chatId).messages.values()];
  }

  /** The bot's messages of a chat, the oldest first. */
  botMessages(chatId: number): Kept[] {
    const channel = this.chat(chatId).json.type === "channel";
    return this.messages(chatId).filter((m) => m.from?.id === this.world.bot.id || (channel && !m.from));
  }

  fault(fault: Fault): void {
    this.faults.add(fault);
  }

  /** Moves the news clock and tells those who asked; returns the new time. */
  moveClock(move: ClockMove): Date {
    const { world } = this;
    if ("reset" in move) world.shiftMs = 0;
    else world.shiftMs += "byMs" in move ? move.byMs : move.to.getTime() - world.now().getTime();
    const now = world.now();
    world.emit({ type: "clock", now: now.getTime() });
    for (const listener of this.#clockListeners) listener(now);
    return now;
  }

  /** Called after each move of the clock; returns how to stop it. */
  onClockMoved(listener: (now: Date) => void): () => void {
    this.#clockListeners.add(listener);
    return () => this.#clockListeners.delete(listener);
  }

  /** Everything that happens, as it happens; returns how to stop it. */
  listen(listener: (event: PlaygroundEvent) => void): () => void {
    return this.world.listen(listener);
  }

  /** Ends long polls, webhooks and timers. */
  close(): void {
    this.closed = true;
    // Open pages wait for something to happen; this is it.
    this.world.emit({ type: "profile" });
    this.world.updates.close();
  }
}

/** Makes an empty playground: no people, no chats. `seedPeople` fills it. */
export function createPlayground(options: PlaygroundOptions): Playground {
  return new Playground(options);
}
