import type { App } from "../app.ts";
import { restChat, restPlace } from "../store/reach.ts";
import { moveChat } from "../store/subscribers.ts";
import { tellKeeper, tellUpgraded } from "../telegram/tell-keeper.ts";
import { textIn } from "../text/index.ts";
import type { Reach } from "./deliver-outcome.ts";

type ReachApp = Pick<App, "db" | "api" | "now" | "log">;

/** Writes down what a delivery told about its chat; whoever set the place up hears of it, once. */
export async function tellReach(app: ReachApp, reach: Reach): Promise<void> {
  const now = app.now();
  if (reach.kind === "moved") {
    const untold = await tellUpgraded(app.api, await moveChat(app.db, reach.chatId, reach.newChatId), reach.newChatId);
    if (untold !== null) app.log.warn({ chat: reach.newChatId }, `nobody could be told: ${untold}`);
    return;
  }
  if ("chatId" in reach) {
    const state = reach.kind === "gone" ? "gone" : "resting";
    return restChat(app.db, reach.chatId, { state, note: reach.reason, now });
  }
  const { subscriber } = reach.due;
  if (!(await restPlace(app.db, subscriber.id, { note: reach.reason, now }))) return;
  const text = textIn(subscriber.language).small;
  const said = {
    "topic-closed": text.topicClosed(subscriber.title),
    "no-topic": text.topicGone(subscriber.title),
    "no-rights": text.noRights(subscriber.title),
  }[reach.kind];
  // The group itself hears it when nobody is known who set it up; where we may not write, nobody can be told.
  const chatId = reach.kind === "no-rights" ? null : subscriber.chatId;
  const failed = await tellKeeper(app.api, { setUpBy: subscriber.setUpBy, chatId }, said);
  if (failed !== null) app.log.warn({ subscriber: subscriber.id }, `nobody could be told: ${failed}`);
}
