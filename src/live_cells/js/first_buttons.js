/** The buttons that are drawn when a page opens; controller.js has them do something. */
import { titled } from "./cell.js";
import { button, element } from "./element.js";
import { idle, notHere, notOnThisPage } from "./messages.js";

/**
 * Draw the buttons of a cell, or why there are none.
 *
 * @param {HTMLElement} row the place that the build left below the code
 * @param {string} title "cell 3 (session-new)"
 * @param {string} why it does not run here; empty where it does
 */
export function drawRow(row, title, why = "") {
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", title[0].toUpperCase() + title.slice(1));
  // Others may have put something into the row, such as a button that copies.
  if (why) row.prepend(element("span", { class: "live-mark" }, notHere(why)));
  else row.prepend(button("run", "Run", `Run ${title}`), button("edit", "Edit", `Edit ${title}`));
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
    const { cell, name, why } = row.dataset;
    drawRow(row, titled(Number(cell), name), why || reason);
  }
  const words = reason ? notOnThisPage(reason) : idle(bytes);
  const more = button("options", "Options");
  more.classList.add("live-more");
  const bar = element(
    "div",
    { class: "live-bar", role: "region", "aria-label": "Python on this page" },
    element("p", { class: "live-status", role: "status" }, words),
    more,
  );
  const end = document.querySelector(".live-scratch");
  end.after(bar);
  if (reason) return bar;
  bar.prepend(button("run", "Run all", "Run all cells"));
  end.append(button("scratch", "Open a scratch cell"));
  const all = button("run", "Run all");
  all.className = "log-switch live-all";
  if (rows.length) document.querySelector(".content-icon-container")?.prepend(all);
  return bar;
}
