import { listAudit } from "../store/audit.ts";
import { action } from "../telegram/action.ts";
import { blocks, bold, lines } from "../telegram/html.ts";
import { type Message, message } from "../telegram/message.ts";
import { whenNamed } from "../text/index.ts";
import { say, show } from "./answer.ts";
import { refuseBelow } from "./duty.ts";
import { type Area, idOf } from "./handler.ts";
import { readingOf, type Visit } from "./visit.ts";

const entriesPerPage = 15;

export const auditing: Area = {
  commands: {
    audit: { run: async (visit) => say(visit, await auditOf(visit, {})), role: "editor", privateOnly: true },
  },
  presses: {
    audit: {
      role: "editor",
      refuse: (visit) => refuseBelow(visit, "editor"),
      act: async (visit, [before]) => {
        const beforeId = idOf(before);
        await show(visit, await auditOf(visit, beforeId === null ? {} : { beforeId }));
      },
    },
  },
};

/** Who did what, the newest first; of one broadcast, or of all with the way back in time. */
export async function auditOf(visit: Visit, which: { beforeId?: number; broadcastId?: number }): Promise<Message> {
  const text = visit.text.breaking.audit;
  const entries = await listAudit(visit.app.db, { limit: entriesPerPage, ...which });
  if (entries.length === 0) return message(lines(text.none));
  const rows = entries.map(({ at, name, act, detail, broadcastId }) => {
    const named = broadcastId === null ? detail : `B-${broadcastId}${detail === "" ? "" : ` ${detail}`}`;
    return text.line(whenNamed(at, readingOf(visit)), name, text.acts[act] ?? act, named);
  });
  const more = which.broadcastId === undefined && entries.length === entriesPerPage;
  const older = { text: text.older, action: action("audit", entries.at(-1)!.id.toString(36)) };
  return message(blocks(bold(text.title), lines(...rows)), more ? [[older]] : []);
}
