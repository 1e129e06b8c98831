/**
 * Live cells: each cell of the page runs in the reader's browser.
 *
 * lazy_start.js has drawn the buttons and loads this script when a reader comes to one of them; nothing
 * else is loaded before the first press.
 */

import { Cell } from "./cell.js";
import { Tools } from "./cell_view.js";
import { does, element } from "./element.js";
import { nameOf } from "./first_buttons.js";
import { plainEditor } from "./plain_editor.js";
import { Page } from "./run_queue.js";
import { Store } from "./saved_edits.js";
import { Bar } from "./status_bar.js";

const FROM_FILE =
  "A page that was opened from a file cannot load Python. Open the site through a server: run " +
  "“make serve” in the project's folder.";
const SCRATCH = "#scratch"; // no cell has such a name

/** The page as its reader has it: what is pressed, and what is then shown. */
class Live {
  #render = null;
  #failures = 0;

  constructor(data) {
    this.data = data;
    this.store = new Store(data.page);
    this.tools = new Map();
    for (const row of document.querySelectorAll(".live-tools[data-cell]")) this.#take(row);
    const scratch = new Cell(null, "", "");
    this.page = new Page(data, [...this.tools.keys()], scratch, this);
    this.bar = new Bar(data, this.store, {
      runAll: () => this.#press(() => this.page.runAll()),
      stop: () => this.page.stop(),
      restart: () => this.#press(() => this.page.restart()),
      keep: (wanted) => this.#keep(wanted),
      forget: () => this.#forget(),
    });
    const end = document.querySelector(".live-scratch");
    if (!data.reason) this.#offerScratch(end, scratch);
    const all = document.querySelector(".live-all");
    if (all) does(all, () => this.#press(() => this.page.runAll()));
    this.changed();
  }

  #take(row) {
    const box = row.closest(".cell");
    const code = row.previousElementSibling.querySelector("pre").textContent;
    const cell = new Cell(Number(row.dataset.cell), nameOf(row), code.replace(/\n$/, ""));
    cell.shown = box;
    cell.why = row.dataset.why || this.data.reason;
    this.#remember(cell);
    this.tools.set(cell, new Tools(cell, row, this.#acts()));
  }

  #acts() {
    return {
      run: (cell) => this.#press(() => this.page.run(cell)),
      leave: (cell) => this.#leave(cell),
      edited: (cell) => this.#edited(cell),
      editor: (options) => this.#press(() => this.#makeEditor(options)),
      render: (result, prefix) => this.#render(result, prefix),
    };
  }

  /** Do what a press asks for, where the page's address lets it. */
  #press(act) {
    if (location.protocol !== "file:") return act();
    this.bar.follow();
    this.bar.tell(FROM_FILE);
    return null;
  }

  #offerScratch(end, cell) {
    this.#remember(cell);
    const open = end.firstElementChild;
    if (cell.isEdited) open.textContent = "Open your scratch cell";
    does(open, () => this.#press(() => this.#openScratch(end, cell)));
  }

  #openScratch(end, cell) {
    const code = element("div", {});
    const input = element("div", { class: "cell_input docutils container" }, code);
    const row = element("div", { class: "live-tools" });
    cell.shown = element("div", { class: "cell docutils container" }, input, row);
    end.replaceChildren(cell.shown);
    const tools = new Tools(cell, row, this.#acts());
    this.tools.set(cell, tools);
    // Whoever gives each cell something more, such as a button that copies, hears of this one.
    cell.shown.dispatchEvent(new CustomEvent("cell-opened", { bubbles: true, detail: cell.label }));
    this.changed();
    tools.focus(); // until the editor is there
    tools.toggle();
  }

  /** Go on to the next cell. */
  #leave(cell) {
    const all = [...this.tools.values()];
    const rest = all.slice(all.indexOf(this.tools.get(cell)) + 1);
    const next = rest.find((tools) => tools.isReachable);
    if (next) next.focus();
    else document.querySelector(".live-scratch > button")?.focus();
  }

  // ---------- What the page tells ----------

  changed() {
    for (const tools of this.tools.values()) tools.update(this.page);
    this.bar.update(this.page);
  }

  tell(words) {
    this.bar.tell(words);
  }

  show(cell, run) {
    this.tools.get(cell)?.show(run);
  }

  relane(cell, lanes) {
    this.tools.get(cell)?.relane(lanes);
  }

  async prepare() {
    this.#render ??= (await this.#load(this.data.render)).render;
  }

  // ---------- Parts that are loaded when they are needed ----------

  async #load(address) {
    // A browser may remember that a module could not be loaded: another try has another address.
    const again = this.#failures ? `?${this.#failures}` : "";
    try {
      return await import(new URL(address + again, document.baseURI).href);
    } catch {
      this.#failures += 1;
      throw new Error(`${address.split("/").at(-1)} is missing or damaged`);
    }
  }

  async #makeEditor(options) {
    try {
      return (await this.#load(this.data.editor)).editor(options);
    } catch {
      return plainEditor(options);
    }
  }

  // ---------- Edits ----------

  #key(cell) {
    return cell.isScratch ? SCRATCH : cell.name || String(cell.index + 1);
  }

  /** Give a cell the edit that was kept. */
  #remember(cell) {
    const edit = this.store.read(this.#key(cell));
    if (!edit) return;
    cell.source = edit.source;
    cell.isOutdated = edit.of !== cell.book;
    cell.of = edit.of;
  }

  #edited(cell) {
    if (!cell.isEdited) cell.of = null;
    else cell.of ??= cell.book;
    this.store.write(this.#key(cell), cell.isEdited ? { of: cell.of, source: cell.source } : null);
    if (this.store.problem && !this.warned) this.tell(this.store.problem);
    this.warned = Boolean(this.store.problem);
    this.changed();
  }

  #keep(wanted) {
    this.store.want(wanted);
    if (wanted) for (const cell of this.tools.keys()) if (cell.isEdited) this.#edited(cell);
    this.tell(wanted ? "Your edits are kept in this browser." : "Your edits are not kept.");
    this.changed();
  }

  #forget() {
    this.store.forgetAll();
    for (const [cell, tools] of this.tools) if (cell.isEdited) tools.restore();
    this.tell("All your edits on this site are forgotten.");
  }
}

new Live(JSON.parse(document.getElementById("live-cells").textContent));
