// @ts-check

/** Every word of the page, in both languages. */
const WORDS = {
  zh: {
    start: "开始",
    blocked: "你已屏蔽这个机器人",
    unblock: "解除屏蔽",
    block: "屏蔽机器人",
    write: "写点什么…",
    writeAnonymous: "以群的名义匿名发言…",
    writeChannel: "发到频道…",
    reply: "回复",
    forward: "转发",
    copy: "复制文字",
    copied: "已复制",
    forwardTo: "转发到",
    cancel: "取消",
    close: "关闭",
    edited: "已编辑",
    forwardedFrom: "转发自",
    bot: "机器人",
    typing: "正在输入…",
    today: "今天",
    yesterday: "昨天",
    general: "综合",
    group: "群组",
    channel: "频道",
    members: "3位成员",
    readOnly: "频道只有管理员能发",
    addToGroup: "把机器人加进群",
    addToChannel: "请机器人来频道当管理员",
    promote: "设为管理员",
    demote: "取消管理员",
    removeBot: "移出机器人",
    closeTopic: "关闭这个话题",
    openTopic: "重开这个话题",
    whatItDoes: "这个机器人能做什么？",
    skip: "下一份简报",
    hour: "+1小时",
    day: "+1天",
    backToNow: "回到现在",
    noDigest: "还没有订阅，所以没有下一份",
    ahead: "时钟已拨快",
    chats: "聊天",
    menu: "命令",
    attach: "发文件（OPML、JSONL）",
    send: "发送",
    file: "文件",
    location: "位置",
    shared: "选了",
    theme: "深色或浅色",
    language: "English",
    added: "机器人加入了",
    left: "机器人离开了",
    topicMade: "新话题",
    topicClosed: "话题关闭了",
    topicOpened: "话题重开了",
    pick: "选一个",
    readers: "加 5,000 位读者",
    nothingToPick: "没有合适的群或频道",
    source: "样例新闻，人物和地点都是虚构的",
    outside: "这是样例网址，没有网页",
    lost: "连接断开，正在重连…",
    silent: "静音",
    deletedReply: "已删除的消息",
    noAnswer: "机器人没有回应",
    newMessages: "新消息",
  },
  en: {
    start: "Start",
    blocked: "You have blocked this bot",
    unblock: "Unblock",
    block: "Block the bot",
    write: "Message…",
    writeAnonymous: "Write anonymously as the group…",
    writeChannel: "Post to the channel…",
    reply: "Reply",
    forward: "Forward",
    copy: "Copy text",
    copied: "Copied",
    forwardTo: "Forward to",
    cancel: "Cancel",
    close: "Close",
    edited: "edited",
    forwardedFrom: "Forwarded from",
    bot: "bot",
    typing: "typing…",
    today: "Today",
    yesterday: "Yesterday",
    general: "General",
    group: "group",
    channel: "channel",
    members: "3 members",
    readOnly: "Only admins can post in the channel",
    addToGroup: "Add the bot to this group",
    addToChannel: "Make the bot an admin of this channel",
    promote: "Make it an admin",
    demote: "No longer an admin",
    removeBot: "Remove the bot",
    closeTopic: "Close this topic",
    openTopic: "Reopen this topic",
    whatItDoes: "What can this bot do?",
    skip: "Next digest",
    hour: "+1 h",
    day: "+1 day",
    backToNow: "Back to now",
    noDigest: "No digest is due yet: subscribe first",
    ahead: "The clock runs ahead",
    chats: "Chats",
    menu: "Commands",
    attach: "Send a file (OPML, JSONL)",
    send: "Send",
    file: "File",
    location: "Location",
    shared: "Chose",
    theme: "Dark or light",
    language: "中文",
    added: "The bot joined",
    left: "The bot left",
    topicMade: "New topic",
    topicClosed: "Topic closed",
    topicOpened: "Topic reopened",
    pick: "Choose one",
    readers: "Add 5,000 readers",
    nothingToPick: "No group or channel fits",
    source: "Sample news; people and places are invented",
    outside: "A sample address without a page",
    lost: "Connection lost, trying again…",
    silent: "silent",
    deletedReply: "Deleted message",
    noAnswer: "The bot did not answer",
    newMessages: "New messages",
  },
};

/** @typedef {keyof typeof WORDS.zh} Word */
/** @typedef {"zh" | "en"} Language */

/** @type {Language} */
let language = "zh";

/** @param {Language} wanted */
export function speak(wanted) {
  language = wanted;
  document.documentElement.lang = wanted;
}

/** @returns {Language} */
export function spoken() {
  return language;
}

/**
 * A word in the page's language.
 * @param {Word} name
 */
export function word(name) {
  return WORDS[language][name];
}

/**
 * Hours and minutes in a zone.
 * @param {number} ms
 * @param {string} zone
 */
export function clockTime(ms, zone) {
  return format(ms, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/**
 * Day and weekday in a zone: 11月22日 周日, Sun 22 Nov.
 * @param {number} ms
 * @param {string} zone
 */
export function dayName(ms, zone) {
  if (language === "zh") {
    const day = format(ms, zone, { month: "long", day: "numeric" });
    return `${day} ${format(ms, zone, { weekday: "short" })}`;
  }
  return format(ms, zone, { weekday: "short", day: "numeric", month: "short" });
}

/**
 * The day as one says it: today, yesterday, else its name.
 * @param {number} ms
 * @param {string} zone
 * @param {number} now
 */
export function sayDay(ms, zone, now) {
  const day = dayName(ms, zone);
  if (day === dayName(now, zone)) return word("today");
  return day === dayName(now - 86_400_000, zone) ? word("yesterday") : day;
}

/**
 * @param {number} ms
 * @param {string} zone
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(ms, zone, options) {
  return new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { ...options, timeZone: zone }).format(ms);
}
