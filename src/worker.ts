import { createHandlers } from "./worker/handlers.ts";

export { GateObject } from "./worker/gate-object.ts";

/** Cloudflare's entry: Telegram's webhook and readers' pages, a tick a minute, jobs from the queue. */
export default createHandlers({
  now: () => new Date(),
  random: Math.random,
  // The platform's own fetch wants to be called as a global's.
  fetch: (input, init) => fetch(input, init),
});
