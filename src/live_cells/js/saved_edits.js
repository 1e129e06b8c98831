const EDITS = "live-cells:";
const CHOICE = "live-cells-keep";

/** Whether edits of a page are kept. */
export function hasEdits(page) {
  try {
    return Object.keys(localStorage).some((key) => key.startsWith(`${EDITS}${page}:`));
  } catch {
    return false; // storage is off
  }
}

/** The reader's edits of one page, each under a key of its own, so that tabs do not collide. */
export class Store {
  /** Why edits are not kept, where they are not and should be. */
  problem = "";

  /** @param {string} page */
  constructor(page) {
    this.page = page;
  }

  /** Whether the reader wants edits to be kept. */
  get isWanted() {
    return this.#try(() => localStorage.getItem(CHOICE)) !== "no";
  }

  /** Keep edits from now on, or forget all that there are. */
  want(wanted) {
    if (!wanted) this.forgetAll();
    this.#try(() =>
      wanted ? localStorage.removeItem(CHOICE) : localStorage.setItem(CHOICE, "no"),
    );
  }

  /**
   * The edit of a cell.
   *
   * @param {string} cell
   * @returns {{of: string, source: string} | null} the book's source then, and the reader's
   */
  read(cell) {
    const text = this.#try(() => localStorage.getItem(this.#key(cell)));
    try {
      const edit = JSON.parse(text ?? "null");
      return typeof edit?.source === "string" && typeof edit.of === "string" ? edit : null;
    } catch {
      return null; // not written by this script
    }
  }

  /** @param {string} cell @param {{of: string, source: string} | null} edit null: there is none */
  write(cell, edit) {
    if (edit && !this.isWanted) return;
    const key = this.#key(cell);
    this.#try(() =>
      edit ? localStorage.setItem(key, JSON.stringify(edit)) : localStorage.removeItem(key),
    );
  }

  /** Forget the edits of all pages of the site. */
  forgetAll() {
    this.#try(() => {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(EDITS));
      for (const key of keys) localStorage.removeItem(key);
    });
  }

  #key(cell) {
    return `${EDITS}${this.page}:${cell}`;
  }

  /** Storage may be off or full. */
  #try(act) {
    try {
      const found = act();
      this.problem = "";
      return found;
    } catch {
      this.problem = "This browser cannot keep them: your edits last until you leave this page.";
      return null;
    }
  }
}
