import { readWish, type Wish, wishNamesMax, writeWish } from "../news/wish.ts";
import { listSourceNames } from "../store/sources.ts";
import { allSubjects } from "../store/subjects.ts";
import { changeSubscription } from "../store/subscriptions.ts";
import { lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import { renderLanguageChoice, renderSourceChoice, renderSubjectChoice } from "../telegram/wish-message.ts";
import { say, show } from "./answer.ts";
import { onOne, optionsFor, ownOf } from "./digest-edits.ts";
import { type Own, viewOf } from "./digests.ts";
import { type Area, idOf, wholeNumber } from "./handler.ts";
import type { Visit } from "./visit.ts";

const pagesMax = 1_000;

/** What a digest is about: subjects, sources and languages, in and out with a tap. */
export const wishes: Area = {
  commands: {},
  presses: {
    subwish: onOne((visit, own, [, what, page]) => showChoice(visit, own, what, page)),
    wish: onOne(toggle),
  },
};

async function showChoice(visit: Visit, own: Own, what: string | undefined, page: string | undefined): Promise<void> {
  const { db } = visit.app;
  const options = optionsFor(visit, own);
  const choosing = { view: viewOf(own), wish: readWish(own.subscription.query) };
  if (what === "l") return show(visit, renderLanguageChoice(choosing, options));
  if (what === "s") return show(visit, renderSubjectChoice(choosing, await allSubjects(db), options));
  const at = wholeNumber(page, 1, pagesMax) ?? 1;
  await show(visit, renderSourceChoice(choosing, await listSourceNames(db), { ...options, page: at }));
}

async function toggle(visit: Visit, own: Own, [, what, which = "", page]: string[]): Promise<void> {
  const wish = readWish(own.subscription.query);
  const next = await changed(visit, wish, { what, which });
  if (next === null) return;
  if ([next.subjects, next.withoutSubjects, next.sources, next.without].flat().length >= wishNamesMax) {
    return say(visit, message(lines(visit.text.subscriptions.wish.full)));
  }
  const change = { query: writeWish(next) };
  await changeSubscription(visit.app.db, own, { change, now: visit.now });
  const after = await ownOf(visit, own.subscription.id);
  if (after !== undefined) await showChoice(visit, after, what, page);
}

/** The wish after a tap; null for what no button of ours asks. */
async function changed(
  { app }: Visit,
  wish: Wish,
  { what, which }: { what: string | undefined; which: string },
): Promise<Wish | null> {
  const flip = (list: string[], name: string) =>
    list.includes(name) ? list.filter((each) => each !== name) : [...list, name];
  if (what === "l") {
    return which === "" || which === "zh" || which === "en" || which === "both"
      ? { ...wish, language: which === "" ? null : which }
      : null;
  }
  if (what === "s") {
    const known = (await allSubjects(app.db)).some(({ slug }) => slug === which);
    if (!known) return null;
    const { subjects: only, withoutSubjects: out } = wish;
    if (only.includes(which)) return { ...wish, subjects: flip(only, which), withoutSubjects: [...out, which] };
    return out.includes(which)
      ? { ...wish, withoutSubjects: flip(out, which) }
      : { ...wish, subjects: [...only, which] };
  }
  const id = idOf(which);
  const name = (await listSourceNames(app.db)).find((source) => source.id === id)?.name.replaceAll('"', "");
  if (name === undefined) return null;
  if (wish.sources.includes(name))
    return { ...wish, sources: flip(wish.sources, name), without: [...wish.without, name] };
  return wish.without.includes(name)
    ? { ...wish, without: flip(wish.without, name) }
    : { ...wish, sources: [...wish.sources, name] };
}
