import { plainText } from "./html.ts";

/** A button under a message: an action that comes back to us (at most 64 bytes), or a link. */
export type Button = { text: string; action: string } | { text: string; url: string };

/** One Telegram message, ready to be sent: HTML as Telegram parses it. */
export type Message = {
  html: string;
  /** Rows of buttons. */
  buttons: Button[][];
  /** The page whose preview is shown; null shows none. */
  preview: string | null;
  /** Telegram's file_id of a picture; the text is its caption then. */
  photo?: string;
};

/** What one message may hold. Telegram cuts at 4,096, 100 and about 9,500 bytes; what is left is for misjudging. */
export const codePointsMax = 3_500;
export const entitiesMax = 90;
export const entityBytesMax = 8_000;
/** What an entity without a URL takes on its way: kind, offset and length, with room. */
const bytesPerEntity = 16;

export type Size = {
  codePoints: number;
  entities: number;
  /** A bold around a link may be cut into pieces: one more for each that stands inside another. */
  entitiesWorst: number;
  /** Entities as they travel, with their URLs. */
  entityBytes: number;
  lines: number;
};

/** Measures a text that our own renderers made (every tag closed, attributes in double quotes). */
export function sizeOf(markup: string): Size {
  let entities = 0;
  let nested = 0;
  let urlBytes = 0;
  let depth = 0;
  for (const [tag] of markup.matchAll(/<[^>]*>/g)) {
    if (tag.startsWith("</")) {
      depth -= 1;
      continue;
    }
    entities += 1;
    if (depth > 0) nested += 1;
    depth += 1;
    const url = /href="([^"]*)"/.exec(tag)?.[1];
    if (url !== undefined) urlBytes += new TextEncoder().encode(plainText(url)).length;
  }
  const text = plainText(markup);
  return {
    codePoints: [...text].length,
    entities,
    entitiesWorst: entities + nested,
    entityBytes: (entities + nested) * bytesPerEntity + urlBytes,
    lines: text.split("\n").length,
  };
}

export function fits(markup: string): boolean {
  const size = sizeOf(markup);
  return size.codePoints <= codePointsMax && size.entitiesWorst <= entitiesMax && size.entityBytes <= entityBytesMax;
}

/** A message without buttons and without a preview, to start from. */
export function message(body: { html: string }, buttons: Button[][] = []): Message {
  return { html: body.html, buttons: buttons.filter((row) => row.length > 0), preview: null };
}

/** Number buttons 1…n in rows that a thumb can tell apart. */
export function numberRows(buttons: Button[]): Button[][] {
  const perRow = buttons.length <= 5 ? 5 : buttons.length <= 8 ? 4 : 5;
  return Array.from({ length: Math.ceil(buttons.length / perRow) }, (_, row) =>
    buttons.slice(row * perRow, (row + 1) * perRow),
  );
}
