import { Parser } from "htmlparser2";
import { parseHTML } from "linkedom";

/** Pages longer than this are cut: the article is not behind two million characters. */
const htmlCharsMax = 3_000_000;
/** Real pages nest less than a hundred deep; deeper ones are made to break readers. */
const nestingMax = 300;
const elementsMax = 40_000;
/** Nodes looked at for the beginning of an element's text. */
const headNodesMax = 80;

/** As much of a DOM element as the readers of pages need. */
export type PageElement = {
  readonly tagName: string;
  readonly id: string;
  readonly className: string;
  readonly nodeType: number;
  readonly textContent: string | null;
  readonly childNodes: ArrayLike<PageElement>;
  innerHTML: string;
  readonly parentElement: PageElement | null;
  readonly nextElementSibling: PageElement | null;
  readonly children: Iterable<PageElement> & { readonly length: number };
  getAttribute(name: string): string | null;
  hasAttribute(name: string): boolean;
  removeAttribute(name: string): void;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement> & { readonly length: number };
  closest(selector: string): PageElement | null;
  contains(other: PageElement): boolean;
  remove(): void;
};

export type PageDocument = {
  readonly documentElement: PageElement;
  readonly body: PageElement;
  readonly head: PageElement;
  readonly title: string;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement> & { readonly length: number };
};

/** The page as a tree; null when it is made to break readers (nested without end) or is no HTML. */
export function parsePage(html: string): PageDocument | null {
  const cut = html.slice(0, htmlCharsMax);
  if (!/<[a-z!]/i.test(cut) || !isSane(cut)) return null;
  const document = treeOf(cut);
  if (document.documentElement?.tagName === "HTML" && textIn(document.querySelector("html > body")) !== "")
    return document;
  // Without an html element around it, a page is a heap of heads and bodies: it is given one.
  const inner = cut.replace(/<!doctype[^>]*>|<\/?(?:html|head|body)(?=[\s>])[^>]*>/gi, "");
  const whole = treeOf(`<html><head></head><body>${inner}</body></html>`);
  return whole.documentElement?.tagName === "HTML" ? whole : null;
}

function treeOf(html: string): PageDocument {
  return (parseHTML(html) as unknown as { document: PageDocument }).document;
}

/** Text as a reader sees it, in one line. */
export function textIn(element: PageElement | null): string {
  return (element?.textContent ?? "").replace(/\s+/g, " ").trim();
}

/** The beginning of an element's text, in one line, at a cost that does not grow with the element. */
export function headText(element: PageElement, charsMax: number): string {
  let text = "";
  let nodes = 0;
  const walk = (node: PageElement): void => {
    for (let at = 0; at < node.childNodes.length; at++) {
      if (text.length > charsMax || ++nodes > headNodesMax) return;
      const child = node.childNodes[at]!;
      if (child.nodeType === 3) text += child.textContent ?? "";
      else if (child.nodeType === 1) walk(child);
    }
  };
  walk(element);
  // Too many nodes for a heading: such an element is longer than what was seen of it.
  return nodes > headNodesMax ? text.padEnd(charsMax + 1) : text.replace(/\s+/g, " ").trim();
}

/** The share of an element's text that is links. */
export function linkShare(element: PageElement): number {
  const all = textIn(element).length;
  if (all === 0) return 0;
  let linked = 0;
  for (const link of element.querySelectorAll("a")) linked += textIn(link).length;
  return Math.min(1, linked / all);
}

function isSane(html: string): boolean {
  let depth = 0;
  let elements = 0;
  let sane = true;
  const parser = new Parser({
    onopentagname: () => {
      if (++depth > nestingMax || ++elements > elementsMax) {
        sane = false;
        parser.pause();
      }
    },
    onclosetag: () => {
      depth--;
    },
  });
  parser.end(html);
  return sane;
}
