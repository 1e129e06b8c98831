import { NO_STORAGE } from "./messages.js";

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
export class SavedEdits {
  /** Why edits are not kept, where they are not and should be. */
  problem = "";

  /** @param {string} page */
  constructor(page) {
    this.page = page;
  }

  /** Whether the reader wants edits to be kept. */
  get isWanted() {
    return this.#use(() => localStorage.getItem(CHOICE)) !== "no";
  }

  /** Keep edits from now on, or forget all that there are. */
  want(isWanted) {
    if (!isWanted) this.forgetAll();
    this.#set(CHOICE, isWanted ? null : "no");
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
    if (!cell.isEdited) this.#set(this.#key(cell), null);
    else if (this.isWanted) {
      this.#set(this.#key(cell), JSON.stringify({ of: cell.basis, source: cell.source }));
    }
  }

  /** Forget the edits of all pages of the site. */
  forgetAll() {
    const keys = this.#use(() => Object.keys(localStorage)) ?? [];
    for (const key of keys) if (key.startsWith(EDITS)) this.#set(key, null);
  }

  #key(cell) {
    return `${EDITS}${this.page}:${cell.key}`;
  }

  #set(key, text) {
    this.#use(() =>
      text === null ? localStorage.removeItem(key) : localStorage.setItem(key, text),
    );
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
