import { composeDigest } from "../digest/compose.ts";
import { editStory, storyEditsNow } from "../store/edits.ts";
import { storyView } from "../store/story-view.ts";
import { minuteReaders, popularMinutes } from "../store/subscriptions-due.ts";
import { action } from "../telegram/action.ts";
import { renderDigest } from "../telegram/digest-message.ts";
import { blocks, bold, html, lines } from "../telegram/html.ts";
import { type Button, type Message, message, numberRows } from "../telegram/message.ts";
import { ask, say, show } from "./answer.ts";
import { actorOf, hasRole, refuseBelow } from "./duty.ts";
import { askSplit, doSplit, splitScreen, undoSplit } from "./edition-split.ts";
import { type Area, idOf } from "./handler.ts";
import { readingOf, timezoneOf, type Visit } from "./visit.ts";

/** Stories that the usual digest tells. */
const storiesShown = 8;
const aheadMs = 24 * 3_600_000;
const titleCharsMax = 120;

/** What the buttons do with which a story is divided. */
const splits: Record<string, (visit: Visit, args: string[]) => Promise<void>> = {
  split: splitScreen,
  splitask: askSplit,
  splitgo: doSplit,
  join: undoSplit,
};

/** The editors' desk: the next large digest, before it goes out. */
export const desk: Area = {
  commands: {
    edition: { run: async (visit) => say(visit, (await draft(visit)).message), role: "editor", privateOnly: true },
  },
  presses: {
    ed: {
      role: "editor",
      refuse: (visit) => refuseBelow(visit, "editor"),
      act: async (visit, [what = "", ...args]) => {
        const splitting = Object.hasOwn(splits, what) ? splits[what] : undefined;
        return splitting === undefined ? act(visit, what, idOf(args[0])) : splitting(visit, args);
      },
    },
  },
};

/** A new headline, as an answer to our question. False when the question was another's. */
export async function answerTitle(visit: Visit, what: string, words: string): Promise<boolean> {
  const id = what.startsWith("ed:title:") ? idOf(what.slice("ed:title:".length)) : null;
  if (id === null || !(await hasRole(visit, "editor"))) return false;
  const text = words.replace(/\s+/g, " ").trim().slice(0, titleCharsMax);
  const language = visit.language;
  await editStory(visit.app.db, id, { change: { title: { language, text } }, actor: actorOf(visit), now: visit.now });
  await say(visit, (await draft(visit)).message);
  return true;
}

async function act(visit: Visit, what: string, id: number | null): Promise<void> {
  const text = visit.text.breaking.edition;
  if (what === "list") return show(visit, (await draft(visit)).message);
  if (what === "sample") {
    for (const part of (await draft(visit)).digest) await say(visit, part);
    return;
  }
  if (id === null) return;
  if (what === "story") return show(visit, await storyMenu(visit, id));
  if (what === "title") return ask(visit, message(lines(text.askTitle)), `ed:title:${id.toString(36)}`);
  const changes: Record<string, { pinned: boolean } | { dropped: boolean }> = {
    pin: { pinned: true },
    unpin: { pinned: false },
    drop: { dropped: true },
    back: { dropped: false },
  };
  const change = changes[what];
  if (change === undefined) return;
  await editStory(visit.app.db, id, { change, actor: actorOf(visit), now: visit.now });
  await show(visit, (await draft(visit)).message);
}

/** The next large digest as it stands now, for a reader who had nothing yet. */
async function draft(visit: Visit): Promise<{ message: Message; digest: Message[] }> {
  const { app, now, language } = visit;
  const text = visit.text.breaking.edition;
  const until = new Date(now.getTime() + aheadMs);
  const [largest] = await popularMinutes(app.db, { now, until, limit: 1 });
  if (largest === undefined) return { message: message(lines(text.none)), digest: [] };
  const timezone = timezoneOf(visit);
  const edition = await composeDigest(app.db, {
    subscriber: { id: 0, timezone, newsLanguages: language },
    subscription: { rule: "daily", minute: 480, count: storiesShown + 1, query: "", summaries: true },
    slot: largest.at,
    now,
  });
  const edits = await storyEditsNow(app.db, now);
  const shown = edition.stories.slice(0, storiesShown);
  const next = edition.stories[storiesShown];
  const rows = shown.map(
    (story, n) => html`${bold(`${n + 1}`)}　${story.title}${edits.pinned.includes(story.storyId) ? text.pinned : ""}`,
  );
  const dropped: { id: number; title: string }[] = [];
  for (const id of [...edits.dropped].slice(0, 4)) {
    const view = await storyView(app.db, id, { now, language });
    if (view !== undefined) dropped.push({ id, title: [...view.title].slice(0, 16).join("") });
  }
  const when = visit.text.coming(largest.at, readingOf(visit));
  const { same, languages, wishes } = await readersOf(visit, largest.at);
  const others = languages + wishes === 0 ? null : text.others(languages + wishes, languages, wishes);
  const body = blocks(
    lines(bold(text.title(when, visit.text.number(same))), others),
    rows.length === 0 ? text.empty : lines(...rows),
    next === undefined ? null : text.next(next.title),
    dropped.length === 0 ? null : text.droppedLine(dropped.map((each) => each.title).join(visit.text.comma)),
  );
  const numbers = shown.map((story, n) => press(String(n + 1), "story", story.storyId));
  const options = { language, kind: "private" as const, botUsername: app.me.username, subscriptionId: null };
  return {
    message: message(body, [
      ...numberRows(numbers),
      ...dropped.map(({ id, title }) => [press(text.putBack(title), "back", id)]),
      [press(text.again, "list"), press(text.sample, "sample")],
    ]),
    digest: renderDigest({ ...edition, count: storiesShown, stories: shown }, options),
  };
}

/**
 * How many get the digest as it is drawn here, and how many one of the same minute that looks otherwise: of other
 * languages, or with subjects, sources or a language of their own.
 */
async function readersOf({ app, language }: Visit, at: Date): Promise<Record<"same" | "languages" | "wishes", number>> {
  const sums = { same: 0, languages: 0, wishes: 0 };
  for (const { news, wishes, digests } of await minuteReaders(app.db, at)) {
    sums[wishes ? "wishes" : news === language ? "same" : "languages"] += digests;
  }
  return sums;
}

async function storyMenu(visit: Visit, id: number): Promise<Message> {
  const text = visit.text.breaking.edition;
  const view = await storyView(visit.app.db, id, { now: visit.now, language: visit.language });
  if (view === undefined) return (await draft(visit)).message;
  const edits = await storyEditsNow(visit.app.db, visit.now);
  const title = edits.titles.get(id)?.[visit.language] ?? view.title;
  const pin = edits.pinned.includes(id) ? press(text.unpin, "unpin", id) : press(text.pin, "pin", id);
  return message(lines(bold(title)), [
    [pin, press(text.drop, "drop", id)],
    [press(text.retitle, "title", id), ...(view.members.length > 1 ? [press(text.split.open, "split", id)] : [])],
    [press(text.back, "list")],
  ]);
}

function press(text: string, what: string, id?: number): Button {
  return { text, action: action("ed", what, ...(id === undefined ? [] : [id.toString(36)])) };
}
