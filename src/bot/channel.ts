import type { ReplyKeyboardMarkup } from "grammy/types";
import { changeSubscriber, channelsOf, ensureSubscriber, type Subscriber } from "../store/subscribers.ts";
import { addSubscription, listSubscriptions } from "../store/subscriptions.ts";
import { action } from "../telegram/action.ts";
import { bold, html, lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import { renderSubscription, renderSubscriptions } from "../telegram/subscription-message.ts";
import { placeName } from "../text/places.ts";
import { quietText } from "../text/quiet.ts";
import { say } from "./answer.ts";
import { viewOf } from "./digests.ts";
import type { Area } from "./handler.ts";
import { rightsIn } from "./rights.ts";
import { isPrivate, originOf, readingOf, timezoneOf, type Visit } from "./visit.ts";

/** Which question of ours a picked channel answers. */
const requestId = 1;
const channelMinute = 480;
const channelCount = 8;
const titleCharsMax = 64;

export const channel: Area = {
  commands: { channel: { run: askChannel, privateOnly: true, setting: true } },
  presses: { channel: { act: askChannel } },
};

/** Telegram's own picker: it shows only channels where this person may add us. Those set up already come first. */
async function askChannel(visit: Visit): Promise<void> {
  if (!isPrivate(visit) || visit.userId === null) return say(visit, message(lines(visit.text.small.inPrivate)));
  for (const own of await channelsOf(visit.app.db, visit.userId)) await showChannel(visit, own);
  const text = visit.text.channel;
  const rights = {
    is_anonymous: false,
    can_manage_chat: true,
    can_delete_messages: false,
    can_manage_video_chats: false,
    can_restrict_members: false,
    can_promote_members: false,
    can_change_info: false,
    can_invite_users: false,
    can_post_stories: false,
    can_edit_stories: false,
    can_delete_stories: false,
    can_send_welcome_messages: false,
    can_post_messages: true,
  };
  const keyboard: ReplyKeyboardMarkup = {
    keyboard: [
      [
        {
          text: text.pick,
          request_chat: {
            request_id: requestId,
            chat_is_channel: true,
            user_administrator_rights: rights,
            bot_administrator_rights: rights,
            request_title: true,
          },
        },
      ],
      [{ text: text.cancel }],
    ],
    resize_keyboard: true,
    one_time_keyboard: true,
  };
  await visit.ctx.api.sendMessage(visit.chatId, html`${text.ask}`.html, { parse_mode: "HTML", reply_markup: keyboard });
}

/** A channel was picked: both must be its admins, whatever the picker promised. */
export async function onChannelPicked(visit: Visit): Promise<boolean> {
  const picked = visit.ctx.message?.chat_shared;
  if (picked === undefined || picked.request_id !== requestId || visit.userId === null) return false;
  const { app, text, now } = visit;
  if ((await rightsIn(visit, picked.chat_id, visit.userId)) !== "yes") return close(visit, text.channel.notAdmin);
  if (!(await canPost(visit, picked.chat_id))) return close(visit, text.channel.cannotPost);
  const fresh = {
    chatId: picked.chat_id,
    threadId: 0,
    kind: "channel" as const,
    title: (picked.title ?? "").slice(0, titleCharsMax),
    language: visit.language,
    newsLanguages: visit.known?.newsLanguages ?? visit.language,
    timezone: timezoneOf(visit),
  };
  const subscriber = await ensureSubscriber(app.db, fresh, now);
  const state = { state: "active" as const, stateAt: now, note: "", setUpBy: visit.userId, title: fresh.title };
  await changeSubscriber(app.db, subscriber.id, state);
  const own = { ...subscriber, ...state };
  const before = await listSubscriptions(app.db, subscriber.id);
  const origin = originOf(visit, ":channel");
  if (before.length === 0) {
    const digest = { minute: channelMinute, rule: "daily", count: channelCount, silent: true, origin };
    await addSubscription(app.db, own, { fresh: digest, now });
  }
  const place = placeName(own.timezone, visit.language);
  const done = text.channel.done(own.title, text.minute(channelMinute), place);
  await close(visit, before.length === 0 ? done : text.channel.already(own.title));
  await showChannel(visit, own);
  return true;
}

/** "Never mind" on the picker's keyboard. */
export async function onPickerClosed(visit: Visit, words: string): Promise<boolean> {
  return words === visit.text.channel.cancel && isPrivate(visit) ? close(visit, visit.text.channel.cancelled) : false;
}

async function showChannel(visit: Visit, own: Subscriber): Promise<void> {
  const views = (await listSubscriptions(visit.app.db, own.id)).map((subscription) =>
    viewOf({ subscription, subscriber: own }),
  );
  if (views.length === 0) return;
  const options = { ...readingOf(visit), timezone: own.timezone, here: true };
  const [only] = views;
  const page =
    views.length === 1
      ? renderSubscription(only!, options)
      : renderSubscriptions(views, { ...options, pausedUntil: null });
  const title = bold(visit.text.channel.manage(own.title));
  // What follows belongs to the private chat's own list.
  const rows = page.buttons.filter((row) =>
    row.every((each) => !("action" in each) || !/^1:(subs|add|pauses)$/.test(each.action)),
  );
  const quiet = { text: quietText(visit.language).button, action: action("quiet", `c${own.id.toString(36)}`) };
  await say(visit, { ...page, html: `${title.html}\n\n${page.html}`, buttons: [...rows, [quiet]] });
}

async function canPost(visit: Visit, chatId: number): Promise<boolean> {
  try {
    const me = await visit.ctx.api.getChatMember(chatId, visit.app.me.id);
    return me.status === "creator" || (me.status === "administrator" && me.can_post_messages === true);
  } catch {
    return false;
  }
}

/** Answers, and takes the picker's keyboard away. */
async function close(visit: Visit, line: string): Promise<true> {
  await visit.ctx.api.sendMessage(visit.chatId, html`${line}`.html, {
    parse_mode: "HTML",
    reply_markup: { remove_keyboard: true },
  });
  return true;
}
