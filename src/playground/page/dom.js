// @ts-check

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * Makes an element. Texts become text nodes: nothing that somebody wrote is ever read as markup.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [properties] `on…` are listeners, `class`, `data-…`, `aria-…` and `role` attributes
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on") && typeof value === "function") {
      element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    } else if (name in element && !/^(class|role|data-|aria-|list|form)/.test(name)) {
      Reflect.set(element, name, value);
    } else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter(isNode));
  return element;
}

/**
 * @param {Child} child
 * @returns {child is Node | string}
 */
function isNode(child) {
  return child !== null && child !== undefined && child !== false;
}

/**
 * The element of the page with this id.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no #${id}`);
  return element;
}

/**
 * A line drawing; the paths are ours.
 * @param {keyof typeof SHAPES} name
 */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

const SHAPES = {
  back: "M15 5l-7 7 7 7",
  send: "M4 12l16-8-5 16-3-7-8-1z",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  clip: "M19 11l-7.5 7.5a4.2 4.2 0 0 1-6-6L13 5a2.8 2.8 0 0 1 4 4l-7.5 7.5a1.4 1.4 0 0 1-2-2L14 8",
  close: "M6 6l12 12M18 6L6 18",
  reply: "M9 7L4 12l5 5M4 12h9a7 7 0 0 1 7 6",
  forward: "M15 7l5 5-5 5M20 12h-9a7 7 0 0 0-7 6",
  again: "M4 12a8 8 0 1 0 2.5-5.8M4 4v5h5",
  skip: "M5 5l8 7-8 7zM18 5v14",
  down: "M6 9l6 6 6-6",
  link: "M7 17L17 7M9 7h8v8",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5L19 19M5 19l1.5-1.5M17.5 6.5L19 5",
};

/**
 * A round picture with the first letter of a name, its colour by the number.
 * @param {string} name
 * @param {number} id
 * @param {string} [extra]
 */
export function avatar(name, id, extra = "") {
  const colour = `c${Math.abs(id) % 6}`;
  return h("span", { class: `avatar ${colour} ${extra}`, "aria-hidden": "true" }, [...name][0] ?? "?");
}
