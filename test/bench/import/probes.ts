/** Milliseconds of each answer, by what was asked. */
export type Probes = Record<string, number[]>;

/** So often each is asked. */
const everyMs = 50;

type Options = { port: number; secret: string; people: { from: number; count: number } };

/** Asks a running server all the time, as people and a watchman would: /health, and `/top` by the webhook. */
export function startProbes({ port, secret, people }: Options): { stop(): Promise<Probes> } {
  const probes: Probes = { "/health": [], "a person's update": [] };
  const open = new Set<Promise<void>>();
  let n = 0;
  const ask = async (name: string, request: () => Promise<Response>): Promise<void> => {
    const from = performance.now();
    await (await request()).arrayBuffer();
    probes[name]!.push(performance.now() - from);
  };
  const timer = setInterval(() => {
    n += 1;
    const updateId = Math.floor(performance.timeOrigin / 1000) * 10 + Math.floor(performance.now());
    const asked = [
      ask("/health", () => fetch(`http://127.0.0.1:${port}/health`)),
      ask("a person's update", () =>
        fetch(`http://127.0.0.1:${port}/telegram`, {
          method: "POST",
          headers: { "content-type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secret },
          body: JSON.stringify(topUpdate(updateId, people.from + (n % people.count))),
        }),
      ),
    ];
    for (const one of asked) {
      open.add(one);
      void one.finally(() => open.delete(one));
    }
  }, everyMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
      return probes;
    },
  };
}

function topUpdate(updateId: number, id: number) {
  const from = { id, is_bot: false, first_name: "P", language_code: "en" };
  const entities = [{ type: "bot_command", offset: 0, length: 4 }];
  const chat = { id, type: "private", first_name: "P" };
  const date = Math.floor(updateId / 10);
  return { update_id: updateId, message: { message_id: 1, date, from, chat, text: "/top", entities } };
}
