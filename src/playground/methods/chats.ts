import { integer, text } from "../params.ts";
import { refuse } from "../rules.ts";
import type { MemberJson, UserJson } from "../types.ts";
import type { Chat, Member, World } from "../world.ts";
import { findChat, findTarget, type Method, told } from "./target.ts";

const topicNameMax = 128;
/** Bytes of a file that a bot may fetch. */
const downloadBytesMax = 20 * 1024 * 1024;
const RIGHTS = [
  "can_be_edited",
  "can_manage_chat",
  "can_change_info",
  "can_delete_messages",
  "can_invite_users",
  "can_restrict_members",
  "can_pin_messages",
  "can_promote_members",
  "can_manage_topics",
  "can_manage_video_chats",
  "can_post_messages",
  "can_edit_messages",
] as const;

const getChat: Method = (world, params) => {
  const chat = findChat(world, params);
  const pinned = chat.pinned === null ? undefined : chat.messages.get(chat.pinned);
  return {
    ...chat.json,
    accent_color_id: Math.abs(chat.json.id) % 7,
    max_reaction_count: 11,
    accepted_gift_types: {},
    permissions: chat.person ? undefined : { can_send_messages: chat.botMaySend },
    pinned_message: pinned && told(pinned),
  };
};

const getChatMember: Method = (world, params) => {
  const chat = findChat(world, params);
  const userId = integer(params, "user_id");
  if (userId === undefined) throw refuse("user-not-found");
  if (userId === world.bot.id) return memberJson({ user: world.bot, status: chat.bot, anonymous: false });
  if (chat.person) {
    if (chat.person.user.id !== userId) throw refuse("member-not-found");
    return memberJson({ user: chat.person.user, status: "member", anonymous: false });
  }
  mustSee(chat);
  const member = chat.members.get(userId);
  if (member) return memberJson(member);
  const person = world.chats.get(userId)?.person;
  if (!person) throw refuse("member-not-found");
  return memberJson({ user: person.user, status: "left", anonymous: false });
};

const getChatAdministrators: Method = (world, params) => {
  const chat = findChat(world, params);
  if (chat.person) throw refuse("no-admins-in-private");
  mustSee(chat);
  const admins = [...chat.members.values()].filter((m) => m.status === "creator" || m.status === "administrator");
  const list = admins.map(memberJson);
  if (chat.bot === "administrator") list.push(memberJson({ user: world.bot, status: chat.bot, anonymous: false }));
  return list;
};

const getChatMemberCount: Method = (world, params) => {
  const chat = findChat(world, params);
  if (chat.person) return 2;
  mustSee(chat);
  const here = [...chat.members.values()].filter((m) => m.status !== "left" && m.status !== "kicked").length;
  return here + (chat.bot === "left" || chat.bot === "kicked" ? 0 : 1);
};

const leaveChat: Method = (world, params) => {
  const chat = findTarget(world, params);
  if (chat.person) throw refuse("private-chat-cannot-be-left");
  chat.bot = "left";
  if (chat.json.type !== "channel") world.keep(chat, { from: world.bot, left_chat_member: world.bot });
  world.emit({ type: "chat", chatId: chat.json.id });
  return true;
};

const pinChatMessage: Method = (world, params) => {
  const chat = findTarget(world, params);
  const message = chat.messages.get(integer(params, "message_id") ?? 0);
  if (!message) throw refuse("pin-not-found");
  if (!chat.person && chat.bot !== "administrator") throw refuse("rights-to-pin");
  chat.pinned = message.message_id;
  world.emit({ type: "chat", chatId: chat.json.id });
  return true;
};

const createForumTopic: Method = (world, params) => {
  const chat = findTarget(world, params);
  const name = (text(params, "name") ?? "").trim();
  if (!chat.json.is_forum) throw refuse("not-a-forum");
  if (name === "" || [...name].length > topicNameMax) throw refuse("topic-name-empty");
  if (chat.bot !== "administrator") throw refuse("rights-to-make-topics");
  return addTopic(world, chat, { name, by: world.bot });
};

const getFile: Method = (world, params) => {
  const file = world.files.get(text(params, "file_id") ?? "");
  if (!file) throw refuse("file-id-invalid");
  if (file.bytes.byteLength > downloadBytesMax) throw refuse("file-too-big");
  return {
    file_id: file.id,
    file_unique_id: file.id.slice(-12),
    file_size: file.bytes.byteLength,
    file_path: file.path,
  };
};

/** Methods about chats, members, topics and files. */
export const chatMethods: Readonly<Record<string, Method>> = {
  getChat,
  getChatMember,
  getChatAdministrators,
  getChatMemberCount,
  leaveChat,
  pinChatMessage,
  createForumTopic,
  getFile,
};

/** Opens a topic: the service message that creates it gives it its id. */
export function addTopic(world: World, chat: Chat, { name, by }: { name: string; by: UserJson }) {
  const iconColor = 0x6fb9f0;
  const id = chat.nextMessageId;
  chat.topics.set(id, { id, name, closed: false, deleted: false });
  world.keep(chat, {
    from: by,
    message_thread_id: id,
    is_topic_message: true,
    forum_topic_created: { name, icon_color: iconColor },
  });
  world.emit({ type: "chat", chatId: chat.json.id });
  return { message_thread_id: id, name, icon_color: iconColor };
}

/** A member as Telegram tells it; administrators with their rights. */
export function memberJson({ user, status, anonymous }: Member): MemberJson {
  if (status === "creator") return { status, user, is_anonymous: anonymous };
  if (status === "administrator") {
    return { status, user, is_anonymous: anonymous, ...Object.fromEntries(RIGHTS.map((right) => [right, true])) };
  }
  if (status === "kicked") return { status, user, until_date: 0 };
  return { status, user };
}

/** Who was thrown out or never was inside cannot ask about members. */
function mustSee(chat: Chat): void {
  const kind = chat.json.type;
  if (chat.deleted) throw refuse("group-deleted");
  if (chat.bot === "kicked") throw refuse("bot-kicked", { kind });
  if (chat.bot === "left") throw refuse("bot-not-member", { kind });
}
