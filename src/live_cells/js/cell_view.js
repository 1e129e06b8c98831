import { notes, status } from "./cell_status.js";
import { asked, button, element, flag, onPress, write } from "./element.js";

let runs = 0;

/** What the reader has of a cell: the row of buttons, the code in its forms, the live output. */
export class CellView {
  #editor = null;
  #isOpening = false;
  /** The live output, and whether it is the one that is shown. */
  #live = null;
  #isLive = false;
  /** Whether the reader ran this very cell, and not one below it. */
  #isAsked = false;
  /** The book's output, kept while the live one is shown. */
  #printed;

  /**
   * @param {import("./cell.js").Cell} cell
   * @param {HTMLElement} row the strip above the code, with its first buttons
   * @param {any} acts what is done elsewhere: `run`, `leave` and `edited`, each with the cell;
   *   `editor(options)`, a promise of an editor; `render(result, prefix)`, an output or null
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
    this.#find("");
    this.run = row.querySelector('[data-act="run"]');
    this.edit = row.querySelector('[data-act="edit"]');
    this.reset = button("reset", "Reset", `Reset ${cell.title}`);
    this.swap = button("swap", "Show the book's output");
    this.mark = row.querySelector(".live-mark");
    this.notes = element("span", { class: "live-notes" });
    this.reset.hidden = this.swap.hidden = true;
    this.mark.after(this.notes);
    this.edit.after(this.reset, this.swap);
    onPress(row, {
      run: () => this.start(),
      edit: () => this.toggle(),
      reset: () => this.#reset(),
      swap: () => this.#show(!this.#isLive),
    });
    row.addEventListener("keydown", (event) => this.#press(event));
    this.box.addEventListener("code-asked", ({ detail }) => (detail.code = cell.source));
    this.box.addEventListener("line-asked", ({ detail }) => this.#seek(detail));
    cell.view = this;
  }

  /** Find the book's code and output, those of a variant where it has its own. */
  #find(variant) {
    this.variant = variant;
    const own = `.variant[data-variant="${variant}"]`;
    /** @type {any} */
    this.code = this.input.querySelector(`:scope > ${own} > div`) ?? this.input.firstElementChild;
    // Not the output of another variant, which is beside it, or alone where this one shows nothing.
    this.#printed =
      this.box.querySelector(`${own} .cell_output`) ??
      this.box.querySelector(".cell_output:not(.variant *)");
  }

  /** Begin again with the code and the output of another variant. */
  turn(variant, why) {
    this.#editor?.remove();
    this.#editor = null;
    this.#live?.element.remove();
    this.#live = null;
    this.own?.remove();
    this.own = null;
    this.code.hidden = false;
    if (this.#printed) this.#printed.hidden = false;
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
    flag(this.run, "aria-disabled", cell.isBusy);
    flag(this.reset, "aria-disabled", cell.isBusy);
    flag(this.box, "aria-busy", cell.isBusy);
    this.#offer(this.reset, cell.isEdited || Boolean(this.#live));
    this.#offer(this.swap, Boolean(this.#live && this.#printed && !cell.ran?.result.same));
    const { kind, words } = status(cell) ?? { kind: "", words: "" };
    this.mark.dataset.mark = kind;
    write(this.mark, words);
    write(this.notes, notes(cell));
    this.#display();
  }

  /** Show or hide a button; the focus goes to a neighbour that stays. */
  #offer(one, isOffered) {
    const hadFocus = document.activeElement === one;
    one.hidden = !isOffered;
    if (hadFocus && !isOffered) this.run.focus();
  }

  // ---------- Code ----------

  /** Open the editor, or close it and keep what is in it. */
  async toggle() {
    if (this.#editor) return this.#close();
    if (this.#isOpening) return;
    this.#isOpening = true;
    flag(this.edit, "aria-busy", true);
    const { cell, variant } = this;
    const editor = await this.acts.editor({
      source: cell.source,
      label: `Code of ${cell.title}`,
      onchange: (source) => this.#edit(source),
      onrun: () => this.start(),
      onnext: () => this.#startAndLeave(),
      onclose: () => this.toggle(),
    });
    this.#isOpening = false;
    flag(this.edit, "aria-busy", false);
    if (!editor || variant !== this.variant) return;
    this.#editor = editor;
    this.input.append(this.#editor.element);
    // The page's own shortcuts ("/" goes to the search) take a shadow root for no text field.
    this.#editor.element.addEventListener("keydown", (event) => event.stopPropagation());
    this.#display();
    this.focus();
  }

  #close() {
    this.#editor.remove();
    this.#editor = null;
    this.#display();
    this.edit.focus();
  }

  /** Show the book's code, the reader's, or the editor. */
  #display() {
    const isOpen = Boolean(this.#editor);
    const isOwn = this.cell.isEdited && !isOpen;
    write(this.edit, isOpen ? "Done" : "Edit");
    this.edit.setAttribute("aria-label", `${isOpen ? "Done with" : "Edit"} ${this.cell.title}`);
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
    detail.isOld = cell.source !== (this.#isLive && this.#live ? cell.ran.source : cell.book);
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

  /** Give the cell the book's code, also in the editor, where it can be undone. */
  restore() {
    const { book } = this.cell;
    this.cell.edit(book);
    this.#editor?.set(book);
    this.acts.edited(this.cell);
  }

  #reset() {
    this.cell.clear();
    this.#live?.element.remove();
    this.#live = null;
    if (this.#printed) this.#printed.hidden = false;
    this.restore();
  }

  // ---------- Output ----------

  /** Show what a run showed. */
  show(run) {
    this.#live?.element.remove();
    this.#live = this.#isShown(run) ? this.#render(run) : null;
    const output = this.#live?.element;
    if (output) this.#place(output);
    this.#show(true);
    output?.dispatchEvent(new Event("output-shown", { bubbles: true }));
    // The book may have this output in a fold, which the reader has asked for now.
    const fold = this.#isAsked && output?.parentElement.closest("details");
    if (fold) fold.open = true;
    this.#isAsked = false;
  }

  #render({ result }) {
    const made = this.acts.render(result, `live-${this.cell.index ?? "scratch"}-${++runs}`);
    // Where the book shows an output and this run has none, a gap would look like a mistake.
    return made ?? (this.#printed && !result.same ? { element: nothing(), relane() {} } : null);
  }

  /** Where the book leaves an output out, the reader sees what he caused himself. */
  #isShown({ result, source }) {
    const isLeftOut = this.box.classList.contains("tag_remove-output");
    return !isLeftOut || result.raised || source !== this.cell.book;
  }

  #place(output) {
    output.dataset.live = "";
    output.setAttribute("role", "group");
    output.setAttribute("aria-label", `Your output of ${this.cell.title}`);
    if (this.#printed) this.#printed.after(output);
    else if (this.row.parentElement.matches(".above-input")) this.box.append(output);
    else this.input.after(output);
  }

  /** Show the live output, or else the book's. */
  #show(isLive) {
    this.#isLive = isLive;
    if (this.#live) this.#live.element.hidden = !isLive;
    if (this.#printed) this.#printed.hidden = isLive && Boolean(this.#live);
    this.swap.textContent = isLive ? "Show the book's output" : "Show your output";
    this.swap.setAttribute("aria-label", `${this.swap.textContent} of ${this.cell.title}`);
    this.#sayChanged();
  }

  /** Draw the transactions' lanes again: a later cell has ended one. */
  relane(tree) {
    this.#live?.relane(tree);
  }

  // ---------- Running ----------

  start() {
    this.#isAsked = true;
    this.acts.run(this.cell);
  }

  #startAndLeave() {
    this.start();
    this.acts.leave(this.cell);
  }

  #press(event) {
    const what = asked(event);
    if (!what) return;
    event.preventDefault();
    if (what === "run") this.start();
    else this.#startAndLeave();
  }

  /** Go to the cell: into its editor where that is open, else to its first button. */
  focus() {
    if (!this.#editor) return this.run.focus();
    this.#editor.focus();
    this.#editor.element.scrollIntoView({ block: "nearest" }); // the editor itself does not scroll
  }
}

function nothing() {
  const note = element("p", { class: "output-note" }, "No output.");
  const inner = element("div", { class: "output executed docutils container" }, note);
  return element("div", { class: "cell_output docutils container" }, inner);
}
