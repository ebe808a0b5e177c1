import { fold } from "../news/fold.ts";
import { askedFor } from "../store/broadcast-audience.ts";
import { type Broadcast, changeDraft } from "../store/broadcasts.ts";
import { listSourceNames } from "../store/sources.ts";
import { allSubjects } from "../store/subjects.ts";
import { type AudienceKind, type AudienceOption, renderAudience } from "../telegram/breaking-audience.ts";
import { lines } from "../telegram/html.ts";
import { type Message, message } from "../telegram/message.ts";
import { ask, say, show } from "./answer.ts";
import { idOf, wholeNumber } from "./handler.ts";
import type { Visit } from "./visit.ts";

const pagesMax = 1_000;
/** Sources that a search by name offers. */
const foundMax = 10;

type Named = Omit<AudienceOption, "readers"> & { audience: string };

/** A page of the subjects or sources whose readers it may be for. */
export async function showAudience(visit: Visit, broadcast: Broadcast, [kind, page]: string[]): Promise<void> {
  if (kind !== "subject" && kind !== "source") return;
  const options = await optionsOf(visit, broadcast, kind);
  const { language } = visit;
  const at = wholeNumber(page, 1, pagesMax) ?? 1;
  await show(visit, renderAudience(broadcast.id, options, { kind, page: at, found: null, language }));
}

/** The draft with the readers of a subject or source as its audience; undefined when nothing came of it. */
export async function setAudience(visit: Visit, broadcast: Broadcast, [kind, id]: string[]) {
  if (kind !== "subject" && kind !== "source") return undefined;
  const chosen = (await namedOf(visit, broadcast, kind)).find((each) => each.id === idOf(id));
  return chosen === undefined ? broadcast : changeDraft(visit.app.db, broadcast.id, { audience: chosen.audience });
}

export async function askAudience(visit: Visit, { id }: Broadcast): Promise<void> {
  await ask(visit, message(lines(visit.text.breaking.check.choose.ask)), `bc:aud:${id.toString(36)}`);
}

/** Sources by a part of their name, as an answer to our question. */
export async function answerAudience(visit: Visit, broadcast: Broadcast, words: string): Promise<void> {
  await say(visit, await foundAudience(visit, broadcast, words));
}

/** Whose readers an audience means, in the reader's language; "" when it is not about a subject or source. */
export async function nameOfAudience({ app, language }: Visit, audience: string): Promise<string> {
  const name = audience.slice(audience.indexOf(":") + 1);
  if (!audience.startsWith("subject:")) return audience.startsWith("source:") ? name : "";
  const subject = (await allSubjects(app.db)).find(({ slug }) => slug === name);
  return subject === undefined ? name : language === "zh" ? subject.nameZh : subject.nameEn;
}

async function foundAudience(visit: Visit, broadcast: Broadcast, words: string): Promise<Message> {
  const wanted = fold(words);
  const options = (await optionsOf(visit, broadcast, "source")).filter(({ name }) => fold(name).includes(wanted));
  const { language } = visit;
  const found = { kind: "source" as const, page: 1, found: words.replace(/\s+/g, " ").trim(), language };
  return renderAudience(broadcast.id, options.slice(0, foundMax), found);
}

/** Those with the most readers first; all subscriptions are looked through for that. */
async function optionsOf(visit: Visit, broadcast: Broadcast, kind: AudienceKind): Promise<AudienceOption[]> {
  const asked = await askedFor(visit.app.db);
  return (await namedOf(visit, broadcast, kind))
    .map((each) => ({ ...each, readers: asked.get(each.audience) ?? 0 }))
    .toSorted((a, b) => b.readers - a.readers);
}

async function namedOf({ app, language }: Visit, { audience }: Broadcast, kind: AudienceKind): Promise<Named[]> {
  const named =
    kind === "source"
      ? (await listSourceNames(app.db)).map(({ id, name }) => ({
          id,
          name,
          audience: `source:${name.replaceAll('"', "")}`,
        }))
      : (await allSubjects(app.db)).map(({ id, slug, nameZh, nameEn }) => {
          return { id, name: language === "zh" ? nameZh : nameEn, audience: `subject:${slug}` };
        });
  return named.map((each) => ({ ...each, chosen: each.audience === audience }));
}
