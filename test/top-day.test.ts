import { expect, it } from "vitest";
import { topStories } from "../src/store/top.ts";
import { openStore, withStore } from "./support/store.ts";
import { now, reader, storm } from "./support/telling.ts";

it("a day's top tells what its outlets told that day, however much came later", () =>
  withStore(openStore, async (db) => {
    const add = reader(db);
    const day = { from: new Date("2026-11-21T00:00:00Z"), to: new Date("2026-11-22T00:00:00Z") };
    const first = await add(30, storm);
    for (let n = 1; n < 4; n += 1) await add(30 - n, storm);
    for (let n = 0; n < 25; n += 1) await add(7 - n / 10, storm);
    const { stories } = await topStories(db, { now, limit: 8, language: "zh", day });
    expect(stories.map(({ id, outlets }) => [id, outlets])).toEqual([[first, 4]]);
  }));
