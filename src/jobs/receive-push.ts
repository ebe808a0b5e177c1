import type { App, HubDoor } from "../app.ts";
import { decodeBytes } from "../sources/encoding.ts";
import { isSigned, leaseOf, linksInHeader } from "../sources/websub.ts";
import { confirmPush, deletePush, findPush, keepPushed, refusePush } from "../store/pushes.ts";

/** A challenge is some random characters; more is no challenge. */
const challengeCharsMax = 1_024;
const reasonCharsMax = 200;
/** Below this a body is no feed: a hub that only says that there is something new. */
const feedCharsMin = 20;

/**
 * What hubs may do at a callback: ask whether we asked them (W3C WebSub, 5.3), say that they refuse, and tell what is
 * new. What they tell is kept, and read like any other read of that source.
 */
export function createHubDoor(app: Pick<App, "db" | "now" | "log" | "enqueue">): HubDoor {
  return {
    async knows(token) {
      const push = await findPush(app.db, token);
      return push === undefined ? "unknown" : push.ending ? "ending" : "open";
    },

    async confirm(token, asked) {
      const push = await findPush(app.db, token);
      const [mode, topic] = [asked.get("hub.mode"), asked.get("hub.topic")];
      if (push === undefined || topic !== push.topic) return null;
      if (mode === "denied") {
        const reason = (asked.get("hub.reason") ?? "").slice(0, reasonCharsMax);
        await refusePush(app.db, token, { reason: `refused${reason === "" ? "" : `: ${reason}`}`, now: app.now() });
        return "";
      }
      const challenge = asked.get("hub.challenge") ?? "";
      if (challenge === "" || challenge.length > challengeCharsMax) return null;
      if (mode !== (push.ending ? "unsubscribe" : "subscribe")) return null;
      if (push.ending) await deletePush(app.db, token);
      else await confirmPush(app.db, token, leaseOf(asked.get("hub.lease_seconds"), app.now()));
      return challenge;
    },

    async take(token, { body, signature, type, link }) {
      const push = await findPush(app.db, token);
      if (push === undefined || push.ending) return;
      const { hub, topic } = push;
      // The hub is answered as if all were well: whoever guesses learns nothing.
      if (!(await isSigned(body, signature, push.secret)))
        return app.log.warn({ hub, topic }, "what a hub sent is not signed with its secret");
      const about = linksInHeader(link, topic).get("self") ?? topic;
      if (about !== topic) return app.log.warn({ hub, topic, about }, "a hub told of another topic");
      const { text } = decodeBytes(body, { contentType: type });
      const kept = { text: text.length < feedCharsMin ? "" : text, digest: await digestOf(body), now: app.now() };
      if (await keepPushed(app.db, push, kept)) app.enqueue({ kind: "refresh-sources" });
    },
  };
}

async function digestOf(body: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new Uint8Array(body));
  return Array.from(new Uint8Array(hash).slice(0, 12), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
