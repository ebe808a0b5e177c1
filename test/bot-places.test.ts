import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ADMIN_ID, CHANNEL_ID, GROUP_ID, READER_ID, seedPeople } from "../src/playground/people.ts";
import { notes, subscribers, subscriptions, topics } from "../src/store/schema.ts";
import { type BotWorld, openBotWorld } from "./support/bot-world.ts";

let world: BotWorld;

async function open(env: Record<string, string> = {}): Promise<void> {
  world = await openBotWorld({ env });
  seedPeople(world.playground);
}
beforeEach(() => open());
afterEach(async () => {
  expect(world.logged).toEqual([]);
  await world.close();
});

const places = () => world.app.db.select().from(subscribers);
const texts = (chatId: number) => world.playground.botMessages(chatId).map((each) => each.text ?? "");
const thread = () =>
  world.playground.messages(GROUP_ID).find((each) => each.forum_topic_created !== undefined)!.message_id;

async function setUpTopic(): Promise<number> {
  world.playground.acts.setBotStatus(GROUP_ID, "administrator", ADMIN_ID);
  await world.settle();
  await world.say(ADMIN_ID, "/start");
  await world.say(ADMIN_ID, "/subscribe@tidings_bot 20:00", GROUP_ID, { thread: thread(), anonymous: false });
  return thread();
}

/** The clock goes on to that moment, and what is due then is sent. */
async function at(moment: string): Promise<void> {
  world.playground.moveClock({ byMs: new Date(moment).getTime() - world.app.now().getTime() });
  world.app.enqueue({ kind: "plan-digests" });
  await world.work();
}

describe("a topic", () => {
  test("closed: rests, said once to who set it up, and goes on when it is open again", async () => {
    const topic = await setUpTopic();
    expect((await places()).find(({ threadId }) => threadId === topic)).toMatchObject({ title: "科技" });
    world.playground.acts.setBotStatus(GROUP_ID, "member", ADMIN_ID);
    world.playground.acts.setTopic(GROUP_ID, topic, { closed: true });
    await world.settle();
    await at("2026-11-22T12:00:05Z");
    expect(texts(ADMIN_ID).at(-1)).toBe("“科技”话题关闭了，那里的简报先停。重开后我会继续");
    const before = texts(ADMIN_ID).length;
    await at("2026-11-23T12:00:05Z");
    expect(texts(ADMIN_ID)).toHaveLength(before);
    world.playground.acts.setTopic(GROUP_ID, topic, { closed: false });
    await world.settle();
    await at("2026-11-24T12:00:05Z");
    expect(texts(GROUP_ID).at(-1)).toMatch(/^🌙 晚报 11月24日|没有够分量/);
  });

  test("deleted: stops, and says so with what to do", async () => {
    const topic = await setUpTopic();
    world.playground.acts.setTopic(GROUP_ID, topic, { deleted: true });
    await at("2026-11-22T12:00:05Z");
    expect(texts(ADMIN_ID).at(-1)).toMatch(/^“科技”话题不在了，那里的简报停了/);
    expect((await places()).find(({ threadId }) => threadId === topic)).toMatchObject({ state: "resting" });
  });

  test("is known by the name it has, also after it was renamed", async () => {
    const topic = await setUpTopic();
    const chat = { id: GROUP_ID, type: "supergroup" as const, title: "澜江街坊", is_forum: true as const };
    const from = { id: ADMIN_ID, is_bot: false, first_name: "周编辑" };
    const base = { message_id: 900, date: 1_795_000_000, chat, from, message_thread_id: topic };
    const message = { ...base, is_topic_message: true as const, forum_topic_edited: { name: "科技与数码" } };
    await world.bot.handleUpdate({ update_id: 9_000_001, message } as Parameters<typeof world.bot.handleUpdate>[0]);
    expect(await world.app.db.select().from(topics)).toMatchObject([{ threadId: topic, name: "科技与数码" }]);
    expect((await places()).find(({ threadId }) => threadId === topic)).toMatchObject({ title: "科技与数码" });
    const [done] = await world.say(ADMIN_ID, "/subscribe@tidings_bot 21:00", GROUP_ID, { thread: topic });
    expect(done!.text).toContain("科技与数码 话题每天 21:00");
  });
});

describe("a group or channel that the bot loses", () => {
  test("removed from a group: its digests rest, who set it up hears it once, and they go on when it is back", async () => {
    await setUpTopic();
    world.playground.acts.setBotStatus(GROUP_ID, "kicked", ADMIN_ID);
    await world.settle();
    expect(texts(ADMIN_ID).at(-1)).toBe("我不在“澜江街坊”里了，那里的简报停了。把我加回去，就接着发");
    const before = texts(ADMIN_ID).length;
    await at("2026-11-22T12:00:05Z");
    expect(texts(ADMIN_ID)).toHaveLength(before);
    world.playground.acts.setBotStatus(GROUP_ID, "member", ADMIN_ID);
    await world.settle();
    expect((await places()).filter(({ chatId }) => chatId === GROUP_ID)).toMatchObject([{ state: "active" }]);
    expect((await world.app.db.select().from(subscriptions))[0]!.dueAt).toEqual(new Date("2026-11-23T12:00:00Z"));
  });

  test("a channel's quiet hours are set from the private chat of who set it up, and of nobody else", async () => {
    world.playground.acts.setBotStatus(CHANNEL_ID, "administrator", ADMIN_ID);
    await world.say(ADMIN_ID, "/channel");
    world.playground.acts.shareChat(ADMIN_ID, { requestId: 1, chatId: CHANNEL_ID });
    await world.settle();
    await world.press(ADMIN_ID, "免打扰");
    expect(texts(ADMIN_ID).at(-1)).toMatch(/^频道 澜江早知道 的免打扰\n/);
    const hours = async () => {
      const { quietFrom, quietTo } = (await places()).find(({ chatId }) => chatId === CHANNEL_ID)!;
      return [quietFrom, quietTo];
    };
    const shown = world.last(ADMIN_ID);
    await world.press(ADMIN_ID, "23:00–07:00");
    expect(await hours()).toEqual([1380, 420]);
    await world.press(ADMIN_ID, "别的时段");
    await world.say(ADMIN_ID, "22:30-06:30");
    expect(texts(ADMIN_ID).at(-1)).toContain("每天 22:30–06:30");
    expect(await hours()).toEqual([1350, 390]);
    // The same button, forwarded or forged, does nothing for somebody else.
    const data = shown.reply_markup!.inline_keyboard[0]![0]!.callback_data!;
    await world.say(READER_ID, "/help");
    await world.playground.acts.press(READER_ID, READER_ID, world.last(READER_ID).message_id, data);
    await world.settle();
    expect(await hours()).toEqual([1350, 390]);
    expect((await places()).find(({ chatId }) => chatId === READER_ID)?.quietFrom ?? null).toBeNull();
  });

  test("no admin of a channel any more: said at once, and it goes on with the right", async () => {
    world.playground.acts.setBotStatus(CHANNEL_ID, "administrator", ADMIN_ID);
    await world.say(ADMIN_ID, "/channel");
    world.playground.acts.shareChat(ADMIN_ID, { requestId: 1, chatId: CHANNEL_ID });
    await world.settle();
    world.playground.acts.setBotStatus(CHANNEL_ID, "member", ADMIN_ID);
    await world.settle();
    expect(texts(ADMIN_ID).at(-1)).toMatch(/^我在“澜江早知道”里不能发消息了/);
    expect((await places()).find(({ chatId }) => chatId === CHANNEL_ID)).toMatchObject({ state: "resting" });
    world.playground.acts.setBotStatus(CHANNEL_ID, "administrator", ADMIN_ID);
    await world.settle();
    expect((await places()).find(({ chatId }) => chatId === CHANNEL_ID)).toMatchObject({ state: "active" });
  });
});

describe("a group that becomes a supergroup", () => {
  const [small, grown] = [-77, -1_000_000_000_077];
  async function setUp(): Promise<void> {
    const members = [{ id: ADMIN_ID, status: "creator" as const }];
    world.playground.addChat({ id: small, type: "group", title: "柳湾小组", bot: "member", members });
    await world.say(ADMIN_ID, "/start");
    await world.say(ADMIN_ID, "/subscribe@tidings_bot 20:00", small);
  }
  const line = "“柳湾小组”升级成了超级群，那里的简报照旧";

  test("goes on under its new id, said once to who set it up", async () => {
    await setUp();
    world.playground.acts.upgradeGroup(small, grown);
    await world.settle();
    expect(texts(ADMIN_ID).filter((text) => text === line)).toHaveLength(1);
    await at("2026-11-22T12:00:05Z");
    expect(texts(grown).at(-1)).toMatch(/^🌙 晚报/);
    expect(texts(ADMIN_ID).filter((text) => text === line)).toHaveLength(1);
  });

  test("the group itself hears it where nobody is known who set it up, also when only a send tells of it", async () => {
    await setUp();
    await world.app.db.update(subscribers).set({ setUpBy: null });
    world.playground.acts.upgradeGroup(small, grown);
    await at("2026-11-22T12:00:05Z");
    expect(texts(grown)).toMatchObject([expect.stringMatching(/^🌙 晚报/), line]);
    expect((await places()).filter(({ chatId }) => chatId === grown)).toMatchObject([{ kind: "supergroup" }]);
  });

  test("the group itself hears it, too, where whoever set it up never started the bot", async () => {
    const members = [{ id: ADMIN_ID, status: "creator" as const }];
    world.playground.addChat({ id: small, type: "group", title: "柳湾小组", bot: "member", members });
    await world.say(ADMIN_ID, "/subscribe@tidings_bot 20:00", small);
    world.playground.acts.upgradeGroup(small, grown);
    await world.settle();
    expect(texts(grown).at(-1)).toBe(line);
    expect(texts(ADMIN_ID)).toEqual([]);
  });

  test("in which nothing is set up is followed in silence", async () => {
    await setUp();
    await world.app.db.delete(subscriptions);
    world.playground.acts.upgradeGroup(small, grown);
    await world.settle();
    expect([...texts(grown), ...texts(ADMIN_ID)]).not.toContain(line);
    expect((await places()).filter(({ chatId }) => chatId === grown)).toHaveLength(1);
  });
});

describe("/feedback", () => {
  test("waits for an operator who never started the bot, and is shown once", async () => {
    await world.close();
    await open({ ADMIN_IDS: String(ADMIN_ID) });
    await world.say(READER_ID, "/start");
    const [said] = await world.say(READER_ID, "/feedback 晚报的字太小");
    expect(said!.text).toBe("记下了，管理员一来就给他看。");
    expect(await world.app.db.select().from(notes)).toMatchObject([{ chatId: READER_ID, body: "晚报的字太小" }]);
    await world.say(READER_ID, "/start");
    expect(texts(READER_ID).some((text) => text.includes("留言："))).toBe(false);
    await world.say(ADMIN_ID, "/start");
    expect(texts(ADMIN_ID).at(-1)).toBe("林晓（1001）留言：\n晚报的字太小\n今天 14:32");
    expect(await world.app.db.select().from(notes)).toEqual([]);
    await world.say(ADMIN_ID, "/status");
    expect(texts(ADMIN_ID).filter((text) => text.includes("留言："))).toHaveLength(1);
    // From now on it arrives at once.
    expect((await world.say(READER_ID, "/feedback 谢谢"))[0]!.text).toBe("转给管理员了。");
    expect(texts(ADMIN_ID).at(-1)).toContain("谢谢");
  });

  test("goes with everything else that the chat deletes", async () => {
    await world.say(READER_ID, "/feedback 晚报的字太小");
    await world.say(READER_ID, "/subscribe 08:00");
    await world.say(READER_ID, "/forget");
    await world.press(READER_ID, "全部删掉");
    expect(await world.app.db.select().from(notes)).toEqual([]);
  });
});
