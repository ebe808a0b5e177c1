import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deliver } from "../src/jobs/deliver.ts";
import { createReceiver } from "../src/jobs/receive.ts";
import type { Db } from "../src/store/db.ts";
import { endLeases } from "../src/store/deliveries-settle.ts";
import { deliveries, shown, updates } from "../src/store/schema.ts";
import { openSqlite, type SqliteStore } from "../src/store/sqlite.ts";
import { tempFolder } from "./support/host.ts";
import { composePlain, openSender, queueDigest, type Sender } from "./support/sender.ts";

/** How long this disk takes, in which the program goes on. */
const syncMs = 3;
const chats = 150;

let folder: ReturnType<typeof tempFolder>;
let sender: Sender;
let disk: ReturnType<typeof createDisk>;
let store: SqliteStore;

beforeEach(async () => {
  folder = tempFolder();
  sender = await openSender({ latencyMs: 5 });
  disk = createDisk(folder.path);
  const filling = openSqlite(disk.file, { durability: "normal" });
  await fill(filling.db);
  filling.close();
  store = openSqlite(disk.file, { sync: disk.sync });
});
afterEach(async () => {
  store.close();
  await sender.close();
  folder.remove();
});

/**
 * A disk that keeps nothing of the log but what it was told to sync, and that only once the sync has ended: what stands
 * in the files at its beginning is copied, and is what a power cut leaves from its end on.
 */
function createDisk(folder: string) {
  const file = join(folder, "live.db");
  let begun = 0;
  let left: string | null = null;
  let powered = true;
  return {
    file,
    sync: async () => {
      if (!powered) await new Promise(() => undefined);
      begun += 1;
      const kept = join(folder, `kept-${begun}`);
      mkdirSync(kept);
      for (const suffix of ["", "-wal"]) {
        if (existsSync(file + suffix)) copyFileSync(file + suffix, join(kept, `live.db${suffix}`));
      }
      await new Promise((resolve) => setTimeout(resolve, syncMs));
      if (!powered) await new Promise(() => undefined);
      left = kept;
    },
    /** The folder of what is left when the power goes now. */
    left: () => left!,
    /** The power goes: no sync ends any more, so that whoever waits for one goes no further. */
    cut: () => {
      powered = false;
    },
    /** Opens a copy of it, so that it stays as it is. */
    open: (from: string) => {
      const copy = join(folder, `opened-${from.split("-").at(-1)}-${performance.now()}`);
      mkdirSync(copy);
      for (const suffix of ["", "-wal"]) {
        if (existsSync(join(from, `live.db${suffix}`))) {
          copyFileSync(join(from, `live.db${suffix}`), join(copy, `live.db${suffix}`));
        }
      }
      return openSqlite(join(copy, "live.db"));
    },
  };
}

async function fill(db: Db): Promise<void> {
  const now = new Date();
  for (let chatId = 1; chatId <= chats; chatId += 1) {
    sender.playground.addPerson({ id: chatId, firstName: `P${chatId}`, started: true });
    await queueDigest(db, { chatId, now });
  }
}

const stateOf = { sent: "gone", unknown: "gone", sending: "gone", queued: "here", claimed: "here" } as const;

describe("when the power goes", () => {
  it("no message has gone out whose row would not say so", async () => {
    const taken: { chatId: number; left: string }[] = [];
    sender.playground.listen((event) => {
      if (event.type === "message") taken.push({ chatId: event.chatId, left: disk.left() });
    });
    await deliver({ ...sender.app, db: store.db }, { compose: composePlain, inFlight: 40 });
    expect(taken).toHaveLength(chats);
    const states = new Map<string, Map<number, string>>();
    for (const { left } of taken) {
      if (states.has(left)) continue;
      const after = disk.open(left);
      const rows = await after.db.select().from(deliveries);
      states.set(left, new Map(rows.map((row) => [row.subscriberId, row.state])));
      after.close();
    }
    // Subscribers are made in the order of their chats, so that the ids are the same.
    const untold = taken.filter(({ chatId, left }) => {
      const state = states.get(left)!.get(chatId);
      return stateOf[state as keyof typeof stateOf] !== "gone";
    });
    expect(untold).toEqual([]);
    expect(states.size).toBeGreaterThan(2);
  });

  it.each([10, 60, 120])(
    "after %i messages: nobody gets it twice, whoever may have been missed is listed",
    async (n) => {
      let taken = 0;
      const cut = new Promise<void>((resolve) => {
        sender.playground.listen((event) => {
          if (event.type !== "message") return;
          taken += 1;
          if (taken !== n) return;
          disk.cut();
          resolve();
        });
      });
      void deliver({ ...sender.app, db: store.db }, { compose: composePlain, inFlight: 40 });
      await cut;
      const left = disk.left();
      // What was on its way still arrives.
      await new Promise((resolve) => setTimeout(resolve, 100));
      const after = disk.open(left);
      await endLeases(after.db, new Date());
      await deliver({ ...sender.app, db: after.db }, { compose: composePlain });
      const rows = await after.db.select().from(deliveries);
      const unknown = new Set(rows.filter((row) => row.state === "unknown").map((row) => row.subscriberId));
      const had = await after.db.select().from(shown);
      after.close();
      const got = Array.from({ length: chats }, (_, i) => sender.texts(i + 1).length);
      expect(got.filter((messages) => messages > 1)).toEqual([]);
      expect(got.flatMap((messages, i) => (messages === 0 && !unknown.has(i + 1) ? [i + 1] : []))).toEqual([]);
      // In doubt is what was in flight and what had just ended: two commits' worth at the most.
      expect(unknown.size).toBeLessThanOrEqual(80);
      expect(new Set(had.map((row) => row.subscriberId)).size).toBe(chats);
    },
  );

  it("an update that was acknowledged is kept", async () => {
    const receive = createReceiver({ db: store.db, now: () => new Date(), enqueue: () => undefined });
    const acknowledged: { id: number; left: string }[] = [];
    await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        await new Promise((resolve) => setTimeout(resolve, n));
        await receive({ update_id: n } as never);
        acknowledged.push({ id: n, left: disk.left() });
      }),
    );
    for (const left of new Set(acknowledged.map((each) => each.left))) {
      const after = disk.open(left);
      const kept = new Set((await after.db.select({ id: updates.id }).from(updates)).map((row) => row.id));
      after.close();
      expect(acknowledged.filter((each) => each.left === left && !kept.has(each.id))).toEqual([]);
    }
  });
});
