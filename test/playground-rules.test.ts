import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RULES, refuse } from "../src/playground/rules.ts";

/** Names that a test of a rule carries. */
const named = new Set(
  readdirSync(import.meta.dirname)
    .filter((name) => /^playground-.*\.test\.ts$/.test(name))
    .map((name) => readFileSync(join(import.meta.dirname, name), "utf8"))
    .flatMap((text) => [...text.matchAll(/\b(?:rule|refuses)\(\s*"([a-z0-9-]+)"/g)].map((match) => match[1])),
);

describe("the rules of Telegram that the playground enforces", () => {
  it("each has its test", () => {
    expect(RULES.map((rule) => rule.name).filter((name) => !named.has(name))).toEqual([]);
  });

  it("have names of their own, and texts in Telegram's manner", () => {
    expect(new Set(RULES.map((rule) => rule.name)).size).toBe(RULES.length);
    const manner =
      /^(Bad Request: |Forbidden: |Conflict: |Not Found|Unauthorized|Too Many Requests: |Logged out|Request Entity)/;
    for (const { text } of RULES) if (text !== null) expect(text).toMatch(manner);
  });

  it("fill in their words", () => {
    const refusal = refuse("html-unsupported-tag", { tag: "p", at: 3 });
    expect(refusal.message).toBe(`Bad Request: can't parse entities: Unsupported start tag "p" at byte offset 3`);
    expect(() => refuse("text-cleaned")).toThrow("refuses nothing");
  });
});
