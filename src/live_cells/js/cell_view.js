import { CellMenu } from "./cell_menu.js";
import { CellOutputs } from "./cell_outputs.js";
import { isOld, status } from "./cell_status.js";
import { asked, button, element, flag, onPress, opens, write } from "./element.js";
import { keysInBar, keyToRun } from "./messages.js";
import { asToolbar } from "./toolbar.js";

/** What the reader has of a cell: its buttons, its code in its forms, its menu, its outputs. */
export class CellView {
  #editor = null;
  #isOpening = false;
  /** Whether the reader ran this very cell, and not one below it. */
  #isAsked = false;
  /** The words of its mark; before the first, those of another script. @type {string | null} */
  #said = null;

  /**
   * @param {import("./cell.js").Cell} cell
   * @param {HTMLElement} row the strip above the code, with its first buttons
   * @param {any} acts what is done elsewhere: `run`, `runFrom`, `leave`, `edited`, `share` and `play`,
   *   each with the cell; `canPlay`, whether there is a playground; `again()`; `editor(options)`, a promise of an editor; `render(result, prefix)`, an
   *   output or null
   */
  constructor(cell, row, acts) {
    this.cell = cell;
    this.row = row;
    this.acts = acts;
    /** @type {any} the box of the reader's own code, once there is some */
    this.own = null;
    this.box = row.closest(".cell");
    /** @type {any} */
    this.input = row.parentElement.querySelector(":scope > .cell_input");
    const place = (output) => this.place(output);
    this.outputs = new CellOutputs(cell, this.box, place, acts.render);
    this.#find("");
    this.run = row.querySelector('[data-act="run"]');
    this.edit = row.querySelector('[data-act="edit"]');
    this.more = row.querySelector('[data-act="more"]');
    this.menu = new CellMenu(cell, this.more, {
      from: () => this.#startFrom(),
      swap: () => this.#swap(),
      trace: () => this.#showTrace(),
      share: () => acts.share(cell),
      play: () => acts.play(cell),
    });
    row.after(this.menu.element);
    /** @type {any} */
    this.mark = row.querySelector(".live-mark");
    Object.assign(this.mark.dataset, { keys: keysInBar(), key: keyToRun() });
    this.back = button("reset", "Reset", `Reset ${cell.title}`);
    Object.assign(this.back, { hidden: true, tabIndex: -1 }); // the strip has its stop already
    (row.querySelector(".live-name") ?? this.mark).after(this.back); // in the gap: nothing moves
    asToolbar(row);
    this.mark.addEventListener("pointerenter", ({ target }) => {
      target.title = target.scrollWidth > target.clientWidth ? target.textContent : ""; // it is cut
    });
    onPress(row, {
      run: () => this.start(),
      edit: () => this.toggle(),
      reset: () => {
        this.reset();
        this.run.focus(); // the button goes
      },
    });
    row.addEventListener("keydown", (event) => this.#press(event));
    this.input.addEventListener("click", (event) => this.#click(event));
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || asked(event) || !event.target.matches("pre")) return;
      event.preventDefault(); // or the editor, which has the focus by then, gets it
      if (!this.edit.hidden) this.#open();
    });
    this.box.addEventListener("code-asked", ({ detail }) => (detail.code = cell.source));
    this.box.addEventListener("line-asked", ({ detail }) => this.#seek(detail));
    cell.view = this;
  }

  /** Put an output where the page has none. */
  place(output) {
    if (this.row.parentElement.matches(".above-input")) this.box.append(output);
    else this.input.after(output);
  }

  /** Find the book's code and output, those of a variant where it has its own. */
  #find(variant) {
    this.variant = variant;
    const own = `.variant[data-variant="${variant}"]`;
    /** @type {any} */
    this.code = this.input.querySelector(`:scope > ${own} > div`) ?? this.input.firstElementChild;
    // Not the output of another variant, which is beside it, or alone where this one shows nothing.
    this.outputs.printed =
      this.box.querySelector(`${own} .cell_output`) ??
      this.box.querySelector(".cell_output:not(.variant *)");
  }

  /** Begin again with the code and the output of another variant. */
  turn(variant, why) {
    this.#editor?.remove();
    this.#editor = null;
    this.outputs.clear();
    this.outputs.dim(false);
    this.own?.remove();
    this.own = null;
    this.code.hidden = false;
    this.#find(variant);
    this.cell.turn(this.book, why);
  }

  /** The book's code, as the page shows it. */
  get book() {
    return (this.code.querySelector("pre")?.textContent ?? "").replace(/\n$/, "");
  }

  /** Show the cell's state. */
  update() {
    const { cell } = this;
    this.run.hidden = Boolean(cell.why);
    this.edit.hidden = cell.isScratch || Boolean(cell.why);
    for (const each of [this.run, this.menu.from, this.back]) {
      flag(each, "aria-disabled", cell.isBusy);
    }
    flag(this.box, "aria-busy", cell.isBusy);
    this.#offer();
    this.markState();
    this.#display();
  }

  /** Have in the menu what can be done. */
  #offer() {
    const { cell, menu, outputs } = this;
    menu.from.hidden = cell.isScratch;
    this.back.hidden = !cell.isEdited && !outputs.isOther;
    menu.swap.hidden = !outputs.isOther || !outputs.printed;
    write(menu.swap, outputs.isLive ? "Show the original output" : "Show your output");
    menu.share.hidden = !cell.isEdited;
    menu.play.hidden = cell.isAttempt || !this.acts.canPlay;
    menu.trace.hidden = !outputs.traceback?.hidden;
    this.more.hidden = Boolean(cell.why) || menu.isEmpty;
  }

  /** Say how the cell is, and dim an output that is none of its code as it is. */
  markState() {
    const { kind, words, cause } = status(this.cell) ?? { kind: "", words: "" };
    if (this.mark.dataset.mark !== kind) this.mark.dataset.mark = kind;
    const link = () => this.#toError(kind, words) ?? cause?.view?.linked(words);
    if (this.#said !== words) this.mark.replaceChildren(link() ?? words);
    this.#said = words;
    this.outputs.dim(isOld(this.cell, kind));
  }

  /** Words that lead to the error of the last run, below what it sent; null where there is none. */
  #toError(kind, words) {
    const error = kind === "error" && this.outputs.error;
    if (!error) return null;
    error.id = `live-error-${this.cell.place}`;
    return element("a", { href: `#${error.id}` }, words);
  }

  /** Words that lead to this cell. */
  linked(words) {
    this.box.id ||= `live-cell-${this.cell.place}`;
    return element("a", { href: `#${this.box.id}` }, words);
  }

  // ---------- Code ----------

  /** Open the editor, or close it and keep what is in it. */
  toggle() {
    return this.#editor ? this.close() : this.#open();
  }

  /** Open the editor where the reader has pressed on the code, and not on a link or a selection. */
  #click(event) {
    const pre = event.target.closest("pre");
    if (!pre || this.edit.hidden || !opens(event)) return;
    this.#open(placeIn(pre, event.clientX, event.clientY));
  }

  async #open(place = 0) {
    if (this.#isOpening || this.#editor) return;
    this.#isOpening = true;
    flag(this.edit, "aria-busy", true);
    const { cell, variant } = this;
    const { source } = cell;
    const editor = await this.acts.editor({
      source,
      label: `Code of ${cell.title}`,
      onchange: (source) => this.#edit(source),
      onkey: (what) => this.act(what),
    });
    this.#isOpening = false;
    flag(this.edit, "aria-busy", false);
    if (!editor || variant !== this.variant) return;
    this.#editor = editor;
    if (cell.source !== source) editor.set(cell.source); // it was given other code meanwhile
    this.input.append(this.#editor.element);
    // The page's own shortcuts ("/" goes to the search) take a shadow root for no text field.
    this.#editor.element.addEventListener("keydown", (event) => event.stopPropagation());
    this.#display();
    this.#editor.select(place);
    this.focus();
  }

  /** Close the editor, and keep what is in it. */
  close() {
    if (this.cell.isScratch) return this.run.focus(); // it has no other form
    this.#editor.remove();
    this.#editor = null;
    this.#display();
    this.edit.focus();
  }

  /** Show the book's code, the reader's, or the editor. */
  #display() {
    const isOpen = Boolean(this.#editor);
    const isOwn = this.cell.isEdited && !isOpen;
    write(this.edit, isOpen ? "Close" : "Edit");
    const name = `${isOpen ? "Close the editor of" : "Edit"} ${this.cell.title}`;
    this.edit.setAttribute("aria-label", name);
    this.code.hidden = isOwn || isOpen;
    if (isOwn) {
      this.own ??= this.#makeOwn();
      write(this.own.querySelector("pre"), this.cell.source);
    }
    if (this.own) this.own.hidden = !isOwn;
    this.#sayChanged();
  }

  /** Say where a line of code is: in the editor; nowhere, where the output is of other code. */
  #seek(detail) {
    const { cell } = this;
    detail.isOld = cell.source !== this.outputs.source;
    if (this.#editor && !detail.isOld) detail.found = this.#editor.seek(detail.line);
  }

  #sayChanged() {
    this.box.dispatchEvent(new Event("cell-changed", { bubbles: true }));
  }

  #makeOwn() {
    const name = `Code of ${this.cell.title}`;
    const pre = element("pre", { tabindex: "0", role: "group", "aria-label": name });
    const own = element("div", { class: "live-source notranslate" });
    own.append(element("div", { class: "highlight" }, pre));
    this.code.after(own);
    return own;
  }

  #edit(source) {
    this.cell.edit(source);
    this.acts.edited(this.cell);
  }

  /** Give the cell other code, in an open editor. */
  async fill(source) {
    const fold = this.input.closest("details");
    if (fold) fold.open = true;
    this.put(source);
    if (this.#editor) this.focus();
    else await this.#open();
    this.row.scrollIntoView({ block: "nearest" }); // where it is run
  }

  /** Give the cell other code, also in the editor, where it can be undone. */
  put(source) {
    this.#editor?.set(source);
    this.#edit(source);
  }

  /** Bring back the book's code and output. */
  reset() {
    this.cell.clear();
    this.outputs.clear();
    this.put(this.cell.book);
  }

  // ---------- Output ----------

  /** Show what a run showed. */
  show(run) {
    const output = this.outputs.show(run);
    if (this.#isAsked && output) this.#uncover(output, run.result.raised && !this.cell.raises);
    this.#isAsked = false;
    this.#sayChanged();
  }

  /** Show what a reader has asked for and may not see: in a fold, or below the window's end. */
  #uncover(output, hasFailed) {
    const fold = output.parentElement.closest("details");
    if (fold) fold.open = true;
    if (!hasFailed && !this.cell.isScratch) return;
    (output.querySelector(".error") ?? output).scrollIntoView({ block: "nearest" });
  }

  /** Show the live output in the place of the page's, or the page's again. */
  #swap() {
    this.outputs.choose(!this.outputs.isLive);
    this.update();
  }

  #showTrace() {
    Object.assign(this.outputs.traceback, { hidden: false, open: true });
    this.update();
  }

  // ---------- Running ----------

  start() {
    this.#isAsked = true;
    this.acts.run(this.cell);
  }

  #startFrom() {
    this.#isAsked = true;
    this.acts.runFrom(this.cell);
  }

  /** Do what a key asks for: see asked(). */
  act(what) {
    if (what === "close") return this.close();
    if (what === "again") return this.acts.again();
    if (what === "from") return this.#startFrom();
    this.start();
    if (what === "next") this.acts.leave(this.cell);
  }

  #press(event) {
    const what = asked(event);
    if (!what) return;
    event.preventDefault();
    this.act(what);
  }

  /** Go to the cell: into its editor where that is open, else to its first button. */
  focus() {
    (this.#editor ?? this.run).focus();
  }
}

/** Where in a text is what is at a place of the window; its beginning where nobody knows. */
function placeIn(pre, x, y) {
  const at = document.caretPositionFromPoint?.(x, y);
  if (!at || !pre.contains(at.offsetNode)) return 0;
  const range = document.createRange();
  range.setStart(pre, 0);
  range.setEnd(at.offsetNode, at.offset);
  return range.toString().length;
}
