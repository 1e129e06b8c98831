/**
 * One run of a cell.
 *
 * @typedef {object} Run
 * @property {Cell} cell
 * @property {string} source the code that ran
 * @property {any} result the worker's answer
 * @property {Array<{cell: Cell, source: string, ran: string | undefined}>} above the cells above:
 *   their code at that time, and which code of them had run
 * @property {string} hint why it may differ from the book
 * @property {boolean} [isGone] whether its Python has ended
 * @property {boolean} [isCleared] whether Reset has removed its output
 */

/** A cell in words, by its index, null for the scratch cell, and its name, empty for none. */
export function named(index, name, form = (name) => `: ${name}`) {
  return index === null ? "the scratch cell" : `cell ${index + 1}${name && form(name)}`;
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
  /** @type {Run | null} */
  ran = null;
  /** The book's code at the reader's first edit; null without an edit. @type {string | null} */
  basis = null;
  /** Whether the book's own code raises. */
  raises = false;
  /** Why it does not run here, and why it shows something else here than in the book. */
  why = "";
  known = "";
  /** What shows it; null where the page does not show its code. @type {any} */
  view = null;

  /**
   * @param {number | null} index its place in the page, from 0; null for the scratch cell
   * @param {string} name empty where it has none
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

  /** A number by which cells are sorted. */
  get place() {
    return this.index ?? Infinity;
  }

  /** A part of ids. */
  get id() {
    return this.index ?? "scratch";
  }

  /** The key of its saved edit; no cell has a name with "#". */
  get key() {
    return this.isScratch ? "#scratch" : this.name || String(this.index + 1);
  }

  /** "cell 3: session-new", as a button names it. */
  get label() {
    return named(this.index, this.name);
  }

  /** "cell 3 (session-new)", as a sentence names it. */
  get title() {
    return named(this.index, this.name, (name) => ` (${name})`);
  }

  get isEdited() {
    return this.source !== this.book;
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

  /** @param {Run} run */
  finish(run) {
    this.ran = run;
    this.view?.show(run);
  }

  /** @param {"stopped" | Cell | null} obstacle */
  block(obstacle) {
    this.obstacle = obstacle;
    this.view?.update();
  }

  /** @param {"idle" | "waiting" | "running"} state */
  enter(state) {
    if (state !== "idle") this.obstacle = null;
    if (this.state === state) return;
    this.state = state;
    this.view?.update();
  }
}
