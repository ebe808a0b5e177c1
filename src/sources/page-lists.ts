import { absoluteUrl } from "../news/url.ts";
import { listHeading } from "./headings.ts";
import { splitItem } from "./list-item.ts";
import { headText, linkShare, type PageDocument, type PageElement, textIn } from "./page-dom.ts";

/** Items of one list, and lists of one page. */
const itemsMax = 200;
/** Elements that one list may lie across. */
const partsMax = 200;
/** The share of a list's letters that are links, at the least. */
const listLinksMin = 0.12;
const headingsMax = 40;
const headingCharsMax = 16;
/** How deep at the beginning of a box its heading is looked for. */
const headingDepthMax = 6;
const titleCharsMin = 4;
/** How far above its heading a list may hang in the tree. */
const climbMax = 4;

/** One line of a list: where it leads and what it says. */
export type ListItem = { url: string; title: string; titleCut: boolean; teaser: string };
export type PageLists = { related: ListItem[]; hot: ListItem[] };

/**
 * Finds the lists of related and of hot articles under their headings, in the page's own order, and takes them out of
 * the page, so that no line of them gets into the article's text.
 */
export function takeLists(document: PageDocument, base: string | null): PageLists {
  const lists: PageLists = { related: [], hot: [] };
  const headings = [...document.querySelectorAll("h1,h2,h3,h4,h5,h6,strong,b,span,div,p,dt,a,li,em,td,th,i")]
    .map((element) => ({ element, kind: headingOf(element) }))
    .filter((found) => found.kind !== null)
    .slice(0, headingsMax);
  for (const { element, kind } of headings) {
    const list = listBelow(element);
    if (list === null) continue;
    const items = list.flatMap((part) => itemsIn(part, base)).slice(0, itemsMax);
    for (const part of [element, ...list]) part.remove();
    for (const item of items) if (!lists[kind!].some((one) => one.url === item.url)) lists[kind!].push(item);
  }
  return lists;
}

/** The elements right below a heading that hold at least two links to somewhere else; the heading may be wrapped. */
function listBelow(heading: PageElement): PageElement[] | null {
  let at: PageElement | null = heading;
  for (let step = 0; at !== null && step < climbMax && at.tagName !== "BODY"; step++) {
    const parts: PageElement[] = [];
    for (let next: PageElement | null = at.nextElementSibling; next !== null; next = next.nextElementSibling) {
      // The next heading of the same rank ends the list, so does prose without links.
      if (parts.length >= partsMax || holdsHeading(next)) break;
      if (linkShare(next) < 0.05 && textIn(next).length > 200) break;
      parts.push(next);
    }
    const links = parts.reduce(
      (sum, part) => sum + part.querySelectorAll("a[href]").length + Number(part.tagName === "A"),
      0,
    );
    if (links >= 1 && parts.length > 0 && mostlyLinks(parts)) return parts;
    // A heading over an empty list: what comes after its wrapper is another list's.
    if (parts.length > 0 && parts.every((part) => textIn(part) === "")) return parts;
    // A heading with other words beside it in its wrapper is a sentence, not a heading.
    const wrapper: PageElement | null = at.parentElement;
    if (wrapper === null || headText(wrapper, headingCharsMax + 12).length > headingCharsMax + 12) return null;
    at = wrapper;
  }
  return null;
}

function headingOf(element: PageElement): "related" | "hot" | null {
  const words = headText(element, headingCharsMax);
  return words.length > headingCharsMax ? null : listHeading(words);
}

/** A list's letters are links to a good part, teasers or none; an article under such a word has a link now and then. */
function mostlyLinks(parts: PageElement[]): boolean {
  const all = parts.reduce((sum, part) => sum + textIn(part).length, 0);
  const linked = parts.reduce(
    (sum, part) => sum + textIn(part).length * (part.tagName === "A" ? 1 : linkShare(part)),
    0,
  );
  return linked >= all * listLinksMin;
}

/** Whether an element is, or begins with, the heading of a list. */
function holdsHeading(element: PageElement): boolean {
  if (headingOf(element) !== null) return true;
  let first: PageElement | undefined = [...element.children][0];
  for (let depth = 0; first !== undefined && depth < headingDepthMax; depth++) {
    if (headingOf(first) !== null) return true;
    const [inner, second]: PageElement[] = [...first.children];
    if (second !== undefined && headingOf(second) !== null) return true;
    first = inner;
  }
  return false;
}

function itemsIn(part: PageElement, base: string | null): ListItem[] {
  const items: ListItem[] = [];
  const links = part.tagName === "A" ? [part] : [...part.querySelectorAll("a[href]")];
  for (const link of links) {
    const url = absoluteUrl(link.getAttribute("href") ?? "", base);
    const words = textIn(link) || (link.getAttribute("title") ?? "").trim();
    const same = items.find((item) => item.url === url);
    if (url === null) continue;
    // A picture, a title and a teaser often lead to the same page by three links.
    if (same !== undefined) {
      if (same.title === "") Object.assign(same, titled(words));
      else if (same.teaser === "" && words !== same.title && words.length > same.title.length) same.teaser = words;
    } else items.push({ url, ...titled(words), ...(words === "" ? {} : beside(link, words)) });
  }
  return items.filter((item) => item.title.length >= titleCharsMin);
}

function titled(words: string): Pick<ListItem, "title" | "titleCut" | "teaser"> {
  return { ...splitWhole(words), teaser: "" };
}

function splitWhole(words: string): { title: string; titleCut: boolean } {
  return { title: words, titleCut: /(?:\.{3}|…)$/.test(words) };
}

/** What stands beside a link in its own row is its teaser; a row of many links has none. */
function beside(link: PageElement, words: string): Partial<ListItem> {
  let row = link.parentElement;
  for (let step = 0; row !== null && step < climbMax; step++, row = row.parentElement) {
    if (
      row.tagName === "BODY" ||
      new Set([...row.querySelectorAll("a[href]")].map((one) => one.getAttribute("href"))).size > 1
    )
      break;
    const rest = textIn(row)
      .replace(words, " ")
      .replace(/^\s*\d{1,2}[.、]?\s+/, "")
      .trim();
    if (rest.length >= 20) return { teaser: rest };
  }
  // Title and teaser in one link, told apart as in the text of the page.
  const split = splitItem((link.textContent ?? "").replace(/[\n\r\t]+/g, "   ").trim());
  return split.teaser.length >= 20 ? split : {};
}
