import type { Update } from "grammy/types";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { commands } from "../src/bot/bot.ts";
import { publishProfile } from "../src/bot/profile.ts";
import { ADMIN_ID, GROUP_ID, LONDON_ID, READER_ID, seedPeople } from "../src/playground/people.ts";
import { offerOwnerLink } from "../src/store/owners.ts";
import { deliveries, subscriptions } from "../src/store/schema.ts";
import { readAction } from "../src/telegram/action.ts";
import { commandTexts, menus } from "../src/text/profile.ts";
import { updateKinds } from "./fixtures/update-kinds.ts";
import { type BotWorld, labels, openBotWorld } from "./support/bot-world.ts";

let world: BotWorld;

beforeEach(async () => {
  world = await openBotWorld({ env: { ADMIN_IDS: String(ADMIN_ID) } });
  seedPeople(world.playground);
});

afterEach(() => world.close());

const text = (kept: { text?: string | undefined }[]) => kept.map((each) => each.text ?? "").join("\n");

describe("menus", () => {
  test("every command in a menu works, and every command has its words", () => {
    for (const name of Object.values(menus).flat()) expect(commands.has(name), name).toBe(true);
    expect([...commands.keys()].sort()).toEqual(Object.keys(commandTexts).sort());
  });

  test("are published by scope and language", async () => {
    await publishProfile(world.app.api, { admins: [ADMIN_ID, 424_242] });
    const names = async (scope: object, language?: "zh") =>
      (
        await world.app.api.getMyCommands({ scope: scope as never, ...(language ? { language_code: language } : {}) })
      ).map((each) => each.command);
    expect(await names({ type: "all_private_chats" })).toEqual([...menus.private]);
    expect(await names({ type: "all_group_chats" }, "zh")).toEqual(["top", "search", "help"]);
    expect(await names({ type: "all_chat_administrators" })).toContain("subscribe");
    expect((await world.app.api.getMyDescription({ language_code: "zh" })).description).toContain("每天在你定的时间");
    expect((await world.app.api.getMyDescription()).description).toContain("One message a day");
  });

  test("what only some may use does not exist for others", async () => {
    const unknown = text(await world.say(READER_ID, "/nonsense"));
    expect(unknown).toBe("没有这个命令。发个词就能查新闻，或点 /help");
    expect(text(await world.say(READER_ID, "/status"))).toBe(unknown);
    expect(text(await world.say(ADMIN_ID, "/status"))).toContain("运行得怎样");
  });
});

describe("the owner's link of the terminal", () => {
  test("makes the first who opens it in time run the bot; once", async () => {
    await offerOwnerLink(world.app.db, "7Q2mZtY0pJ4cVb9xKdRw3A", world.app.now());
    expect(text(await world.say(LONDON_ID, "/start own_wrong"))).toContain("was used or is too old");
    expect(text(await world.say(LONDON_ID, "/start own_7Q2mZtY0pJ4cVb9xKdRw3A"))).toBe("You run this bot now.");
    expect(text(await world.say(LONDON_ID, "/status"))).toContain("How it is running");
    expect(text(await world.say(READER_ID, "/start own_7Q2mZtY0pJ4cVb9xKdRw3A"))).toContain("已经用过或过期了");
    expect(text(await world.say(READER_ID, "/status"))).toContain("没有这个命令");
    expect(text(await world.say(READER_ID, "/feedback 早报很好"))).toBe("转给管理员了。");
    expect(world.last(LONDON_ID).text).toContain("早报很好");
  });

  test("not after a quarter of an hour", async () => {
    await offerOwnerLink(world.app.db, "key", world.app.now());
    world.playground.moveClock({ byMs: 16 * 60_000 });
    expect(text(await world.say(READER_ID, "/start own_key"))).toContain("已经用过或过期了");
  });
});

describe("an update handled again", () => {
  test("makes nothing twice", async () => {
    world.playground.acts.say(READER_ID, READER_ID, "/start");
    await world.settle();
    world.playground.acts.say(READER_ID, READER_ID, "/subscribe 08:00");
    const updates = await world.settle();
    for (const update of updates) await world.bot.handleUpdate(update);
    expect(await world.app.db.select().from(subscriptions)).toHaveLength(1);
    const answers = world.playground.botMessages(READER_ID).slice(-2);
    expect(answers[1]!.text).toBe(answers[0]!.text);

    world.playground.acts.say(READER_ID, READER_ID, "/digest");
    for (const update of await world.settle()) await world.bot.handleUpdate(update);
    expect(await world.app.db.select().from(deliveries)).toHaveLength(1);
  });
});

describe("too fast", () => {
  test("ten commands a minute, one notice, then silence; the next minute all is well", async () => {
    const answers: number[] = [];
    for (let n = 0; n < 14; n += 1) answers.push((await world.say(READER_ID, "/id")).length);
    expect(answers).toEqual([...Array(10).fill(1), 1, 0, 0, 0]);
    const notice = /^一分钟最多10条，(\d+)秒后再发给我。/.exec(world.last(READER_ID).text!);
    world.playground.moveClock({ byMs: Number(notice?.[1]) * 1000 });
    expect(text(await world.say(READER_ID, "/id"))).toContain(String(READER_ID));
  });

  test("what changes a setting is not lost in the silence: once a minute, however it is said", async () => {
    for (let n = 0; n < 12; n += 1) await world.say(READER_ID, "海堤");
    expect(text(await world.say(READER_ID, "海堤"))).toBe("");
    expect(text(await world.say(READER_ID, "/subscribe 08:00"))).toContain("好，每天 08:00");
    expect(text(await world.say(READER_ID, "/subscribe 09:00"))).toBe("");
    expect(text(await world.say(READER_ID, "/alert 台风"))).toContain("出现“台风”就告诉你");
    expect(text(await world.say(READER_ID, "退订"))).toContain("退订了");
    expect(text(await world.say(READER_ID, "/stop"))).toBe("");
    expect(await world.app.db.select().from(subscriptions)).toHaveLength(2);
    for (let n = 0; n < 11; n += 1) await world.say(LONDON_ID, "sea wall");
    expect(world.last(LONDON_ID).text).toMatch(/^10 messages a minute is the most; go on in \d+ seconds?\./);
    expect(text(await world.say(LONDON_ID, "8:30"))).toContain("daily at 08:30");
  });

  test("the notice comes with the first that is refused, though a setting was done beyond the limit", async () => {
    for (let n = 0; n < 10; n += 1) await world.say(READER_ID, "海堤");
    expect(text(await world.say(READER_ID, "/alert 台风"))).toContain("出现“台风”就告诉你");
    expect(text(await world.say(READER_ID, "/help"))).toMatch(/^一分钟最多10条/);
    expect(text(await world.say(READER_ID, "/help"))).toBe("");
  });

  test("a button says when to go on", async () => {
    await world.say(READER_ID, "/top");
    for (let n = 0; n < 40; n += 1) await world.press(READER_ID, "1");
    expect((await world.press(READER_ID, "1")).toast).toMatch(/^点得太快了，\d+秒后再点$/);
  });

  test("twenty a minute in a group", async () => {
    world.playground.acts.setBotStatus(GROUP_ID, "member", ADMIN_ID);
    await world.settle();
    const answers: number[] = [];
    for (let n = 0; n < 24; n += 1) {
      const who = [READER_ID, LONDON_ID, ADMIN_ID][n % 3]!;
      answers.push((await world.say(who, "/id@tidings_bot", GROUP_ID)).length);
    }
    expect(answers.slice(0, 20).every((each) => each === 1)).toBe(true);
    expect(answers.slice(20)).toEqual([1, 0, 0, 0]);
  });
});

describe("buttons that were never ours, are old or somebody else's", () => {
  const press = async (data: string, userId = READER_ID) => {
    const message = world.last(userId);
    const { answered } = world.playground.acts.press(userId, userId, message.message_id, data);
    await world.settle();
    return answered;
  };

  test("of another version: says so and gives what matters now", async () => {
    await world.say(READER_ID, "/help");
    for (const data of ["0:top", "x", "1:", "1:nothing:here", "2:sub:1", "🙂".repeat(16)]) {
      const answer = await press(data);
      expect(answer?.text).toBe("这个按钮太旧了");
    }
    expect(world.last(READER_ID).text).toContain("现在最要紧的");
    expect(world.playground.botMessages(READER_ID).at(-2)!.text).toBe("这条太旧了，给你一份新的 ↓");
    expect(world.logged).toEqual([]);
  });

  test("forged arguments break nothing and change nothing", async () => {
    await world.say(READER_ID, "/subscribe 08:00");
    const before = await world.app.db.select().from(subscriptions);
    const forged = [
      "sub",
      "time",
      "rule",
      "count",
      "set",
      "removed",
      "undo",
      "page",
      "story",
      "back",
      "go",
      "zone",
      "lang",
      "news",
      "pause",
      "at",
      "near",
      "times",
      "empty",
      "sample",
      "zones",
    ];
    for (const verb of forged) {
      for (const args of [
        "",
        ":",
        ":-1",
        ":99999999999999999999",
        ":1e9:x",
        ":999:9999",
        ":zz:s:nope:0",
        ":480:Mars~Olympus",
        ":__proto__",
      ]) {
        await press(`1:${verb}${args}`);
      }
      world.playground.moveClock({ byMs: 61_000 });
    }
    expect(world.logged).toEqual([]);
    expect(await world.app.db.select().from(subscriptions)).toEqual(before);
  });

  test("another reader's digest cannot be touched", async () => {
    await world.say(READER_ID, "/subscribe 08:00");
    await world.say(LONDON_ID, "/help");
    const [own] = await world.app.db.select().from(subscriptions);
    for (const data of [`1:removed:${own!.id}`, `1:time:${own!.id}:60`, `1:undo:${own!.id}`, `1:set:${own!.id}:q:1`]) {
      expect((await press(data, LONDON_ID))?.text).toBe("This digest is no longer there.");
    }
    expect(await world.app.db.select().from(subscriptions)).toEqual([own]);
  });

  test("a story that is gone is said kindly", async () => {
    await world.say(READER_ID, "/top");
    expect((await press("1:story:zzzz:t"))?.text).toContain("这件事找不到了");
  });

  test("a link to a private reader's digest tells nothing of it", async () => {
    await world.say(READER_ID, "/subscribe 03:33");
    const [own] = await world.app.db.select().from(subscriptions);
    const [start] = await world.say(LONDON_ID, `/start sub_${own!.id.toString(36)}`);
    expect(JSON.stringify(start)).not.toContain("213");
    expect(labels(start!).join()).toContain("London");
  });

  test("what a button carries survives its way", () => {
    expect(readAction("1:zone:+05~30")).toEqual({ verb: "zone", args: ["+05:30"] });
    expect(readAction("")).toBeNull();
  });
});

describe("a search that finds only what comes near", () => {
  test("says what no article has: all of the words, or any of those of which one would do", async () => {
    const second = async (query: string) => (await world.say(READER_ID, query))[0]!.text!.split("\n")[1];
    expect(await second("青竹 海堤坝上 木星")).toBe("没有一篇全都有，这些最接近");
    expect(await second("青竹台封 OR 星川台召")).toBe("哪个都没有，这些最接近");
    expect(await second("青竹 OR 星川台召")).toBe("");
  });
});

describe("nothing to read", () => {
  test("says why, to each in their role, wherever they ask", async () => {
    await world.close();
    world = await openBotWorld({ news: false, env: { ADMIN_IDS: String(ADMIN_ID) } });
    seedPeople(world.playground);
    for (const said of ["/top", "/digest", "/preview"]) {
      expect(text(await world.say(READER_ID, said))).toContain("还没有新闻来源");
      expect(text(await world.say(ADMIN_ID, said))).toContain("发 /sources add 加一个网址");
    }
    expect(text(await world.say(READER_ID, "海堤"))).toContain("没有找到");
    const [start] = await world.say(LONDON_ID, "/start");
    expect(start!.text).toContain("One message a day");
    expect(start!.text).toContain("just type it.");
  });

  test("nothing recent: the newest day there is, under its date", async () => {
    world.playground.moveClock({ byMs: 30 * 86_400_000 });
    const [top] = await world.say(READER_ID, "/top");
    expect(top!.text).toContain("最近没有新消息，这是 11月22日 的");
    const [preview] = await world.say(READER_ID, "/preview");
    expect(preview!.text).toContain("最近没有新消息，这是 11月22日 的");
  });
});

describe("Telegram refuses", () => {
  test("entities too long: the same without links; not parsed: as plain text; blocked meanwhile: quiet", async () => {
    const refuse = (description: string, times = 1) =>
      world.playground.fault({ kind: "refuse", method: "sendMessage", times, code: 400, description });
    refuse("Bad Request: ENTITIES_TOO_LONG");
    const [top] = await world.say(READER_ID, "/top");
    expect(top!.text).toContain("现在最要紧的");
    expect(top!.entities!.some((each) => each.type === "text_link")).toBe(false);
    refuse("Bad Request: can't parse entities: Unsupported start tag");
    const [plain] = await world.say(READER_ID, "/top");
    expect(plain!.entities ?? []).toEqual([]);
    expect(plain!.text).toContain("现在最要紧的");
    expect(plain!.text).not.toContain("<b>");
    world.playground.fault({ kind: "flood", method: "sendMessage", retryAfter: 1 });
    expect(text(await world.say(READER_ID, "/id"))).toContain(String(READER_ID));
    expect(world.logged).toEqual([]);

    // What nobody foresaw is noted and said, and one tap tries again.
    refuse("Bad Request: something of next year");
    const [broke] = await world.say(READER_ID, "/top");
    expect(broke!.text).toBe("出了点问题，已经记下。");
    expect(world.logged).toHaveLength(1);
    expect(text((await world.press(READER_ID, "再试一次")).answers)).toContain("现在最要紧的");
  });
});

test("every kind of update leaves the bot unharmed", async () => {
  await world.say(READER_ID, "/subscribe 08:00");
  const before = await world.app.db.select().from(subscriptions);
  for (const [n, body] of updateKinds.entries()) {
    await world.bot.handleUpdate({ update_id: 700_000 + n, ...body } as Update);
  }
  expect(world.logged.filter(({ fields }) => !/chat not found|forbidden|query/i.test(String(fields["error"])))).toEqual(
    [],
  );
  expect(await world.app.db.select().from(subscriptions)).toEqual(before);
  world.playground.moveClock({ byMs: 61_000 });
  expect(text(await world.say(READER_ID, "/id"))).toContain(String(READER_ID));
});
