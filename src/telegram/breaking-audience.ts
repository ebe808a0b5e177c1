import { type Reading, textIn } from "../text/index.ts";
import { action } from "./action.ts";
import { clip } from "./clip.ts";
import { blocks, bold, lines } from "./html.ts";
import { type Button, type Message, message } from "./message.ts";

/** Choices of one page: two a row, a thumb's reach. */
const perPage = 10;
const nameColumns = 22;
const wordsColumns = 40;

export type AudienceKind = "subject" | "source";
export type AudienceOption = { id: number; name: string; readers: number; chosen: boolean };

/** Whose readers a broadcast may be for; `found` names the words that narrowed the list. */
export function renderAudience(
  broadcastId: number,
  options: readonly AudienceOption[],
  {
    kind,
    page,
    found,
    language,
  }: { kind: AudienceKind; page: number; found: string | null } & Pick<Reading, "language">,
): Message {
  const all = textIn(language).breaking;
  const text = all.check.choose;
  const press = (label: string, ...args: string[]): Button => ({
    text: label,
    action: action("bc", broadcastId.toString(36), ...args),
  });
  const pages = Math.max(1, Math.ceil(options.length / perPage));
  const at = Math.min(Math.max(1, page), pages);
  const shown = options.slice((at - 1) * perPage, at * perPage);
  const buttons = shown.map(({ id, name, readers, chosen }) => {
    const label = text.option(clip(name, nameColumns), readers);
    return press(chosen ? all.choice.chosen(label) : label, "audset", kind, id.toString(36));
  });
  const turn = (label: string, to: number) => press(label, "aud", kind, String(to));
  const pager =
    pages === 1 || found !== null
      ? []
      : [
          ...(at > 1 ? [turn("‹", at - 1)] : []),
          turn(`${at}/${pages}`, at),
          ...(at < pages ? [turn("›", at + 1)] : []),
        ];
  const find = kind === "source" && (pages > 1 || found !== null) ? [press(text.find, "audask")] : [];
  const words = clip(found ?? "", wordsColumns);
  const head = found === null ? text[kind] : options.length === 0 ? text.none(words) : text.found(words);
  return message(blocks(bold(head), lines(text.how)), [
    ...pairs(buttons),
    pager,
    [...find, press(all.check.back, "menu", "who")],
  ]);
}

function pairs(buttons: readonly Button[]): Button[][] {
  return Array.from({ length: Math.ceil(buttons.length / 2) }, (_, row) => buttons.slice(row * 2, row * 2 + 2));
}
