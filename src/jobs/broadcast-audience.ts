import { breathe } from "../breathe.ts";
import { readHours } from "../news/quiet.ts";
import { audienceSlice, audienceSliceMax, dueFor } from "../store/broadcast-audience.ts";
import { endEnqueuing, enqueueSlice } from "../store/broadcast-rows.ts";
import { findBroadcast } from "../store/broadcasts.ts";
import type { BroadcastApp } from "./broadcast.ts";

/**
 * Puts everybody whom a broadcast is for into the ledger, in slices between which others get their turn. It goes on
 * where it was, also when the broadcast was stopped: then the ledger says of everybody that they were left out. `signal`
 * ends it after a slice.
 */
export async function enqueueAudience(
  app: Pick<BroadcastApp, "config" | "db" | "now" | "enqueue">,
  id: number,
  signal?: AbortSignal,
): Promise<void> {
  const night = readHours(app.config.NIGHT_HOURS);
  const mornings = new Map<string, Date | null>();
  while (signal?.aborted !== true) {
    const broadcast = await findBroadcast(app.db, id);
    if (broadcast === undefined || broadcast.enqueued) return;
    if (broadcast.startedAt === null) return;
    // Who sleeps is decided as of the beginning, however long this takes.
    const now = broadcast.startedAt ?? app.now();
    const { audience, cursor: afterId } = broadcast;
    const slice = await audienceSlice(app.db, { audience, afterId, now });
    const rows = slice.flatMap((reader) => {
      const dueAt = dueFor(broadcast, reader, { now, night, mornings });
      return dueAt === null ? [] : [{ subscriberId: reader.id, dueAt }];
    });
    if (slice.length > 0) await enqueueSlice(app.db, broadcast, { rows, cursor: slice.at(-1)!.id, now: app.now() });
    app.enqueue({ kind: "deliver" });
    if (slice.length < audienceSliceMax) return endEnqueuing(app.db, id);
    await breathe();
  }
}
