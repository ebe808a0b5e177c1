import type { MessageEntity } from "grammy/types";
import { detectLanguage } from "../news/language.ts";
import { articleByUrl } from "../store/articles.ts";
import type { NewBroadcast } from "../store/broadcasts.ts";
import type { BreakingText, BreakingTexts, Language } from "../store/schema.ts";
import { currentStory, storyView } from "../store/story-view.ts";
import { escapeHtml } from "../telegram/html.ts";
import { htmlOfWritten, partOfWritten } from "../telegram/written.ts";
import { textIn } from "../text/index.ts";
import { idOf } from "./handler.ts";
import type { Visit } from "./visit.ts";

/** Outlets that are named under a breaking item. */
const reportersMax = 2;
const sentencesMax = 3;

export type Drafted = Pick<NewBroadcast, "storyId" | "articleIds" | "url" | "photo" | "texts">;
export type Written = { text: string; entities: readonly MessageEntity[]; photo: string | null };

/** The words behind the command with their formatting, or the message that it answers. */
export function writtenOf({ ctx }: Visit, words: string): Written | null {
  const own = ctx.message;
  const replied = own?.reply_to_message;
  if (words === "" && replied !== undefined) {
    const text = replied.text ?? replied.caption ?? "";
    const entities = replied.entities ?? replied.caption_entities ?? [];
    return { text, entities, photo: replied.photo?.at(-1)?.file_id ?? null };
  }
  const text = own?.text ?? own?.caption ?? "";
  const entities = own?.entities ?? own?.caption_entities ?? [];
  const at = text.lastIndexOf(words);
  if (words === "" || at < 0) return null;
  return { ...partOfWritten({ text, entities }, at), photo: own?.photo?.at(-1)?.file_id ?? null };
}

/** A text as a breaking item: its first line is the headline, a link in it may be of a story that we know. */
export async function draftOfWritten(visit: Visit, written: Written): Promise<Drafted> {
  const { language, text } = wordingOf(written, visit.language);
  const url = linkIn(written);
  const story = url === null ? null : await storyOfUrl(visit, url);
  const base = { url, photo: written.photo, texts: { [language]: text } };
  return { ...base, storyId: story?.storyId ?? null, articleIds: story?.articleIds ?? [] };
}

/** A story in each language that it is told in; undefined when there is none such. */
export async function draftOfStory(visit: Visit, id: number): Promise<Drafted | undefined> {
  const { db } = visit.app;
  const texts: BreakingTexts = {};
  const articleIds = new Set<number>();
  let url: string | null = null;
  let storyId: number | null = null;
  for (const language of ["zh", "en"] as const) {
    const view = await storyView(db, id, { now: visit.now, language });
    if (view === undefined) return undefined;
    storyId = view.id;
    const newest = view.members.at(-1)?.id ?? view.articleId;
    for (const each of [view.articleId, newest]) articleIds.add(each);
    if (view.language !== language) continue;
    url ??= view.url;
    const told = view.reporters.filter((each) => each.language === language);
    const names = (told.length > 0 ? told : view.reporters).slice(0, reportersMax).map((each) => each.name);
    texts[language] = {
      headline: view.title,
      body: escapeHtml(
        view
          .summary()
          .slice(0, sentencesMax)
          .join(language === "zh" ? "" : " "),
      ),
      by: names.join(textIn(language).comma),
      at: view.lastAt === null ? null : Math.floor(view.lastAt.getTime() / 1000),
    };
  }
  if (Object.keys(texts).length === 0) return undefined;
  return { storyId, articleIds: [...articleIds], url, photo: null, texts };
}

/** The story that a number or an address means: null when the words are neither, undefined when there is none such. */
export async function storyMeant(visit: Visit, words: string): Promise<number | null | undefined> {
  if (/^https?:\/\/\S+$/i.test(words)) return (await storyOfUrl(visit, words))?.storyId;
  const bare = /^(?:st_)?([0-9a-z]{6,16})$/i.exec(words)?.[1]?.toLowerCase();
  if (bare === undefined || !/\d/.test(bare)) return null;
  for (const id of [/^\d+$/.test(bare) ? Number(bare) : null, idOf(bare)]) {
    if (id !== null && Number.isSafeInteger(id)) {
      const found = await currentStory(visit.app.db, id);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** A wording and its language; a first line "更正：…" or "Correction: …" is what was wrong. */
export function wordingOf(
  written: Pick<Written, "text" | "entities">,
  fallback: Language,
): { language: Language; text: BreakingText } {
  const note = /^\s*(?:更正|correction)\s*[:：]\s*(.+)(?:\n+|$)/iu.exec(written.text);
  const whole = partOfWritten(written, note === null ? 0 : note[0].length);
  const start = whole.text.length - whole.text.trimStart().length;
  const end = whole.text.indexOf("\n", start);
  const headline = whole.text.slice(start, end === -1 ? undefined : end).trim();
  const bodyFrom = end === -1 ? whole.text.length : end + 1 + (/^\s*/.exec(whole.text.slice(end + 1))?.[0].length ?? 0);
  const body = partOfWritten(whole, bodyFrom, whole.text.trimEnd().length);
  const found = detectLanguage(written.text);
  const language: Language = found === "zh" ? "zh" : found === "und" ? fallback : "en";
  return {
    language,
    text: {
      headline,
      body: htmlOfWritten(body.text, body.entities),
      by: "",
      at: null,
      ...(note === null ? {} : { note: note[1]!.trim() }),
    },
  };
}

/** The first address in a text. */
function linkIn({ text, entities }: Written): string | null {
  for (const entity of entities) {
    if (entity.type === "text_link") return entity.url;
    if (entity.type === "url") {
      const written = text.slice(entity.offset, entity.offset + entity.length);
      return /^https?:/i.test(written) ? written : `https://${written}`;
    }
  }
  return /https?:\/\/[^\s<>"，。）]+/i.exec(text)?.[0] ?? null;
}

async function storyOfUrl(visit: Visit, url: string): Promise<{ storyId: number; articleIds: number[] } | undefined> {
  const article = await articleByUrl(visit.app.db, url);
  if (article === undefined) return undefined;
  return { storyId: article.storyId ?? article.id, articleIds: [article.id] };
}
