import { describe, expect, it } from "vitest";
import { readHours } from "../src/news/quiet.ts";
import { dueFor } from "../src/store/broadcast-audience.ts";
import { textOf } from "./support/broadcasting.ts";

describe("the night", () => {
  const reader = { id: 1, kind: "private" as const, language: "en" as const, timezone: "UTC" };
  const usual = { ...reader, level: null, silent: null, night: null };
  const item = { texts: { en: textOf("Leak") }, missing: {}, level: "usual" as const, asleep: "wait" as const };
  const due = (hours: string, time: string, more = {}) => {
    const now = new Date(`2026-11-22T${time}:00Z`);
    return dueFor(item, { ...usual, ...more }, { now, night: readHours(hours), mornings: new Map() });
  };

  it("is of the settings' hours, passes midnight, and can be none; who wants it rung is rung", () => {
    expect(due("23:00-07:00", "23:00")).toEqual(new Date("2026-11-23T07:00:00Z"));
    expect(due("23:00-07:00", "07:00")).toEqual(new Date("2026-11-22T07:00:00Z"));
    expect(due("22:30-06:15", "22:45")).toEqual(new Date("2026-11-23T06:15:00Z"));
    expect(due("22:30-06:15", "06:20")).toEqual(new Date("2026-11-22T06:20:00Z"));
    expect(due("00:00-00:00", "03:00")).toEqual(new Date("2026-11-22T03:00:00Z"));
    expect(due("23:00-07:00", "03:00", { night: "ring" })).toEqual(new Date("2026-11-22T03:00:00Z"));
  });
});
