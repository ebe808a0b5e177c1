import { bytesBefore, type Parsed } from "./html.ts";
import { checkLink } from "./links.ts";
import { refuse } from "./rules.ts";
import type { EntityJson } from "./types.ts";

const RESERVED = "_*[]()~`>#+-=|{}.!";
const KINDS: Readonly<Record<string, { type: string; name: string }>> = {
  "*": { type: "bold", name: "Bold" },
  _: { type: "italic", name: "Italic" },
  __: { type: "underline", name: "Underline" },
  "~": { type: "strikethrough", name: "Strikethrough" },
  "||": { type: "spoiler", name: "Spoiler" },
  "[": { type: "text_link", name: "TextUrl" },
  "`": { type: "code", name: "Code" },
  "```": { type: "pre", name: "Pre" },
};

type Open = { mark: string; offset: number; at: number };

/** MarkdownV2, without its quotes and custom emoji: enough to see every reserved character refused. Throws a `Refusal`. */
export function parseMarkdown(source: string): Parsed {
  const open: Open[] = [];
  const entities: EntityJson[] = [];
  let text = "";
  let i = 0;
  while (i < source.length) {
    const sign = source[i]!;
    const last = open.at(-1);
    const inCode = last?.mark === "`" || last?.mark === "```";
    if (sign === "\\" && i + 1 < source.length && source.charCodeAt(i + 1) <= 126) {
      text += source[i + 1];
      i += 2;
      continue;
    }
    const mark = markAt(source, i);
    if (inCode ? mark !== last.mark : !RESERVED.includes(sign)) {
      text += sign;
      i++;
      continue;
    }
    if (last && (mark === last.mark || (last.mark === "[" && sign === "]"))) {
      i = close(last, i);
      continue;
    }
    if (!(mark in KINDS) || inCode) throw refuse("markdown-reserved", { sign });
    open.push({ mark, offset: text.length, at: i });
    i += mark.length;
  }
  const unclosed = open.at(-1);
  if (unclosed) {
    throw refuse("markdown-no-end", { kind: KINDS[unclosed.mark]!.name, at: bytesBefore(source, unclosed.at) });
  }
  return { text, entities, quiet: [] };

  /** Ends an entity at a mark and returns where to read on. */
  function close(last: Open, at: number): number {
    open.pop();
    const place = { offset: last.offset, length: text.length - last.offset };
    let next = at + last.mark.length;
    let url: string | undefined;
    if (last.mark === "[") {
      const target = /^\]\(((?:\\.|[^)\\])*)\)/.exec(source.slice(at));
      if (target) next = at + target[0].length;
      const checked = checkLink((target?.[1] ?? text.slice(last.offset)).replace(/\\(.)/g, "$1"));
      url = "url" in checked ? checked.url : undefined;
      if (url === undefined) return next;
    }
    if (place.length > 0) entities.push({ type: KINDS[last.mark]!.type, ...place, url });
    return next;
  }
}

function markAt(source: string, at: number): string {
  if (source.startsWith("```", at)) return "```";
  if (source.startsWith("__", at)) return "__";
  if (source.startsWith("||", at)) return "||";
  return source[at]!;
}
