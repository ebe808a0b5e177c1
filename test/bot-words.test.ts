import { describe, expect, test } from "vitest";
import { plainWords, readCommand } from "../src/bot/words.ts";
import { nameIn } from "../src/news/name-in.ts";

describe("what a text says", () => {
  test.each([
    ["/top", "top", ""],
    ["/Top", "top", ""],
    ["/top@Tidings_Bot", "top", ""],
    ["/search 人工智能", "search", "人工智能"],
    ["/search人工智能", "search", "人工智能"],
    ["/search　海堤 管涌", "search", "海堤 管涌"],
    ["/subscribe\n08:00", "subscribe", "08:00"],
    ["/start sub_1a", "start", "sub_1a"],
  ])("%s", (said, name, words) => {
    expect(readCommand(said, "tidings_bot")).toMatchObject({ name, words });
  });

  test.each(["/top@other_bot", "top", "/搜索 海堤", "//top", "/", "and /top", "/top@tidings_bot2"])(
    "%s is none of ours",
    (said) => {
      expect(readCommand(said, "tidings_bot")).toBeNull();
    },
  );

  test.each([
    ["退订", { command: "stop" }],
    ["TD", { command: "stop" }],
    ["早报", { command: "digest" }],
    ["头条", { command: "top" }],
    ["？", { command: "help" }],
    ["Hello!", "hello"],
    ["好的", "thanks"],
    ["👍", "thanks"],
    ["取消訂閱", { command: "stop" }],
  ])("%s is understood", (said, meant) => {
    expect(plainWords(said)).toEqual(meant);
  });

  test.each(["早报业务", "如何退订短信", "hello kitty", "海堤", ""])("%j is a search", (said) => {
    expect(plainWords(said)).toBeNull();
  });

  test("the name in a headline", () => {
    expect(nameIn("台风“青竹”今晚登陆临澜")).toBe("青竹");
    expect(nameIn("星川汽车召回扩大到32万辆")).toMatch(/^星川/);
    expect(nameIn("The Starline recall grows")).toBe("Starline");
    expect(nameIn("123 456")).toBeNull();
  });
});
