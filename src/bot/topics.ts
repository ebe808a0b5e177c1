import type { Context } from "grammy";
import type { App } from "../app.ts";
import { changeSubscriber, findSubscriber } from "../store/subscribers.ts";
import { reschedule } from "../store/subscriptions.ts";
import { nameTopic } from "../store/topics.ts";

/**
 * What Telegram tells of a forum's topics as it happens: their names, which it never tells again, and that a closed one
 * is open: what rested there goes on. True when that was all that the message said.
 */
export async function onTopic(app: App, ctx: Context): Promise<boolean> {
  const message = ctx.message;
  const threadId = message?.message_thread_id;
  if (message === undefined || threadId === undefined || message.is_topic_message !== true) return false;
  const topic = { chatId: message.chat.id, threadId };
  const named = message.forum_topic_created?.name ?? message.forum_topic_edited?.name;
  if (named !== undefined) await nameTopic(app.db, { ...topic, name: named });
  // Every message in a topic answers the one that made it, with the name that it had then.
  const first = message.reply_to_message?.forum_topic_created?.name;
  if (first !== undefined) await nameTopic(app.db, { ...topic, name: first }, { old: true });
  if (message.forum_topic_reopened !== undefined) await reopen(app, topic);
  return (
    message.forum_topic_created !== undefined ||
    message.forum_topic_edited !== undefined ||
    message.forum_topic_closed !== undefined ||
    message.forum_topic_reopened !== undefined
  );
}

async function reopen({ db, now }: App, { chatId, threadId }: { chatId: number; threadId: number }): Promise<void> {
  const resting = await findSubscriber(db, chatId, threadId);
  if (resting?.state !== "resting") return;
  const change = { state: "active" as const, stateAt: now(), note: "" };
  await changeSubscriber(db, resting.id, change);
  await reschedule(db, { ...resting, ...change }, now());
}
