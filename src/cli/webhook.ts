import type { Command } from "commander";
import { Bot } from "grammy";
import { describeError, UserError } from "../errors.ts";
import { createClient } from "../node/client.ts";
import type { Shell } from "./shell.ts";

/** webhook info|delete: what Telegram knows of this bot's webhook, and how to be rid of it. */
export function addWebhookCommand(program: Command, shell: () => Shell): void {
  program
    .command("webhook")
    .argument("<info|delete>", "info shows what Telegram knows; delete ends the webhook, for long polling")
    .description("look at or remove the bot's webhook")
    .option("--json", "JSON on standard output")
    .action(async (act: string, options: { json?: boolean }) => {
      if (act !== "info" && act !== "delete") throw new UserError(`webhook ${act}: say info or delete`);
      await webhook(shell(), act, options.json === true);
    });
}

async function webhook({ config, print }: Shell, act: "info" | "delete", json: boolean): Promise<void> {
  if (config.BOT_TOKEN === undefined) throw new UserError("Set BOT_TOKEN first: the playground has no webhook.");
  const { api } = new Bot(config.BOT_TOKEN, { client: createClient(config, config.TELEGRAM_API_ROOT) });
  try {
    if (act === "delete") await api.deleteWebhook();
    const info = await api.getWebhookInfo();
    if (json) print(JSON.stringify(info));
    else if (!info.url) print("no webhook: long polling may start");
    else
      print(
        `${info.url}: ${info.pending_update_count} waiting${info.last_error_message ? `, last error: ${info.last_error_message}` : ""}`,
      );
  } catch (error) {
    throw new UserError(`Telegram did not do it: ${describeError(error)}`);
  }
}
