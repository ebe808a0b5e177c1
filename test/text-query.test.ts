import { describe, expect, it } from "vitest";
import { clausesMax, parseQuery, type Query, queryCharsMax } from "../src/news/query.ts";

const now = new Date("2026-11-22T08:00:00Z");
const zone = "Asia/Shanghai";
const parse = (typed: string) => parseQuery(typed, { now, zone });
/** What was understood, in one line. */
function read({ all, none, after, before }: Query): string {
  const show = (clause: (typeof none)[number]): string => {
    if (clause.kind === "source") return `source:${clause.name}`;
    if (clause.kind === "language") return `language:${clause.language}`;
    return `${clause.where === "title" ? "title:" : ""}${clause.exact ? `"${clause.piece}"` : clause.piece}`;
  };
  const parts = all.map((group) => group.map(show).join("|"));
  parts.push(...none.map((clause) => `-${show(clause)}`));
  if (after) parts.push(`>${after.toISOString()}`);
  if (before) parts.push(`<${before.toISOString()}`);
  return parts.join(" & ");
}

describe("what was typed", () => {
  const cases: [string, string][] = [
    ["台风 青竹", "台风 & 青竹"],
    ['"climate change" flood', '"climate change" & flood'],
    ["“climate change” flood", '"climate change" & flood'],
    ["台风“青竹”登陆", "台风“青竹”登陆"],
    ["“青竹”", "“青竹”"],
    ['他说"是', '他说"是'],
    ['"是', '"是'],
    ["青竹 -登陆", "青竹 & -登陆"],
    ['青竹 -"登陆 临澜"', '青竹 & -"登陆 临澜"'],
    ["-5", "-5"],
    ["2021-2022", "2021-2022"],
    ["芯片 OR 大模型 OR AI", "芯片|大模型|ai"],
    ["OR", "or"],
    ["OR 芯片", "or & 芯片"],
    ["芯片 OR", "芯片 & or"],
    ["a or b", "a & or & b"],
    ["source:BBC 台风", "source:bbc & 台风"],
    ["source：南港晚报 台风", "source:南港晚报 & 台风"],
    ['source:"Harbour Post"', "source:harbour post"],
    ["source:", "source:"],
    ["来源：北岸", "来源:北岸"],
    ["title:台风", "title:台风"],
    ['title:"a b"', 'title:"a b"'],
    ["language:en x", "language:en & x"],
    ["lang:中文 x", "language:zh & x"],
    ["language:klingon x", "language:klingon & x"],
    ["after:2026-11-01 x", "x & >2026-10-31T16:00:00.000Z"],
    ["after:2026/11/1 before:2026年11月5日 x", "x & >2026-10-31T16:00:00.000Z & <2026-11-04T16:00:00.000Z"],
    ["before:2026 x", "x & <2025-12-31T16:00:00.000Z"],
    ["after:yesterdayish x", "after:yesterdayish & x"],
    ["after:2026-02-31 x", "after:2026-02-31 & x"],
    ["x 24h", "x & >2026-11-21T08:00:00.000Z"],
    ["7d x", "x & >2026-11-15T08:00:00.000Z"],
    ["24h", "24h"],
    ["x 0h", "x & 0h"],
    ["cats, dogs?", "cats & dogs"],
    ["台风 ，", "台风"],
    ["，", ","],
    ["C++ .NET A股", "c++ & .net & a股"],
    ["", ""],
    ["  \u3000\n", ""],
    ["\u200b", ""],
    ["AND NOT (x) *", "and & not & (x)"],
  ];
  it.each(cases)("%j", (typed, expected) => {
    expect(read(parse(typed))).toBe(expected);
  });

  it.each([
    ["7d", "7d", ">2026-11-15T08:00:00.000Z"],
    ["-隧道", "-隧道", "-隧道"],
    ["-隧道 -高铁", "-隧道 & -高铁", "-隧道 & -高铁"],
    ["来源：北岸 台风", "来源:北岸 & 台风", "source:北岸 & 台风"],
    ['台风 -来源:"北岸 晚报"', '台风 & -来源:"北岸 晚报"', "台风 & -source:北岸 晚报"],
    ["标题:台风 之后:2026-11-01", "标题:台风 & 之后:2026-11-01", "title:台风 & >2026-10-31T16:00:00.000Z"],
  ])("%j is words first, and else filters", (typed, words, filters) => {
    const query = parse(typed);
    expect(read(query)).toBe(words);
    expect(query.otherwise === null ? null : read(query.otherwise)).toBe(filters);
    expect(parse("台风 7d").otherwise).toBe(null);
  });

  it("is bounded, and never wrong", () => {
    expect(parse("字".repeat(9_999)).all[0]?.[0]).toMatchObject({ piece: "字".repeat(queryCharsMax) });
    expect(parse("a ".repeat(200)).all.length).toBeLessThanOrEqual(clausesMax);
    for (const typed of ['"""', '-"', "--", "-OR-", "title:", "source:source:", "OR OR OR", "- - -", '" "', "“ ”"]) {
      expect(() => parse(typed), typed).not.toThrow();
    }
  });
});
