import { changeSource, familyNamed, nameCharsMax, type SourceChange, sectionsMax } from "../store/change-source.ts";
import { lines } from "../telegram/html.ts";
import { message } from "../telegram/message.ts";
import { paceChoices, renderSourceSettings, weightChoices } from "../telegram/source-settings-message.ts";
import { deskText } from "../text/desk.ts";
import { ask, say, show } from "./answer.ts";
import { type Area, wholeNumber } from "./handler.ts";
import { isOperator } from "./rights.ts";
import { desk, pageOf, sourceOf } from "./sources.ts";
import type { Visit } from "./visit.ts";

/** What of a source is asked in words. */
const asked = ["name", "family", "sections"] as const;
type Asked = (typeof asked)[number];
/** Telegram's limit for what stands in an empty input field. */
const placeholderCharsMax = 64;

/** How much a source counts, whose voice it is, how often it is read: by buttons on its page. */
export const sourceEdits: Area = {
  commands: {},
  presses: {
    srcedit: desk((visit, [id, page]) => showSettings(visit, id, page)),
    srcweight: desk((visit, [id, at, page]) => change(visit, [id, page], { weight: weightChoices[placeOf(at)] ?? 1 })),
    srcpace: desk((visit, [id, at, page]) =>
      change(visit, [id, page], { intervalMinutes: paceChoices[placeOf(at)] ?? null }),
    ),
    srcword: desk((visit, [what, id]) => askWords(visit, what, id)),
  },
};

async function showSettings(visit: Visit, id: string | undefined, page: string | undefined): Promise<void> {
  const source = await sourceOf(visit, id);
  if (source === undefined) return say(visit, message(lines(deskText(visit.language).gone)));
  await show(visit, renderSourceSettings(source, { language: visit.language, page: pageOf(page) }));
}

async function change(visit: Visit, [id, page]: (string | undefined)[], what: SourceChange): Promise<void> {
  await changeSource(visit.app.db, wholeNumber(id, 1, Number.MAX_SAFE_INTEGER) ?? 0, { change: what, now: visit.now });
  await showSettings(visit, id, page);
}

async function askWords(visit: Visit, what: string | undefined, id: string | undefined): Promise<void> {
  const text = deskText(visit.language);
  const source = await sourceOf(visit, id);
  if (source === undefined || !isAsked(what)) return say(visit, message(lines(text.gone)));
  const question = { name: text.askName, family: text.askFamily, sections: text.askSections }[what](source.name);
  const now = source[what].toString();
  await ask(
    visit,
    message(lines(question)),
    `src:${what}:${source.id}`,
    now.slice(0, placeholderCharsMax) || undefined,
  );
}

/** The words after one of these questions. */
export async function answerSource(visit: Visit, what: string, words: string): Promise<boolean> {
  const [, field, id] = what.split(":");
  // Whoever was asked may not be an operator any more.
  if (!isAsked(field) || !(await isOperator(visit))) return false;
  const text = deskText(visit.language);
  const source = await sourceOf(visit, id);
  if (source === undefined) await say(visit, message(lines(text.gone)));
  else {
    const given = words.replace(/\s+/g, " ").trim();
    const chars = [...given].length;
    const isWrong = field !== "sections" && (chars === 0 || chars > nameCharsMax);
    const done = isWrong
      ? "wrong"
      : await changeSource(visit.app.db, source.id, {
          change: await changeOf(visit, { field, given, id: source.id }),
          now: visit.now,
        });
    if (done === "wrong") await say(visit, message(lines(text.nameWrong(nameCharsMax))));
    else if (done === "taken") await say(visit, message(lines(text.nameTaken(given))));
    else {
      const now = (await sourceOf(visit, id)) ?? source;
      await say(visit, renderSourceSettings(now, { language: visit.language, page: 1 }));
    }
  }
  return true;
}

type Given = { field: Asked; given: string; id: number };

async function changeOf(visit: Visit, { field, given, id }: Given): Promise<SourceChange> {
  if (field === "name") return { name: given };
  if (field === "family") return { family: await familyNamed(visit.app.db, id, given) };
  const names = given.split(/[,，、]/).map((name) => name.trim().slice(0, nameCharsMax));
  return { sections: [...new Set(names.filter((name) => name !== "" && name !== "-"))].slice(0, sectionsMax) };
}

function isAsked(what: string | undefined): what is Asked {
  return asked.some((each) => each === what);
}

function placeOf(at: string | undefined): number {
  return wholeNumber(at, 0, 9) ?? 0;
}
