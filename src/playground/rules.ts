/** A rule of Telegram that the playground enforces. `text` is null where Telegram acts without telling anybody. */
export type Rule = {
  readonly name: string;
  /** `error_code` of the answer; 0 for a quiet rule. */
  readonly code: number;
  /** The description that Telegram gives; `{word}` is filled in. */
  readonly text: string | null;
};

const BAD = "Bad Request: ";
const HTML = `${BAD}can't parse entities: `;
const NO = "Forbidden: ";

/** Calls as such: token, method, body, files. */
const CALLS = [
  { name: "token-wrong", code: 401, text: "Unauthorized" },
  { name: "token-malformed", code: 404, text: "Not Found" },
  { name: "method-unknown", code: 404, text: "Not Found: method not found" },
  { name: "body-not-json", code: 400, text: `${BAD}can't parse JSON object` },
  { name: "body-too-large", code: 413, text: "Request Entity Too Large" },
  { name: "logged-out", code: 400, text: "Logged out" },
  { name: "file-id-invalid", code: 400, text: `${BAD}invalid file_id` },
  { name: "file-too-big", code: 400, text: `${BAD}file is too big` },
  { name: "file-missing", code: 400, text: `${BAD}there is no {kind} in the request` },
  { name: "file-empty", code: 400, text: `${BAD}file must be non-empty` },
] as const satisfies readonly Rule[];

/** Whom one may write to. */
const CHATS = [
  { name: "chat-id-empty", code: 400, text: `${BAD}chat_id is empty` },
  { name: "chat-not-found", code: 400, text: `${BAD}chat not found` },
  { name: "user-not-found", code: 400, text: `${BAD}user not found` },
  { name: "member-not-found", code: 400, text: `${BAD}member not found` },
  { name: "user-never-started", code: 403, text: `${NO}bot can't initiate conversation with a user` },
  { name: "bot-blocked", code: 403, text: `${NO}bot was blocked by the user` },
  { name: "user-deactivated", code: 403, text: `${NO}user is deactivated` },
  { name: "to-a-bot", code: 403, text: `${NO}the bot can't send messages to the bot` },
  { name: "bot-kicked", code: 403, text: `${NO}bot was kicked from the {kind} chat` },
  { name: "bot-not-member", code: 403, text: `${NO}bot is not a member of the {kind} chat` },
  { name: "group-deleted", code: 403, text: `${NO}the group chat was deleted` },
  { name: "group-upgraded", code: 400, text: `${BAD}group chat was upgraded to a supergroup chat` },
  { name: "rights-to-send", code: 400, text: `${BAD}not enough rights to send text messages to the chat` },
  { name: "channel-admin-needed", code: 400, text: `${BAD}need administrator rights in the channel chat` },
  { name: "thread-not-found", code: 400, text: `${BAD}message thread not found` },
  { name: "topic-closed", code: 400, text: `${BAD}TOPIC_CLOSED` },
  { name: "not-a-forum", code: 400, text: `${BAD}the chat is not a forum` },
  { name: "rights-to-make-topics", code: 400, text: `${BAD}not enough rights to create a topic` },
  { name: "topic-name-empty", code: 400, text: `${BAD}TOPIC_TITLE_EMPTY` },
  { name: "rights-to-pin", code: 400, text: `${BAD}not enough rights to manage pinned messages in the chat` },
  {
    name: "private-chat-cannot-be-left",
    code: 400,
    text: `${BAD}chat member status can't be changed in private chats`,
  },
  { name: "no-admins-in-private", code: 400, text: `${BAD}there are no administrators in the private chat` },
] as const satisfies readonly Rule[];

/** What a text may be. */
const TEXTS = [
  { name: "text-empty", code: 400, text: `${BAD}message text is empty` },
  { name: "text-blank", code: 400, text: `${BAD}text must be non-empty` },
  { name: "text-too-long", code: 400, text: `${BAD}message is too long` },
  { name: "text-bytes-too-long", code: 400, text: `${BAD}text is too long` },
  { name: "caption-too-long", code: 400, text: `${BAD}message caption is too long` },
  { name: "text-cleaned", code: 0, text: null },
  { name: "parse-mode-unsupported", code: 400, text: `${BAD}unsupported parse_mode` },
  { name: "html-unclosed-start", code: 400, text: `${HTML}Unclosed start tag at byte offset {at}` },
  { name: "html-unclosed-named", code: 400, text: `${HTML}Unclosed start tag "{tag}" at byte offset {at}` },
  { name: "html-unsupported-tag", code: 400, text: `${HTML}Unsupported start tag "{tag}" at byte offset {at}` },
  {
    name: "html-attribute-empty",
    code: 400,
    text: `${HTML}Empty attribute name in the tag "{tag}" at byte offset {at}`,
  },
  { name: "html-name-token", code: 400, text: `${HTML}Unexpected end of name token at byte offset {at}` },
  {
    name: "html-span-class",
    code: 400,
    text: `${HTML}Tag "span" must have class "tg-spoiler" at byte offset {at}`,
  },
  { name: "html-unexpected-end", code: 400, text: `${HTML}Unexpected end tag at byte offset {at}` },
  { name: "html-unclosed-end", code: 400, text: `${HTML}Unclosed end tag at byte offset {at}` },
  {
    name: "html-unmatched-end",
    code: 400,
    text: `${HTML}Unmatched end tag at byte offset {at}, expected "</{tag}>", found "</{found}>"`,
  },
  { name: "html-no-end", code: 400, text: `${HTML}Can't find end tag corresponding to start tag "{tag}"` },
  { name: "html-custom-emoji", code: 400, text: `${HTML}Invalid custom emoji identifier specified` },
  {
    name: "html-surrogates",
    code: 400,
    text:
      `${HTML}Text contains invalid Unicode characters after decoding HTML entities, ` +
      "check for unmatched surrogate code units",
  },
  { name: "html-named-entities", code: 0, text: null },
  { name: "html-link-dropped", code: 0, text: null },
  { name: "html-nested-link", code: 0, text: null },
  {
    name: "markdown-reserved",
    code: 400,
    text: `${HTML}Character '{sign}' is reserved and must be escaped with the preceding '\\'`,
  },
  { name: "markdown-no-end", code: 400, text: `${HTML}Can't find end of {kind} entity at byte offset {at}` },
] as const satisfies readonly Rule[];

/** What may lie on a text. */
const ENTITIES = [
  { name: "entity-type", code: 400, text: `${BAD}can't parse MessageEntity: Unsupported type specified` },
  { name: "entity-field", code: 400, text: `${BAD}can't parse MessageEntity: Can't find field "{field}"` },
  { name: "entity-offset", code: 400, text: `${BAD}receive an entity with incorrect offset {at}` },
  { name: "entity-length", code: 400, text: `${BAD}receive an entity with incorrect length {length}` },
  {
    name: "entity-begins-late",
    code: 400,
    text: `${BAD}entity begins after the end of the text at UTF-16 offset {at}`,
  },
  {
    name: "entity-ends-late",
    code: 400,
    text: `${BAD}entity beginning at UTF-16 offset {at} ends after the end of the text at UTF-16 offset {end}`,
  },
  {
    name: "entity-in-symbol",
    code: 400,
    text: `${BAD}entity begins in a middle of a UTF-16 symbol at UTF-16 offset {at}`,
  },
  { name: "entity-url", code: 400, text: `${BAD}entity URL '{url}' is invalid: {why}` },
  { name: "entities-over-100", code: 0, text: null },
  { name: "entities-in-code", code: 0, text: null },
  { name: "entities-too-long", code: 400, text: `${BAD}ENTITIES_TOO_LONG` },
  { name: "preview-url", code: 400, text: `${BAD}WEBPAGE_URL_INVALID` },
] as const satisfies readonly Rule[];

/** Buttons. */
const KEYBOARDS = [
  { name: "markup-not-object", code: 400, text: `${BAD}object expected as reply markup` },
  { name: "markup-not-json", code: 400, text: `${BAD}can't parse reply keyboard markup JSON object` },
  { name: "keyboard-not-array", code: 400, text: `${BAD}field "{field}" of the {kind} must be an Array` },
  { name: "keyboard-not-rows", code: 400, text: `${BAD}field "{field}" of the {kind} must be an Array of Arrays` },
  {
    name: "button-not-object",
    code: 400,
    text: `${BAD}can't parse inline keyboard button: InlineKeyboardButton must be an Object`,
  },
  { name: "button-field", code: 400, text: `${BAD}can't parse inline keyboard button: Can't find field "{field}"` },
  {
    name: "button-without-action",
    code: 400,
    text: `${BAD}can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard`,
  },
  { name: "button-text-empty", code: 400, text: `${BAD}BUTTON_TEXT_INVALID` },
  { name: "button-data-bytes", code: 400, text: `${BAD}BUTTON_DATA_INVALID` },
  { name: "button-url", code: 400, text: `${BAD}inline keyboard button URL '{url}' is invalid: {why}` },
  {
    name: "button-web-app-url",
    code: 400,
    text: `${BAD}inline keyboard button Web App URL '{url}' is invalid: Only HTTPS links are allowed`,
  },
  { name: "button-copy-text", code: 400, text: `${BAD}BUTTON_COPY_TEXT_INVALID` },
  { name: "button-kind", code: 400, text: `${BAD}BUTTON_TYPE_INVALID` },
  { name: "keyboard-too-long", code: 400, text: `${BAD}reply markup is too long` },
] as const satisfies readonly Rule[];

/** Messages that exist already, and presses. */
const MESSAGES = [
  { name: "message-id-missing", code: 400, text: `${BAD}message identifier is not specified` },
  {
    name: "message-not-modified",
    code: 400,
    text:
      `${BAD}message is not modified: specified new message content and reply markup are exactly the same ` +
      "as a current content and reply markup of the message",
  },
  { name: "edit-not-found", code: 400, text: `${BAD}message to edit not found` },
  { name: "edit-not-own", code: 400, text: `${BAD}message can't be edited` },
  { name: "edit-no-text", code: 400, text: `${BAD}there is no text in the message to edit` },
  { name: "edit-no-caption", code: 400, text: `${BAD}there is no caption in the message to edit` },
  { name: "delete-not-found", code: 400, text: `${BAD}message to delete not found` },
  { name: "delete-refused", code: 400, text: `${BAD}message can't be deleted` },
  { name: "delete-many-none", code: 400, text: `${BAD}message identifiers are not specified` },
  { name: "delete-many-over", code: 400, text: `${BAD}too many message identifiers specified` },
  { name: "reply-not-found", code: 400, text: `${BAD}message to be replied not found` },
  { name: "copy-not-found", code: 400, text: `${BAD}message to copy not found` },
  { name: "forward-not-found", code: 400, text: `${BAD}message to forward not found` },
  { name: "forward-loses-callbacks", code: 0, text: null },
  { name: "pin-not-found", code: 400, text: `${BAD}message to pin not found` },
  {
    name: "callback-too-old",
    code: 400,
    text: `${BAD}query is too old and response timeout expired or query ID is invalid`,
  },
  { name: "callback-text-long", code: 400, text: `${BAD}MESSAGE_TOO_LONG` },
  { name: "callback-url", code: 400, text: `${BAD}URL_INVALID` },
  { name: "inline-too-many", code: 400, text: `${BAD}too many inline query results specified` },
  { name: "inline-id", code: 400, text: `${BAD}RESULT_ID_INVALID` },
] as const satisfies readonly Rule[];

/** How updates travel. */
const UPDATES = [
  {
    name: "polling-beside-webhook",
    code: 409,
    text: "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
  },
  {
    name: "polling-twice",
    code: 409,
    text: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
  },
  { name: "secret-too-long", code: 400, text: `${BAD}secret token is too long` },
  { name: "secret-characters", code: 400, text: `${BAD}secret token contains unallowed characters` },
  { name: "webhook-url", code: 400, text: `${BAD}bad webhook: {why}` },
  { name: "webhook-too-often", code: 429, text: "Too Many Requests: retry after {seconds}" },
  { name: "webhook-secret-header", code: 0, text: null },
  { name: "webhook-again", code: 0, text: null },
  { name: "webhook-in-order", code: 0, text: null },
  { name: "updates-allowed", code: 0, text: null },
  { name: "updates-confirmed", code: 0, text: null },
  { name: "updates-expire", code: 0, text: null },
  { name: "privacy-mode", code: 0, text: null },
] as const satisfies readonly Rule[];

/** How often one may write. */
const FLOOD = [
  { name: "flood-all", code: 429, text: "Too Many Requests: retry after {seconds}" },
  { name: "flood-chat", code: 429, text: "Too Many Requests: retry after {seconds}" },
  { name: "flood-group", code: 429, text: "Too Many Requests: retry after {seconds}" },
  { name: "flood-group-edits", code: 429, text: "Too Many Requests: retry after {seconds}" },
  { name: "paid-without-stars", code: 400, text: `${BAD}FLOODSKIP_NOT_ALLOWED` },
] as const satisfies readonly Rule[];

/** The bot's own card: commands and descriptions. */
const PROFILE = [
  { name: "commands-too-many", code: 400, text: `${BAD}BOT_COMMANDS_TOO_MUCH` },
  { name: "commands-missing", code: 400, text: `${BAD}can't parse commands: expected an Array` },
  { name: "command-name", code: 400, text: `${BAD}BOT_COMMAND_INVALID` },
  { name: "command-description", code: 400, text: `${BAD}BOT_COMMAND_DESCRIPTION_INVALID` },
  { name: "command-scope", code: 400, text: `${BAD}can't parse BotCommandScope: Unsupported type specified` },
  { name: "language-code", code: 400, text: `${BAD}invalid language code specified` },
  { name: "profile-text-long", code: 400, text: `${BAD}{field} is too long` },
] as const satisfies readonly Rule[];

/** Every rule, in one list: each is enforced in this folder and named by a test. */
export const RULES = [
  ...CALLS,
  ...CHATS,
  ...TEXTS,
  ...ENTITIES,
  ...KEYBOARDS,
  ...MESSAGES,
  ...UPDATES,
  ...FLOOD,
  ...PROFILE,
] as const;

export type RuleName = (typeof RULES)[number]["name"];

const byName: ReadonlyMap<string, Rule> = new Map(RULES.map((rule) => [rule.name, rule]));

/** An answer `ok: false`, as Telegram words it. */
export class Refusal extends Error {
  readonly rule: RuleName | null;
  readonly code: number;
  readonly parameters: RefusalParameters | undefined;

  constructor(rule: RuleName | null, code: number, description: string, parameters?: RefusalParameters) {
    super(description);
    this.rule = rule;
    this.code = code;
    this.parameters = parameters;
  }
}

export type RefusalParameters = { retry_after?: number; migrate_to_chat_id?: number };

/** The refusal of a rule, its words filled in. */
export function refuse(
  name: RuleName,
  words: Record<string, string | number> = {},
  parameters?: RefusalParameters,
): Refusal {
  const rule = byName.get(name);
  if (rule?.text == null) throw new Error(`the rule ${name} refuses nothing`);
  const text = rule.text.replace(/\{(\w+)\}/g, (whole, word: string) => String(words[word] ?? whole));
  return new Refusal(name, rule.code, text, parameters);
}
