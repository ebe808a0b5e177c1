import { HOMES, type Home, madeUpFrom } from "./people.ts";
import type { Playground } from "./playground.ts";
import type { Command } from "./profile.ts";
import type { Kept } from "./types.ts";
import type { Chat, World } from "./world.ts";

/** What the page shows to one person; plain JSON. */
export type View = {
  now: number;
  shiftMs: number;
  bot: { id: number; name: string; username: string; description: string; about: string };
  people: PersonView[];
  chats: ChatView[];
};

export type PersonView = { id: number; name: string; language: string } & Home;

export type ChatView = {
  id: number;
  kind: string;
  title: string;
  isForum: boolean;
  topics: { id: number; name: string; closed: boolean; unread: number }[];
  /** The bot's place here; in private: member or kicked (blocked). */
  bot: string;
  isAdmin: boolean;
  isAnonymous: boolean;
  commands: Command[];
  last: Kept | null;
  unread: number;
};

const UTC: Home = { zone: "UTC", city: { zh: "", en: "" } };

/** How far each person has read each chat. */
export class ReadMarks {
  readonly #marks = new Map<string, number>();

  read(userId: number, chatId: number, thread: number | null, messageId: number): void {
    const key = `${userId}:${chatId}:${thread ?? ""}`;
    this.#marks.set(key, Math.max(messageId, this.#marks.get(key) ?? 0));
  }

  /** Messages of others after the mark, in one topic (null: those of no topic). */
  unread(userId: number, chat: Chat, thread: number | null): number {
    const mark = this.#marks.get(`${userId}:${chat.json.id}:${thread ?? ""}`) ?? 0;
    let count = 0;
    for (const message of chat.messages.values()) {
      const inThread = (message.is_topic_message ? message.message_thread_id : null) === thread;
      if (inThread && message.message_id > mark && message.from?.id !== userId && !isService(message)) count++;
    }
    return count;
  }
}

/** All that the page needs to draw itself for a person. */
export function viewFor(playground: Playground, userId: number, marks: ReadMarks): View {
  const { world } = playground;
  const language = world.chats.get(userId)?.person?.user.language_code ?? "";
  return {
    now: world.now().getTime(),
    shiftMs: world.shiftMs,
    bot: {
      id: world.bot.id,
      name: world.profile.textFor("name", language) || world.bot.first_name,
      username: world.bot.username ?? "",
      description: world.profile.textFor("description", language),
      about: world.profile.textFor("short_description", language),
    },
    people: peopleOf(world),
    chats: chatsOf(world, userId)
      .map((chat) => viewChat(world, chat, { userId, language, marks }))
      .sort((a, b) => Number(b.kind === "private") - Number(a.kind === "private")),
  };
}

/** The people that a page can be: those who are seeded, else the first few. */
export function peopleOf(world: World): PersonView[] {
  const peopleMax = 6;
  const found: PersonView[] = [];
  for (const chat of world.chats.values()) {
    if (!chat.person || chat.person.user.is_bot || chat.person.user.id >= madeUpFrom) continue;
    const { id, first_name, last_name, language_code } = chat.person.user;
    const name = [first_name, last_name].filter(Boolean).join(" ");
    found.push({ id, name, language: language_code ?? "en", ...(HOMES.get(id) ?? UTC) });
    if (found.length >= peopleMax) break;
  }
  return found;
}

function chatsOf(world: World, userId: number): Chat[] {
  const own = world.chats.get(userId);
  const shared = [...world.chats.values()].filter((chat) => !chat.person && isHere(chat, userId));
  return own ? [own, ...shared] : shared;
}

function isHere(chat: Chat, userId: number): boolean {
  const status = chat.members.get(userId)?.status;
  return status !== undefined && status !== "left" && status !== "kicked" && chat.upgradedTo === null;
}

type Eyes = { userId: number; language: string; marks: ReadMarks };

function viewChat(world: World, chat: Chat, { userId, language, marks }: Eyes): ChatView {
  const member = chat.members.get(userId);
  const isAdmin = member?.status === "creator" || member?.status === "administrator";
  const isPrivate = chat.person !== null;
  const topics = [...chat.topics.values()]
    .filter((topic) => !topic.deleted)
    .map(({ id, name, closed }) => ({ id, name, closed, unread: marks.unread(userId, chat, id) }));
  return {
    id: chat.json.id,
    kind: chat.json.type,
    title: chat.person ? world.bot.first_name : (chat.json.title ?? ""),
    isForum: chat.json.is_forum === true,
    topics,
    bot: chat.person ? (chat.person.blocked ? "kicked" : "member") : chat.bot,
    isAdmin,
    isAnonymous: isAdmin && member?.anonymous === true,
    commands: world.profile.commandsFor({ chatId: chat.json.id, userId, isPrivate, isAdmin, language }),
    last: [...chat.messages.values()].at(-1) ?? null,
    unread: marks.unread(userId, chat, null) + topics.reduce((sum, topic) => sum + topic.unread, 0),
  };
}

function isService(message: Kept): boolean {
  return message.forum_topic_created !== undefined || message.new_chat_members !== undefined;
}
