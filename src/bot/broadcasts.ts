import { broadcastCounts, listBroadcasts } from "../store/broadcasts.ts";
import { action } from "../telegram/action.ts";
import { breakingName } from "../telegram/breaking-message.ts";
import { blocks, bold, lines } from "../telegram/html.ts";
import { type Button, type Message, message } from "../telegram/message.ts";
import { say, show } from "./answer.ts";
import { refuseBelow } from "./duty.ts";
import { type Area, idOf } from "./handler.ts";
import type { Visit } from "./visit.ts";

const perPage = 8;

export const broadcasting: Area = {
  commands: {
    broadcasts: { run: async (visit) => say(visit, await listed(visit)), role: "viewer", privateOnly: true },
  },
  presses: {
    bcs: {
      role: "viewer",
      refuse: (visit) => refuseBelow(visit, "viewer"),
      act: async (visit, [before]) => show(visit, await listed(visit, idOf(before) ?? undefined)),
    },
  },
};

/** Sending and sent, the newest first; each opens its screen. */
async function listed(visit: Visit, beforeId?: number): Promise<Message> {
  const { app, now } = visit;
  const { list } = visit.text.breaking;
  const found = await listBroadcasts(app.db, { limit: perPage, ...(beforeId === undefined ? {} : { beforeId }) });
  if (found.length === 0) return message(lines(list.none));
  const rows: string[] = [];
  for (const broadcast of found) {
    const { sent, total } = await broadcastCounts(app.db, broadcast, now);
    const { headline = "" } = broadcast.texts[visit.language] ?? Object.values(broadcast.texts)[0] ?? {};
    const line = list.line(broadcast.id, breakingName(headline), visit.text.number(sent), visit.text.number(total));
    rows.push(`${line} · ${list.states[broadcast.state]}`);
  }
  const open: Button[] = found.map(({ id }) => ({
    text: list.open(id),
    action: action("bc", id.toString(36), "open"),
  }));
  const older: Button[] =
    found.length < perPage ? [] : [{ text: list.older, action: action("bcs", found.at(-1)!.id.toString(36)) }];
  return message(blocks(bold(list.title), lines(...rows)), [open.slice(0, 4), open.slice(4), older]);
}
