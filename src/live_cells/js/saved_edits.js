import { NO_STORAGE } from "./messages.js";

const EDITS = "live-cells:";

/** The keys of the edits of a page, on all variants, or of the whole site. */
function keysOf(page = null) {
  const starts = page === null ? [EDITS] : [`${EDITS}${page}:`, `${EDITS}${page}@`];
  return Object.keys(localStorage).filter((key) => starts.some((start) => key.startsWith(start)));
}

/** Whether edits of a page are kept, which may have had other names. */
export function hasEdits(page, formerly = []) {
  try {
    return [page, ...formerly].some((each) => keysOf(each).length > 0);
  } catch {
    return false; // storage is off
  }
}

/** The reader's edits of one page, each under a key of its own, so that tabs do not collide. */
export class SavedEdits {
  /** Why edits are not kept, where they are not and should be. */
  problem = "";

  /** The variant on which they hold; empty for the main run. */
  variant = "";

  /** @param {string} page @param {string[]} formerly the names that the page had before */
  constructor(page, formerly = []) {
    this.page = page;
    this.#use(() => formerly.forEach((former) => this.#take(former)));
  }

  /** Take over the edits of this page under a name that it had before. */
  #take(former) {
    for (const key of keysOf(former)) {
      const now = `${EDITS}${this.page}${key.slice(EDITS.length + former.length)}`;
      if (localStorage.getItem(now) !== null) continue;
      localStorage.setItem(now, localStorage.getItem(key) ?? "");
      localStorage.removeItem(key);
    }
  }

  /** Give a cell the edit that was kept, if there is one. @param {import("./cell.js").Cell} cell */
  restore(cell) {
    const text = this.#use(() => localStorage.getItem(this.#key(cell)));
    try {
      const { of, source } = JSON.parse(text);
      if (typeof source === "string" && typeof of === "string") cell.edit(source, of);
    } catch {
      // None, or not written by this script.
    }
  }

  /** Keep a cell's edit; forget it where the cell is as in the book again. */
  save(cell) {
    const edit = JSON.stringify({ of: cell.basis, source: cell.source });
    const key = this.#key(cell);
    this.#use(() =>
      cell.isEdited ? localStorage.setItem(key, edit) : localStorage.removeItem(key),
    );
  }

  /** How many there are: of this page, or of the whole site. */
  count(isWhole) {
    return this.#use(() => keysOf(isWhole ? null : this.page).length) ?? 0;
  }

  /** Forget them, and give what brings them back. @returns {() => void} */
  forget(isWhole) {
    const keys = this.#use(() => keysOf(isWhole ? null : this.page)) ?? [];
    const kept = keys.map((key) => [key, localStorage.getItem(key)]);
    for (const key of keys) localStorage.removeItem(key);
    return () => this.#use(() => kept.forEach(([key, edit]) => localStorage.setItem(key, edit)));
  }

  #key(cell) {
    const variant = this.variant && !cell.isAttempt && `@${this.variant}`;
    return `${EDITS}${this.page}${variant || ""}:${cell.key}`;
  }

  /** Storage may be off or full. */
  #use(act) {
    try {
      const found = act();
      this.problem = "";
      return found;
    } catch {
      this.problem = NO_STORAGE;
      return null;
    }
  }
}
