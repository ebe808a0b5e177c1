/** Text that is HTML as Telegram parses it; everything else is plain and is escaped when it is put in. */
export type Html = { readonly html: string };

type Part = string | number | Html | null | false;

/** A template whose plain values are escaped, once. */
export function html(strings: TemplateStringsArray, ...values: Part[]): Html {
  return { html: strings.reduce((text, piece, n) => text + htmlOf(values[n - 1]) + piece) };
}

export function bold(inner: string | Html): Html {
  return { html: `<b>${htmlOf(inner)}</b>` };
}

export function italic(inner: string | Html): Html {
  return { html: `<i>${htmlOf(inner)}</i>` };
}

export function code(inner: string): Html {
  return { html: `<code>${htmlOf(inner)}</code>` };
}

/** A link when there is an http(s) address, else the text alone. */
export function link(inner: string | Html, url: string | null): Html {
  if (url === null || !isWebUrl(url)) return { html: htmlOf(inner) };
  return { html: `<a href="${escapeHtml(url).replaceAll('"', "&quot;")}">${htmlOf(inner)}</a>` };
}

/** The parts that are there, a line each. */
export function lines(...parts: Part[]): Html {
  return join(parts, "\n");
}

/** The blocks that are there, with an empty line between two. */
export function blocks(...parts: Part[]): Html {
  return join(parts, "\n\n");
}

/** Plain text as Telegram's HTML; what Telegram would drop or choke on (controls, bidi overrides, lone halves) goes. */
export function escapeHtml(plain: string): string {
  return plain
    .toWellFormed()
    .replace(/\r\n?/g, "\n")
    .replace(unwelcome, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

/** What a reader sees of it, for the notification of last resort and for counting. */
export function plainText(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}

/** The same text without its links, for when Telegram finds the entities too long. */
export function withoutLinks(markup: string): string {
  return markup.replace(/<\/?a\b[^>]*>/g, "");
}

export function isWebUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get out
const unwelcome = /[\u0000-\u0008\u000b-\u001f\u007f\u2028-\u202e\u2066-\u2069\ufffd]/g;

function join(parts: Part[], between: string): Html {
  return {
    html: parts
      .map(htmlOf)
      .filter((part) => part !== "")
      .join(between),
  };
}

function htmlOf(part: Part | undefined): string {
  if (part === null || part === undefined || part === false) return "";
  return typeof part === "object" ? part.html : escapeHtml(String(part));
}
