import type { Playground } from "./playground.ts";

/** Reads in Shanghai, in Chinese; the page opens as this person. */
export const READER_ID = 1001;
/** Reads in London, in English. */
export const LONDON_ID = 1002;
/** Runs the bot and owns the group and the channel; give it the bot's roles. */
export const ADMIN_ID = 1003;
export const GROUP_ID = -1001000000001;
/** Made-up readers have ids from here on; the page is none of them. */
export const madeUpFrom = 5_000_000;
export const CHANNEL_ID = -1001000000002;

/** Where somebody lives, and what they are when that says more. */
export type Home = { zone: string; city: Names; role?: Names };
type Names = { zh: string; en: string };

const shanghai = { zone: "Asia/Shanghai", city: { zh: "上海", en: "Shanghai" } };

/** Where people live, for the clock beside their names; Telegram itself tells bots nothing of it. */
export const HOMES: ReadonlyMap<number, Home> = new Map<number, Home>([
  [READER_ID, shanghai],
  [LONDON_ID, { zone: "Europe/London", city: { zh: "伦敦", en: "London" } }],
  [ADMIN_ID, { ...shanghai, role: { zh: "管理员", en: "Admin" } }],
]);

/** Fills a fresh playground: three people, a group with topics and a channel, none of which know the bot yet. */
export function seedPeople(playground: Playground): void {
  playground.addPerson({ id: READER_ID, firstName: "林晓", username: "linxiao", language: "zh-hans" });
  playground.addPerson({
    id: LONDON_ID,
    firstName: "Emma",
    lastName: "Clarke",
    username: "emmaclarke",
    language: "en",
  });
  playground.addPerson({ id: ADMIN_ID, firstName: "周编辑", username: "zhou_desk", language: "zh-hans" });
  playground.addChat({
    id: GROUP_ID,
    type: "supergroup",
    title: "澜江街坊",
    isForum: true,
    members: [
      { id: ADMIN_ID, status: "creator", anonymous: true },
      { id: READER_ID, status: "member" },
      { id: LONDON_ID, status: "member" },
    ],
  });
  playground.addTopic(GROUP_ID, "科技", ADMIN_ID);
  playground.addTopic(GROUP_ID, "出行", ADMIN_ID);
  playground.addChat({
    id: CHANNEL_ID,
    type: "channel",
    title: "澜江早知道",
    username: "lanjiang_daily",
    members: [
      { id: ADMIN_ID, status: "creator" },
      { id: READER_ID, status: "member" },
      { id: LONDON_ID, status: "member" },
    ],
  });
}

export type MadeUpReader = { id: number; language: "zh" | "en"; zone: string };

/**
 * Adds people who read and never write: most of them in Chinese, one in five in English from London, one in two hundred
 * with the bot blocked, of which it does not know yet. Said again, it adds more.
 */
export function addReaders(playground: Playground, count: number): MadeUpReader[] {
  const known = [...playground.world.chats.keys()].filter((id) => id >= madeUpFrom).length;
  return Array.from({ length: count }, (_, n) => {
    const id = madeUpFrom + known + n;
    const english = id % 5 === 0;
    const firstName = english ? `Reader ${known + n + 1}` : `读者${known + n + 1}`;
    playground.addPerson({ id, firstName, language: english ? "en" : "zh-hans", started: true });
    if (id % 200 === 7) playground.chat(id).person!.blocked = true;
    return { id, language: english ? "en" : "zh", zone: english ? "Europe/London" : "Asia/Shanghai" };
  });
}
