/** The parts of Bot API objects that the playground makes and keeps. Undefined fields vanish in JSON. */

export type UserJson = {
  id: number;
  is_bot: boolean;
  first_name: string;
  last_name?: string | undefined;
  username?: string | undefined;
  language_code?: string | undefined;
};

export type ChatKind = "private" | "group" | "supergroup" | "channel";

export type ChatJson = {
  id: number;
  type: ChatKind;
  title?: string | undefined;
  username?: string | undefined;
  first_name?: string | undefined;
  last_name?: string | undefined;
  is_forum?: true | undefined;
};

export type EntityJson = {
  type: string;
  /** In UTF-16 code units, as are JavaScript's string indexes. */
  offset: number;
  length: number;
  url?: string | undefined;
  user?: UserJson | undefined;
  language?: string | undefined;
  custom_emoji_id?: string | undefined;
  unix_time?: number | undefined;
  date_time_format?: string | undefined;
};

export type ButtonJson = {
  text: string;
  url?: string;
  callback_data?: string;
  copy_text?: { text: string };
  web_app?: { url: string };
  switch_inline_query?: string;
  switch_inline_query_current_chat?: string;
  switch_inline_query_chosen_chat?: object;
  login_url?: { url: string };
  disabled?: object;
  style?: string;
};

export type InlineKeyboardJson = { inline_keyboard: ButtonJson[][] };

/** A button of the keyboard below the input field. */
export type ReplyButtonJson = {
  text: string;
  request_chat?: { request_id: number; chat_is_channel: boolean; chat_is_forum?: boolean };
  request_location?: boolean;
};

export type ReplyKeyboardJson = {
  keyboard: ReplyButtonJson[][];
  resize_keyboard?: boolean;
  one_time_keyboard?: boolean;
  input_field_placeholder?: string;
};

export type MarkupJson =
  | InlineKeyboardJson
  | ReplyKeyboardJson
  | { remove_keyboard: true }
  | { force_reply: true; input_field_placeholder?: string; selective?: boolean };

export type DocumentJson = {
  file_id: string;
  file_unique_id: string;
  file_name?: string | undefined;
  mime_type?: string | undefined;
  file_size: number;
};

export type PhotoJson = {
  file_id: string;
  file_unique_id: string;
  width: number;
  height: number;
  file_size?: number;
};

export type MessageJson = {
  message_id: number;
  message_thread_id?: number | undefined;
  is_topic_message?: true | undefined;
  from?: UserJson | undefined;
  sender_chat?: ChatJson | undefined;
  author_signature?: string | undefined;
  chat: ChatJson;
  /** Unix seconds of the playground's clock. */
  date: number;
  edit_date?: number | undefined;
  forward_origin?: object | undefined;
  reply_to_message?: MessageJson | undefined;
  text?: string | undefined;
  entities?: EntityJson[] | undefined;
  caption?: string | undefined;
  caption_entities?: EntityJson[] | undefined;
  link_preview_options?: object | undefined;
  document?: DocumentJson | undefined;
  photo?: PhotoJson[] | undefined;
  location?: { latitude: number; longitude: number } | undefined;
  chat_shared?: { request_id: number; chat_id: number; title?: string | undefined } | undefined;
  forum_topic_created?: { name: string; icon_color: number } | undefined;
  forum_topic_closed?: object | undefined;
  forum_topic_reopened?: object | undefined;
  new_chat_members?: UserJson[] | undefined;
  left_chat_member?: UserJson | undefined;
  pinned_message?: MessageJson | undefined;
  migrate_to_chat_id?: number | undefined;
  migrate_from_chat_id?: number | undefined;
  has_protected_content?: true | undefined;
  is_paid_post?: true | undefined;
  reply_markup?: InlineKeyboardJson | undefined;
};

/** A message as the playground keeps it: what Telegram tells, and what only the reader's client sees. */
export type Kept = MessageJson & {
  /** Not told to the bot: sent without a sound. */
  silent?: true | undefined;
  /** The keyboard or the wish for a reply that came with it; not part of the message that the bot gets. */
  ask?: MarkupJson | undefined;
};

/** What a method's `chat_member` results look like; only the fields that bots read. */
export type MemberJson = { status: string; user: UserJson } & Record<string, unknown>;

export type UpdateJson = { update_id: number } & Record<string, unknown>;

export type UpdateKind =
  | "message"
  | "edited_message"
  | "channel_post"
  | "edited_channel_post"
  | "callback_query"
  | "inline_query"
  | "chosen_inline_result"
  | "my_chat_member"
  | "chat_member"
  | "message_reaction"
  | "message_reaction_count";
