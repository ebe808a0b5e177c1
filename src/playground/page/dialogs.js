// @ts-check
import { byId, h, icon } from "./dom.js";
import { clockTime, dayName, word } from "./words.js";

const toastMs = 4_000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let toastTimer;

/**
 * A short notice at the foot, as the answer of a button.
 * @param {string} text
 */
export function toast(text) {
  const place = byId("toast");
  place.textContent = text;
  place.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    place.hidden = true;
  }, toastMs);
}

/**
 * A notice that has to be closed, as the answer of a button with `show_alert`.
 * @param {string} text
 * @param {string} title
 */
export function alertBox(text, title) {
  const dialog = open(h("h2", {}, title), h("p", {}, text));
  dialog.append(h("div", { class: "answers" }, h("button", { class: "main", onclick: () => dialog.close() }, "OK")));
  dialog.querySelector("button")?.focus();
}

/**
 * One of several things to choose; resolves to its value, undefined when nothing was chosen.
 * @template T
 * @param {string} title
 * @param {{ label: string, hint?: string, value: T }[]} choices
 * @returns {Promise<T | undefined>}
 */
export function choose(title, choices) {
  return new Promise((resolve) => {
    /** @type {T | undefined} */
    let chosen;
    const dialog = open(h("h2", {}, title));
    dialog.classList.add("choices");
    for (const { label, hint, value } of choices) {
      const pick = () => {
        chosen = value;
        dialog.close();
      };
      dialog.append(
        h("button", { class: "choice", onclick: pick }, h("b", {}, label), hint ? h("small", {}, hint) : null),
      );
    }
    dialog.append(h("button", { class: "plain", onclick: () => dialog.close() }, word("cancel")));
    dialog.addEventListener("close", () => resolve(chosen));
    dialog.querySelector("button")?.focus();
  });
}

/**
 * A page of the sample news.
 * @param {import("../news.ts").SampleArticle} article
 * @param {string} zone
 */
export function showArticle({ source, draft }, zone) {
  const at = new Date(draft.publishedAt ?? 0).getTime();
  const by = [source.name, draft.author, `${dayName(at, zone)} ${clockTime(at, zone)}`].filter(Boolean).join(" · ");
  const dialog = open(
    h("small", {}, by),
    h("h2", {}, draft.title),
    h("p", { class: "lead" }, draft.lead),
    ...draft.body.split("\n\n").map((paragraph) => h("p", {}, paragraph)),
    h("small", { class: "note" }, word("source")),
  );
  dialog.classList.add("article");
  dialog.prepend(
    h(
      "button",
      { class: "plain round shut", title: word("close"), "aria-label": word("close"), onclick: () => dialog.close() },
      icon("close"),
    ),
  );
}

/** @param {...Node} children */
function open(...children) {
  const dialog = h("dialog", {}, ...children);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
