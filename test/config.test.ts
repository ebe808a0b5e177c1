import { describe, expect, it } from "vitest";
import { readConfig, settings } from "../src/config.ts";
import { describeError, withoutSecrets } from "../src/errors.ts";
import { createLog } from "../src/log.ts";

describe("settings", () => {
  it("have defaults that run", () => {
    expect(readConfig({})).toMatchObject({
      BOT_TOKEN: undefined,
      TELEGRAM_API_ROOT: "https://api.telegram.org",
      ADMIN_IDS: [],
      DATABASE_PATH: "data/tidings.db",
      HOST: "127.0.0.1",
      PORT: 3000,
      SEND_RATE: 30,
      PAID_BROADCAST: false,
      DEFAULT_LANGUAGE: "zh",
      DEFAULT_TIMEZONE: "Asia/Shanghai",
    });
  });

  it("are read from text, spaces and empty values forgiven", () => {
    const config = readConfig({
      ADMIN_IDS: " 1, 22 ",
      PORT: " 8080 ",
      PUBLIC_URL: "https://a.example.org/",
      BOT_TOKEN: "",
    });
    expect(config).toMatchObject({
      ADMIN_IDS: [1, 22],
      PORT: 8080,
      PUBLIC_URL: "https://a.example.org",
      BOT_TOKEN: undefined,
    });
  });

  it("that are wrong are all named at once, with what they should be, never with a secret's value", () => {
    const token = "not a token 123456";
    const wrong = () =>
      readConfig({
        BOT_TOKEN: token,
        PORT: "70000",
        DEFAULT_TIMEZONE: "Mars/Base",
        LOG_LEVEL: "loud",
        ADMIN_IDS: "@me",
      });
    expect(wrong).toThrow(
      /BOT_TOKEN: must look like[\s\S]*ADMIN_IDS: [\s\S]*PORT: must be[\s\S]*DEFAULT_TIMEZONE: [\s\S]*LOG_LEVEL: /,
    );
    expect(wrong).not.toThrow(new RegExp(token));
  });

  it("name a public address that Telegram can reach", () => {
    expect(() => readConfig({ PUBLIC_URL: "http://news.example.org" })).toThrow(/PUBLIC_URL: must start with https/);
    expect(() => readConfig({ ADMIN_IDS: "me" })).toThrow(/ADMIN_IDS: must be user ids separated by commas/);
    expect(readConfig({ PUBLIC_URL: "http://127.0.0.1:8080" }).PUBLIC_URL).toBe("http://127.0.0.1:8080");
  });

  it.each(Object.entries(settings))("%s's example is a valid value", (name, setting) => {
    expect(() => readConfig({ [name]: setting.example })).not.toThrow();
  });
});

describe("secrets", () => {
  const token = "1234567890:AAH-abcdefghijklmnopqrstuvwxyz_01234";

  it("are taken out of errors and addresses", () => {
    const error = new Error(`request to https://api.telegram.org/bot${token}/getMe failed`);
    expect(describeError(error)).toBe("request to https://api.telegram.org/bot<token>/getMe failed");
    expect(withoutSecrets("/bot42:T/sendMessage")).toBe("/bot<token>/sendMessage");
  });

  it("never reach the log, whichever field they are in", () => {
    const lines: string[] = [];
    const log = createLog("debug", (line) => lines.push(line));
    log.error({ error: new Error(`x ${token}`), nested: { deep: [token] } }, `told ${token}`);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain("AAH");
    expect(JSON.parse(lines[0]!)).toMatchObject({ msg: "told <token>", error: "x <token>" });
  });
});
