/**
 * What one run of a cell was.
 *
 * @typedef {object} Run
 * @property {string} source what ran
 * @property {any} result what the worker said
 * @property {number} life the Python in which it ran
 * @property {Array<{cell: Cell, now: string, ran: string | undefined}>} above the cells above: what
 *   stood in them then, and what had run of them
 * @property {string} hint why it may differ from the book
 */

/** A cell in words, by its index, null for the scratch cell, and its name, empty for none. */
export function named(index, name, form = (name) => `: ${name}`) {
  return index === null ? "the scratch cell" : `cell ${index + 1}${name && form(name)}`;
}

/** A cell of the page: what the book says, what the reader made of it, and how it ran. */
export class Cell {
  /** Whether it waits for its turn, and whether it runs. */
  waiting = false;
  running = false;
  /** Whether Stop ended its last run, and the cell whose failure kept it from running. */
  stopped = false;
  /** @type {Cell | null} */
  skipped = null;
  /** @type {Run | null} */
  ran = null;
  raises = false;
  /** Why it does not run here, and why it shows something else here than in the book. */
  why = "";
  known = "";
  /** Whether the reader's edit is of another state of the book, and whether Reset came since. */
  isOutdated = false;
  isCleared = false;
  /** Where it is shown, so that others can point to it; null where the page does not show it. */
  shown = null;

  /**
   * @param {number | null} index its place in the page, from 0; null for the scratch cell
   * @param {string} name empty where it has none
   * @param {string} book its source in the book
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

  get isBusy() {
    return this.waiting || this.running;
  }

  /** Take what the page's data says of it, which is read at the first press. */
  adopt({ name, source, raises, why, known }) {
    if (!this.isEdited) this.source = source;
    Object.assign(this, { name: this.name || name, book: source, raises, why, known });
  }

  begin() {
    this.running = true;
    this.waiting = this.stopped = this.isCleared = false;
    this.skipped = null;
  }

  /** Make it the book's again; what it did in Python stays. */
  clear() {
    this.stopped = false;
    this.skipped = null;
    this.isCleared = true;
    this.restore();
  }

  /** Give it the book's code. */
  restore() {
    this.source = this.book;
    this.isOutdated = false;
  }

  /** Whether a run ended as it should not: a chain of runs stops there. */
  hasFailed(run) {
    return Boolean(run.result.raised) && !this.raises && !run.result.interrupted;
  }
}
