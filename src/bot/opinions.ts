import { isStory } from "../pages/story.ts";
import { vote, votesOf } from "../store/feedback.ts";
import { waitForNews } from "../store/news-waits.ts";
import { listedStories, numberedRows, ratingRows } from "../telegram/digest-buttons.ts";
import { lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import { feedbackText, type Reason } from "../text/feedback.ts";
import { pressedButtons, say, showButtons } from "./answer.ts";
import { type Area, idOf } from "./handler.ts";
import { openInPlace } from "./reading.ts";
import { isPrivate, type Visit } from "./visit.ts";

/** 👍 and 👎 under a story and under a digest, and "tell me when there is news". */
export const opinions: Area = {
  commands: {},
  presses: {
    like: { refuse: gone, act: (visit, args) => cast(visit, args, 1) },
    dislike: { refuse: gone, act: (visit, args) => cast(visit, args, -1) },
    rates: { act: showRatings },
    rate: { refuse: gone, act: rate },
    numbers: { act: (visit) => showButtons(visit, numberedRows(pressedButtons(visit))) },
    because: { refuse: gone, act: because },
    wait: { act: wait },
  },
};

/** A vote counts at once; 👎 asks for the reason in the same place. */
async function cast(visit: Visit, [id, ...from]: string[], value: 1 | -1): Promise<void> {
  await vote(visit.app.db, { storyId: idOf(id)!, chatId: visit.chatId, vote: value, reason: "" }, visit.now);
  await openInPlace(visit, [id!, ...from], { asksWhy: value < 0 });
}

/** 👍 👎 under a digest: its numbers become one of each for every story. */
async function showRatings(visit: Visit): Promise<void> {
  const rows = pressedButtons(visit);
  const ids = listedStories(rows).map(({ id }) => Number.parseInt(id, 36));
  await showButtons(visit, ratingRows(rows, await votesOf(visit.app.db, visit.chatId, ids), visit));
}

async function rate(visit: Visit, [id, , sign]: string[]): Promise<void> {
  const said = { storyId: idOf(id)!, chatId: visit.chatId, vote: sign === "u" ? 1 : -1, reason: "" } as const;
  await vote(visit.app.db, said, visit.now);
  await showRatings(visit);
}

async function because(visit: Visit, [id, reason = "", ...from]: string[]): Promise<void> {
  if (!(reason in feedbackText(visit.language).reasons)) return;
  const said = { storyId: idOf(id)!, chatId: visit.chatId, vote: -1 as const, reason: reason as Reason };
  await vote(visit.app.db, said, visit.now);
  await openInPlace(visit, [id!, ...from]);
}

async function gone(visit: Visit, [id]: string[]): Promise<string | null> {
  const known = idOf(id);
  return isPrivate(visit) && known !== null && (await isStory(visit.app.db, known)) ? null : visit.text.story.gone;
}

async function wait(visit: Visit): Promise<void> {
  const { app, chatId, language } = visit;
  if (!isPrivate(visit)) return;
  await waitForNews(app.db, { chatId, language });
  await say(visit, message(lines(feedbackText(language).willTell)));
}
