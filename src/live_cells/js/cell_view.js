import { mark, notes } from "./cell_status.js";
import { button, does, element, enable, plain, write } from "./element.js";
import { drawRow, refusal } from "./first_buttons.js";
import { asked } from "./keys.js";

let runs = 0;

/** What the reader has of a cell: the row of buttons, the code in its forms, the live output. */
export class Tools {
  #editor = null;
  #opening = false;
  /** The live output, and whether it is the one that is shown. */
  #live = null;
  #isLive = false;
  /** Whether the reader ran this very cell, and not one below it. */
  #isAsked = false;
  /** The book's output, kept while the live one is shown. */
  #printed;
  #said = "";

  /**
   * @param {import("./cell.js").Cell} cell
   * @param {HTMLElement} row the place below the code, with its buttons where they are drawn
   * @param {any} acts what a press does: `run`, `leave` and `edited`, each with the cell;
   *   `editor(options)`, a promise of an editor; `render(result, prefix)`, an output or null
   */
  constructor(cell, row, acts) {
    this.cell = cell;
    this.row = row;
    this.acts = acts;
    /** @type {any} the box of the reader's own code, once there is some */
    this.own = null;
    this.box = row.closest(".cell");
    this.input = row.previousElementSibling;
    /** @type {any} */
    this.code = this.input.firstElementChild;
    this.#printed = this.box.querySelector(".cell_output");
    this.#build();
    row.addEventListener("keydown", (event) => this.#press(event));
    // Who copies the cell's code asks for it with this event.
    this.box.addEventListener("code-asked", ({ detail }) => (detail.code = this.cell.source));
  }

  #build() {
    const { row } = this;
    const { label } = this.cell;
    if (!row.hasAttribute("role")) drawRow(row, label);
    // A cell that does not run here has no buttons.
    const drawn = (what) => row.querySelector(`[data-act="${what}"]`) ?? plain(what);
    this.run = does(drawn("run"), () => this.start());
    this.edit = does(drawn("edit"), () => this.toggle());
    this.reset = button("Reset", `Reset ${label}`, () => this.#reset());
    this.swap = button("Show the book's output", "", () => this.#show(!this.#isLive));
    this.edit.hidden = this.cell.isScratch;
    this.reset.hidden = this.swap.hidden = true;
    this.mark = element("span", { class: "live-mark" });
    this.notes = element("span", { class: "live-notes" });
    this.edit.after(this.reset, this.swap, this.mark, this.notes);
  }

  /** Show what is so now. */
  update(page) {
    const { cell } = this;
    if (cell.why) return this.#refuse();
    enable(this.run, !cell.isBusy);
    enable(this.reset, !cell.isBusy);
    if (cell.isBusy) this.box.setAttribute("aria-busy", "true");
    else this.box.removeAttribute("aria-busy");
    this.#offer(this.reset, cell.isEdited || Boolean(this.#live));
    this.#offer(this.swap, Boolean(this.#live && this.#printed && !cell.ran?.result.same));
    this.#say(mark(cell, page.life));
    write(this.notes, notes(cell, page).join(" "));
    this.#display();
  }

  /** Nothing runs here: instead of buttons, the reason. */
  #refuse() {
    if (!this.run.isConnected) return;
    const hadFocus = this.row.contains(document.activeElement);
    const why = refusal(this.cell.why);
    const buttons = [this.run, this.edit, this.reset, this.swap, this.mark, this.notes];
    for (const each of buttons) each.remove();
    this.row.prepend(why);
    if (hadFocus) why.focus();
  }

  /** Show or hide a button; the focus goes to a neighbour that stays. */
  #offer(one, offered) {
    if (one.hidden === !offered) return;
    const isLeft = !offered && document.activeElement === one;
    one.hidden = !offered;
    if (isLeft) this.run.focus();
  }

  #say(said) {
    const key = JSON.stringify([said?.kind, said?.words, said?.cell?.index]);
    if (key === this.#said) return;
    this.#said = key;
    this.mark.dataset.mark = said?.kind ?? "";
    if (said?.cell) {
      const box = said.cell.shown;
      box.id ||= `live-cell-${said.cell.index + 1}`;
      this.mark.replaceChildren(element("a", { href: `#${box.id}` }, said.words));
    } else this.mark.textContent = said?.words ?? "";
  }

  // ---------- Code ----------

  /** Open the editor, or close it and keep what is in it. */
  async toggle() {
    if (this.#editor) return this.close();
    if (this.#opening) return;
    this.#opening = true;
    this.edit.setAttribute("aria-busy", "true");
    const { cell } = this;
    this.#editor = await this.acts.editor({
      source: cell.source,
      label: `Code of ${cell.title}`,
      number: cell.index ?? "scratch",
      onchange: (source) => {
        cell.source = source;
        this.acts.edited(cell);
      },
      onrun: () => this.start(),
      onnext: () => this.#startAndLeave(),
    });
    this.#opening = false;
    this.edit.removeAttribute("aria-busy");
    if (!this.#editor) return;
    this.input.append(this.#editor.element);
    // The page's own shortcuts ("/" goes to the search) take a shadow root for no text field.
    this.#editor.element.addEventListener("keydown", (event) => event.stopPropagation());
    this.#name("Done", `Done with ${cell.label}`);
    this.#display();
    this.focus();
  }

  close() {
    this.#editor.remove();
    this.#editor = null;
    this.#name("Edit", `Edit ${this.cell.label}`);
    this.#display();
    this.edit.focus();
  }

  #name(words, name) {
    this.edit.textContent = words;
    this.edit.setAttribute("aria-label", name);
  }

  /** The book's code, the reader's, or the editor. */
  #display() {
    const isOwn = this.cell.isEdited && !this.#editor;
    this.code.hidden = isOwn || Boolean(this.#editor);
    if (isOwn) {
      this.own ??= this.#makeOwn();
      write(this.own.querySelector("pre"), this.cell.source);
    }
    if (this.own) this.own.hidden = !isOwn;
  }

  #makeOwn() {
    const name = `Code of ${this.cell.title}`;
    const pre = element("pre", { tabindex: "0", role: "group", "aria-label": name });
    const own = element("div", { class: "live-source notranslate" });
    own.append(element("div", { class: "highlight" }, pre));
    this.code.after(own);
    return own;
  }

  /** Give the cell the book's code, also in the editor, where it can be undone. */
  restore() {
    this.cell.restore();
    this.#editor?.set(this.cell.book);
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
    if (this.#live) this.#place(this.#live.element);
    this.#show(true);
    this.#live?.element.dispatchEvent(new Event("output-shown", { bubbles: true }));
    if (this.#isAsked) this.#unfold();
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
    output.setAttribute("aria-label", `Your output of ${this.cell.label}`);
    if (this.#printed) this.#printed.after(output);
    else if (this.row.parentElement.matches(".above-input")) this.box.append(output);
    else this.row.after(output);
  }

  #show(isLive) {
    this.#isLive = isLive;
    if (this.#live) this.#live.element.hidden = !isLive;
    if (this.#printed) this.#printed.hidden = isLive && Boolean(this.#live);
    this.swap.textContent = isLive ? "Show the book's output" : "Show your output";
    this.swap.setAttribute("aria-label", `${this.swap.textContent} of ${this.cell.label}`);
  }

  /** Open the fold in which the book has this output, since the reader has asked for it. */
  #unfold() {
    const fold = this.#live?.element.parentElement.closest("details");
    if (fold) fold.open = true;
  }

  /** Draw the transactions' lanes anew: a later cell has ended one. */
  relane(lanes) {
    this.#live?.relane(lanes);
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

  /** Whether a reader can come here: a folded cell has no place to go to. */
  get isReachable() {
    return this.run.isConnected && this.run.getClientRects().length > 0;
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
