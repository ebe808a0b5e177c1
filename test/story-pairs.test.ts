import { describe, expect, it } from "vitest";
import { joinHardPairs } from "./support/hard-pairs.ts";

/** Of a hundred pairs told in other words, so many must be found to be one story. */
const joinedMin = 85;

describe("pairs that are hard to tell", () => {
  it("joins none that tell two events of one kind", async () => {
    const pairs = await joinHardPairs("hard-pairs-different.txt");
    expect(pairs).toHaveLength(100);
    expect(pairs.filter((pair) => pair.joined).map(({ a, b }) => `${a} / ${b}`)).toEqual([]);
  }, 30_000);

  it("joins what tells one event in other words, and in two languages", async () => {
    const pairs = await joinHardPairs("hard-pairs-same.txt");
    expect(pairs).toHaveLength(100);
    expect(pairs.filter((pair) => pair.joined).length).toBeGreaterThanOrEqual(joinedMin);
    const foreign = pairs.filter((pair) => /\p{Script=Han}/u.test(pair.a) !== /\p{Script=Han}/u.test(pair.b));
    expect(foreign.filter((pair) => pair.joined).length).toBeGreaterThanOrEqual(3);
  }, 30_000);
});
