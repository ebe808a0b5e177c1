import { askForDigest } from "../store/deliveries.ts";
import { listSubscriptions } from "../store/subscriptions.ts";
import { say } from "./answer.ts";
import { hasNews } from "./news.ts";
import { noNews } from "./reading.ts";
import { ensureKnown, type Visit } from "./visit.ts";

/**
 * `/digest`: what is new since the last one, now. It goes through the ledger like any other, so that tomorrow's repeats
 * nothing of it; the update's id names it, so that one question is answered once.
 */
export async function askDigest(visit: Visit, _words: string, subscriptionId?: number): Promise<void> {
  const { app, now, updateId } = visit;
  if (!(await hasNews(app))) return say(visit, await noNews(visit));
  const subscriber = await ensureKnown(visit);
  const [first] = subscriptionId === undefined ? await listSubscriptions(app.db, subscriber.id) : [];
  const ref = subscriptionId ?? first?.id ?? 0;
  await askForDigest(app.db, { subscriptionId: ref, subscriberId: subscriber.id, updateId }, now);
  app.enqueue({ kind: "deliver" });
}
