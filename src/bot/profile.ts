import { type Api, GrammyError } from "grammy";
import type { BotCommand, BotCommandScope } from "grammy/types";
import type { Language } from "../text/index.ts";
import {
  type CommandName,
  commandTexts,
  description,
  groupAdminTexts,
  menus,
  shortDescription,
} from "../text/profile.ts";

/** What people see before they write: description and menus, in both languages; English for everybody else. */
export async function publishProfile(api: Api, { admins }: { admins: readonly number[] }): Promise<void> {
  for (const [language, code] of [
    ["en", undefined],
    ["zh", "zh"],
  ] as const) {
    const at = code === undefined ? {} : { language_code: code };
    await api.setMyDescription(description[language], at);
    await api.setMyShortDescription(shortDescription[language], at);
    for (const { scope, commands } of scopes(language)) await api.setMyCommands(commands, { scope, ...at });
  }
  for (const id of admins) await publishOperatorMenu(api, id);
}

/** The menu of one who runs the bot: theirs first, then everybody's. */
export async function publishOperatorMenu(api: Api, userId: number): Promise<void> {
  await publishRoleMenu(api, userId, "owner");
}

/** The menu of one with a role. */
export async function publishRoleMenu(api: Api, userId: number, role: "owner" | "editor" | "viewer"): Promise<void> {
  const scope = { type: "chat" as const, chat_id: userId };
  const own = { owner: menus.operators, editor: menus.editors, viewer: menus.viewers }[role];
  const names = [...own, ...menus.private];
  try {
    await api.setMyCommands(listed(names, "en"), { scope });
    await api.setMyCommands(listed(names, "zh"), { scope, language_code: "zh" });
  } catch (error) {
    // Who never wrote to the bot has no chat to show a menu in; it comes with the next start.
    if (!(error instanceof GrammyError)) throw error;
  }
}

function scopes(language: Language): { scope: BotCommandScope; commands: BotCommand[] }[] {
  const own = (names: readonly CommandName[]) => listed(names, language, groupAdminTexts);
  return [
    { scope: { type: "default" }, commands: listed(menus.private, language) },
    { scope: { type: "all_private_chats" }, commands: listed(menus.private, language) },
    { scope: { type: "all_group_chats" }, commands: own(menus.group) },
    { scope: { type: "all_chat_administrators" }, commands: own(menus.groupAdmins) },
  ];
}

function listed(
  names: readonly CommandName[],
  language: Language,
  instead: Partial<Record<CommandName, Record<Language, string>>> = {},
): BotCommand[] {
  return names.map((command) => ({ command, description: (instead[command] ?? commandTexts[command])[language] }));
}
