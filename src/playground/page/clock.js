// @ts-check
import { moveClock } from "./api.js";
import { toast } from "./dialogs.js";
import { byId, h, icon } from "./dom.js";
import { me, now, state, zone } from "./state.js";
import { clockTime, dayName, spoken, word } from "./words.js";

const hourMs = 3_600_000;

/** The clock of the person that one is, and the ways to move it. */
export function drawClock() {
  const isMoved = Math.abs(state.view?.shiftMs ?? 0) > 1_000;
  const city = me()?.city[spoken()] ?? "";
  byId("clock").replaceChildren(
    h(
      "div",
      { class: `time${isMoved ? " moved" : ""}`, title: isMoved ? word("ahead") : "" },
      h("time", { id: "now" }, clockTime(now(), zone())),
      h("small", {}, dayName(now(), zone()), h("span", { class: "city" }, ` · ${city}`)),
    ),
    h(
      "div",
      { class: "moves" },
      h("button", { id: "skip", onclick: () => move({ skip: "digest" }) }, icon("skip"), word("skip")),
      h("button", { onclick: () => move({ byMs: hourMs }) }, word("hour")),
      h("button", { onclick: () => move({ byMs: 24 * hourMs }) }, word("day")),
      isMoved
        ? h(
            "button",
            { class: "back", title: word("backToNow"), onclick: () => move({ reset: true }) },
            icon("again"),
            h("span", {}, word("backToNow")),
          )
        : null,
    ),
  );
}

/** Keeps the shown minute true. */
export function tick() {
  const shown = document.getElementById("now");
  if (shown) shown.textContent = clockTime(now(), zone());
}

/** @param {Parameters<typeof moveClock>[0]} to */
async function move(to) {
  const answer = await moveClock(to).catch((error) => ({ error: String(error) }));
  if (!("now" in answer)) return;
  if (answer.now === null) return toast(word("noDigest"));
  // A digest that goes to a chat that is not open would look like a button that does nothing.
  const isHere = answer.chat === state.chat && answer.thread === (state.thread ?? 0);
  if (answer.where && !isHere) toast(`${answer.where} ${clockTime(Number(answer.now), zone())}`);
}
