import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { expect, it } from "vitest";
import { createPlayground, type Playground, type PlaygroundOptions } from "../src/playground/playground.ts";
import type { RuleName } from "../src/playground/rules.ts";

export const TOKEN = "42:TESTTOKEN";
export const ANN = 1;
export const BLOCKED = 2;
export const DEACTIVATED = 3;
export const SEEN_IN_GROUP = 4;
export const STRANGER = 5;
export const A_BOT = 6;
export const OWNER = 7;
export const GROUP = -1001;
export const FORUM = -1002;
export const FORUM_AS_MEMBER = -1003;
export const KICKED = -1004;
export const LEFT = -1005;
export const DELETED = -6;
export const UPGRADED = -7;
export const UPGRADED_TO = -1007;
export const CHANNEL = -1008;
export const CHANNEL_AS_MEMBER = -1009;
export const MUTED = -1010;

export type Answer = {
  status: number;
  headers: Headers;
  ok: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: whatever a method gives; the tests say what they expect
  result: any;
  error_code?: number;
  description?: string;
  parameters?: { retry_after?: number; migrate_to_chat_id?: number };
};

/** A playground on loopback with a scene of people and chats in every state. */
export type Scene = {
  pg: Playground;
  url: string;
  call: (method: string, params?: object | FormData) => Promise<Answer>;
  /** The text, entities and all, that Ann has after a sendMessage. */
  send: (text: string, more?: object) => Promise<Answer>;
  close: () => Promise<void>;
};

export async function openScene(options: Partial<PlaygroundOptions> = {}): Promise<Scene> {
  const pg = createPlayground({ now: () => new Date("2026-11-22T06:00:00Z"), token: TOKEN, flood: null, ...options });
  people(pg);
  chats(pg);
  const server = serve({ fetch: pg.app.fetch, hostname: "127.0.0.1", port: 0 });
  await new Promise<void>((resolve) => server.once("listening", () => resolve()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const call = async (method: string, params: object | FormData = {}): Promise<Answer> => {
    const isForm = params instanceof FormData;
    const response = await fetch(`${url}/bot${TOKEN}/${method}`, {
      method: "POST",
      ...(isForm ? {} : { headers: { "content-type": "application/json" } }),
      body: isForm ? params : JSON.stringify(params),
    });
    const body = (await response.json()) as Omit<Answer, "status" | "headers">;
    return { ...body, status: response.status, headers: response.headers };
  };
  return {
    pg,
    url,
    call,
    send: (text, more = {}) => call("sendMessage", { chat_id: ANN, text, ...more }),
    close: () => {
      pg.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A test of one rule by name: whatever it does, the rule must have been enforced in its scene. */
export function rule(
  name: RuleName,
  run: (scene: Scene) => Promise<void>,
  options: Partial<PlaygroundOptions> = {},
): void {
  it(`rule ${name}`, async () => {
    const scene = await openScene(options);
    try {
      await run(scene);
      expect(scene.pg.counters.rules.get(name) ?? 0, `the rule ${name} was enforced`).toBeGreaterThan(0);
    } finally {
      await scene.close();
    }
  });
}

/** A rule whose refusal is seen with one call. */
export function refuses(
  name: RuleName,
  wish: { method: string; params: object | FormData | ((scene: Scene) => object | Promise<object>) },
  description: string,
): void {
  rule(name, async (scene) => {
    const params = typeof wish.params === "function" ? await wish.params(scene) : wish.params;
    const answer = await scene.call(wish.method, params);
    expect(answer).toMatchObject({ ok: false, description });
    const code = /^Forbidden/.test(description) ? 403 : 400;
    expect([answer.error_code, answer.status]).toEqual([code, code]);
  });
}

/** The code points, entities and markup bytes of nothing in particular: `n` links with long addresses. */
export function links(n: number, bytesEach: number): string {
  return Array.from({ length: n }, (_, i) => `<a href="https://e.example.org/${"p".repeat(bytesEach)}${i}">x</a>`).join(
    " ",
  );
}

function people(pg: Playground): void {
  pg.addPerson({ id: ANN, firstName: "Ann", language: "en", started: true });
  pg.addPerson({ id: BLOCKED, firstName: "Bo", started: true });
  pg.addPerson({ id: DEACTIVATED, firstName: "Cy", started: true });
  pg.addPerson({ id: SEEN_IN_GROUP, firstName: "Di" });
  pg.addPerson({ id: STRANGER, firstName: "Ed" });
  pg.addPerson({ id: A_BOT, firstName: "Robot", isBot: true });
  pg.addPerson({ id: OWNER, firstName: "Olga", started: true });
  pg.acts.block(BLOCKED);
  pg.world.chats.get(DEACTIVATED)!.person!.deactivated = true;
}

function chats(pg: Playground): void {
  const members = [
    { id: OWNER, status: "creator" as const, anonymous: true },
    { id: ANN, status: "member" as const },
    { id: SEEN_IN_GROUP, status: "member" as const },
  ];
  pg.addChat({ id: GROUP, type: "supergroup", title: "Group", bot: "member", members });
  pg.addChat({ id: FORUM, type: "supergroup", title: "Forum", isForum: true, bot: "administrator", members });
  pg.addChat({ id: FORUM_AS_MEMBER, type: "supergroup", title: "Forum 2", isForum: true, bot: "member", members });
  pg.addChat({ id: KICKED, type: "supergroup", title: "Kicked", bot: "kicked", members });
  pg.addChat({ id: LEFT, type: "supergroup", title: "Left", bot: "left", members });
  pg.addChat({ id: DELETED, type: "group", title: "Deleted", bot: "member", members }).deleted = true;
  pg.addChat({ id: UPGRADED, type: "group", title: "Small", bot: "member", members });
  pg.acts.upgradeGroup(UPGRADED, UPGRADED_TO);
  pg.addChat({
    id: CHANNEL,
    type: "channel",
    title: "Channel",
    username: "the_channel",
    bot: "administrator",
    members,
  });
  pg.addChat({ id: CHANNEL_AS_MEMBER, type: "channel", title: "Channel 2", bot: "member", members });
  pg.addChat({ id: MUTED, type: "supergroup", title: "Muted", bot: "member", members }).botMaySend = false;
}
