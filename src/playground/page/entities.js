// @ts-check
import { h } from "./dom.js";

/**
 * @typedef {import("../types.ts").EntityJson} Entity
 * @typedef {{ onLink: (url: string) => void, onCommand: (command: string) => void }} Handlers
 */

/** @type {Readonly<Record<string, keyof HTMLElementTagNameMap>>} */
const TAGS = {
  bold: "b",
  italic: "i",
  underline: "u",
  strikethrough: "s",
  code: "code",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};

/**
 * A text with its formatting as nodes. Entities nest; those that would cross are cut at the outer one's end.
 * @param {string} text
 * @param {Entity[] | undefined} entities
 * @param {Handlers} handlers
 * @returns {DocumentFragment}
 */
export function formatted(text, entities, handlers) {
  const sorted = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const fragment = document.createDocumentFragment();
  fill(fragment, { text, from: 0, to: text.length, entities: sorted, handlers });
  return fragment;
}

/**
 * @param {Node} parent
 * @param {{ text: string, from: number, to: number, entities: Entity[], handlers: Handlers }} part
 */
function fill(parent, { text, from, to, entities, handlers }) {
  let at = from;
  let index = 0;
  while (index < entities.length) {
    const entity = /** @type {Entity} */ (entities[index]);
    const end = Math.min(entity.offset + entity.length, to);
    index++;
    if (entity.offset < at || end <= entity.offset) continue;
    if (entity.offset > at) parent.appendChild(document.createTextNode(text.slice(at, entity.offset)));
    const inner = [];
    for (; index < entities.length; index++) {
      const next = /** @type {Entity} */ (entities[index]);
      if (next.offset >= end) break;
      inner.push(next);
    }
    const element = elementFor(entity, text.slice(entity.offset, end), handlers);
    fill(element, { text, from: entity.offset, to: end, entities: inner, handlers });
    parent.appendChild(element);
    at = end;
  }
  if (at < to) parent.appendChild(document.createTextNode(text.slice(at, to)));
}

/**
 * @param {Entity} entity
 * @param {string} text
 * @param {Handlers} handlers
 * @returns {HTMLElement}
 */
function elementFor(entity, text, { onLink, onCommand }) {
  const tag = TAGS[entity.type];
  if (tag) return h(tag);
  switch (entity.type) {
    case "pre":
      return h("pre");
    case "spoiler":
      return spoiler();
    case "text_link":
      return link(entity.url ?? "", onLink);
    case "url":
      return link(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`, onLink);
    case "bot_command":
      return h("a", { href: "#", class: "command", onclick: stop(() => onCommand(text)) });
    case "mention":
    case "text_mention":
    case "hashtag":
      return h("span", { class: "mention" });
    default:
      return h("span");
  }
}

/**
 * @param {string} url
 * @param {(url: string) => void} onLink
 */
export function link(url, onLink) {
  const safe = /^(https?|tg):/i.test(url) ? url : "#";
  return h("a", { href: safe, title: url, rel: "noopener noreferrer", onclick: stop(() => onLink(url)) });
}

function spoiler() {
  const element = h("span", { class: "spoiler", tabIndex: 0, role: "button" });
  const reveal = () => element.classList.add("shown");
  element.addEventListener("click", reveal);
  element.addEventListener("keydown", (event) => event.key === "Enter" && reveal());
  return element;
}

/** @param {() => void} run */
function stop(run) {
  return (/** @type {Event} */ event) => {
    event.preventDefault();
    event.stopPropagation();
    run();
  };
}
