import { lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import { say } from "./answer.ts";
import type { Visit } from "./visit.ts";

/** The terminal's one-time link: whoever opens it first runs the bot from then on. */
export async function claimOwner(visit: Visit, _key: string): Promise<void> {
  await say(visit, message(lines(visit.text.small.ownerOld)));
}
