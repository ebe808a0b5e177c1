import { readConfig } from "../../src/config.ts";
import { runBroadcasts } from "../../src/jobs/broadcast.ts";
import { runRounds } from "../../src/jobs/broadcast-round.ts";
import { createComposer } from "../../src/jobs/compose-delivery.ts";
import { deliver } from "../../src/jobs/deliver.ts";
import { createRunner, type Runner } from "../../src/jobs/run.ts";
import { type Broadcast, createBroadcast, moveBroadcast } from "../../src/store/broadcasts.ts";
import type { BroadcastState } from "../../src/store/schema.ts";
import { subscribers } from "../../src/store/schema.ts";
import { openSender, type Sender, type SenderOptions } from "./sender.ts";

export const editor = { userId: 1, name: "Ed" };

export type Desk = Sender & {
  runner: Runner;
  /** As many readers, who read English and Chinese in turn. */
  readers(count: number, options?: { timezone?: string }): Promise<number[]>;
  /** A draft with a text in both languages. */
  draft(origin: string, more?: Partial<Broadcast>): Promise<Broadcast>;
  /** Begins it now, as the end of a countdown does. */
  begin(id: number): Promise<void>;
  move(id: number, from: BroadcastState, to: BroadcastState): Promise<boolean>;
  /** Every message and edit that a chat has now. */
  chat(chatId: number): string[];
};

/** Broadcasts over a real file and real HTTP: their jobs run as the program runs them. */
export async function openDesk(options: SenderOptions = {}): Promise<Desk> {
  const sender = await openSender(options);
  const me = { id: 1_000_000_002, username: "tidings_bot", first_name: "tidings" };
  const app = {
    ...sender.app,
    config: readConfig({}),
    me,
    enqueue: (job: { kind: string }) => runner.enqueue(job as never),
  };
  const ending = new AbortController();
  const compose = createComposer(app);
  const runner = createRunner(
    async (job) => {
      if (job.kind === "broadcast") await runBroadcasts(app, ending.signal);
      else if (job.kind === "broadcast-round") await runRounds(app, ending.signal);
      else if (job.kind === "deliver") await deliver(app, { compose, signal: ending.signal });
    },
    (_, error) => sender.logged.push(error instanceof Error ? `${error.stack}` : String(error)),
  );
  return {
    ...sender,
    runner,
    readers: async (count, { timezone = noonZone() } = {}) => {
      const at = new Date();
      const ids = Array.from({ length: count }, (_, n) => 10_000 + n);
      for (const id of ids) sender.playground.addPerson({ id, firstName: `P${id}`, started: true });
      for (let n = 0; n < ids.length; n += 5) {
        const rows = ids.slice(n, n + 5).map((chatId) => ({
          chatId,
          kind: "private" as const,
          language: chatId % 2 === 0 ? ("zh" as const) : ("en" as const),
          newsLanguages: "both" as const,
          timezone,
          stateAt: at,
          createdAt: at,
        }));
        await sender.db.insert(subscribers).values(rows);
      }
      return ids;
    },
    draft: async (origin, more = {}) => {
      const fresh = {
        origin,
        userId: editor.userId,
        userName: editor.name,
        chatId: editor.userId,
        storyId: null,
        articleIds: [],
        url: null,
        photo: null,
        texts: { zh: textOf("海堤出现管涌"), en: textOf("Sea wall leaks") },
        ...more,
      };
      return createBroadcast(sender.db, fresh, new Date());
    },
    begin: async (id) => {
      const at = new Date(Date.now() - 1_000);
      const change = { state: "countdown" as const, dueAt: at };
      await moveBroadcast(sender.db, id, {
        from: ["draft"],
        change,
        now: at,
        actor: editor,
        act: { act: "confirmed" },
      });
      runner.enqueue({ kind: "broadcast" });
    },
    move: async (id, from, to) => {
      const move = { from: [from], change: { state: to }, now: new Date(), actor: editor, act: { act: to } };
      const moved = await moveBroadcast(sender.db, id, move);
      runner.enqueue({ kind: "broadcast" });
      return moved !== undefined;
    },
    chat: (chatId) => sender.playground.botMessages(chatId).map((each) => each.text ?? each.caption ?? ""),
    close: async () => {
      ending.abort();
      await runner.stop();
      await sender.close();
    },
  };
}

export function textOf(headline: string, note?: string) {
  return { headline, body: "", by: "", at: null, ...(note === undefined ? {} : { note }) };
}

/** A zone where it is day now, whenever the tests run. */
export function noonZone(): string {
  const ahead = 12 - new Date().getUTCHours();
  // Etc's signs are the other way round.
  return ahead === 0 ? "UTC" : `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
}

export function nightZone(): string {
  const hour = new Date().getUTCHours();
  const ahead = hour <= 14 ? 2 - hour : 26 - hour;
  return ahead === 0 ? "UTC" : `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
}
