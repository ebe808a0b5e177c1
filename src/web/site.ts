import { type Context, Hono } from "hono";
import { html } from "hono/html";
import { type Day, readDay } from "../news/day.ts";
import type { Reason } from "../news/edition.ts";
import type { SearchPage, StoryPage, TopPage } from "../news/pages.ts";
import type { Subject } from "../news/subjects.ts";
import { findNews, resultsPerPage } from "../pages/search.ts";
import { storyPage } from "../pages/story.ts";
import { aboutNamed, type Named, pastDay, topPage } from "../pages/top.ts";
import type { Wanted } from "../pages/wanted.ts";
import type { Db } from "../store/db.ts";
import { keptSubjects } from "../store/subjects.ts";
import {
  fullDay,
  type Language,
  languageOf,
  moment,
  number,
  type Reading,
  reasonWord,
  span,
  textIn,
  when,
  whoAndWhen,
} from "../text/index.ts";
import { webText } from "../text/web.ts";
import { layout, link, type Markup, policy, queryOf } from "./layout.ts";
import { createRedirects, type RedirectParts } from "./redirect.ts";

const queryCharsMax = 200;
const pagesMax = 200;
/** Seconds that a page may be kept by browsers and proxies. */
const keptSeconds = 30;

export type SiteParts = RedirectParts & { now: () => Date; language: Language; timezone: string };

/** The plain pages of a reader: top, a story, a search. Server-rendered, without scripts, phone first. */
export function createSite(parts: SiteParts): Hono {
  const site = new Hono();
  const answer = (c: Context, markup: Markup, status: 200 | 404 = 200) =>
    c.html(markup, status, {
      "Content-Security-Policy": policy,
      "Cache-Control": `public, max-age=${keptSeconds}`,
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
      Vary: "Accept-Language",
    });
  const asked = (c: Context): { db: Db; wanted: Wanted; reading: Reading } => {
    const db = parts.db();
    if (db === undefined) throw new Error("not ready yet");
    const named = c.req.query("lang");
    const language =
      named === "zh" || named === "en"
        ? named
        : languageOf(c.req.header("Accept-Language")?.split(",")[0], parts.language);
    const { timezone } = parts;
    const now = parts.now();
    return { db, wanted: { news: language, now, timezone }, reading: { language, timezone, now } };
  };

  site.get("/", async (c) => {
    const { db, wanted, reading } = asked(c);
    const of = (c.req.query("of") ?? "").trim().slice(0, queryCharsMax);
    const then = (c.req.query("day") ?? "").trim().slice(0, queryCharsMax);
    const subjects = await keptSubjects(db);
    const about = of === "" ? null : await aboutNamed(db, of, { subjects, language: reading.language });
    const named = readDay(then, { now: reading.now, zone: reading.timezone });
    const isUnknown = (of !== "" && about === null) || (then !== "" && named === null);
    if (isUnknown) return answer(c, missing(reading), 404);
    const day = pastDay(named, reading.now);
    const top = await topPage(db, { ...wanted, ...about, day });
    return answer(c, home(top, reading, { about, day, subjects, asked: { of, day: then } }));
  });
  site.get("/story/:id{[0-9]{1,16}}", async (c) => {
    const { db, wanted, reading } = asked(c);
    const page = await storyPage(db, Number(c.req.param("id")), wanted);
    return page === undefined ? answer(c, missing(reading), 404) : answer(c, story(page, reading));
  });
  site.get("/story/*", (c) => answer(c, missing(asked(c).reading), 404));
  site.get("/search", async (c) => {
    const { db, wanted, reading } = asked(c);
    const query = (c.req.query("q") ?? "").trim().slice(0, queryCharsMax);
    if (query === "") return c.redirect(`/?lang=${reading.language}`);
    const page = Math.min(pagesMax, Math.max(1, Math.trunc(Number(c.req.query("page")) || 1)));
    const found = await findNews(db, { ...wanted, query, page, order: "best", week: false });
    return answer(c, results(found.page, reading));
  });
  site.route("/r", createRedirects(parts));
  return site;
}

/** What a list is of, and the words in which that was asked for, "" where it was not. */
type Shown = { about: Named | null; day: Day | null; subjects: readonly Subject[]; asked: { of: string; day: string } };

function home(top: TopPage, reading: Reading, { about, day, subjects, asked }: Shown): Markup {
  const text = webText[reading.language];
  const { top: said } = textIn(reading.language);
  const at = day?.from ?? top.newestDay;
  const dated = at === null ? "" : html`<p class="why">${fullDay(at, reading)}</p>`;
  const items = top.stories.map(
    (each) =>
      html`<li>${storyLink(each, reading)}<br>${each.summary} <i class="why">${whoAndWhen(each, reading)}</i></li>`,
  );
  const isAll = about === null && day === null;
  const list = items.length === 0 ? html`<p>${isAll ? text.empty : text.none}</p>` : html`<ol>${items}</ol>`;
  const [all, of] = day === null ? [text.top, said.titleOf] : [said.titleThen, said.titleThenOf];
  const title = about === null ? all : of(about.name);
  // A choice keeps the other one: yesterday of this subject, another subject of that day.
  const to = (choice: Partial<Shown["asked"]>, label: string) =>
    html`<a href="/?${queryOf(reading.language, { ...asked, ...choice })}">${label}</a>`;
  const others = [
    isAll ? "" : to({ of: "", day: "" }, text.top),
    to({ day: "yesterday" }, text.yesterday),
    ...subjects.map(({ slug, nameZh, nameEn }) => to({ of: slug }, reading.language === "zh" ? nameZh : nameEn)),
  ];
  return layout(
    { language: reading.language, title: `tidings · ${title}`, asked },
    html`<h1>${title}</h1>${dated}${list}<p class="others">${others.map((each) => html`${each} `)}</p>`,
  );
}

/** In the order of a portal's page: the article, how it went, who says so, what belongs to it, what else is hot. */
function story(page: StoryPage, reading: Reading): Markup {
  const { digest, story: text } = textIn(reading.language);
  const why = (reason: Reason) => html`<span class="why">${digest.reason(reasonWord(reason, reading.language))}</span>`;
  const titled = (title: string, items: Markup[]) =>
    items.length === 0 ? "" : html`<h2>${title}</h2><ul>${items}</ul>`;
  const reporters = page.reporters.map(
    (each) => html`<li>${link(each.url, each.name)}${each.carriers > 0 ? text.carriers(each.carriers) : ""}</li>`,
  );
  const body = html`<h1>${link(page.url, page.title)}</h1>
<p class="why">${text.counts(page.outlets, page.articles)} · ${span(page.first, page.last, reading)}</p>
<p>${page.summary}</p>
${titled(
  text.timeline,
  page.timeline.length < 2
    ? []
    : page.timeline.map((each) => html`<li><span class="why">${moment(each.at, reading)}</span> ${each.what}</li>`),
)}
${titled(text.reporters, reporters)}
${titled(
  text.related,
  page.related.map((each) => html`<li>${storyLink(each, reading)}${each.reason === null ? "" : why(each.reason)}</li>`),
)}
${titled(
  text.top,
  page.top.map((each) => html`<li>${storyLink(each, reading)}</li>`),
)}`;
  return layout({ language: reading.language, title: page.title }, body);
}

function results(found: SearchPage, reading: Reading): Markup {
  const { language } = reading;
  const text = webText[language];
  const { search } = textIn(language);
  const count = (n: number) => (found.more ? search.atMost(number(n)) : number(n));
  const items = found.results.map(
    (each) =>
      html`<li>${storyLink(each, reading)}<br>${each.snippet.map((part) => (part.hit ? html`<mark>${part.text}</mark>` : part.text))}
<i class="why">${search.outlets(each.outlets)}${each.at === null ? "" : ` · ${when(each.at, reading)}`}</i></li>`,
  );
  const to = (page: number, label: string, q = found.query) =>
    html`<a href="/search?${queryOf(language, { q, page: String(page) })}">${label}</a>`;
  const { meant: other } = found;
  const meant =
    other === null ? "" : html`<p>${to(1, search.meant(other.word, number(other.articles)), other.word)}</p>`;
  const body =
    items.length === 0
      ? html`<h1>${text.nothing(found.query)}</h1>${meant}`
      : html`<h1>${found.query}</h1><p class="why">${found.near === false ? text.found(count(found.articles), count(found.stories)) : search.near[found.near]}</p>${meant}
<ol start="${(found.page - 1) * resultsPerPage + 1}">${items}</ol>
<nav>${found.page > 1 ? to(found.page - 1, text.newer) : html`<span></span>`}${found.page < found.pages ? to(found.page + 1, text.older) : ""}</nav>`;
  return layout({ language, title: `${found.query} · tidings`, asked: { q: found.query } }, body);
}

function missing(reading: Reading): Markup {
  const text = webText[reading.language];
  return layout({ language: reading.language, title: text.notFound }, html`<h1>${text.notFound}</h1>`);
}

function storyLink({ storyId, title }: { storyId: number; title: string }, { language }: Reading): Markup {
  return html`<a href="/story/${storyId}?lang=${language}">${title}</a>`;
}
