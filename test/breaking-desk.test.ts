import { afterEach, describe, expect, it } from "vitest";
import { createIngest } from "../src/jobs/ingest.ts";
import { joinLoose } from "../src/jobs/join-stories.ts";
import { proposeBreaking } from "../src/jobs/propose-breaking.ts";
import { emptyDraft } from "../src/news/article.ts";
import { findBroadcast, ledgerCounts } from "../src/store/broadcasts.ts";
import { editStory } from "../src/store/edits.ts";
import { membersOfStories } from "../src/store/story-view.ts";
import { candidates, topStories } from "../src/store/top.ts";
import { labels } from "./support/bot-world.ts";
import { type BreakingWorld, openBreakingWorld, owner, reader } from "./support/breaking-world.ts";

let world: BreakingWorld;
afterEach(async () => world.close());

async function open(): Promise<void> {
  world = await openBreakingWorld();
}

const send = () => world.send();
const text = (chat: number) => world.text(chat);

describe("from /breaking to a report", () => {
  it("is three taps; a double tap and a second editor's press send nothing twice", async () => {
    await open();
    await world.say(owner, "/breaking 临澜海堤出现管涌\n抢险队已围井反压。");
    expect(labels(world.last(owner))).not.toContainEqual(expect.stringMatching(/^现在发给/));
    await world.press(owner, "也发中文");
    expect(text(owner)).toContain("现在发 6");
    await world.press(owner, "现在发给 6 人");
    expect(world.jobs.filter((job) => job.kind === "broadcast")).toEqual([]);
    const go = world.last(owner);
    await world.press(owner, "发给 6 人");
    world.playground.acts.press(owner, owner, go.message_id, "1:bc:1:go");
    await world.settle();
    expect(text(owner)).toMatch(/将在 \d+ 秒后开始/);
    await send();
    expect(await ledgerCounts(world.app.db, 1)).toEqual({ sent: 6 });
    expect(text(owner)).toMatch(/^✅ 发完了｜临澜海堤出现管涌[\s\S]*送到 6/);
    for (let id = reader; id < reader + 6; id += 1) expect(text(id)).toMatch(/^🔴 突发｜临澜海堤出现管涌/);
    expect(world.logged).toEqual([]);
  });

  it("can be taken back in its ten seconds", async () => {
    await open();
    await world.say(owner, "/breaking 海堤险情\nbody");
    await world.press(owner, "不发，少");
    await world.press(owner, "现在发给");
    await world.press(owner, "发给");
    await world.press(owner, "反悔");
    await send();
    expect((await findBroadcast(world.app.db, 1))?.state).toBe("draft");
    expect(await ledgerCounts(world.app.db, 1)).toEqual({});
  });

  it("takes a story by its number, in both languages where it is told, and does not tell it again in a digest", async () => {
    await open();
    const { stories } = await topStories(world.app.db, { now: world.app.now(), limit: 1, language: "zh" });
    await world.say(owner, `/breaking ${stories[0]!.id}`);
    const made = await findBroadcast(world.app.db, 1);
    expect(made).toMatchObject({ storyId: stories[0]!.id, texts: { zh: { headline: stories[0]!.title } } });
    expect(made!.articleIds).toContain(stories[0]!.articleId);
    if (labels(world.last(owner)).some((label) => label.startsWith("不发"))) await world.press(owner, "不发");
    await world.press(owner, "现在发给");
    await world.press(owner, "发给");
    await send();
    await world.say(reader, "/digest");
    await send();
    const digest = world.playground.botMessages(reader).findLast((each) => /[早午晚]报/.test(each.text ?? ""));
    expect(digest?.text ?? "").not.toContain(stories[0]!.title);
  });

  it("sends a picture with its caption, and corrects it", async () => {
    await open();
    const photo = [{ file_id: "https://pictures.example.org/wall.png", file_unique_id: "u", width: 1, height: 1 }];
    const chat = world.playground.world.chats.get(owner)!;
    const kept = world.playground.world.keep(chat, {
      from: { id: owner, is_bot: false, first_name: "Ed" },
      photo,
      caption: "海堤照片\n下面的说明",
    });
    await world.say(owner, "/breaking", owner, { replyTo: kept.message_id });
    await world.press(owner, "也发中文");
    await world.press(owner, "现在发给");
    await world.press(owner, "发给");
    await send();
    expect(world.last(reader)).toMatchObject({ photo: expect.anything() });
    expect(world.last(reader).caption).toMatch(/^🔴 突发｜海堤照片/);
    await world.press(owner, "✏️ 更正");
    await world.say(owner, "更正：不是旧堤。\n海堤新照片");
    await world.press(owner, "✏️ 更正，不另外通知");
    await send();
    expect(world.last(reader).caption).toMatch(/^🔴 突发｜海堤新照片\n更正（\d\d:\d\d）：不是旧堤。/);
  });

  it("recalls every copy, by deleting while Telegram allows it", async () => {
    await open();
    await world.say(owner, "/breaking 海堤险情");
    await world.press(owner, "也发中文");
    await world.press(owner, "现在发给");
    await world.press(owner, "发给");
    await send();
    await world.press(owner, "↩️ 撤回");
    await world.press(owner, "直接删除");
    await world.press(owner, "↩️ 撤回 6 条，直接删除");
    await send();
    for (let id = reader; id < reader + 6; id += 1) {
      expect(world.playground.botMessages(id).some((each) => each.text?.startsWith("🔴"))).toBe(false);
    }
    expect(text(owner)).toMatch(/已撤回[\s\S]*删除 6/);
  });
});

describe("who may", () => {
  it("is nobody without a role; an invitation works once", async () => {
    await open();
    const [refused] = await world.say(reader, "/breaking 假消息");
    expect(refused!.text).toContain("没有这个命令");
    expect(await findBroadcast(world.app.db, 1)).toBeUndefined();
    await world.say(owner, "/admins");
    const { answers } = await world.press(owner, "＋ 邀请编辑");
    const key = /start=(inv_[\w-]+)/.exec(answers[0]!.text!)![1]!;
    await world.say(reader, `/start ${key}`);
    await world.say(reader + 2, `/start ${key}`);
    await world.say(reader, "/breaking 真消息");
    expect((await findBroadcast(world.app.db, 1))?.userName).toBe(`R${reader}`);
    const [other] = await world.say(reader + 2, "/breaking 假消息");
    expect(other!.text).toContain("没有这个命令");
    const [audit] = await world.say(owner, "/audit");
    expect(audit!.text).toMatch(/接受邀请/);
  });
});

describe("the reader's say", () => {
  it("is one tap from the message, and nobody who said none gets the next", async () => {
    await open();
    for (const round of [1, 2]) {
      await world.say(owner, `/breaking 海堤险情 ${round}`);
      await world.press(owner, "也发中文");
      await world.press(owner, "现在发给");
      await world.press(owner, "发给");
      await send();
      if (round === 1) {
        await world.press(reader, "🔕");
        expect(text(reader)).toMatch(/^突发消息怎么发给你？/);
        await world.press(reader, "不发");
        expect(text(reader)).toContain("现在：不发");
      }
    }
    expect(await ledgerCounts(world.app.db, 1)).toEqual({ sent: 6 });
    expect(await ledgerCounts(world.app.db, 2)).toEqual({ sent: 5 });
  });
});

describe("the report", () => {
  it("tells who switched off, blocked and left within its hour", async () => {
    await open();
    await world.say(owner, "/breaking 海堤险情");
    await world.press(owner, "也发中文");
    await world.press(owner, "现在发给");
    await world.press(owner, "发给");
    await send();
    await world.press(reader, "🔕");
    await world.press(reader, "不发");
    world.playground.acts.block(reader + 1);
    world.playground.acts.block(reader + 2);
    await world.say(reader + 3, "/stop");
    await world.say(owner, "/broadcasts");
    await world.press(owner, "B-1");
    expect(text(owner)).toContain("一小时内：关掉突发 1 · 拉黑 2 · 退订 1");
    world.playground.moveClock({ byMs: 2 * 3_600_000 });
    world.playground.acts.block(reader + 4);
    await world.settle();
    await world.press(owner, "记录");
    await world.say(owner, "/broadcasts");
    await world.press(owner, "B-1");
    expect(text(owner)).toContain("一小时内：关掉突发 1 · 拉黑 2 · 退订 1");
  });
});

describe("the editors' desk", () => {
  it("drops a story from every digest, and puts it back", async () => {
    await open();
    const [page] = await world.say(owner, "/edition");
    const first = page!
      .text!.split("\n")
      .find((line) => line.startsWith("1"))!
      .slice(2);
    await world.press(owner, "1");
    await world.press(owner, "撤下");
    expect(
      text(owner)
        .split("\n")
        .find((line) => line.startsWith("1")),
    ).not.toContain(first);
    await world.say(reader, "/preview");
    expect(
      world.playground.botMessages(reader).findLast((each) => /[早午晚]报/.test(each.text ?? ""))?.text,
    ).not.toContain(first);
    await world.press(owner, "放回");
    expect(text(owner)).toContain(first);
  });

  it("says how many get it as it is drawn, and how many of that minute something else", async () => {
    await open();
    const [page] = await world.say(owner, "/edition");
    // Six readers: three of each language.
    expect(page!.text).toMatch(/^.*（给 3 人，草样）\n同一时间还有 3 份长得不一样：3 份用别的语言。/);
    await world.say(reader + 2, "/subscribe 08:00 科技");
    await world.say(owner, "/language en");
    const [there] = await world.say(owner, "/edition");
    expect(there!.text).toMatch(
      /\(to 3, a sketch\)\n4 more of that minute look different: 3 in other languages, 1 with/,
    );
  });

  it("says so when nothing is left to tell", async () => {
    await open();
    const now = world.app.now();
    const told = await candidates(world.app.db, { now, since: new Date(0), count: 70, language: "zh" });
    const actor = { userId: owner, name: "" };
    for (const { id } of told) await editStory(world.app.db, id, { change: { dropped: true }, actor, now });
    const [page] = await world.say(owner, "/edition");
    expect(page!.text).toContain("没有够分量的新事");
    expect(labels(page!)).not.toContain("1");
  });

  it("splits a story: what does not belong becomes one of its own, is not joined again, and can be undone", async () => {
    await open();
    const [page] = await world.say(owner, "/edition");
    const { inline_keyboard: rows } = page!.reply_markup as { inline_keyboard: { callback_data: string }[][] };
    const id = Number.parseInt(rows[0]![0]!.callback_data.split(":").at(-1)!, 36);
    const all = (await membersOfStories(world.app.db, [id], 100)).get(id)!.map((each) => each.id);
    const storiesOf = async () =>
      new Map([...(await membersOfStories(world.app.db, all, 100))].map(([story, own]) => [story, own.length]));
    await world.press(owner, "1");
    await world.press(owner, "拆开");
    await world.press(owner, "1");
    await world.press(owner, "2");
    await world.press(owner, "✓ 2");
    expect(labels(world.last(owner))).toContain("拆出 1 篇 ›");
    await world.press(owner, "拆出 1 篇 ›");
    expect(text(owner)).toMatch(/^这 1 篇成为另一件事？/);
    expect(await storiesOf()).toEqual(new Map([[id, all.length]]));
    await world.press(owner, "拆出 1 篇");
    expect(text(owner)).toContain("拆开了：1 篇");
    expect([...(await storiesOf()).values()].toSorted()).toEqual([1, all.length - 1].toSorted());
    await joinLoose(world.app);
    expect((await storiesOf()).size).toBe(2);
    await world.press(owner, "撤销");
    expect([...(await storiesOf()).values()]).toEqual([all.length]);
    const [audit] = await world.say(owner, "/audit");
    expect(audit!.text).toMatch(/合回去[\s\S]*拆开　1 · /);
  });

  it("is asked once about a story that suddenly grows", async () => {
    await open();
    const ingest = createIngest(world.app.db, world.app.now);
    const now = world.app.now().getTime();
    const leads = [
      "青屿镇东段海堤21时40分出现管涌，抢险队已围井反压，低洼三村2.3万人连夜转移。",
      "记者在青屿镇看到，海堤脚部冒出的浑水正被沙袋围住，三村居民乘大巴前往安置点，管涌险情暂时可控。",
      "县防汛指挥部称，青屿海堤管涌点直径约20厘米，已调集砂石料四百方，转移群众由学校和体育馆接收。",
      "受青屿镇海堤管涌影响，沿海公路东段封闭，低洼三村连夜转移，医院和变电站增派人手值守。",
    ];
    const outlets = ["北岸日报", "南港电视台", "长风社", "澜江晚报"];
    await ingest(
      outlets.map((name, n) => ({
        source: { name, kind: "feed" as const, language: "zh", family: name },
        draft: {
          ...emptyDraft("青屿镇东段海堤出现管涌，低洼三村连夜转移"),
          url: `https://outlet${n}.example.org/leak`,
          lead: leads[n]!,
          publishedAt: new Date(now - (12 - n * 3) * 60_000),
        },
      })),
    );
    // It is a matter of settings how many outlets are many; at an editor's night nothing rings.
    await proposeBreaking({ ...world.app, config: { ...world.app.config, BREAKING_FAMILIES: 5 } });
    await proposeBreaking({ ...world.app, config: { ...world.app.config, BREAKING_MINUTES: 5 } });
    expect(world.playground.botMessages(owner).filter((each) => each.text?.startsWith("📈"))).toEqual([]);
    await proposeBreaking({ ...world.app, config: { ...world.app.config, NIGHT_HOURS: "14:00-15:00" } });
    await proposeBreaking(world.app);
    const asked = world.playground.botMessages(owner).filter((each) => each.text?.startsWith("📈"));
    expect(asked).toHaveLength(1);
    expect(asked[0]!.text).toContain("4家媒体");
    expect(asked[0]!.silent).toBe(true);
    await world.press(owner, "预览");
    expect(await findBroadcast(world.app.db, 1)).toMatchObject({ state: "draft" });
  });
});
