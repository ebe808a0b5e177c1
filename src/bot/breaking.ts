import { createBroadcast, findBroadcast } from "../store/broadcasts.ts";
import { quietProposal } from "../store/proposals.ts";
import type { Role } from "../store/schema.ts";
import { lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import { ask, say } from "./answer.ts";
import { answerAudience } from "./breaking-audience.ts";
import {
  answerSendTime,
  answerText,
  type CheckAct,
  checkActs,
  previewCheck,
  undo,
  wordingProblem,
} from "./breaking-check.ts";
import { answerCorrection } from "./breaking-correct.ts";
import { type Drafted, draftOfStory, draftOfWritten, storyMeant, writtenOf } from "./breaking-draft.ts";
import { answerWhy } from "./breaking-recall.ts";
import { runActs } from "./breaking-run.ts";
import { showRun } from "./breaking-screen.ts";
import { actorOf, hasRole, refuseBelow } from "./duty.ts";
import { type Area, idOf } from "./handler.ts";
import { originOf, type Visit } from "./visit.ts";

/** What one who only looks may press. */
const looking = ["open", "failures", "record"];
const acts: Record<string, CheckAct> = {
  ...checkActs,
  ...runActs,
  undo,
  open: async (visit, broadcast) =>
    broadcast.state === "draft" ? previewCheck(visit, broadcast) : showRun(visit, broadcast.id),
};

export const breaking: Area = {
  commands: { breaking: { run: breakingCommand, role: "editor", privateOnly: true } },
  presses: {
    bc: {
      role: "viewer",
      refuse: async (visit, [, what = ""]) => {
        const wanted: Role = looking.includes(what) ? "viewer" : "editor";
        return refuseBelow(visit, wanted);
      },
      act: async (visit, [id, what = "", ...args]) => {
        const broadcast = await findBroadcast(visit.app.db, idOf(id) ?? 0);
        const act = Object.hasOwn(acts, what) ? acts[what] : undefined;
        if (broadcast !== undefined) await act?.(visit, broadcast, args);
      },
    },
    bnew: {
      role: "editor",
      refuse: (visit) => refuseBelow(visit, "editor"),
      act: async (visit, [id]) => {
        const drafted = await draftOfStory(visit, idOf(id) ?? 0);
        if (drafted === undefined) return say(visit, message(lines(visit.text.breaking.noStory)));
        await preview(visit, drafted);
      },
    },
    bquiet: {
      role: "editor",
      refuse: (visit) => refuseBelow(visit, "editor"),
      act: async (visit, [id]) => {
        await quietProposal(visit.app.db, idOf(id) ?? 0, visit.now);
        await say(visit, message(lines(visit.text.breaking.proposal.quieted)));
      },
    },
  },
};

/** An answer to a question of a broadcast: "bc:text:<id>:zh". False when the question was another's. */
export async function answerBreaking(visit: Visit, what: string, words: string): Promise<boolean> {
  const [head, kind, id, language] = what.split(":");
  if (head !== "bc" || !(await hasRole(visit, "editor"))) return false;
  if (kind === "new") {
    await breakingCommand(visit, words);
    return true;
  }
  const broadcast = await findBroadcast(visit.app.db, idOf(id) ?? 0);
  if (broadcast === undefined) return true;
  if (kind === "text" && (language === "zh" || language === "en")) await answerText(visit, broadcast, language);
  else if (kind === "aud") await answerAudience(visit, broadcast, words);
  else if (kind === "time") await answerSendTime(visit, broadcast, words);
  else if (kind === "fix") await answerCorrection(visit, broadcast.id);
  else if (kind === "why") await answerWhy(visit, broadcast.id);
  return true;
}

/** `/breaking` with a text, a story's number, an address, or as an answer to a message. */
async function breakingCommand(visit: Visit, words: string): Promise<void> {
  const text = visit.text.breaking;
  if (words !== "") {
    const story = await storyMeant(visit, words);
    if (story !== null) {
      const drafted = story === undefined ? undefined : await draftOfStory(visit, story);
      return drafted === undefined ? say(visit, message(lines(text.noStory))) : preview(visit, drafted);
    }
  }
  const written = writtenOf(visit, words);
  if (written === null) return ask(visit, message(lines(text.ask)), "bc:new");
  if (written.text.trim() === "") return say(visit, message(lines(text.empty)));
  await preview(visit, await draftOfWritten(visit, written));
}

async function preview(visit: Visit, drafted: Drafted): Promise<void> {
  const { app, chatId, now } = visit;
  const problem = wordingProblem(visit, drafted);
  if (problem !== null) return say(visit, message(lines(problem)));
  const { userId, name: userName } = actorOf(visit);
  const origin = originOf(visit, ":breaking");
  const broadcast = await createBroadcast(app.db, { ...drafted, origin, userId, userName, chatId }, now);
  await previewCheck(visit, broadcast);
}
