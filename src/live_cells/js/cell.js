import { isSameCode, isSameText } from "./same_code.js";

/**
 * One run of a cell.
 *
 * @typedef {object} Run
 * @property {Cell} cell
 * @property {string} source the code that ran
 * @property {any} result the worker's answer
 * @property {Array<{cell: Cell, source: string, ran: string | undefined}>} above the cells above:
 *   their code at that time, and which code of them had run
 * @property {Cell | null} cause the cell above with code of the reader's own that ran before
 * @property {string} hint why else it may differ from the page
 * @property {boolean} [isGone] whether its Python has ended
 * @property {boolean} [isCleared] whether Reset has removed its output
 */

/** "cell session-new", or "cell 3" without a name; its index is null for the scratch cell. */
export function titled(index, name) {
  if (index === null) return "the scratch cell";
  return `cell ${name || index + 1}`;
}

/** Whether a run ended as it should not: a chain of runs stops there. */
export function hasFailed({ cell, result }) {
  return Boolean(result.raised) && !cell.raises && !result.interrupted;
}

/** A cell of the page: the book's code, the reader's, and how it ran. */
export class Cell {
  /** @type {"idle" | "waiting" | "running"} */
  state = "idle";
  /**
   * Why it did not come to its end: Stop ended its Python, or a cell above failed.
   *
   * @type {"stopped" | Cell | null}
   */
  obstacle = null;
  /** Whether it is an attempt at an exercise: see exercise.js. */
  isAttempt = false;
  /** @type {Run | null} */
  ran = null;
  /** The book's code at the reader's first edit; null without an edit. @type {string | null} */
  basis = null;
  /** Whether the book's own code raises. */
  raises = false;
  /** What is done for it while it waits. */
  loading = "";
  /** Why it does not run here, and why it shows something else here than in the book. */
  why = "";
  known = "";
  /** What shows it; null where the page does not show its code. @type {any} */
  view = null;

  /**
   * @param {number | null} index its place in the page, from 0; null for the scratch cell
   * @param {string | undefined} name
   * @param {string} book its code in the book
   */
  constructor(index, name, book) {
    this.index = index;
    this.name = name;
    this.book = this.source = book;
  }

  get isScratch() {
    return this.index === null;
  }

  /** What Python is asked to run. @returns {any} */
  get target() {
    return { cell: this.index };
  }

  /** A number by which cells are sorted. */
  get place() {
    return this.index ?? Infinity;
  }

  /** The key of its saved edit; no cell has a name with "#". */
  get key() {
    return this.isScratch ? "#scratch" : this.name || String(this.index + 1);
  }

  /** What buttons and sentences call it. */
  get title() {
    return titled(this.index, this.name);
  }

  /** Whether its code is other than the book's, as a reader sees it. */
  get isEdited() {
    return !isSameText(this.source, this.book);
  }

  /** Whether its code is other than what made the output that is shown, to Python. */
  get isNotRun() {
    if (this.isScratch && !this.ran) return false;
    return !isSameCode(this.source, this.ran && !this.ran.isCleared ? this.ran.source : this.book);
  }

  /** Whether a cell above has changed since this one ran: may have been edited then, and run now. */
  get isBelowChange() {
    const isOther = ({ cell, source, ran }) =>
      !isSameCode(cell.source, source) || (cell.ran && !isSameCode(cell.ran.source, ran ?? ""));
    return this.ran.above.some(isOther);
  }

  /** Whether what it did in the Python of now is not what its code and those above would do. */
  get isOutOfDate() {
    if (!this.hasRun || this.why) return false;
    if (!isSameCode(this.source, this.ran.source)) return true;
    return !this.ran.isCleared && this.isBelowChange;
  }

  /** Whether the reader edited an older state of the book. */
  get isOutdated() {
    return this.basis !== null && this.basis !== this.book;
  }

  get isBusy() {
    return this.state !== "idle";
  }

  /** Whether it has run in the Python of now. */
  get hasRun() {
    return Boolean(this.ran && !this.ran.isGone);
  }

  /** Take what the page's data says of it, which is loaded at the first press. */
  adopt({ name, source, raises, why, known }) {
    if (!this.isEdited) this.source = source;
    Object.assign(this, { name: this.name || name, book: source, raises, why, known });
  }

  /** Take the reader's code. */
  edit(source, basis = this.basis ?? this.book) {
    this.source = source;
    this.basis = this.isEdited ? basis : null;
  }

  /** Begin again with the book's code on another variant. */
  turn(book, why) {
    Object.assign(this, { book, source: book, basis: null, obstacle: null, ran: null });
    Object.assign(this, { raises: false, known: "", why });
  }

  /** Remove what the reader sees of its runs; what it did in Python stays. */
  clear() {
    this.obstacle = null;
    if (this.ran) this.ran.isCleared = true;
  }

  /** Its Python has ended. */
  lose() {
    if (this.ran) this.ran.isGone = true;
    this.block(null);
  }

  /** Say what is done before it can run. */
  load(words) {
    this.loading = words;
    this.view?.markState();
  }

  /** Its own code begins to run: an attempt at an exercise says what it waited for before. */
  begin() {}

  /** Its Python ends while it runs, by this code. */
  cut(source) {
    this.view?.outputs.cut(source);
  }

  finish(run) {
    this.ran = run;
    this.view?.show(run);
  }

  block(obstacle) {
    this.obstacle = obstacle;
    this.view?.update();
  }

  enter(state) {
    if (state !== "idle") this.obstacle = null;
    this.loading = "";
    if (this.state === state) return;
    this.state = state;
    this.view?.update();
  }
}
