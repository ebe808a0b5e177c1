import { decodeHTMLAttribute, decodeHTMLStrict, escapeText } from "entities";
import { Parser } from "htmlparser2";

/** Deeper elements lose their place in the tree and keep their text. */
const nestingMax = 100;
/** A document nested deeper than this is no feed but an attack: the reading ends there. */
const nestingEnd = 2_000;
/** Elements read of one document; what follows is left out. */
const elementsMax = 300_000;

/**
 * An element with its name as this program knows it: lower case, under the usual prefix of its namespace
 * ("dc:creator").
 */
export type XmlElement = {
  name: string;
  attributes: Record<string, string>;
  children: (XmlElement | string)[];
  /** The nearest xml:base, resolved; null where nobody gives one. */
  base: string | null;
  /** The nearest xml:lang; "" where nobody gives one. */
  lang: string;
};

/**
 * Reads XML as feeds are really written: not well-formed, with names in any case, with namespaces declared or not.
 * Entities are HTML's, each read once and none defined by the document, so that a bomb of them is only text. Never
 * throws.
 */
export function readXml(xml: string, options: { base: string | null }): XmlElement {
  const root: XmlElement = { name: "", attributes: {}, children: [], base: options.base, lang: "" };
  const open: Open[] = [{ tag: "", element: root, spaces: Object.create(null) }];
  let elements = 0;
  let depth = 0;
  let tooDeep = 0;
  let raw = false;
  const parser = new Parser(
    {
      onopentag: (tag, attributes) => {
        if (++depth > nestingEnd) parser.pause();
        // An item that was never closed ends where the next one begins.
        const unclosed = itemTag.test(tag) ? open.findIndex((one) => itemTag.test(one.tag)) : -1;
        if (unclosed > 0) open.length = unclosed;
        if (open.length > nestingMax || ++elements > elementsMax) {
          tooDeep++;
          return;
        }
        const { element, spaces } = opened(tag, attributes, open.at(-1)!);
        open.at(-1)!.element.children.push(element);
        open.push({ tag, element, spaces });
      },
      onclosetag: (tag) => {
        depth--;
        const at = open.findLastIndex((one) => one.tag === tag);
        if (tooDeep > 0) tooDeep--;
        else if (at > 0) open.length = at;
      },
      ontext: (text) => {
        const children = open.at(-1)!.element.children;
        const last = children.at(-1);
        // Entities may be cut between two pieces: pieces are joined as they stand and read when they are asked for.
        const piece = raw ? escapeText(text) : text;
        if (typeof last === "string") children[children.length - 1] = last + piece;
        else children.push(piece);
      },
      oncdatastart: () => {
        raw = true;
      },
      oncdataend: () => {
        raw = false;
      },
    },
    { xmlMode: true, decodeEntities: false },
  );
  parser.end(withoutDoctype(xml));
  return root;
}

type Open = { tag: string; element: XmlElement; spaces: Record<string, string> };

const itemTag = /^(?:item|entry)$/i;

/** The element's own text and that of all inside it, entities read once. */
export function textOf(element: XmlElement): string {
  return decodeHTMLStrict(pieces(element));
}

/** What is inside the element as HTML source; `escaped` when text in it is HTML that was escaped once. */
export function htmlOf(element: XmlElement, escaped: boolean): string {
  return element.children
    .map((child) => (typeof child === "string" ? source(child, escaped) : tag(child, escaped)))
    .join("");
}

export function hasElements(element: XmlElement): boolean {
  return element.children.some((child) => typeof child !== "string");
}

/** Direct children with one of these names, in the document's order. */
export function childrenOf(element: XmlElement, ...names: string[]): XmlElement[] {
  return element.children.filter(
    (child): child is XmlElement => typeof child !== "string" && names.includes(child.name),
  );
}

/** The first child that has the first of these names that any child has. */
export function childOf(element: XmlElement, ...names: string[]): XmlElement | null {
  for (const name of names) {
    const found = childrenOf(element, name)[0];
    if (found !== undefined) return found;
  }
  return null;
}

function pieces(element: XmlElement): string {
  let text = "";
  for (const child of element.children) text += typeof child === "string" ? child : pieces(child);
  return text;
}

function source(text: string, escaped: boolean): string {
  return escaped ? decodeHTMLStrict(text) : text;
}

function tag(element: XmlElement, escaped: boolean): string {
  const name = element.name.replace(/^.*:/, "");
  const attributes = Object.entries(element.attributes)
    .map(([key, value]) => ` ${key}="${value.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}"`)
    .join("");
  if (element.children.length === 0) return `<${name}${attributes}${voids.has(name) ? ">" : `></${name}>`}`;
  return `<${name}${attributes}>${htmlOf(element, escaped)}</${name}>`;
}

const voids = new Set(["br", "hr", "img", "input", "meta", "link", "area", "col", "wbr", "source", "track", "embed"]);

function opened(
  tagName: string,
  raw: Record<string, string>,
  parent: Open,
): { element: XmlElement; spaces: Record<string, string> } {
  let spaces = parent.spaces;
  const attributes: Record<string, string> = Object.create(null);
  for (const [key, value] of Object.entries(raw)) {
    const name = key.toLowerCase();
    if (name === "xmlns" || name.startsWith("xmlns:")) {
      if (spaces === parent.spaces) spaces = Object.assign(Object.create(null), spaces);
      spaces[name.slice(6)] = usualPrefix(value);
    } else attributes[name] = decodeHTMLAttribute(value);
  }
  const given = attributes["xml:base"];
  const base =
    given === undefined
      ? parent.element.base
      : (URL.parse(given.trim(), parent.element.base ?? undefined)?.href ?? parent.element.base);
  const lang = attributes["xml:lang"] ?? parent.element.lang;
  return { element: { name: known(tagName, spaces), attributes, children: [], base, lang }, spaces };
}

function known(tagName: string, spaces: Record<string, string>): string {
  const lower = tagName.toLowerCase();
  const colon = lower.indexOf(":");
  const prefix = colon < 0 ? "" : lower.slice(0, colon);
  const local = lower.slice(colon + 1);
  const usual = spaces[prefix] ?? (plainPrefixes.has(prefix) ? "" : prefix);
  return usual === "" ? local : `${usual}:${local}`;
}

/** Prefixes that mean the feed's own words even where nobody declares them. */
const plainPrefixes = new Set(["", "atom", "atom10", "atom03", "rss", "a10"]);

/** A namespace's usual prefix; "" for those whose elements are the feed's own words. */
function usualPrefix(uri: string): string {
  const clean = uri
    .trim()
    .toLowerCase()
    .replace(/^https:/, "http:")
    .replace(/[/#]+$/, "");
  return (
    usual.get(clean) ??
    (ownWords.test(clean) || clean === "" ? "" : (clean.match(/([a-z]\w*)(?:\/[\d.]+)?$/)?.[1] ?? "other"))
  );
}

const ownWords = new RegExp(
  "^http://(?:www\\.w3\\.org/2005/atom|purl\\.org/atom/ns|example\\.com/newformat|purl\\.org/rss/1\\.0|" +
    "(?:my|channel)\\.netscape\\.com/rdf/simple/0\\.9|purl\\.org/net/rss1\\.1|www\\.rssboard\\.org/rss-specification|" +
    "(?:backend\\.userland\\.com|blogs\\.law\\.harvard\\.edu/tech|purl\\.org)/?(?:rss\\d*)?)",
);

const usual = new Map([
  ["http://purl.org/dc/elements/1.1", "dc"],
  ["http://purl.org/dc/elements/1.0", "dc"],
  ["http://purl.org/dc/terms", "dcterms"],
  ["http://purl.org/rss/1.0/modules/content", "content"],
  ["http://purl.org/rss/1.0/modules/syndication", "sy"],
  ["http://search.yahoo.com/mrss", "media"],
  ["http://www.itunes.com/dtds/podcast-1.0.dtd", "itunes"],
  ["http://rssnamespace.org/feedburner/ext/1.0", "feedburner"],
  ["http://www.w3.org/1999/02/22-rdf-syntax-ns", "rdf"],
  ["http://www.w3.org/1999/xhtml", "xhtml"],
  ["http://www.w3.org/xml/1998/namespace", "xml"],
]);

/** A document type defines nothing here; its inner part is cut so that it cannot be taken for text. */
function withoutDoctype(xml: string): string {
  const start = xml.slice(0, 100_000).search(/<!doctype/i);
  if (start < 0) return xml;
  const inner = xml.indexOf("[", start);
  const close = xml.indexOf(">", start);
  if (close < 0) return xml.slice(0, start);
  if (inner < 0 || inner > close) return xml.slice(0, start) + xml.slice(close + 1);
  const end = /\]\s*>/.exec(xml.slice(inner));
  return end === null
    ? xml.slice(0, start) + xml.slice(close + 1)
    : xml.slice(0, start) + xml.slice(inner + end.index + end[0].length);
}
