import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { leftAfter } from "../src/store/broadcast-progress.ts";
import { openStore, withStore } from "./support/store.ts";

const begin = 1_700_000_000;
const at = (seconds: number) => new Date((begin + seconds) * 1000);
const readers = 7_000;

it("however many leave, each counts once: after their copy, until an hour after the end", () =>
  withStore(openStore, async (db) => {
    const numbers = sql`with recursive n (i) as (select 1 union all select i + 1 from n where i < ${readers})`;
    // Seven a second; every third blocked it, every fifth of the rest unsubscribed.
    await db.run(sql`insert into subscribers (id, chat_id, thread_id, kind, title, language, news_languages, timezone,
        state, state_at, created_at)
      ${numbers} select i, i, 0, 'private', '', 'zh', 'zh', 'UTC', case when i % 3 = 0 then 'resting'
        when i % 5 = 0 then 'stopped' else 'active' end, ${begin} + i / 7, 0 from n`);
    // The copy of every fourth came after they had gone, and the last hundred got another broadcast's.
    await db.run(sql`insert into deliveries (kind, ref, slot, subscriber_id, part, attempt, priority, state, at, error)
      ${numbers} select 'broadcast', case when i > ${readers - 100} then 2 else 1 end, 0, i, 1, 1, 0, 'sent',
        ${begin} + i / 7 + (i % 4 = 0), '' from n`);
    const told = Array.from({ length: readers - 100 }, (_, n) => n + 1).filter((i) => i % 4 !== 0);
    const counted = (those: number[]) => ({
      off: 0,
      blocked: those.filter((i) => i % 3 === 0).length,
      stopped: those.filter((i) => i % 3 !== 0 && i % 5 === 0).length,
    });
    expect(await leftAfter(db, { id: 1, startedAt: at(0), endedAt: at(0) })).toEqual(counted(told));
    const late = told.filter((i) => Math.floor(i / 7) >= 400);
    expect(await leftAfter(db, { id: 1, startedAt: at(400), endedAt: at(0) })).toEqual(counted(late));
    const early = told.filter((i) => Math.floor(i / 7) < 900);
    expect(await leftAfter(db, { id: 1, startedAt: at(0), endedAt: at(900 - 3_600) })).toEqual(counted(early));
    expect(await leftAfter(db, { id: 3, startedAt: at(0), endedAt: at(0) })).toEqual(counted([]));
    expect(await leftAfter(db, { id: 1, startedAt: at(0), endedAt: null })).toEqual(counted([]));
  }));
