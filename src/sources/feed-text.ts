import { hasElements, htmlOf, textOf, type XmlElement } from "./xml.ts";

/** Elements of HTML that feeds put into texts; anything else in angle brackets is what somebody wrote. */
const tags = new RegExp(
  "</?(?:" +
    "a|abbr|acronym|address|article|aside|b|bdi|big|blockquote|br|center|cite|code|col|dd|del|dfn|div|dl|" +
    "dt|em|embed|fieldset|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|body|i|iframe|" +
    "img|input|ins|kbd|label|li|main|map|mark|nav|noscript|object|ol|option|p|param|picture|pre|q|rp|rt|" +
    "ruby|s|samp|script|section|select|small|source|span|strike|strong|style|sub|sup|svg|table|tbody|td|" +
    "template|textarea|tfoot|th|thead|time|title|tr|track|tt|u|ul|var|video|wbr|meta|link|!--" +
    ")(?=[\\s>/]|--)[^>]*>?",
  "i",
);

/**
 * A text of a feed as HTML source: escaped, in CDATA, as XHTML, in Base64, or plain, as its element says or as it
 * looks.
 */
export function asHtml(element: XmlElement): string {
  const type = (element.attributes["type"] ?? "").trim().toLowerCase();
  const mode = (element.attributes["mode"] ?? "").toLowerCase();
  if (mode === "base64" || (isBinary(type) && !hasElements(element))) return fromBase64(textOf(element), type);
  if (hasElements(element))
    return htmlOf(element, type !== "xhtml" && type !== "application/xhtml+xml" && mode !== "xml");
  const text = textOf(element);
  if (type === "html" || type === "text/html" || looksLikeHtml(text)) return text;
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** Whether a text is HTML source, whatever its feed says of it: known tags, or entities. */
export function looksLikeHtml(text: string): boolean {
  return tags.test(text) || /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,30});/i.test(text);
}

function isBinary(type: string): boolean {
  return type !== "" && type.includes("/") && !/^text\/|[+/]xml$|html/.test(type);
}

function fromBase64(text: string, type: string): string {
  try {
    const bytes = Uint8Array.from(atob(text.replace(/\s+/g, "")), (char) => char.charCodeAt(0));
    const decoded = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return type.includes("html") || looksLikeHtml(decoded) ? decoded : decoded.replaceAll("<", "&lt;");
  } catch {
    return "";
  }
}
