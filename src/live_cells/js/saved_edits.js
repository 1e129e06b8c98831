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

  /** The keys of what the reader wrote in this tab. */
  #written = new Set();

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
    const kept = this.kept(cell);
    if (kept) cell.edit(kept.source, kept.of);
  }

  /** A cell's edit that is kept, and the book's code at that time. @returns {any} null: none */
  kept(cell) {
    const text = this.#use(() => localStorage.getItem(this.#key(cell)));
    try {
      const { of, source } = JSON.parse(text);
      return typeof source === "string" && typeof of === "string" ? { of, source } : null;
    } catch {
      return null; // not written by this script
    }
  }

  /** Whether a cell's edit is kept under this key. */
  isUnder(key, cell) {
    return key === this.#key(cell);
  }

  /** Whether the reader wrote a cell's edit in this tab, and not in another one. */
  isWritten(cell) {
    return this.#written.has(this.#key(cell));
  }

  /** Keep a cell's edit; forget it where the cell is as in the book again. */
  save(cell) {
    const edit = cell.isEdited ? JSON.stringify({ of: cell.basis, source: cell.source }) : null;
    const key = this.#key(cell);
    this.#use(() => {
      if (localStorage.getItem(key) === edit) return; // another tab wrote it
      this.#written.add(key);
      if (edit === null) localStorage.removeItem(key);
      else localStorage.setItem(key, edit);
    });
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
