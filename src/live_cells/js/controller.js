/**
 * Live cells: each cell of the page runs in the reader's browser.
 *
 * lazy_start.js has drawn the buttons and loads this script when a reader comes to one of them;
 * nothing else is loaded before the first press.
 */
import { Cell } from "./cell.js";
import { CellView } from "./cell_view.js";
import { element, onPress } from "./element.js";
import { drawRow } from "./first_buttons.js";
import * as messages from "./messages.js";
import { PageParts } from "./page_parts.js";
import { RunQueue } from "./run_queue.js";
import { SavedEdits } from "./saved_edits.js";
import { StatusBar } from "./status_bar.js";

/** Show the page's main run, which is what runs here, where the reader has chosen a variant. */
function showMain() {
  const { variant = "main" } = document.documentElement.dataset;
  if (variant === "main") return;
  document.dispatchEvent(new CustomEvent("variant-chosen", { detail: { name: "main" } }));
}

/** Ties what is pressed to what it does: to the queue of runs, the editor and the saved edits. */
class Controller {
  constructor(data) {
    const parts = new PageParts(data);
    this.acts = {
      run: (cell) => this.#run(cell),
      leave: (cell) => this.#leave(cell),
      edited: (cell) => this.#edited(cell),
      editor: (options) => this.#edit(parts.editor(options)),
      render: (result, prefix) => parts.render(result, prefix),
    };
    this.edits = new SavedEdits(data.page);
    /** @type {CellView[]} */
    this.views = [];
    const rows = [...document.querySelectorAll(".live-tools[data-cell]")];
    // A cell that does not run here has no buttons.
    for (const row of rows) if (!(row.dataset.why || data.reason)) this.#take(row);
    const runAll = () => this.#runAll();
    this.bar = new StatusBar(data, {
      run: runAll,
      stop: () => this.queue.stop(),
      restart: () => this.queue.restart(),
      forget: () => this.#forget(),
    });
    this.scratch = new Cell(null, "", "");
    const cells = this.views.map(({ cell }) => cell);
    this.queue = new RunQueue(data, cells, this.scratch, () => parts.open(), this.bar);
    const end = document.querySelector(".live-scratch");
    if (!data.reason) this.#offerScratch(end);
    const all = document.querySelector(".live-all");
    if (all) onPress(all, { run: runAll });
    for (const view of this.views) view.update();
    this.bar.update(this.queue);
  }

  #take(row) {
    const code = row.previousElementSibling.querySelector("pre").textContent;
    const cell = new Cell(Number(row.dataset.cell), row.dataset.name, code.replace(/\n$/, ""));
    this.edits.restore(cell);
    this.views.push(new CellView(cell, row, this.acts));
  }

  #run(cell) {
    showMain();
    this.queue.run(cell);
  }

  #runAll() {
    showMain();
    this.queue.runAll();
  }

  #edit(editor) {
    showMain();
    return editor.catch((error) => this.#miss(error));
  }

  /** Say that a part could not be loaded. */
  #miss({ message }) {
    this.bar.follow();
    this.bar.say(messages.missed(message));
  }

  #offerScratch(end) {
    this.edits.restore(this.scratch);
    if (this.scratch.isEdited) end.firstElementChild.textContent = "Open your scratch cell";
    onPress(end, { scratch: () => this.#openScratch(end) });
  }

  #openScratch(end) {
    const { title } = this.scratch;
    const input = element("div", { class: "cell_input docutils container" }, element("div"));
    const row = element("div", { class: "live-tools" });
    const box = element("div", { class: "cell docutils container" }, input, row);
    end.replaceChildren(box);
    drawRow(row, title);
    const view = new CellView(this.scratch, row, this.acts);
    this.views.push(view);
    box.dispatchEvent(new CustomEvent("cell-opened", { bubbles: true, detail: title }));
    view.update();
    view.focus(); // until the editor is there
    view.toggle();
  }

  /** Go on to the next cell. */
  #leave(cell) {
    const rest = this.views.slice(this.views.indexOf(cell.view) + 1);
    const next = rest.find((view) => view.run.checkVisibility()); // not in a closed fold
    if (next) next.focus();
    else document.querySelector(".live-scratch > button")?.focus();
  }

  #edited(cell) {
    this.edits.save(cell);
    if (this.edits.problem) this.bar.say(this.edits.problem);
    cell.view.update();
    this.queue.refreshBelow(cell);
  }

  #forget() {
    this.edits.forgetAll();
    for (const view of this.views) if (view.cell.isEdited) view.restore();
    this.bar.say(messages.FORGOTTEN);
  }
}

new Controller(JSON.parse(document.getElementById("live-cells").textContent));
