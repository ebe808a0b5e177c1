import { Parser } from "htmlparser2";

/** Markup beyond this is cut: no article is longer, and a hostile one costs no more. */
export const markupCharsMax = 2_000_000;
const titleCharsMax = 1_000;
/** Deeper markup is an attack: the reading ends there. */
const nestingEnd = 5_000;

/** Elements that stand alone on the page, so that text before and after is another paragraph. */
const blocks = new Set(
  (
    "address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure footer " +
    "form h1 h2 h3 h4 h5 h6 header hr li main menu nav ol p pre section summary table tbody tfoot thead tr ul " +
    "br td th caption body html option"
  ).split(" "),
);
/** Elements whose inside is no text for a reader. */
const silent = new Set(
  "script style noscript template iframe embed applet svg math canvas audio video select textarea button head".split(
    " ",
  ),
);

/**
 * The text of an HTML fragment as paragraphs with an empty line between; entities read, scripts and styles left out.
 */
export function plainText(html: string): string {
  if (!/[<&]/.test(html)) return tidyParagraphs(html.split(/\n\s*\n/));
  const paragraphs: string[] = [];
  let text = "";
  let quiet = 0;
  let depth = 0;
  let kept = 0;
  const flush = (): void => {
    if (text !== "") paragraphs.push(text);
    text = "";
  };
  const parser = new Parser(
    {
      onopentagname: (name) => {
        if (++depth > nestingEnd) parser.pause();
        if (silent.has(name)) quiet++;
        else if (quiet === 0 && name === "td") text += " ";
        else if (quiet === 0 && blocks.has(name)) flush();
      },
      ontext: (piece) => {
        if (quiet === 0) text += piece;
      },
      onclosetag: (name) => {
        depth--;
        if (silent.has(name)) quiet = Math.max(0, quiet - 1);
        else if (quiet === 0 && blocks.has(name) && name !== "td") flush();
        kept++;
      },
    },
    { decodeEntities: true, recognizeSelfClosing: true },
  );
  parser.end(html.slice(0, markupCharsMax));
  flush();
  return kept === 0 && paragraphs.length <= 1
    ? tidyParagraphs((paragraphs[0] ?? "").split(/\n\s*\n/))
    : tidyParagraphs(paragraphs);
}

/** The text of an HTML fragment in one line: titles, names. */
export function plainLine(html: string): string {
  return plainText(html).replace(/\s+/g, " ").trim().slice(0, titleCharsMax);
}

/** White space made single, invisible characters taken out, empty paragraphs dropped. */
export function tidyParagraphs(paragraphs: string[]): string {
  return paragraphs
    .map((paragraph) => withoutControls(paragraph).replace(spaces, " ").trim())
    .filter((paragraph) => paragraph !== "")
    .join("\n\n");
}

/** White space that is not one space already. */
const spaces = / \s+|[^\S ]\s*/g;

function withoutControls(text: string): string {
  if (!/[^\P{Cc}\t\n\r]|[\u200b\ufeff]/u.test(text)) return text;
  return c1AsWindows(text).replace(/[^\P{Cc}\t\n\r]|[\u200b\ufeff]/gu, "");
}

/** Bytes of windows-1252 that were taken for ISO 8859-1: quotes and dashes that became control characters. */
function c1AsWindows(text: string): string {
  return text.replace(/[\u0080-\u009f]/g, (char) => windows1252.decode(Uint8Array.of(char.charCodeAt(0))));
}

const windows1252 = new TextDecoder("windows-1252");

/** The first picture of an HTML fragment that is more than a counting pixel, as written there; null for none. */
export function firstImage(html: string): string | null {
  let found: string | null = null;
  if (!/<img/i.test(html)) return null;
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        if (name !== "img" || found !== null) return;
        const source = attributes["data-src"] ?? attributes["data-original"] ?? attributes["src"] ?? "";
        const small =
          /^[0-2](?:px)?$/.test(attributes["width"] ?? "") || /^[0-2](?:px)?$/.test(attributes["height"] ?? "");
        if (
          source !== "" &&
          !small &&
          !source.startsWith("data:") &&
          !/pixel|tracker|beacon|feedburner\.com\/~/i.test(source)
        ) {
          found = source;
        }
      },
    },
    { decodeEntities: true },
  );
  parser.end(html.slice(0, markupCharsMax));
  return found;
}
