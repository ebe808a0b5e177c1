import { Readability } from "@mozilla/readability";
import { Parser } from "htmlparser2";
import { headText, linkShare, type PageDocument, type PageElement, parsePage, textIn } from "./page-dom.ts";
import { trimEnds } from "./page-ends.ts";
import { plainText } from "./plain.ts";

/** Candidates for the article's element that are looked at closely. */
const candidatesMax = 12;
/** Letters looked through while the page is cleaned; a page that is made of boxes in boxes is left as it is then. */
const lettersMax = 5_000_000;
/** Readability's work grows with the sum of all elements' depths: real pages stay far below, mazes do not. */
const depthsMax = 200_000;
const bodyCharsMin = 20;
/** More of a text than this in links, and it is a list. */
const linkShareMax = 0.5;
/** An element with more than this share of the page's prose is never taken for an aside. */
const asideShareMax = 0.35;

/** The element that holds the text, its paragraphs, and who made it. */
export type ArticleText = { html: string; paragraphs: string[]; credits: string[] };

/**
 * The article's text on a page, in paragraphs. Mozilla's Readability and the containers that publishing programs name
 * are both asked, on a page from which what is beside the article was taken out; the one that tells most of what the
 * headline says and least of anything else is believed, and the lines of the page's own furniture at its ends are cut.
 */
export function articleBody(document: PageDocument, headline: string): ArticleText {
  let best = { html: "", paragraphs: [] as string[], credits: [] as string[], score: 0 };
  for (const { html, trust } of candidatesFor(document)) {
    const { paragraphs, credits } = trimEnds(plainText(html).split("\n\n"), headline);
    const score = trust * weigh(html, paragraphs, headline);
    if (score > best.score) best = { html, paragraphs, credits, score };
  }
  return best;
}

/** What may be the article's element, each with how far its name is to be trusted. */
export function candidatesFor(document: PageDocument): { html: string; trust: number }[] {
  clean(document);
  const candidates = namedContainers(document);
  const readable = readability(document);
  return readable === "" ? candidates : [...candidates, { html: readable, trust: 1 }];
}

/** Takes out of the page what is beside an article: menus, bars, comments, adverts, forms, and what shows nothing. */
export function clean(document: PageDocument): void {
  for (const element of [
    ...document.querySelectorAll(
      "script,style,noscript,template,iframe,svg,form,button,input,select,nav,footer,dialog,object,embed,link",
    ),
  ]) {
    if (element.tagName === "FORM" && textIn(element).length > 500) continue;
    element.remove();
  }
  const whole = Math.max(1, prose(document.body));
  let letters = 0;
  for (const element of [...document.querySelectorAll("[class],[id],aside,header,[hidden],[role]")]) {
    const name = `${element.className} ${element.id}`;
    const beside =
      besideArticle.test(name) ||
      element.tagName === "ASIDE" ||
      /^(?:navigation|complementary|contentinfo|banner|search)$/.test(element.getAttribute("role") ?? "");
    if (!beside || keepName.test(name) || element.tagName === "BODY" || element.tagName === "HTML") continue;
    if (letters > lettersMax) break;
    letters += (element.textContent?.length ?? 0) + 1;
    if (element.querySelector("h1") !== null || prose(element) / whole > asideShareMax) continue;
    element.remove();
  }
  // Scripts show what a page hides at first: what is hidden is shown, for there are no scripts here.
  for (const element of document.querySelectorAll("[style]")) element.removeAttribute("style");
  for (const element of document.querySelectorAll("[hidden]")) element.removeAttribute("hidden");
}

const besideArticle = new RegExp(
  "(?:^|[\\s_-])(?:nav|navbar|menu|sidebar|side-?bar|aside|breadcrumbs?|crumbs?|footer|foot|toolbar|share|sharing|social|comments?|" +
    "reply|recommend(?:ed|ation)?s?|related|relate|relevant|hot|hotnews|rank(?:ing|list)?|guess|ads?|advert(?:isement)?|banner|sponsor|" +
    "popup|modal|login|register|subscribe|newsletter|promo|qr-?code|ewm|copyright|statement|disclaimer|tags?|keywords|" +
    "pagination|pager|pagebar|prev-?next|author-?(?:card|info|box)|user-?info|feedback|praise|toast|download|app-?(?:bar|download))(?=$|[\\s_\\d-])",
  "i",
);
/** Names that a container of the article itself may also have. */
const keepName =
  /article[-_]?(?:content|body|text|main)|content[-_]?(?:article|body)|post[-_]?(?:content|body)|main[-_]?content/i;

/** Letters outside of links, in sentences. */
function prose(element: PageElement): number {
  return Math.round(textIn(element).length * (1 - linkShare(element)));
}

/** What publishing programs call the element of the text, from the surest to the vaguest. */
const containerNames: [trust: number, names: string][] = [
  [1.5, "[itemprop=articleBody],#js_content,.TRS_Editor,.trs_editor_view,#UCAP-CONTENT,#artibody,#article__content"],
  [
    1.3,
    "#ArticleContent,#articleContent,#article_content,#article-content,#articleText,#endText,#contentText,#mp-editor," +
      "#detailContent,#rwb_zw,.post_body,.article-body,.articleBody,.article_body,.article-content,.article_content," +
      ".articleContent,.entry-content,.post-content,.rich_media_content,.story-body,[class*=article-content]," +
      "[class*=articleBody],[class*=article-body],[class*=article_content],[id*=article-content],[id*=article__content]",
  ],
  [
    1.15,
    "#article,#artical_real,#mainNewsContent,#main_content,#detail,#zoom,#Zoom,#fontzoom,#font_area,.post-body," +
      ".news-content,.news_content,.newsContent,.text_content,.detail-content,.detail_content,.content-article," +
      ".art_content,.con_txt,.content_text",
  ],
  [1, "article,#content,#Content,#contents,#text,.text,.main-content,.article,.content,.detail,.main-text,main"],
];

function namedContainers(document: PageDocument): { html: string; trust: number }[] {
  const seen = new Set<PageElement>();
  const found: { html: string; trust: number }[] = [];
  for (const [trust, names] of containerNames) {
    for (const element of document.querySelectorAll(names)) {
      if (found.length >= candidatesMax) return found;
      // Of boxes in boxes of one kind the outermost is enough: what it has too much is weighed.
      if (seen.has(element) || (element.parentElement !== null && seen.has(element.parentElement))) continue;
      if (headText(element, bodyCharsMin).length < bodyCharsMin) continue;
      seen.add(element);
      found.push({ html: element.innerHTML, trust });
    }
  }
  return found;
}

/** Readability rewrites the tree that it reads: it gets one of its own. */
function readability(document: PageDocument): string {
  const html = document.body.innerHTML;
  if (depthsOf(html) > depthsMax) return "";
  const copy = parsePage(`<html><body>${html}</body></html>`);
  if (copy === null) return "";
  try {
    return new Readability(copy as never, { charThreshold: 100, keepClasses: true }).parse()?.content ?? "";
  } catch {
    return "";
  }
}

export function weigh(html: string, paragraphs: string[], headline: string): number {
  const text = paragraphs.join("\n");
  if (text.length < bodyCharsMin) return 0;
  const links = linkShareOf(html);
  if (links > linkShareMax) return 0;
  const sentences = paragraphs.filter(
    (paragraph) => /[。！？!?.…;；:：”"」]$/.test(paragraph) || paragraph.length > 60,
  );
  // Poems and tables of contents have no sentences: better they than nothing.
  const told = Math.max(
    text.length / 20,
    sentences.reduce((sum, paragraph) => sum + paragraph.length, 0),
  );
  return covered(headline, text) * Math.log2(told + 16) * (told / text.length) ** 2 * (1 - links) ** 2;
}

function depthsOf(html: string): number {
  let depth = 0;
  let sum = 0;
  const parser = new Parser({
    onopentagname: () => {
      sum += ++depth;
    },
    onclosetag: () => {
      depth--;
    },
  });
  parser.end(html);
  return sum;
}

/** The share of an HTML fragment's text that is links. */
function linkShareOf(html: string): number {
  let all = 0;
  let linked = 0;
  let inLink = 0;
  const parser = new Parser({
    onopentagname: (name) => {
      if (name === "a") inLink++;
    },
    onclosetag: (name) => {
      if (name === "a") inLink = Math.max(0, inLink - 1);
    },
    ontext: (text) => {
      const letters = text.trim().length;
      all += letters;
      if (inLink > 0) linked += letters;
    },
  });
  parser.end(html);
  return all === 0 ? 0 : linked / all;
}

/** The share of the headline's character pairs that the text says as well; never so little that it decides alone. */
function covered(headline: string, text: string): number {
  const letters = headline.replace(/[\s\p{P}\p{S}]+/gu, "");
  if (letters.length < 4) return 1;
  let hits = 0;
  for (let at = 0; at + 2 <= letters.length; at++) if (text.includes(letters.slice(at, at + 2))) hits++;
  return 0.3 + 0.7 * (hits / (letters.length - 1));
}
