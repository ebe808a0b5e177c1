import { serveHttp } from "#runtime";

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
  /** Asks back whoever asked it, and has their answers. */
  settled(): Promise<void>;
  close(): Promise<void>;
};

type Telling = { method?: string; type?: string; secret?: string; self?: string; signature?: string };

export async function startHub(): Promise<Hub> {
  const asked: URLSearchParams[] = [];
  const subscribers = new Map<string, Subscriber>();
  const mood: Hub["mood"] = { status: 202, leaseSeconds: 86_400, denies: false, moved: null };
  const unanswered: URLSearchParams[] = [];

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

  const { url: root, close } = await serveHttp(async (request) => {
    const form = new URLSearchParams(await request.text());
    asked.push(form);
    if (mood.moved !== null && new URL(request.url).pathname === "/") {
      return new Response(null, { status: 307, headers: { location: mood.moved } });
    }
    if (mood.status === 202) unanswered.push(form);
    return new Response(null, { status: mood.status });
  });
  const url = `${root}/`;

  return {
    ...{ url, asked, subscribers, mood },
    async publish(topic, body, { method = "sha256", type = "application/rss+xml", ...how } = {}) {
      const answers: number[] = [];
      for (const each of subscribers.values()) {
        if (each.topic !== topic) continue;
        const sent = typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body);
        const signature = await signed(sent, { method, secret: how.secret ?? each.secret });
        const headers = {
          "Content-Type": type,
          Link: `<${url}>; rel="hub", <${how.self ?? topic}>; rel="self"`,
          "X-Hub-Signature": how.signature ?? `${method}=${signature}`,
        };
        answers.push((await fetch(each.callback, { method: "POST", headers, body: sent })).status);
      }
      return answers;
    },
    async settled() {
      for (let form = unanswered.shift(); form !== undefined; form = unanswered.shift()) await askBack(form);
    },
    close,
  };
}

/** HMAC in hexadecimal; `method` as WebSub calls it. */
async function signed(
  body: Uint8Array<ArrayBuffer>,
  { method, secret }: { method: string; secret: string },
): Promise<string> {
  const algorithm = { name: "HMAC", hash: method.replace("sha", "SHA-") };
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), algorithm, false, ["sign"]);
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, body));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
