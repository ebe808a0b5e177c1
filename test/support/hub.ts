import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

type Subscriber = { callback: string; topic: string; secret: string; leaseSeconds: number };

/** A WebSub hub as the standard has it, on loopback: it takes requests, asks back, and tells its subscribers. */
export type Hub = {
  url: string;
  /** Every request to it, as it came. */
  asked: URLSearchParams[];
  subscribers: Map<string, Subscriber>;
  /** How it behaves. */
  mood: { status: number; leaseSeconds: number; denies: boolean; moved: string | null };
  /** Tells every subscriber of a topic; what they answered. */
  publish(topic: string, body: string | Uint8Array, how?: Telling): Promise<number[]>;
  /** Resolves when all that it asks back is answered. */
  settled(): Promise<void>;
  close(): void;
};

type Telling = { method?: string; type?: string; secret?: string; self?: string; signature?: string };

export async function startHub(): Promise<Hub> {
  const asked: URLSearchParams[] = [];
  const subscribers = new Map<string, Subscriber>();
  const mood: Hub["mood"] = { status: 202, leaseSeconds: 86_400, denies: false, moved: null };
  const asking = new Set<Promise<unknown>>();

  async function askBack(form: URLSearchParams): Promise<void> {
    const get = (name: string) => form.get(`hub.${name}`) ?? "";
    const [mode, topic, callback] = [get("mode"), get("topic"), get("callback")];
    if (mood.denies) {
      await fetch(
        `${callback}?${new URLSearchParams({ "hub.mode": "denied", "hub.topic": topic, "hub.reason": "full" })}`,
      );
      return;
    }
    const challenge = `c-${Math.random().toString(36).slice(2)}`;
    const lease = { "hub.lease_seconds": String(mood.leaseSeconds) };
    const question = { "hub.mode": mode, "hub.topic": topic, "hub.challenge": challenge };
    const query = new URLSearchParams(mode === "subscribe" ? { ...question, ...lease } : question);
    const answer = await fetch(`${callback}?${query}`);
    if (!answer.ok || (await answer.text()) !== challenge) return;
    if (mode === "unsubscribe") subscribers.delete(callback);
    else subscribers.set(callback, { callback, topic, secret: get("secret"), leaseSeconds: mood.leaseSeconds });
  }

  const server: Server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    const form = new URLSearchParams(body);
    asked.push(form);
    if (mood.moved !== null && request.url === "/") {
      response.writeHead(307, { location: mood.moved }).end();
      return;
    }
    response.writeHead(mood.status).end();
    if (mood.status !== 202) return;
    const question = askBack(form).catch(() => undefined);
    asking.add(question);
    void question.finally(() => asking.delete(question));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  return {
    ...{ url, asked, subscribers, mood },
    async publish(topic, body, { method = "sha256", type = "application/rss+xml", ...how } = {}) {
      const answers: number[] = [];
      for (const each of subscribers.values()) {
        if (each.topic !== topic) continue;
        const signature = createHmac(method, how.secret ?? each.secret)
          .update(body)
          .digest("hex");
        const headers = {
          "Content-Type": type,
          Link: `<${url}>; rel="hub", <${how.self ?? topic}>; rel="self"`,
          "X-Hub-Signature": how.signature ?? `${method}=${signature}`,
        };
        const sent = typeof body === "string" ? body : new Uint8Array(body);
        answers.push((await fetch(each.callback, { method: "POST", headers, body: sent })).status);
      }
      return answers;
    },
    async settled() {
      while (asking.size > 0) await Promise.all(asking);
    },
    close: () => void server.close(),
  };
}
