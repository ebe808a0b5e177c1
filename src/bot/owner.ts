import { claimOwnership, ownersOf } from "../store/owners.ts";
import { lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import { say } from "./answer.ts";
import { publishOperatorMenu } from "./profile.ts";
import { isOperator } from "./rights.ts";
import type { Visit } from "./visit.ts";

const keyCharsMax = 64;

/** The terminal's one-time link: whoever opens it first runs the bot from then on. */
export async function claimOwner(visit: Visit, key: string): Promise<void> {
  const { app, text, userId, now } = visit;
  if (userId === null || key.length > keyCharsMax) return;
  // An update that is handled again finds its owner there already.
  const owner = (await claimOwnership(app.db, { key, userId, now })) || (await isOperator(visit));
  await say(visit, message(lines(owner ? text.small.owner : text.small.ownerOld)));
  if (owner) await publishOperatorMenu(visit.ctx.api, userId);
}

/** Everybody who runs this bot, by the settings or by the link. */
export async function operatorsOf({ app }: Pick<Visit, "app">): Promise<number[]> {
  return [...new Set([...app.config.ADMIN_IDS, ...(await ownersOf(app.db))])];
}
