import type { Wish } from "../news/wish.ts";
import { type Language, type Reading, textIn } from "../text/index.ts";
import { action } from "./action.ts";
import { clip } from "./clip.ts";
import { bold, html, lines } from "./html.ts";
import { type Button, type Message, message } from "./message.ts";
import { type SubscriptionView, subscriptionName } from "./subscription-message.ts";

/** Sources of one page of the choice. */
const sourcesPerPage = 10;
const sourceColumns = 26;

type Choosing = { view: SubscriptionView; wish: Wish };

/** Which subjects a digest is about and which it leaves out. */
export function renderSubjectChoice(
  { view, wish }: Choosing,
  subjects: readonly { slug: string; nameZh: string; nameEn: string }[],
  options: Reading,
): Message {
  const text = textIn(options.language).subscriptions;
  const buttons = subjects.map(({ slug, nameZh, nameEn }) => {
    const name = options.language === "zh" ? nameZh : nameEn;
    const shown = wish.subjects.includes(slug)
      ? text.chosen(name)
      : wish.withoutSubjects.includes(slug)
        ? text.wish.out(name)
        : name;
    return { text: shown, action: action("wish", view.id, "s", slug) };
  });
  return choice(view, text.wish.askSubjects, { rows: rowsOf(buttons, 3), options });
}

/** Which sources it takes or leaves out, a page at a time. */
export function renderSourceChoice(
  { view, wish }: Choosing,
  sources: readonly { id: number; name: string }[],
  { page, ...options }: Reading & { page: number },
): Message {
  const text = textIn(options.language).subscriptions;
  const pages = Math.max(1, Math.ceil(sources.length / sourcesPerPage));
  const at = Math.min(Math.max(1, page), pages);
  const buttons = sources.slice((at - 1) * sourcesPerPage, at * sourcesPerPage).map(({ id, name }) => {
    const label = clip(name, sourceColumns);
    const shown = wish.sources.includes(name)
      ? text.chosen(label)
      : wish.without.includes(name)
        ? text.wish.out(label)
        : label;
    return { text: shown, action: action("wish", view.id, "o", id.toString(36), at) };
  });
  const turn = (label: string, to: number): Button => ({ text: label, action: action("subwish", view.id, "o", to) });
  const pager: Button[] = [];
  if (at > 1) pager.push(turn("‹", at - 1));
  if (pages > 1) pager.push(turn(`${at}/${pages}`, at));
  if (at < pages) pager.push(turn("›", at + 1));
  return choice(view, text.wish.askSources, { rows: [...rowsOf(buttons, 2), pager], options });
}

/** In which language it tells, instead of what its reader reads otherwise. */
export function renderLanguageChoice({ view, wish }: Choosing, options: Reading): Message {
  const all = textIn(options.language);
  const text = all.subscriptions;
  const choices: [Language | "both" | "", string][] = [
    ["", text.wish.asUsual],
    ["zh", all.language.news.zh],
    ["en", all.language.news.en],
    ["both", all.language.news.both],
  ];
  const buttons = choices.map(([language, label]) => ({
    text: (wish.language ?? "") === language ? text.chosen(label) : label,
    action: action("wish", view.id, "l", language),
  }));
  return choice(view, text.wish.askLanguage, { rows: rowsOf(buttons, 2), options });
}

type Shown = { rows: Button[][]; options: Reading };

function choice(view: SubscriptionView, ask: string, { rows, options }: Shown): Message {
  const { back } = textIn(options.language).subscriptions;
  const body = lines(bold(subscriptionName(view, options)), html`${ask}`);
  return message(body, [...rows, [{ text: back, action: action("sub", view.id) }]]);
}

function rowsOf(buttons: Button[], perRow: number): Button[][] {
  return Array.from({ length: Math.ceil(buttons.length / perRow) }, (_, n) =>
    buttons.slice(n * perRow, (n + 1) * perRow),
  );
}
