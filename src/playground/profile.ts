import { integer, json, object, type Params, text } from "./params.ts";
import { refuse } from "./rules.ts";

const commandsMax = 100;
const commandDescriptionMax = 256;
const LENGTHS = { name: 64, description: 512, short_description: 120 } as const;
const SCOPES: readonly string[] =
  "default all_private_chats all_group_chats all_chat_administrators chat chat_administrators chat_member".split(" ");

export type Command = { command: string; description: string; is_ephemeral?: boolean };
export type ProfileField = keyof typeof LENGTHS;

/** Who looks at the command menu. */
export type Viewer = { chatId: number; userId: number; isPrivate: boolean; isAdmin: boolean; language: string };

/** The bot's card: commands by scope and language, name and descriptions by language, the menu button by chat. */
export class Profile {
  readonly #commands = new Map<string, Command[]>();
  readonly #texts = new Map<string, string>();
  readonly #menus = new Map<string, unknown>();

  setCommands(params: Params): void {
    const list = json(params, "commands");
    if (!Array.isArray(list)) throw refuse("commands-missing");
    if (list.length > commandsMax) throw refuse("commands-too-many");
    const commands = list.map((one: unknown): Command => {
      const command = object(one);
      const name = String(command?.["command"] ?? "").replace(/^\//, "");
      const description = String(command?.["description"] ?? "").trim();
      if (!/^[a-z0-9_]{1,32}$/.test(name)) throw refuse("command-name");
      if (description === "" || [...description].length > commandDescriptionMax) throw refuse("command-description");
      return { command: name, description };
    });
    this.#commands.set(commandsKey(params), commands);
  }

  getCommands(params: Params): Command[] {
    return this.#commands.get(commandsKey(params)) ?? [];
  }

  deleteCommands(params: Params): void {
    this.#commands.delete(commandsKey(params));
  }

  /** The list that a client shows: the first that was set, from the narrowest scope to the widest. */
  commandsFor({ chatId, userId, isPrivate, isAdmin, language }: Viewer): Command[] {
    const scopes = isPrivate
      ? [`chat:${chatId}`, "all_private_chats", "default"]
      : [
          `chat_member:${chatId}:${userId}`,
          ...(isAdmin ? [`chat_administrators:${chatId}`] : []),
          `chat:${chatId}`,
          ...(isAdmin ? ["all_chat_administrators"] : []),
          "all_group_chats",
          "default",
        ];
    for (const scope of scopes) {
      const commands = this.#commands.get(`${scope}|${language.slice(0, 2)}`) ?? this.#commands.get(`${scope}|`);
      if (commands && commands.length > 0) return commands;
    }
    return [];
  }

  setText(field: ProfileField, params: Params): void {
    const value = text(params, field) ?? "";
    if ([...value].length > LENGTHS[field]) throw refuse("profile-text-long", { field: field.replace("_", " ") });
    const key = `${field}|${languageOf(params)}`;
    if (value === "") this.#texts.delete(key);
    else this.#texts.set(key, value);
  }

  getText(field: ProfileField, params: Params): string {
    return this.textFor(field, languageOf(params));
  }

  /** The text in a language, else the one for all. */
  textFor(field: ProfileField, language: string): string {
    return this.#texts.get(`${field}|${language.slice(0, 2)}`) ?? this.#texts.get(`${field}|`) ?? "";
  }

  setMenuButton(params: Params): void {
    const chat = integer(params, "chat_id");
    this.#menus.set(chat === undefined ? "" : String(chat), json(params, "menu_button") ?? { type: "default" });
  }

  getMenuButton(params: Params): unknown {
    const chat = integer(params, "chat_id");
    return this.#menus.get(String(chat ?? "")) ?? this.#menus.get("") ?? { type: "commands" };
  }
}

function commandsKey(params: Params): string {
  const scope = object(json(params, "scope")) ?? { type: "default" };
  const type = String(scope["type"]);
  if (!SCOPES.includes(type)) throw refuse("command-scope");
  const parts = [type];
  if (type.startsWith("chat")) {
    const chat = integer(scope, "chat_id");
    if (chat === undefined) throw refuse("chat-id-empty");
    parts.push(String(chat));
  }
  if (type === "chat_member") {
    const user = integer(scope, "user_id");
    if (user === undefined) throw refuse("user-not-found");
    parts.push(String(user));
  }
  return `${parts.join(":")}|${languageOf(params)}`;
}

function languageOf(params: Params): string {
  const language = text(params, "language_code") ?? "";
  if (language !== "" && !/^[a-z]{2}$/.test(language)) throw refuse("language-code");
  return language;
}
