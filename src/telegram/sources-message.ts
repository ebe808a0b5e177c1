import { deskText } from "../text/desk.ts";
import { type Language, number, type Reading, whenNamed } from "../text/index.ts";
import { failureText, healthText, type SourceFailure, type SourceHealthFacts } from "../text/sources.ts";
import { action } from "./action.ts";
import { clip } from "./clip.ts";
import { blocks, bold, html, lines, link } from "./html.ts";
import { type Button, type Message, message, numberRows } from "./message.ts";

/** Sources of one page of the list. */
export const sourcesPerPage = 8;
const nameColumns = 40;
const titleColumns = 75;
const urlColumns = 90;
const itemsMax = 5;
const othersMax = 4;
const reasonColumns = 100;
/** Bad lines and sources that are named; the rest is counted. */
export const failuresShownMax = 10;

/** One source as an operator sees it. */
export type SourceLine = {
  id: number;
  name: string;
  kind: "feed" | "page" | "file";
  language: string;
  family: string;
  weight: number;
  sections: readonly string[];
  url: string | null;
} & Omit<SourceHealthFacts, "now">;

/** One page of all sources, those in trouble first. */
export type SourcesShown = { list: readonly SourceLine[]; all: number; failing: number; page: number; pages: number };

/** Sources with their health. */
export function renderSources({ list, all, failing, page, pages }: SourcesShown, options: Reading): Message {
  const text = deskText(options.language);
  const offers: Button[] = [
    { text: text.add, action: action("srcask") },
    { text: text.starter, action: action("starter") },
  ];
  if (list.length === 0) return message(lines(text.none), [offers]);
  const start = (page - 1) * sourcesPerPage;
  const rows = list.map((each, n) => {
    const health = healthText(options.language, { ...each, now: options.now });
    return lines(html`${bold(`${start + n + 1}`)} ${clip(each.name, nameColumns)}`, html`${health}`);
  });
  const open = list.map(({ id }, n) => ({ text: String(start + n + 1), action: action("src", id, page) }));
  const pager: Button[] = [];
  if (page > 1) pager.push({ text: "‹", action: action("srcs", page - 1) });
  if (pages > 1) pager.push({ text: `${page}/${pages}`, action: action("srcs", page) });
  if (page < pages) pager.push({ text: "›", action: action("srcs", page + 1) });
  return message(blocks(bold(text.title(all, failing)), ...rows), [...numberRows(open), pager, offers]);
}

/** One source, and what can be done about it. */
export function renderSource(source: SourceLine, { page, ...options }: Reading & { page: number }): Message {
  const text = deskText(options.language);
  const { id, reading } = source;
  const facts = text.facts(text.kinds[source.kind], languageName(source.language, options.language));
  const health = healthText(options.language, { ...source, now: options.now }).split(" · ");
  const address = source.url === null ? null : link(clip(source.url, urlColumns), source.url);
  const last: Button[] = [
    { text: text.settings, action: action("srcedit", id, page) },
    { text: text.back, action: action("srcs", page) },
  ];
  const buttons: Button[][] =
    reading === null
      ? []
      : [
          [
            { text: text.check, action: action("srccheck", id) },
            ...(reading.state === "paused"
              ? [{ text: text.resume, action: action("srcset", id, "r", page) }]
              : [
                  { text: text.readNow, action: action("srcset", id, "r", page) },
                  { text: text.pause, action: action("srcset", id, "p", page) },
                ]),
            { text: text.remove, action: action("srcrm", id, page) },
          ],
        ];
  return message(blocks(lines(bold(source.name), facts, address), lines(...health)), [...buttons, last]);
}

export function renderRemoveSource(source: Pick<SourceLine, "id" | "name">, options: Reading & { page: number }) {
  const text = deskText(options.language);
  return message(lines(text.removeAsk(source.name)), [
    [
      { text: text.removeYes, action: action("srcgone", source.id) },
      { text: text.keep, action: action("src", source.id, options.page) },
    ],
  ]);
}

/** What was found at an address, before anybody adds it. */
export type FoundView = {
  taskId: number;
  name: string;
  url: string;
  kind: "feed" | "page";
  language: string;
  items: { title: string; url: string | null; at: Date | null }[];
  others: { url: string; title: string }[];
  /** The source that is read there already; null when there is none. */
  known: string | null;
};

export function renderFound(found: FoundView, options: Reading): Message {
  const text = deskText(options.language);
  const head = found.known === null ? text.found : text.foundKnown(found.known);
  const facts = text.facts(text.kinds[found.kind], languageName(found.language, options.language));
  const rows = found.items.slice(0, itemsMax).map((item) => {
    const at = item.at === null ? "" : ` · ${whenNamed(item.at, options)}`;
    return html`· ${link(clip(item.title, titleColumns), item.url)}${at}`;
  });
  const others = found.others.slice(0, othersMax);
  const also = others.map((other, n) => html`${n + 1} ${clip(other.title || other.url, titleColumns)}`);
  const decide: Button[] =
    found.known !== null
      ? []
      : [
          { text: text.addIt, action: action("srcadd", found.taskId) },
          { text: text.leaveIt, action: action("srcleave") },
        ];
  const tries = others.map((_, n) => ({ text: `${text.check} ${n + 1}`, action: action("srctry", found.taskId, n) }));
  return message(
    blocks(
      lines(head, bold(found.name), facts, link(clip(found.url, urlColumns), found.url)),
      lines(...(rows.length > 0 ? rows : [text.nothingYet])),
      also.length > 0 && lines(text.also, ...also),
    ),
    [decide, tries],
  );
}

/** An address that could not be read, with why. */
export function renderNotRead(
  { url, failure, taskId }: { url: string; failure: SourceFailure; taskId: number },
  { language }: Pick<Reading, "language">,
): Message {
  const text = deskText(language);
  return message(lines(text.notRead(clip(url, urlColumns), failureText(language, failure))), [
    [{ text: text.retry, action: action("srctry", taskId) }],
  ]);
}

export function renderStarter(
  sources: readonly { title: string; url: string; language: string }[],
  { language }: Reading,
): Message {
  const text = deskText(language);
  const order: Language[] = language === "zh" ? ["zh", "en"] : ["en", "zh"];
  const groups = order.map((each) => ({ language: each, list: sources.filter((one) => one.language === each) }));
  const parts = groups.map((group) =>
    lines(
      bold(languageName(group.language, language)),
      ...group.list.map(({ title, url }) => html`· ${link(title, url)}`),
    ),
  );
  const buttons = groups.map((group) => [
    {
      text: text.starterAdd(group.list.length, languageName(group.language, language)),
      action: action("starters", group.language),
    },
  ]);
  return message(blocks(text.starterTitle, ...parts), [
    ...buttons,
    [{ text: text.starterAll(sources.length), action: action("starters", "all") }],
  ]);
}

/** How trying a list went; also the end of an OPML file. */
export function renderListDone(
  counts: { added: number; known: number; failed: { name: string; failure: SourceFailure }[]; cut: number | null },
  language: Language,
): Message {
  const text = deskText(language);
  const rows = counts.failed
    .slice(0, failuresShownMax)
    .map(({ name, failure }) => text.badSource(clip(name, nameColumns), failureText(language, failure)));
  const rest = counts.failed.length - rows.length;
  return message(
    blocks(
      lines(
        text.listDone(counts.added, counts.known, counts.failed.length),
        counts.cut === null ? null : text.listCut(counts.cut),
      ),
      rows.length > 0 && lines(...rows, rest > 0 && text.more(number(rest))),
    ),
    [[{ text: text.back, action: action("srcs", 1) }]],
  );
}

export type ImportCounts = {
  imported: number;
  updated: number;
  unchanged: number;
  /** The first bad lines. */
  failed: { line: number; reason: string }[];
  failures: number;
};

/** How reading a file of articles went. */
export function renderImportDone(counts: ImportCounts, language: Language): Message {
  const text = deskText(language);
  const rows = counts.failed
    .slice(0, failuresShownMax)
    .map(({ line, reason }) => text.badLine(line, clip(reason, reasonColumns)));
  const rest = counts.failures - rows.length;
  return message(
    blocks(
      text.fileDone(number(counts.imported), number(counts.updated), number(counts.unchanged)),
      rows.length > 0 && lines(text.badLines(number(counts.failures)), ...rows, rest > 0 && text.more(number(rest))),
    ),
  );
}

function languageName(of: string, language: Language): string {
  return deskText(language).languages[of] ?? of;
}
