import { noteAct } from "../store/audit.ts";
import { mergeStories, splitStory } from "../store/story-edit.ts";
import { currentStory, type Member, membersOfStories } from "../store/story-view.ts";
import { action } from "../telegram/action.ts";
import { clip } from "../telegram/clip.ts";
import { blocks, bold, html, lines } from "../telegram/html.ts";
import { type Button, type Message, message, numberRows } from "../telegram/message.ts";
import { whenNamed } from "../text/index.ts";
import { show } from "./answer.ts";
import { actorOf } from "./duty.ts";
import { idOf, wholeNumber } from "./handler.ts";
import { printOf } from "./print.ts";
import { readingOf, type Visit } from "./visit.ts";

/** Newest articles that can be chosen from: as many as a choice has bits on its way through a button. */
const articlesMax = 40;
const perPage = 8;
const titleColumns = 60;

/** A story's articles as they were listed, and which of them were chosen, as bits. */
type Choice = { storyId: number; list: Member[]; chosen: number; page: number };

/**
 * Splitting a story by hand: `ed:split:<story>:<what was listed>:<chosen>:<page>`. The choice lives in the buttons; when an
 * article came meanwhile, one chooses anew.
 */
export async function splitScreen(visit: Visit, [id, print, bits, page]: string[]): Promise<void> {
  const choice = await choiceOf(visit, { id, print, bits });
  if (choice === undefined) return;
  await show(visit, listMessage(visit, { ...choice, page: wholeNumber(page, 0, articlesMax) ?? 0 }));
}

/** Which articles will be a story of their own, asked once. */
export async function askSplit(visit: Visit, [id, print, bits]: string[]): Promise<void> {
  const choice = await choiceOf(visit, { id, print, bits });
  if (choice === undefined) return;
  const { list, chosen } = choice;
  const taken = takenOf(choice);
  if (taken.length === 0 || taken.length === list.length) return show(visit, listMessage(visit, choice));
  const text = visit.text.breaking.edition.split;
  const titles = taken.map((each) => `· ${clip(each.title, titleColumns)}`);
  await show(
    visit,
    message(blocks(bold(text.ask(taken.length)), lines(...titles), text.how), [
      [press(text.yes(taken.length), "splitgo", ...travelling(choice, chosen))],
      [press(text.more, "split", ...travelling(choice, chosen), "0")],
    ]),
  );
}

/** It is done, and can be undone. */
export async function doSplit(visit: Visit, [id, print, bits]: string[]): Promise<void> {
  const { app, now } = visit;
  const choice = await choiceOf(visit, { id, print, bits });
  if (choice === undefined) return;
  const text = visit.text.breaking.edition;
  const taken = takenOf(choice);
  const ids = taken.map((each) => each.id);
  const fresh = await splitStory(app.db, choice.storyId, ids, { now });
  // A second tap finds the story divided already, and the list is another.
  if (fresh === undefined) return show(visit, listMessage(visit, choice));
  app.shared.forget();
  const detail = `${taken.length} · ${taken[0]!.title}`;
  await noteAct(app.db, actorOf(visit), { act: "split", detail, now });
  await show(
    visit,
    message(lines(text.split.done(taken.length)), [
      [press(text.split.undo, "join", choice.storyId.toString(36), fresh.toString(36)), press(text.back, "list")],
    ]),
  );
}

/** The parts are one story again. */
export async function undoSplit(visit: Visit, [first, second]: string[]): Promise<void> {
  const { app, now } = visit;
  const ids = [idOf(first), idOf(second)].filter((id) => id !== null);
  const text = visit.text.breaking.edition;
  const joined = await mergeStories(app.db, ids, { now });
  app.shared.forget();
  if (joined !== undefined) {
    await noteAct(app.db, actorOf(visit), { act: "rejoined", detail: joined.toString(36), now });
  }
  await show(visit, message(lines(text.split.undone), [[press(text.back, "list")]]));
}

type Travelled = { id: string | undefined; print: string | undefined; bits: string | undefined };

async function choiceOf(visit: Visit, { id, print, bits }: Travelled): Promise<Choice | undefined> {
  const { db } = visit.app;
  const storyId = await currentStory(db, idOf(id) ?? 0);
  if (storyId === undefined) return undefined;
  const list = ((await membersOfStories(db, [storyId], articlesMax)).get(storyId) ?? []).toReversed();
  const isSame = print === printOf(list.map((each) => each.id));
  const chosen = isSame ? (idOf(bits) ?? 0) % 2 ** list.length : 0;
  return { storyId, list, chosen, page: 0 };
}

function listMessage(visit: Visit, choice: Choice): Message {
  const all = visit.text.breaking.edition;
  const text = all.split;
  const { list, chosen } = choice;
  const pages = Math.max(1, Math.ceil(list.length / perPage));
  const page = Math.min(choice.page, pages - 1);
  const shown = list.slice(page * perPage, (page + 1) * perPage);
  const rows = shown.map(({ title, source, publishedAt }, n) => {
    const at = page * perPage + n;
    const when = publishedAt === null ? "" : ` ${whenNamed(publishedAt, readingOf(visit))}`;
    const mark = isChosen(chosen, at) ? "✓ " : "";
    return html`${mark}${bold(String(at + 1))}　${clip(title, titleColumns)} · ${source}${when}`;
  });
  const toggles = shown.map((_, n) => {
    const at = page * perPage + n;
    const label = isChosen(chosen, at) ? `✓ ${at + 1}` : String(at + 1);
    return press(label, "split", ...travelling(choice, toggled(chosen, at)), String(page));
  });
  const turn = (label: string, to: number) => press(label, "split", ...travelling(choice, chosen), String(to));
  const pager =
    pages === 1
      ? []
      : [
          ...(page > 0 ? [turn("‹", page - 1)] : []),
          turn(`${page + 1}/${pages}`, page),
          ...(page < pages - 1 ? [turn("›", page + 1)] : []),
        ];
  const count = takenOf(choice).length;
  const go =
    count === 0 || count === list.length ? [] : [press(text.go(count), "splitask", ...travelling(choice, chosen))];
  return message(blocks(bold(text.title), lines(...rows)), [
    ...numberRows(toggles),
    pager,
    go,
    [press(all.back, "story", choice.storyId.toString(36))],
  ]);
}

function travelling({ storyId, list }: Choice, chosen: number): [string, string, string] {
  return [storyId.toString(36), printOf(list.map((each) => each.id)), chosen.toString(36)];
}

function takenOf({ list, chosen }: Choice): Member[] {
  return list.filter((_, at) => isChosen(chosen, at));
}

/** More than 32 bits, so without bit operators. */
function isChosen(chosen: number, at: number): boolean {
  return Math.floor(chosen / 2 ** at) % 2 === 1;
}

function toggled(chosen: number, at: number): number {
  return chosen + (isChosen(chosen, at) ? -1 : 1) * 2 ** at;
}

function press(text: string, what: string, ...args: string[]): Button {
  return { text, action: action("ed", what, ...args) };
}
