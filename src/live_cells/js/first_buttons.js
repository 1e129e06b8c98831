/** What stands on a page before anybody has pressed anything; controller.js takes it over. */
import { named } from "./cell.js";
import { element, plain } from "./element.js";

/** What is said while Python is on its way. */
export const LOADING = "Loading Python";

/** What the cell of a row is called; empty where it has no name. */
export function nameOf(row) {
  return row.dataset.name ?? row.closest(".cell").id;
}

/**
 * Draw the buttons of a cell.
 *
 * @param {HTMLElement} row the place that the build left below the code
 * @param {string} label "cell 3: session-new"
 * @param {string} why it does not run here; empty where it does
 */
export function drawRow(row, label, why = "") {
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", label[0].toUpperCase() + label.slice(1));
  // Others may have put something into the row, such as a button that copies.
  if (why) row.prepend(refusal(why));
  else row.prepend(act("run", `Run ${label}`, "Run"), act("edit", `Edit ${label}`, "Edit"));
}

/** A button of ours, by which controller.js finds it and lazy_start.js tells it from others. */
function act(what, name, words = name) {
  const made = plain(words, name);
  made.dataset.act = what;
  return made;
}

/** Instead of buttons, the reason why there are none. */
export function refusal(why) {
  return element("span", { class: "live-mark", tabindex: "-1" }, `Not run here: ${why}`);
}

/**
 * Draw all of a page: its cells' buttons, the bar at its end, the scratch cell's, "Run all".
 *
 * @param {any} data the page's data block
 * @returns {HTMLElement} the bar
 */
export function drawPage({ reason, bytes }) {
  delete document.documentElement.dataset.live; // which has kept the room of "Run all"
  const rows = document.querySelectorAll(".live-tools[data-cell]");
  for (const row of rows) {
    drawRow(row, named(Number(row.dataset.cell), nameOf(row)), row.dataset.why || reason);
  }
  const end = document.querySelector(".live-scratch");
  const idle = `Python is not loaded. The first run loads it: ${size(bytes)}.`;
  const bar = drawBar(reason ? `The cells of this page do not run here: ${reason}` : idle);
  end.after(bar);
  if (reason) return bar;
  bar.prepend(act("run", "Run all cells", "Run all"));
  end.append(act("scratch", "Open a scratch cell"));
  const all = act("run", "Run all");
  all.className = "log-switch live-all";
  if (rows.length) document.querySelector(".content-icon-container")?.prepend(all);
  return bar;
}

function drawBar(words) {
  const status = element("p", { class: "live-status", role: "status" }, words);
  const more = act("options", "Options");
  more.classList.add("live-more");
  const attributes = { class: "live-bar", role: "region", "aria-label": "Python on this page" };
  return element("div", attributes, status, more);
}

/** A number of bytes, in words. */
export function size(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
