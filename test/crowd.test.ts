import { describe, expect, it } from "vitest";
import { earlierMinute, lastSentAt } from "../src/news/crowd.ts";

const eight = 8 * 3_600;
const minutes = (n: number) => eight + n * 60;

describe("a popular minute", () => {
  it("takes as long as its digests at the rate", () => {
    expect(lastSentAt(new Map([[eight, 40_000]]), eight, 30) - eight).toBeCloseTo(1_333.3, 0);
    expect(lastSentAt(new Map([[eight, 1]]), eight, 30)).toBeCloseTo(eight, 0);
    expect(lastSentAt(new Map(), eight, 30)).toBe(eight);
  });

  it("waits for what is due before and not yet sent, and for nothing that is due later", () => {
    const loads = new Map([
      [eight, 3_000],
      [minutes(-10), 36_000],
      [minutes(1), 90_000],
    ]);
    // 36,000 take twenty minutes: until ten past; then a hundred seconds more.
    expect(lastSentAt(loads, eight, 30)).toBe(minutes(10) + 100);
  });

  it("names the latest minute from which a digest is there in time", () => {
    expect(earlierMinute(new Map([[eight, 30_000]]), eight, 30)).toEqual({ at: minutes(-5), there: minutes(-5) });
    const busy = new Map([
      [eight, 30_000],
      [minutes(-5), 12_000],
      [minutes(-10), 300],
    ]);
    expect(earlierMinute(busy, eight, 30)).toEqual({ at: minutes(-10), there: minutes(-10) + 10 });
  });

  it("names the minute that comes first when none is in time, and none when staying is best", () => {
    const all = new Map(Array.from({ length: 25 }, (_, n) => [minutes(-5 * n), 20_000] as const));
    const found = earlierMinute(all, eight, 30);
    expect(found!.there).toBeGreaterThan(eight);
    expect(found!.there).toBeLessThan(lastSentAt(all, eight, 30));
    expect(earlierMinute(new Map([[minutes(-60), 10_000_000]]), eight, 30)).toBeNull();
  });
});
