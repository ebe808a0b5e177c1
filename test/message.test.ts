import { describe, expect, test } from "vitest";
import type { Edition, EditionStory } from "../src/news/edition.ts";
import type { SearchPage, StoryPage } from "../src/news/pages.ts";
import { percentOf } from "../src/telegram/breaking-screen.ts";
import { clip, clipSentences, columns, ended } from "../src/telegram/clip.ts";
import { type DigestOptions, renderDigest } from "../src/telegram/digest-message.ts";
import { bold, escapeHtml, html, link, plainText, withoutLinks } from "../src/telegram/html.ts";
import { type Message, sizeOf } from "../src/telegram/message.ts";
import { renderQuiet } from "../src/telegram/quiet-message.ts";
import { queryFromMessage, renderNoResult, renderSearch, renderSearchAsk } from "../src/telegram/search-message.ts";
import * as settings from "../src/telegram/settings-message.ts";
import { renderGroupStart, renderStart, renderStarted } from "../src/telegram/start-message.ts";
import { renderStory } from "../src/telegram/story-message.ts";
import * as subscription from "../src/telegram/subscription-message.ts";
import { renderNoNews, renderOtherLanguage, renderTop } from "../src/telegram/top-message.ts";
import type { Language } from "../src/text/index.ts";

const at = new Date("2026-11-22T00:00:00Z");
const now = new Date("2026-11-22T06:32:00Z");
const languages: Language[] = ["zh", "en"];
const timezone = "Asia/Shanghai";

const headlines = {
  zh: [
    "柳川大桥合龙，两岸车程缩到9分钟",
    "青禾银行下调首付比例",
    "雁荡湖水位创十年新低",
    "南坪女足点球胜出",
    "松岭滑雪场提前开放",
  ],
  en: [
    "Willow bridge joined, nine minutes across",
    "Greenleaf Bank cuts down payments",
    "Lake Yan at its lowest in ten years",
  ],
};

function story(n: number, language: Language, more: Partial<EditionStory> = {}): EditionStory {
  const titles = headlines[language];
  return {
    storyId: 1_800_000_000_000_000 + n,
    articleIds: [n],
    title: titles[n % titles.length]!,
    url: `https://news.example.org/${n}`,
    summary:
      language === "zh"
        ? "主桥全长2.3公里，比计划早四个月；下月起试通车。"
        : "The span is 2.3 km long. Trial runs begin next month.",
    outlets: 7 - (n % 5),
    rush: n === 1 ? { outlets: 5, hours: 3 } : null,
    at: new Date("2026-11-21T21:50:00Z"),
    update: null,
    related: [
      {
        storyId: 90,
        title: titles[0]!,
        url: "https://news.example.org/90",
        reason: { kind: "also", name: titles[0]!.slice(0, 2) },
      },
      {
        storyId: 91,
        title: titles[1]!,
        url: null,
        reason: { kind: "background", at: new Date("2026-10-30T01:00:00Z") },
      },
      { storyId: 92, title: titles[2]!, url: null, reason: { kind: "later", at: new Date("2026-11-21T14:40:00Z") } },
    ],
    ...more,
  };
}

function edition(language: Language, count = 8, more: Partial<Edition> = {}): Edition {
  const stories = Array.from({ length: count }, (_, n) => story(n + 1, language));
  const frame = { at, timezone, count, summaries: true, lateMinutes: 0, missedAt: null, newestDay: null, since: null };
  return { ...frame, stories, ...more };
}

function options(language: Language, more: Partial<DigestOptions> = {}): DigestOptions {
  return { language, kind: "private", botUsername: "a_bot", subscriptionId: 7, ...more };
}

const page: Record<Language, SearchPage> = { zh: searchPage("zh"), en: searchPage("en") };
function searchPage(language: Language): SearchPage {
  const results = Array.from({ length: 5 }, (_, n) => ({
    storyId: n + 1,
    title: headlines[language][n % headlines[language].length]!,
    url: `https://news.example.org/${n}`,
    snippet: [
      { text: language === "zh" ? "…昨日，" : "…crews at the ", hit: false },
      { text: language === "zh" ? "大桥" : "bridge", hit: true },
      { text: language === "zh" ? "两侧…" : " said…", hit: false },
    ],
    outlets: n + 1,
    at: new Date(now.getTime() - n * 90 * 86_400_000),
  }));
  const query = language === "zh" ? "大桥" : "bridge";
  return {
    query,
    articles: 46,
    stories: 17,
    more: false,
    near: false,
    meant: null,
    order: "best",
    week: false,
    page: 1,
    pages: 4,
    results,
  };
}

function storyPage(language: Language): StoryPage {
  const title = headlines[language][0]!;
  const link = (n: number) => ({
    storyId: n,
    title: headlines[language][n % 3]!,
    url: `https://news.example.org/${n}`,
  });
  return {
    storyId: 5,
    title,
    url: "https://news.example.org/5",
    summary: story(1, language).summary.repeat(3),
    language,
    articles: 13,
    outlets: 9,
    first: new Date("2026-11-21T06:10:00Z"),
    last: new Date("2026-11-21T23:05:00Z"),
    timeline: Array.from({ length: 4 }, (_, n) => ({ at: new Date(at.getTime() - n * 3_600_000), what: title })),
    reporters: Array.from({ length: 9 }, (_, n) => ({
      name: language === "zh" ? `某报${n}` : `Gazette ${n}`,
      url: n === 1 ? null : `https://paper${n}.example.org`,
      language: n === 3 ? "en" : language,
      carriers: n === 2 ? 3 : 0,
    })),
    related: [1, 2, 3].map((n) => ({ ...link(n), reason: { kind: "background" as const, at } })),
    top: [4, 5].map(link),
  };
}

const view: subscription.SubscriptionView = {
  id: 12,
  minute: 480,
  rule: "workdays",
  count: 8,
  query: "",
  summaries: true,
  silent: false,
  evenEmpty: false,
  quiet: false,
  next: new Date("2026-11-23T00:00:00Z"),
};

const night = { from: 1380, to: 420 };

/** Every layout there is, from data. */
function layouts(language: Language): Record<string, Message[]> {
  const reading = { language, timezone, now };
  const here = { ...reading, here: false };
  const slow = edition(language, 2, { count: 8 });
  const told = {
    ...story(1, language),
    update: { sentence: headlines[language][1]!, lastTold: "9.6", lastAt: new Date("2026-11-20T00:00:00Z") },
  };
  const search = { ...reading, kind: "private" as const, token: "0123456789" };
  const top = { stories: edition(language).stories, newestDay: null };
  const one = (message: Message) => [message];
  return {
    digest: renderDigest(edition(language), options(language, { firstDigests: true })),
    group: renderDigest(edition(language, 4), options(language, { kind: "supergroup", query: "subject:tech" })),
    channel: renderDigest(edition(language, 8), options(language, { kind: "channel" })),
    slow: renderDigest(slow, options(language)),
    asked: renderDigest({ ...slow, since: at }, options(language, { asked: true })),
    updated: renderDigest(
      { ...edition(language), stories: [told, ...edition(language).stories.slice(1)] },
      options(language),
    ),
    late: renderDigest(edition(language, 8, { lateMinutes: 80 }), options(language)),
    missed: renderDigest(edition(language, 8, { missedAt: new Date("2026-11-21T00:00:00Z") }), options(language)),
    missedNothing: renderDigest(
      edition(language, 0, { since: at, missedAt: new Date("2026-11-21T00:00:00Z") }),
      options(language, { evenEmpty: true }),
    ),
    newest: renderDigest(edition(language, 8, { newestDay: new Date("2026-02-27T00:00:00Z") }), options(language)),
    nothing: renderDigest(edition(language, 0, { since: at }), options(language)),
    nothingWanted: renderDigest(edition(language, 0, { since: at }), options(language, { evenEmpty: true })),
    nothingAsked: renderDigest(edition(language, 0, { since: at }), options(language, { asked: true })),
    nothingEver: renderDigest(edition(language, 0), options(language, { subscriptionId: null })),
    headlines: renderDigest(edition(language, 8, { summaries: false }), options(language)),
    search: one(renderSearch(page[language], search)),
    searchGroup: one(
      renderSearch({ ...page[language], page: 4, week: true, order: "newest" }, { ...search, kind: "group" }),
    ),
    searchNear: one(renderSearch({ ...page[language], near: "all", meant: { word: "abd", articles: 38 } }, search)),
    noResult: one(renderNoResult({ query: "abc", week: false, near: { word: "abd", articles: 38 } }, search)),
    noResultWeek: one(renderNoResult({ query: "abc", week: true, near: null }, search)),
    searchAsk: one(renderSearchAsk([{ word: "A", token: "0123456789" }], reading)),
    story: one(
      renderStory(storyPage(language), {
        ...reading,
        kind: "private",
        from: { kind: "s", token: "0123456789", page: 2 },
      }),
    ),
    storyGroup: one(renderStory(storyPage(language), { ...reading, kind: "supergroup", from: null })),
    top: one(renderTop(top, { ...reading, kind: "private", subscribed: false })),
    topOld: one(renderTop({ ...top, newestDay: at }, { ...reading, kind: "group", subscribed: true })),
    noNews: one(renderNoNews({ sources: 0, admin: false, private: true }, reading)),
    otherLanguage: one(renderOtherLanguage(reading)),
    noNewsAdmin: one(renderNoNews({ sources: 0, admin: true, private: true }, reading)),
    start: one(renderStart({ ...reading, guess: timezone, minute: 480, examples: ["青竹", "星川"] })),
    startAsk: one(renderStart({ ...reading, guess: null, minute: 480, examples: [] })),
    started: one(renderStarted({ subscriptionId: 12, next: "08:00", place: "A", rule: "B", todays: true }, reading)),
    groupStart: one(renderGroupStart(reading)),
    subscriptions: one(
      subscription.renderSubscriptions([view, { ...view, next: null }], { ...here, pausedUntil: null }),
    ),
    subscriptionsPaused: one(subscription.renderSubscriptions([view], { ...here, pausedUntil: "open" })),
    subscriptionsNone: one(subscription.renderSubscriptions([], { ...here, here: true, pausedUntil: null })),
    subscription: one(subscription.renderSubscription(view, here)),
    times: one(subscription.renderTimes(12, 480, reading)),
    days: one(subscription.renderDays(view, reading)),
    counts: one(subscription.renderCounts(view, reading)),
    remove: one(subscription.renderRemoveAsk(view, reading)),
    subscribeAsk: one(subscription.renderSubscribeAsk(here)),
    subscribed: one(subscription.renderSubscribed(view, { ...here, where: "A" })),
    settings: one(
      settings.renderSettings(
        { newsLanguages: "both", subscriptions: [view], quiet: { from: 1380, to: 420 }, private: true },
        reading,
      ),
    ),
    quiet: one(renderQuiet({ hours: { from: 1380, to: 420 }, night, breaking: "wait", channel: null }, reading)),
    quietUnset: one(renderQuiet({ hours: null, night, breaking: "ring", channel: null }, reading)),
    quietNone: one(renderQuiet({ hours: { from: 0, to: 0 }, night, breaking: "none", channel: null }, reading)),
    languages: one(settings.renderLanguages({ newsLanguages: "zh" }, reading)),
    zoneAsk: one(settings.renderZoneAsk(reading, 480)),
    zoneSet: one(settings.renderZoneSet("A", { ...reading, here: false, moved: true })),
    zoneChoice: one(settings.renderZoneChoice("A", [{ timezone, name: "A" }], { ...reading, minute: null })),
    pauses: one(settings.renderPauses(reading)),
    paused: one(settings.renderPaused(at, reading)),
    help: one(settings.renderHelp({ language, private: true, botUsername: "a_bot" })),
    helpGroup: one(settings.renderHelp({ language, private: false, botUsername: "a_bot" })),
    stopped: one(settings.renderStopped({ language, here: false })),
    forget: one(
      settings.renderForget(
        { newsLanguages: "zh", digests: 1, alerts: 2, had: 1234, searches: 2, pages: 3, since: at },
        reading,
      ),
    ),
    id: one(settings.renderId({ chatId: -1001, userId: 7 }, reading)),
    hello: one(settings.renderHello(reading)),
  };
}

describe.each(languages)("every layout in %s", (language) => {
  const rendered = layouts(language);
  test.each(Object.keys(rendered))("%s keeps Telegram's limits", (name) => {
    for (const message of rendered[name]!) {
      const size = sizeOf(message.html);
      expect(size.codePoints).toBeGreaterThan(3);
      expect(size.codePoints).toBeLessThanOrEqual(3_500);
      expect(size.entitiesWorst).toBeLessThanOrEqual(90);
      expect(size.entityBytes).toBeLessThanOrEqual(8_000);
      expect(size.lines).toBeLessThanOrEqual(45);
      expect(message.html).not.toMatch(/undefined|null|NaN|\[object|<(?!\/?(?:b|i|code|a)\b)/);
      const buttons = message.buttons.flat();
      expect(buttons.length).toBeLessThanOrEqual(30);
      for (const row of message.buttons) expect(row.length).toBeLessThanOrEqual(8);
      for (const button of buttons) {
        expect(button.text.length).toBeGreaterThan(0);
        if ("action" in button) expect(Buffer.byteLength(button.action)).toBeLessThanOrEqual(64);
        else expect(URL.canParse(button.url)).toBe(true);
      }
    }
  });

  test("frames are in this language only", () => {
    for (const [name, messages] of Object.entries(rendered)) {
      if (["languages", "start", "startAsk", "settings", "forget"].includes(name)) continue;
      for (const { html: markup, buttons } of messages) {
        const shown = [plainText(markup), ...buttons.flat().map((button) => button.text)].join("\n");
        if (language === "en") expect(shown, name).not.toMatch(/\p{Script=Han}/u);
        else expect(shown, name).toMatch(/\p{Script=Han}/u);
      }
    }
  });
});

describe("the digest as it is drawn", () => {
  const [first] = renderDigest(
    {
      ...edition("zh"),
      stories: [
        story(1, "zh"),
        story(2, "zh", {
          update: { sentence: "合龙段焊接完成", lastTold: "还差12米", lastAt: new Date("2026-11-20T00:00:00Z") },
        }),
        story(3, "zh", { url: null }),
        story(4, "zh"),
      ],
      count: 4,
    },
    options("zh"),
  );
  const linesOf = first!.html.split("\n");

  test("the lock screen's first line, then the first headline", () => {
    expect(linesOf[0]).toBe("☀️ <b>早报</b> 11月22日 周日 · 4条");
    expect(linesOf[2]).toBe('<b>1　<a href="https://news.example.org/1">青禾银行下调首付比例</a></b>');
  });

  test("who, how fast and when; two related lines with their reasons", () => {
    expect(linesOf[4]).toBe("<i>6家媒体，其中5家在3小时内 · 05:50</i>");
    expect(linesOf[5]).toBe('└ <a href="https://news.example.org/90">柳川大桥合龙，两岸车程缩到9分钟</a>（也说柳川）');
    expect(linesOf[6]).toBe("└ 青禾银行下调首付比例（背景，10月30日）");
  });

  test("an update says what is new and what was told", () => {
    expect(linesOf[8]).toContain("<b>2　更新｜<a");
    expect(linesOf[9]).toBe("<b>新进展：</b>合龙段焊接完成。周五告诉你时是还差12米。");
  });

  test("outlets that were all fast are counted once", () => {
    const fast = (language: Language) => {
      const stories = [story(0, language, { outlets: 3, rush: { outlets: 3, hours: 1 } })];
      return renderDigest(edition(language, 1, { stories }), options(language))[0]!.html;
    };
    expect(fast("zh")).toContain("<i>3家媒体，1小时内 · 05:50</i>");
    expect(fast("en")).toContain("<i>3 outlets within 1 hour · 05:50</i>");
  });

  test("a story without an address is bold and not linked; the fourth is a headline", () => {
    expect(first!.html).toContain("<b>3　南坪女足点球胜出</b>");
    expect(first!.html).toContain("<b>还有</b>\n<b>4</b>　<a href");
  });

  test("numbers under it open stories, in groups only links", () => {
    expect(first!.buttons.map((row) => row.map((button) => button.text))).toEqual([
      ["1", "2", "3", "4"],
      ["🔥 更多热门", "👍 👎", "⚙️ 设置"],
    ]);
    const [group] = renderDigest(edition("zh", 4), options("zh", { kind: "supergroup", query: "subject:tech" }));
    expect(group!.html).toContain("☀️ <b>科技早报</b>");
    const late = edition("zh", 4, { at: new Date("2026-11-22T12:00:00Z") });
    expect(renderDigest(late, options("zh", { query: "subject:tech" }))[0]!.html).toContain("🌙 <b>科技晚报</b>");
    expect(group!.buttons.flat().every((button) => "url" in button)).toBe(true);
  });
});

describe("digests of one's own", () => {
  const reading = { timezone, now, here: false };
  const rowsOf = (made: Message) => made.buttons.map((row) => row.map((button) => button.text));

  test("hours are three a row", () => {
    const asked = subscription.renderSubscribeAsk({ ...reading, language: "zh" });
    expect(rowsOf(asked).slice(0, 2)).toEqual([
      ["07:00", "08:00", "12:00"],
      ["18:00", "21:00"],
    ]);
    const times = subscription.renderTimes(7, 480, { ...reading, language: "en" });
    expect(Math.max(...rowsOf(times).map((row) => row.length))).toBe(3);
  });

  test("a number stands apart from its digest as in a digest", () => {
    const list = (language: Language) =>
      plainText(subscription.renderSubscriptions([view], { ...reading, language, pausedUntil: null }).html);
    expect(list("zh")).toContain("\n1　早报　工作日 08:00");
    expect(list("en")).toContain("\n1. Morning digest · workdays 08:00");
  });
});

describe("over budget", () => {
  const long = (n: number) => `https://news.example.org/${"x".repeat(690)}/${n}`;

  test("links of related lines go first", () => {
    const stories = [1, 2, 3, 4, 5, 6, 7, 8].map((n) =>
      story(n, "zh", { url: long(n), related: story(n, "zh").related.map((line) => ({ ...line, url: long(90 + n) })) }),
    );
    const [only, ...rest] = renderDigest(edition("zh", 8, { stories }), options("zh"));
    expect(rest).toEqual([]);
    expect(sizeOf(only!.html).entityBytes).toBeLessThanOrEqual(8_000);
    expect(only!.html.match(/<a /g)).toHaveLength(8);
    expect(only!.html).toContain("└ 柳川大桥合龙");
  });

  test("then it is split between stories: each once, in order, numbered through", () => {
    const stories = Array.from({ length: 40 }, (_, n) => story(n + 1, "zh", { url: long(n) }));
    const parts = renderDigest(edition("zh", 40, { stories }), options("zh"));
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) {
      const size = sizeOf(part.html);
      expect(Math.max(size.codePoints / 3_500, size.entitiesWorst / 90, size.entityBytes / 8_000)).toBeLessThanOrEqual(
        1,
      );
    }
    expect(parts.flatMap((part) => part.articleIds)).toEqual(stories.flatMap((each) => each.articleIds));
    expect(parts[1]!.html.split("\n")[0]).toContain(`（2/${parts.length}）`);
    const numbers = parts.flatMap((part) =>
      part.buttons.flat().flatMap(({ text }) => (/^\d+$/.test(text) ? [Number(text)] : [])),
    );
    expect(numbers).toEqual(stories.map((_, n) => n + 1));
  });

  test("one story whose link alone is too much loses the link, not the story", () => {
    const [only] = renderDigest(
      edition("zh", 1, { stories: [story(1, "zh", { url: `https://a.example.org/${"y".repeat(9_000)}` })] }),
      options("zh"),
    );
    expect(only!.articleIds).toEqual([1]);
    expect(only!.html).not.toContain("<a ");
  });

  test("random stories of any size never pass the limits and never lose one", () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    for (let run = 0; run < 60; run += 1) {
      const stories = Array.from({ length: 1 + random(20) }, (_, n) =>
        story(n + 1, run % 2 === 0 ? "zh" : "en", {
          title: '测<&>"试😀 word '.repeat(1 + random(30)),
          summary: "一句话。And another one. ".repeat(random(40)),
          url: random(5) === 0 ? null : `https://a.example.org/?q=${"&".repeat(random(700))}${n}`,
        }),
      );
      const parts = renderDigest(
        edition("zh", 20, { stories }),
        options(run % 2 === 0 ? "zh" : "en", { kind: "private" }),
      );
      expect(parts.flatMap((part) => part.articleIds)).toEqual(stories.flatMap((each) => each.articleIds));
      for (const { html: markup } of parts) {
        const size = sizeOf(markup);
        expect(size.codePoints).toBeLessThanOrEqual(3_500);
        expect(size.entitiesWorst).toBeLessThanOrEqual(90);
        expect(size.entityBytes).toBeLessThanOrEqual(8_000);
      }
    }
  });
});

describe("search pages", () => {
  const reading = { language: "zh", timezone, now } as const;

  test("the word is bold in the snippet; where one is stands between the arrows", () => {
    const first = renderSearch(page.zh, { ...reading, kind: "private", token: "t" });
    expect(first.html.split("\n")[0]).toBe("🔍 <b>大桥</b> · 46篇，合成17件事");
    expect(first.html).toContain("…昨日，<b>大桥</b>两侧…");
    expect(first.buttons[1]!.map((button) => button.text)).toEqual(["1/4", "›"]);
    const middle = renderSearch({ ...page.zh, page: 2 }, { ...reading, kind: "private", token: "t" });
    expect(middle.buttons[1]!.map((button) => button.text)).toEqual(["‹", "2/4", "›"]);
    expect(first.buttons[2]!.map((button) => button.text)).toEqual(["✓ 最相关", "最新", "7天内"]);
  });

  test.each(languages)("the query is read again from an old page's own words (%s)", (language) => {
    const shown = (query: string) => {
      const options = { ...reading, language, kind: "private", token: "t" } as const;
      return [
        plainText(renderSearch({ ...page[language], query }, options).html),
        plainText(renderSearch({ ...page[language], query, stories: 46, articles: 46, more: true }, options).html),
        plainText(renderNoResult({ query, week: false, near: null }, options).html),
        plainText(renderNoResult({ query, week: true, near: null }, options).html),
      ];
    };
    for (const query of ["大桥", "a · b", "C++ <b> & 'x'", "sea wall"]) {
      for (const text of shown(query)) expect(queryFromMessage(text)).toBe(query);
    }
    // What was cut cannot be searched for again.
    for (const text of shown("很".repeat(100))) expect(queryFromMessage(text)).toBeNull();
    expect(queryFromMessage("☀️ 早报")).toBeNull();
  });
});

describe("text into HTML", () => {
  test("is escaped once, and what Telegram would drop is gone", () => {
    expect(html`${"a<b>&amp;"} ${bold("x & y")}`.html).toBe("a&lt;b&gt;&amp;amp; <b>x &amp; y</b>");
    expect(escapeHtml("a\u0000\u202eb\r\nc\ud800")).toBe("ab\nc");
    expect(plainText(escapeHtml("1 < 2 && \"x\" > 'y'"))).toBe("1 < 2 && \"x\" > 'y'");
  });

  test("only web addresses become links", () => {
    expect(link("x", "javascript:alert(1)").html).toBe("x");
    expect(link("x", 'https://a.example.org/?a=1&b="><i>').html).toBe(
      '<a href="https://a.example.org/?a=1&amp;b=&quot;&gt;&lt;i&gt;">x</a>',
    );
    expect(withoutLinks('<b><a href="https://a.example.org/">x</a></b>')).toBe("<b>x</b>");
  });

  test("is cut at words and sentences", () => {
    expect(clip("One two three four", 12)).toBe("One two…");
    expect(clip("一二三四五六七八", 9)).toBe("一二三四…");
    expect(clip("Short", 9)).toBe("Short");
    expect(clip("北岸电网首次用储能顶住晚高峰期间用电", 21)).toBe("北岸电网首次用储能…");
    expect(clip("松岭今天停运了一共38列动车和九趟大巴", 24)).toBe("松岭今天停运了一共…");
    const told = "中心风力预计达到十三级，沿海各县的学校已经全部停课，松岭今天停运了38列动车以及九趟开往山里的长途大巴";
    expect(clipSentences(told, 80)).toBe("中心风力预计达到十三级，沿海各县的学校已经全部停课…");
    expect(clipSentences(told, 66)).toBe("中心风力预计达到十三级，沿海各县的学校已经全部停课…");
    expect(clipSentences("Crews reach the ridge within about half a day;", 110)).toMatch(/half a day\.$/);
    expect(clipSentences("抢险队半天内赶到；", 54)).toBe("抢险队半天内赶到。");
    expect(clip("中心风力13级，预计22时前后登陆，已转移十一万人", 35)).toBe("中心风力13级，预计22时前后登陆…");
    expect(clipSentences("Winds are near 150; classes have stopped for now.", 24)).toBe("Winds are near 150.");
    expect(columns(clip("x".repeat(500), 75))).toBeLessThanOrEqual(75);
    expect(clipSentences("第一句。第二句比较长一些。", 10)).toBe("第一句。");
    expect(clipSentences("One is 3.5 km long. Two is longer.", 22)).toBe("One is 3.5 km long.");
    expect(ended("完成了", "zh")).toBe("完成了。");
    expect(ended("Done.", "en")).toBe("Done.");
  });
});

test("a broadcast that was stopped is as far as it got", () => {
  const stopped = { state: "stopped", total: 4_001, asleep: 0, waiting: 0, skipped: 3_006 } as const;
  expect(percentOf(stopped)).toBe(24);
  expect(percentOf({ ...stopped, state: "sending", waiting: 3_006, skipped: 0 })).toBe(24);
  // What was left out for being late is settled.
  expect(percentOf({ ...stopped, state: "done" })).toBe(100);
});
