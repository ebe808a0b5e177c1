import type { BreakingText, BreakingTexts, Language } from "../store/schema.ts";
import { escapeHtml, plainText } from "../telegram/html.ts";
import { textIn } from "../text/index.ts";

/** Replacements of one answer. */
const pairsMax = 10;
const arrow = /^(.+?)\s*(?:→|⇒|->|=>)\s*(.+)$/u;
const noted = /^(?:更正|correction)\s*[:：]\s*(.+)$/iu;
/** A tag, with its link's address: nobody reads what stands in there, so nothing is put in its place. */
const tag = /(<[^>]*>)/;

export type Mended = { texts: BreakingTexts; changed: Language[] };

/**
 * A few words in the place of others, in every language that has them: "2.3万 → 1.2万", one such pair a line; a first line
 * "更正：…" says what was wrong, else the pairs do. null when the words are something else: then they are a whole text.
 */
export function mendTexts(words: string, texts: BreakingTexts): Mended | null {
  const written = words
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const note = noted.exec(written[0] ?? "")?.[1];
  const pairs = (note === undefined ? written : written.slice(1)).map((line) => arrow.exec(line));
  if (pairs.length === 0 || pairs.length > pairsMax) return null;
  const mended: BreakingTexts = { ...texts };
  const changed = new Set<Language>();
  for (const pair of pairs) {
    if (pair === null) return null;
    const [, from, to] = pair as unknown as [string, string, string];
    let found = false;
    for (const language of ["zh", "en"] as const) {
      const text = mended[language];
      if (text === undefined || !has(text, from)) continue;
      const what = note ?? [changed.has(language) ? text.note : "", textIn(language).breaking.mended(from, to)];
      const told = typeof what === "string" ? what : what.filter(Boolean).join(" ");
      mended[language] = { ...replaced(text, from, to), note: told };
      changed.add(language);
      found = true;
    }
    if (!found) return null;
  }
  return { texts: mended, changed: [...changed] };
}

function has({ headline, body }: BreakingText, words: string): boolean {
  return headline.includes(words) || body.split(tag).some((part) => !isTag(part) && plainText(part).includes(words));
}

function replaced(text: BreakingText, from: string, to: string): BreakingText {
  const put = (plain: string) => plain.replaceAll(from, () => to);
  const body = text.body.split(tag).map((part) => (isTag(part) ? part : escapeHtml(put(plainText(part)))));
  return { ...text, headline: put(text.headline), body: body.join("") };
}

function isTag(part: string): boolean {
  return part.startsWith("<");
}
