import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { measured } from "./bench/cost/measured.ts";
import { billOf, prices } from "./bench/cost/price.ts";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");

describe("what Cloudflare costs", () => {
  it.each([100, 10_000, 50_000])("stands in the README as it is counted, for %i subscribers", (subscribers) => {
    const bill = billOf(subscribers, measured);
    const million = (n: number) => (n / 1e6).toFixed(1);
    const line = [
      subscribers.toLocaleString("en"),
      `${bill.dollars.toFixed(2)} USD`,
      `${million(bill.rowsWritten)} million`,
      `${bill.storageGb.toFixed(1)} GB`,
      bill.sendingHours < 1 ? `${Math.ceil(bill.sendingHours * 60)} min` : `${bill.sendingHours.toFixed(1)} h`,
    ];
    expect(readme).toContain(`| ${line.join(" | ")} |`);
  });

  it("begins with the plan, adds each price once its allowance is used, and tells when one bot is not enough", () => {
    const small = billOf(1, measured);
    expect(small.dollars - prices.subscription).toBeLessThan(1);
    const [large, twice] = [billOf(1e6, measured), billOf(2e6, measured)];
    expect(twice.dollars - large.dollars).toBeGreaterThan(large.dollars * 0.8);
    expect(large.databases).toBeGreaterThan(1);
    expect(large.sendingHours).toBeLessThan(24);
    expect(billOf(100e6, measured).sendingHours).toBeGreaterThan(24);
  });

  it("needs the paid plan, because a queue's free operations of a day are fewer than a day's ticks", () => {
    expect(measured.minute.messages * 3 * 24 * 60).toBeGreaterThan(10_000);
  });
});
