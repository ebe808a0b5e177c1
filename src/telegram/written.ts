import type { MessageEntity } from "grammy/types";
import { escapeHtml } from "./html.ts";

/** What somebody wrote, as HTML with their own formatting; offsets count UTF-16 units, as JavaScript does. */
export function htmlOfWritten(text: string, entities: readonly MessageEntity[] = []): string {
  const known = entities.flatMap((entity) => {
    const tags = tagsOf(entity);
    return tags === null ? [] : [{ from: entity.offset, to: entity.offset + entity.length, ...tags }];
  });
  // Outer ones open first and close last; Telegram's entities never cross.
  const opening = known.toSorted((a, b) => a.from - b.from || b.to - a.to);
  const cuts = [...new Set([0, text.length, ...known.flatMap((each) => [each.from, each.to])])]
    .filter((at) => at >= 0 && at <= text.length)
    .sort((a, b) => a - b);
  let html = "";
  const open: typeof known = [];
  for (const [n, at] of cuts.entries()) {
    while (open.length > 0 && open.at(-1)!.to <= at) html += open.pop()!.close;
    for (const each of opening) {
      if (each.from !== at || each.to <= at) continue;
      html += each.open;
      open.push(each);
    }
    html += escapeHtml(text.slice(at, cuts[n + 1] ?? text.length));
  }
  while (open.length > 0) html += open.pop()!.close;
  return html;
}

/** A part of a text with the entities that lie in it, as a text of its own. */
export function partOfWritten(
  { text, entities }: { text: string; entities: readonly MessageEntity[] },
  from: number,
  to = text.length,
): { text: string; entities: MessageEntity[] } {
  const inside = entities.flatMap((entity) => {
    const start = Math.max(entity.offset, from);
    const end = Math.min(entity.offset + entity.length, to);
    return end > start ? [{ ...entity, offset: start - from, length: end - start }] : [];
  });
  return { text: text.slice(from, to), entities: inside };
}

const simple: Partial<Record<MessageEntity["type"], string>> = {
  bold: "b",
  italic: "i",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
  spoiler: "tg-spoiler",
};

function tagsOf(entity: MessageEntity): { open: string; close: string } | null {
  if (entity.type === "text_link") {
    return { open: `<a href="${escapeHtml(entity.url).replaceAll('"', "&quot;")}">`, close: "</a>" };
  }
  const tag = simple[entity.type];
  return tag === undefined ? null : { open: `<${tag}>`, close: `</${tag}>` };
}
