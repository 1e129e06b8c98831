/** What the book offers to try in the place of a cell: a button puts it there, and back. */
import { write } from "./element.js";

/**
 * Have the page's buttons do something.
 *
 * @param {import("./cell_view.js").CellView[]} views
 * @param {() => Promise<any>} open loads the page's data, which has the code for each variant
 * @param {(view: import("./cell_view.js").CellView, source: string) => void} fill puts code into a cell
 */
export function offerTries(views, open, fill) {
  /** @type {NodeListOf<any>} */
  const buttons = document.querySelectorAll(".try-it");
  for (const button of buttons) {
    const { cell: index, number } = button.dataset;
    const view = views.find(({ cell }) => cell.index === Number(index));
    if (!view) {
      button.hidden = true;
      continue;
    }
    const { cell } = view;
    let code = button.parentElement.querySelector("pre").textContent.replace(/\n$/, "");
    const isIn = () => cell.source === code;
    const draw = () => {
      const words = isIn() ? "Show the original" : "Try it";
      write(button, words);
      button.setAttribute("aria-label", `${words}${isIn() ? " of" : " in"} ${cell.title}`);
      button.hidden = Boolean(cell.why);
    };
    view.box.addEventListener("cell-changed", draw);
    button.addEventListener("click", async () => {
      if (isIn()) return view.reset();
      const contents = await open();
      code = contents.cells[cell.index].tries[number];
      fill(view, code);
    });
    draw();
  }
}
