import { deskText } from "../text/desk.ts";
import type { Language } from "../text/index.ts";
import { action } from "./action.ts";
import { blocks, bold, lines } from "./html.ts";
import { type Button, type Message, message } from "./message.ts";
import type { SourceLine } from "./sources-message.ts";

/** What one tap sets. */
export const weightChoices = [0, 0.5, 1, 2] as const;
export const paceChoices = [null, 15, 60, 360] as const;

/** What an operator may set of a source, with what is set now. */
export function renderSourceSettings(
  source: SourceLine,
  { language, page }: { language: Language; page: number },
): Message {
  const text = deskText(language);
  const { id, name, family, weight, sections, reading } = source;
  const chosen = (label: string, is: boolean): string => (is ? `${label} ✓` : label);
  const weights = weightChoices.map(
    (n, at): Button => ({
      text: chosen(text.weightChoice(n), n === weight),
      action: action("srcweight", id, at, page),
    }),
  );
  const pace = reading?.intervalMinutes ?? null;
  const paces = paceChoices.map(
    (minutes, at): Button => ({
      text: chosen(text.paceChoice(minutes), minutes === pace),
      action: action("srcpace", id, at, page),
    }),
  );
  const words: Button[] = [
    { text: text.rename, action: action("srcword", "name", id) },
    { text: text.regroup, action: action("srcword", "family", id) },
    { text: text.resection, action: action("srcword", "sections", id) },
  ];
  return message(
    blocks(
      bold(`${name} · ${text.settings}`),
      lines(
        text.weight(weight),
        family === name ? text.ownFamily : text.familyOf(family),
        sections.length > 0 && text.sectionsOf(sections.join(language === "zh" ? "、" : ", ")),
        reading !== null && (pace === null ? text.paceOwn : text.pace(pace)),
      ),
    ),
    [weights, ...(reading === null ? [] : [paces]), words, [{ text: `‹ ${name}`, action: action("src", id, page) }]],
  );
}
