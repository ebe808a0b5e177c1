import type { Language } from "./dates.ts";

/** What those who run the bot read about its sources, in Chinese. */
const zh = {
  none: "还没有来源。三种办法：\n· 发 /sources add 加一个网址，网站首页也行\n· 把 OPML 或 JSONL 文件发到这里\n· 先用入门清单（公开来源，逐个试读后再加）",
  title: (count: number, failing: number) =>
    failing === 0 ? `来源 · ${count}个` : `来源 · ${count}个，${failing}个读不到`,
  line: (name: string, health: string) => `${name}　${health}`,
  paused: "已暂停",
  perDay: (n: number) => `每天 ${n} 篇`,
  kinds: { feed: "订阅源", page: "网页", file: "导入的文件" },
  languages: { zh: "中文", en: "英文" } as Record<string, string>,
  settings: "设置",
  weight: (n: number) =>
    n === 0
      ? "分量 0：只有别家也报时才算"
      : n < 1
        ? `分量 ${n}：比一般媒体轻`
        : n === 1
          ? "分量 1：和一般媒体一样"
          : `分量 ${n}：比一般媒体重`,
  ownFamily: "自成一家",
  familyOf: (name: string) => `归在“${name}”一家：同一家的几个来源只算一个声音`,
  sectionsOf: (names: string) => `栏目：${names}`,
  paceOwn: "多久读一次：跟着它自己的节奏",
  pace: (minutes: number) => `多久读一次：每 ${minutes % 60 === 0 ? `${minutes / 60} 小时` : `${minutes} 分钟`}`,
  weightChoice: (n: number) => (n === 0.5 ? "分量 ½" : `分量 ${n}`),
  paceChoice: (minutes: number | null) =>
    minutes === null ? "自动" : minutes % 60 === 0 ? `${minutes / 60} 小时` : `${minutes} 分钟`,
  rename: "改名",
  regroup: "归到一家",
  resection: "栏目",
  askName: (name: string) => `“${name}”改叫什么？把新名字发给我；写着它的简报和提醒会跟着改。`,
  askFamily: (name: string) => `“${name}”和哪家算一家？发那个来源或那家的名字；发它自己的名字，就自成一家。`,
  askSections: (name: string) => `“${name}”的文章都算哪些栏目？用逗号隔开，发 - 就不设。`,
  nameTaken: (name: string) => `已经有来源叫“${name}”。`,
  nameWrong: (most: number) => `名字要有 1 到 ${most} 个字。`,
  add: "＋ 加来源",
  starter: "看入门清单",
  check: "试读",
  readNow: "马上读",
  pause: "暂停",
  resume: "恢复",
  remove: "去掉",
  removeAsk: (name: string) => `去掉“${name}”？不再读它；已经收的文章留着。`,
  removeYes: "去掉",
  keep: "留着",
  removed: (name: string) => `“${name}”去掉了，收过的文章留着。`,
  pausedNow: (name: string) => `“${name}”停了。`,
  resumedNow: (name: string) => `“${name}”马上会读。`,
  back: "‹ 来源",
  ask: "把网址发给我：订阅源、网站首页，或带文章列表的网页。",
  notUrl: (words: string) => `“${words}”不是网址。像这样：/sources add https://example.org`,
  unknown: (words: string) => `没有叫“${words}”的来源。/sources 里有全部名字。`,
  gone: "这个来源已经不在了。",
  trying: (url: string) => `正在试读 ${url} …`,
  found: "找到了，还没有加：",
  foundKnown: (name: string) => `读得到，已经在来源里：${name}`,
  facts: (kind: string, language: string) => `${kind} · ${language}`,
  nothingYet: "现在里面没有文章。",
  also: "这个网站还有：",
  addIt: "加上",
  leaveIt: "不加",
  left: "好，没有加。",
  added: (name: string) => `加上了：${name}。一分钟内开始读；旧文章进资料库，不会当新闻发。`,
  notRead: (url: string, reason: string) => `读不了 ${url}：${reason}`,
  noWeb: "这里读不了网络。",
  retry: "再试一次",
  starterTitle: "入门清单：都是公开的来源。点下去会一个个试读，读得到的才加。",
  starterAdd: (count: number, language: string) => `试读并加${language} ${count} 个`,
  starterAll: (count: number) => `都要，${count} 个`,
  listBegins: (count: number) => `正在逐个试读 ${count} 个来源 …`,
  listProgress: (done: number, all: number, added: number) => `试了 ${done}/${all}，加上 ${added} 个`,
  listDone: (added: number, known: number, failed: number) =>
    `试完了：加上 ${added} 个${known === 0 ? "" : `，${known} 个早已有了`}${failed === 0 ? "" : `，${failed} 个读不到`}。`,
  listCut: (most: number) => `只试前 ${most} 个。`,
  fileBegins: (name: string) => `收到 ${name}，正在读 …`,
  fileTooLarge: (name: string, mib: number) =>
    `${name} 太大：经 Telegram 最多 ${mib} MB。大文件在那台机器上用 tidings import。`,
  fileLost: (name: string) => `从 Telegram 取不到 ${name}，再发一次试试。`,
  fileProgress: (percent: number, imported: string) => `读到 ${percent}%，收了 ${imported} 篇`,
  fileDone: (imported: string, updated: string, unchanged: string) =>
    `读完了：新收 ${imported} 篇，更新 ${updated}，没变 ${unchanged}。`,
  badLines: (count: string) => `读不了的 ${count} 处：`,
  badLine: (line: number, reason: string) => `第 ${line} 行：${reason}`,
  badSource: (name: string, reason: string) => `${name}：${reason}`,
  more: (count: string) => `…还有 ${count} 处`,
  gaveUp: "这件事试了几次都没做完，记在日志里了。",
};

type DeskText = typeof zh;

const en: DeskText = {
  none: "There are no sources yet. Three ways:\n· /sources add and an address; a site’s front page will do\n· send an OPML or JSONL file here\n· begin with the starter list (public sources, each tried before it is added)",
  title: (count, failing) => (failing === 0 ? `Sources · ${count}` : `Sources · ${count}, ${failing} not readable`),
  line: (name, health) => `${name}  ${health}`,
  paused: "paused",
  perDay: (n) => `${n} a day`,
  kinds: { feed: "feed", page: "page", file: "imported file" },
  languages: { zh: "Chinese", en: "English" },
  settings: "Settings",
  weight: (n) =>
    n === 0
      ? "Weight 0: counts only where others tell it, too"
      : n < 1
        ? `Weight ${n}: less than any source’s`
        : n === 1
          ? "Weight 1: like any source’s"
          : `Weight ${n}: more than any source’s`,
  ownFamily: "A voice of its own",
  familyOf: (name) => `One voice with “${name}”: sources of one family count once`,
  sectionsOf: (names) => `Sections: ${names}`,
  paceOwn: "Read at its own rhythm",
  pace: (minutes) => `Read every ${minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`}`,
  weightChoice: (n) => (n === 0.5 ? "Weight ½" : `Weight ${n}`),
  paceChoice: (minutes) =>
    minutes === null ? "Own rhythm" : minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`,
  rename: "Rename",
  regroup: "Family",
  resection: "Sections",
  askName: (name) => `What shall “${name}” be called? Send me the name; digests and alerts that name it follow.`,
  askFamily: (name) =>
    `Whose voice is “${name}”? Send the name of that source or house; its own name makes it a voice of its own.`,
  askSections: (name) => `Which sections are all articles of “${name}” of? Separate them by commas; - for none.`,
  nameTaken: (name) => `There is a source called “${name}” already.`,
  nameWrong: (most) => `A name has 1 to ${most} characters.`,
  add: "＋ Add a source",
  starter: "See the starter list",
  check: "Try it",
  readNow: "Read now",
  pause: "Pause",
  resume: "Resume",
  remove: "Remove",
  removeAsk: (name) => `Remove “${name}”? It is read no more; its articles stay.`,
  removeYes: "Remove",
  keep: "Keep",
  removed: (name) => `“${name}” is removed; its articles stay.`,
  pausedNow: (name) => `“${name}” is paused.`,
  resumedNow: (name) => `“${name}” is read in a moment.`,
  back: "‹ Sources",
  ask: "Send me the address: a feed, a site’s front page, or a page with lists of articles.",
  notUrl: (words) => `“${words}” is no web address. Like this: /sources add https://example.org`,
  unknown: (words) => `There is no source “${words}”. /sources names them all.`,
  gone: "That source is no longer there.",
  trying: (url) => `Trying ${url} …`,
  found: "Found, not added yet:",
  foundKnown: (name) => `It can be read, and is a source already: ${name}`,
  facts: (kind, language) => `${kind} · ${language}`,
  nothingYet: "There are no articles in it now.",
  also: "This site also has:",
  addIt: "Add it",
  leaveIt: "Leave it",
  left: "All right, not added.",
  added: (name) =>
    `Added: ${name}. It is read within a minute; old articles go to the archive and are not sent as news.`,
  notRead: (url, reason) => `Cannot read ${url}: ${reason}`,
  noWeb: "The web cannot be read from here.",
  retry: "Try again",
  starterTitle: "The starter list: all of them public. Each is tried first, and added only if it can be read.",
  starterAdd: (count, language) => `Try and add ${count} ${language}`,
  starterAll: (count) => `All ${count}`,
  listBegins: (count) => `Trying ${count} sources one by one …`,
  listProgress: (done, all, added) => `Tried ${done} of ${all}, added ${added}`,
  listDone: (added, known, failed) =>
    `Done: ${added} added${known === 0 ? "" : `, ${known} known before`}${failed === 0 ? "" : `, ${failed} not readable`}.`,
  listCut: (most) => `Only the first ${most} are tried.`,
  fileBegins: (name) => `Got ${name}, reading it …`,
  fileTooLarge: (name, mib) =>
    `${name} is too large: ${mib} MB is the most through Telegram. Larger ones: tidings import, on the machine itself.`,
  fileLost: (name) => `Telegram does not hand out ${name}; please send it again.`,
  fileProgress: (percent, imported) => `Read ${percent}%, ${imported} articles so far`,
  fileDone: (imported, updated, unchanged) =>
    `Done: ${imported} new articles, ${updated} updated, ${unchanged} unchanged.`,
  badLines: (count) => `${count} could not be read:`,
  badLine: (line, reason) => `line ${line}: ${reason}`,
  badSource: (name, reason) => `${name}: ${reason}`,
  more: (count) => `… and ${count} more`,
  gaveUp: "This was tried a few times and not finished; it is in the log.",
};

/** The same in the language of whoever runs the bot. */
export function deskText(language: Language): DeskText {
  return language === "zh" ? zh : en;
}
