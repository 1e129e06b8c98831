/** The buttons that are drawn when a page opens; controller.js has them do something. */
import { titled } from "./cell.js";
import { button, element, nameOf } from "./element.js";
import { idle, notHere } from "./messages.js";
import { shownOf, whyNot } from "./shown_variant.js";

/** What the page calls an exercise, by its strip. */
export const exercised = (row) => `the exercise “${row.dataset.title}”`;

/**
 * Draw the buttons of a cell, or why there are none.
 *
 * @param {HTMLElement} row the strip above the code, which has the cell's name
 * @param {string} title "cell session-new"
 * @param {string} why it does not run here; empty where it does
 * @param {string} word on the button that runs it
 */
export function drawRow(row, title, why = "", word = "Run") {
  row.setAttribute("aria-label", title[0].toUpperCase() + title.slice(1));
  const run = button("run", word, `${word} ${title}`);
  const edit = button("edit", "Edit", `Edit ${title}`);
  const more = button("more", "⋯", `More for ${title}`);
  run.hidden = edit.hidden = more.hidden = Boolean(why);
  row.prepend(run, element("span", { class: "live-mark" }, why && notHere(why)));
  // What is seen at rest ends the row.
  row.append(...row.querySelectorAll(".copy"), more, edit);
}

/**
 * Draw all of a page: its cells' buttons, the bar at its end, the scratch cell's, "Run all".
 *
 * @param {any} block the page's data block
 * @returns {HTMLElement} the bar
 */
export function drawPage(block) {
  const data = shownOf(block);
  delete document.documentElement.dataset.live; // which has kept the room of each "Run"
  const rows = document.querySelectorAll(".live-tools[data-cell]");
  for (const row of rows) {
    const cell = Number(row.dataset.cell);
    drawRow(row, titled(cell, nameOf(row)), whyNot(data, cell));
  }
  for (const row of document.querySelectorAll(".live-tools[data-exercise]")) {
    drawRow(row, exercised(row), block.reason, "Check");
  }
  const more = button("options", "Options");
  more.classList.add("live-more");
  const bar = element(
    "div",
    { class: "live-bar", role: "region", "aria-label": "Python on this page" },
    element("p", { class: "live-status", role: "status" }, idle(data)),
    more,
  );
  const end = document.querySelector(".live-scratch");
  end.after(bar);
  if (block.reason) return bar;
  bar.prepend(button("run", "Run all", "Run all cells"));
  end.append(button("scratch", "Open a scratch cell"));
  const all = button("run", "Run all");
  all.className = "log-switch live-all";
  if (rows.length) document.querySelector(".content-icon-container")?.prepend(all);
  return bar;
}
