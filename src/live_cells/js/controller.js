/**
 * Live cells: each cell of the page runs in the reader's browser.
 *
 * lazy_start.js has drawn the buttons and loads this script when a reader comes to one of them;
 * nothing else is loaded before the first press.
 */
import { Cell } from "./cell.js";
import { CellView } from "./cell_view.js";
import rules from "./controller.css";
import { element, nameOf, onPress } from "./element.js";
import { Attempt, ExerciseView } from "./exercise.js";
import { drawRow, exercised } from "./first_buttons.js";
import { loadScript } from "./load_script.js";
import * as messages from "./messages.js";
import { PageParts } from "./page_parts.js";
import { RunQueue } from "./run_queue.js";
import { SavedEdits } from "./saved_edits.js";
import { bringsCode } from "./shared_code.js";
import { MAIN, shownOf, titleOf, whyNot } from "./shown_variant.js";
import { StatusBar } from "./status_bar.js";
import { offerTries } from "./tries.js";

/** Ties what is pressed to what it does: to the queue of runs, the editor and the saved edits. */
export class Controller {
  constructor(block) {
    this.block = block;
    const data = shownOf(block);
    const parts = new PageParts(data);
    this.acts = {
      run: (cell) => this.#ask((queue) => queue.run(cell)),
      runFrom: (cell) => this.#ask((queue) => queue.runFrom(cell)),
      again: () => this.#ask((queue) => queue.runOld()),
      leave: (cell) => this.#leave(cell),
      edited: (cell) => this.#edited(cell),
      share: (cell) => this.#lend("share", cell),
      play: (cell) => this.#lend("play", cell),
      canPlay: Boolean(data.playground),
      editor: (options) => {
        this.#showWhatRuns();
        return parts.editor(options).catch((error) => this.#miss(error));
      },
      render: (result, prefix) => parts.render(result, prefix),
    };
    this.data = data;
    this.edits = new SavedEdits(data.page, data.formerly);
    /** @type {CellView[]} */
    this.views = [];
    const rows = [...document.querySelectorAll(".live-tools:is([data-cell], [data-exercise])")];
    if (!block.reason) for (const row of rows) this.#take(row);
    const runAll = () => this.#ask((queue) => queue.runAll());
    this.bar = new StatusBar(data, {
      run: runAll,
      stop: () => this.queue.stop(),
      restart: () => this.queue.restart(),
      again: this.acts.again,
      forget: (isWhole) => this.#forget(isWhole),
      count: (isWhole) => this.#count(isWhole),
    });
    this.scratch = new Cell(null, "", "");
    const all = this.views.map(({ cell }) => cell);
    const cells = all.filter(({ isAttempt }) => !isAttempt);
    const others = [this.scratch, ...all.filter(({ isAttempt }) => isAttempt)];
    this.queue = new RunQueue(data, cells, others, () => parts.open(), this.bar);
    this.#show();
    /** The page's data. */
    this.open = () => parts.open();
    const open = () => this.open().catch((error) => this.#miss(error));
    offerTries(this.views, open, (view, source) => this.fill([[view, source]]));
    this.end = document.querySelector(".live-scratch");
    if (!block.reason) this.#offerScratch();
    const first = document.querySelector(".live-all");
    if (first) onPress(first, { run: runAll });
    // Another variant may have been chosen since it was drawn.
    if (!("asked" in this.bar.element.dataset)) this.bar.say(messages.idle(data));
    document.addEventListener("variant-chosen", () => this.#choose());
    addEventListener("storage", ({ key }) => this.#hear(key));
    const receive = () => bringsCode() && this.#lend("receive");
    addEventListener("hashchange", receive);
    receive();
  }

  #take(row) {
    const { exercise, design } = row.dataset;
    if (exercise) {
      const attempt = new Attempt(exercise, exercised(row), design);
      return this.views.push(new ExerciseView(attempt, row, this.acts));
    }
    const cell = new Cell(Number(row.dataset.cell), nameOf(row), "");
    this.views.push(new CellView(cell, row, this.acts));
  }

  /** Show the cells as they are before a run on the variant of now. */
  #show() {
    const { variant } = this.data;
    this.edits.variant = variant;
    this.scratch.turn("", "");
    this.edits.restore(this.scratch);
    for (const view of this.views) {
      view.turn(variant, whyNot(this.data, view.cell.index));
      this.edits.restore(view.cell);
      view.update();
    }
    this.bar.update(this.queue);
  }

  #ask(act) {
    this.#showWhatRuns();
    act(this.queue);
  }

  /** Show the main run, and say so, where the chosen variant is none that runs in a browser. */
  #showWhatRuns() {
    const { variant = MAIN } = document.documentElement.dataset;
    if (variant === (this.data.variant || MAIN)) return;
    document.dispatchEvent(new CustomEvent("variant-chosen", { detail: { name: MAIN } }));
    this.bar.remark(messages.instead(titleOf(variant), titleOf(MAIN)));
  }

  /** Another variant has been chosen: it gets a Python of its own, at the next run. */
  #choose() {
    this.bar.remark("");
    const chosen = shownOf(this.block);
    const before = this.data.variant;
    if (chosen.variant === before) return;
    const isChanged = this.views.some(({ cell }) => cell.isEdited && !cell.isAttempt);
    Object.assign(this.data, chosen);
    this.bar.endUndo();
    this.queue.leave();
    this.#show();
    if (isChanged) this.bar.remark(messages.keptFor(titleOf(before || MAIN)));
  }

  /** Say that a part could not be loaded. */
  #miss({ message }) {
    this.bar.follow();
    this.bar.say(messages.missed(message));
  }

  /** Have share.js do something, which is loaded then. */
  async #lend(name, ...given) {
    const script = await loadScript(this.data.share).catch((error) => this.#miss(error));
    await script?.[name](this, ...given).catch((error) => this.#miss(error));
  }

  #offerScratch() {
    if (this.scratch.isEdited) this.end.firstElementChild.textContent = "Open your scratch cell";
    onPress(this.end, { scratch: () => this.#openScratch() });
  }

  /** What the reader has of the scratch cell, which is opened where it is not open. */
  scratchView() {
    if (!this.scratch.view) this.#openScratch();
    return this.scratch.view;
  }

  #openScratch() {
    const { title } = this.scratch;
    const input = element("div", { class: "cell_input docutils container" }, element("div"));
    const row = element("div", { class: "live-tools" });
    row.append(element("span", { class: "live-name" }, title));
    const box = element("div", { class: "cell docutils container" }, row, input);
    this.end.replaceChildren(element("p", {}, messages.SCRATCH), box);
    drawRow(row, title);
    const view = new CellView(this.scratch, row, this.acts);
    this.views.push(view);
    box.dispatchEvent(new CustomEvent("cell-opened", { bubbles: true, detail: title }));
    view.update();
    view.focus(); // until the editor is there
    view.toggle();
  }

  /**
   * Put code into cells, of which the last is opened; what the reader had there can be brought back
   * for a while.
   *
   * @param {Array<[CellView, string]>} pairs
   */
  fill(pairs) {
    const before = pairs.map(([{ cell }]) => [cell, cell.source, cell.basis]);
    const isLost = ([cell, source], number) => source !== cell.book && source !== pairs[number][1];
    const areLost = before.some(isLost);
    for (const [view, source] of pairs) view.put(source);
    pairs[pairs.length - 1][0].fill(pairs[pairs.length - 1][1]);
    if (!areLost) return;
    this.bar.offerUndo(messages.REPLACED, () => {
      for (const [cell, source, basis] of before) this.#write(cell, source, basis);
    });
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
    cell.view?.update();
    if (this.edits.problem) this.bar.say(this.edits.problem);
    else if (this.queue.old.length) this.bar.say(""); // how things were is no more
    this.queue.refreshBelow(cell);
  }

  /** All that the reader can edit. @returns {Cell[]} */
  get #cells() {
    return [...new Set([...this.views.map(({ cell }) => cell), this.scratch])];
  }

  /** Follow another tab in which a cell was edited, unless the reader wrote something here, too. */
  #hear(key) {
    const cell = this.#cells.find((each) => this.edits.isUnder(key, each));
    if (!cell) return;
    const { source, of } = this.edits.kept(cell) ?? { source: cell.book, of: cell.book };
    if (source === cell.source) return;
    if (this.edits.isWritten(cell)) this.bar.say(messages.elsewhere(cell));
    else this.#write(cell, source, of);
  }

  /**
   * The cells that are edited, each with the reader's code, as arguments of #write.
   *
   * @returns {Array<[Cell, string, string]>}
   */
  get #own() {
    const edited = this.#cells.filter((cell) => cell.isEdited);
    return edited.map((cell) => [cell, cell.source, cell.basis]);
  }

  /** How many edits there are; where none can be kept, those that are seen. */
  #count(isWhole) {
    return Math.max(this.edits.count(isWhole), this.#own.length);
  }

  #write(cell, source, basis) {
    cell.edit(source, basis);
    cell.view?.put(source);
    this.#edited(cell);
  }

  #forget(isWhole) {
    const number = this.#count(isWhole);
    const own = this.#own;
    const bringBack = this.edits.forget(isWhole);
    for (const [cell] of own) this.#write(cell, cell.book);
    this.bar.offerUndo(messages.forgotten(number), () => {
      bringBack();
      for (const each of own) this.#write(...each);
    });
  }
}

const sheet = new CSSStyleSheet();
sheet.replaceSync(rules);
document.adoptedStyleSheets.push(sheet);
new Controller(JSON.parse(document.getElementById("live-cells").textContent));
