import type { Command } from "commander";
import { composeDigest } from "../digest/compose.ts";
import { UserError } from "../errors.ts";
import type { Db } from "../store/db.ts";
import { askForDigest, listDeliveries } from "../store/deliveries.ts";
import type { DeliveryState } from "../store/schema.ts";
import { findSubscriber, type Subscriber } from "../store/subscribers.ts";
import { listSubscriptions, type Subscription } from "../store/subscriptions.ts";
import { renderDigest } from "../telegram/digest-message.ts";
import { type Shell, UsageError } from "./shell.ts";

/** Rows that one page of the ledger's listing reads. */
const rowsPerPage = 500;
/** What a chat without a subscription would get. */
const usual = { rule: "daily", minute: 8 * 60, count: 8, query: "", summaries: true };
const states: readonly DeliveryState[] = [
  "queued",
  "claimed",
  "sending",
  "sent",
  "unknown",
  "unreachable",
  "failed",
  "skipped",
];

type Options = { json?: boolean; dryRun?: boolean; thread?: string; state?: DeliveryState };

/** digest, deliveries: what a chat gets, and what the ledger knows. */
export function addDeliveryCommands(program: Command, shell: () => Shell): void {
  program
    .command("digest")
    .argument("<chat id>", "the chat's id, as /id tells it")
    .option("--dry-run", "show the messages, send nothing")
    .option("--thread <id>", "a forum topic of the chat")
    .option("--json", "JSON on standard output")
    .description("what a chat would get now; without --dry-run the running server sends it")
    .action((chat: string, options: Options) => digest(shell(), chat, options));
  program
    .command("deliveries")
    .option("--state <state>", `only these: ${states.join(", ")}`)
    .option("--json", "one JSON line a row")
    .description("the ledger: one line for each message sent, or to be sent")
    .action((options: Options) => deliveries(shell(), options));
}

async function digest(shell: Shell, chat: string, { dryRun, thread = "0", json }: Options): Promise<void> {
  if (!/^-?\d{1,15}$/.test(chat) || !/^\d{1,12}$/.test(thread)) {
    throw new UsageError(`"${chat}" is not a chat id. It is a whole number; /id in the chat tells it.`);
  }
  await shell.withStore(async ({ db }) => {
    const subscriber = await findSubscriber(db, Number(chat), Number(thread));
    if (subscriber === undefined)
      throw new UserError(`No chat ${chat} is known. It must have written to the bot once.`);
    const [subscription] = (await listSubscriptions(db, subscriber.id)).filter((each) => each.kind === "digest");
    if (dryRun) return preview(shell, db, { subscriber, subscription, json: json === true });
    if (subscription === undefined) throw new UserError(`Chat ${chat} has no digest. It subscribes with /subscribe.`);
    const asked = { subscriptionId: subscription.id, subscriberId: subscriber.id, updateId: shell.now().getTime() };
    await askForDigest(db, asked, shell.now());
    shell.print(json ? JSON.stringify({ queued: 1 }) : "queued: the running server sends it within a minute");
  });
}

type Preview = { subscriber: Subscriber; subscription: Subscription | undefined; json: boolean };

async function preview(shell: Shell, db: Db, { subscriber, subscription, json }: Preview): Promise<void> {
  const now = shell.now();
  const edition = await composeDigest(db, {
    subscriber,
    subscription: subscription ?? usual,
    slot: now,
    now,
    first: true,
  });
  const messages = renderDigest(edition, {
    language: subscriber.language,
    kind: subscriber.kind,
    botUsername: "",
    subscriptionId: subscription?.id ?? null,
    query: subscription?.query ?? "",
  }).map((message) => message.html);
  shell.print(json ? JSON.stringify({ messages }) : messages.join("\n\n---\n\n"));
}

async function deliveries(shell: Shell, { state, json }: Options): Promise<void> {
  if (state !== undefined && !states.includes(state))
    throw new UsageError(`--state must be one of ${states.join(", ")}`);
  await shell.withStore(async ({ db }) => {
    for (let afterId = 0; ; ) {
      const rows = await listDeliveries(db, { afterId, limit: rowsPerPage, ...(state === undefined ? {} : { state }) });
      for (const row of rows) {
        const { id, kind, ref, slot, chatId, part, attempt, messageId, error } = row;
        const line = {
          id,
          kind,
          ref,
          slot,
          chatId,
          part,
          attempt,
          state: row.state,
          messageId,
          error,
          at: row.at.toISOString(),
        };
        shell.print(json ? JSON.stringify(line) : Object.values(line).join("  "));
      }
      const last = rows.at(-1);
      if (last === undefined) return;
      afterId = last.id;
    }
  });
}
