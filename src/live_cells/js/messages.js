/** Sentences that a page with live cells says to its reader; the words of marks and buttons are with these. */

const count = (number) => (number === 1 ? "1 cell" : `${number} cells`);
const capital = (words) => words.replace(/^\s*\S/, (first) => first.toUpperCase());

/** A number of bytes, in words. */
export const size = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

// ---------- Loading ----------

export const idle = ({ bytes, title, reason }) => {
  if (reason) return `The cells of this page do not run ${title && `on ${title} `}here: ${reason}`;
  return title
    ? `Python and ${title} are not loaded. The first run loads them: ${size(bytes)}.`
    : `Python is not loaded. The first run loads it: ${size(bytes)}.`;
};
export const notHere = (why) => `Not run here: ${why}`;
/** What is wrong with a file, by its address. Browsers do not tell these cases apart. */
export const broken = (address) =>
  `${address.replace(/\?.*/, "").split("/").at(-1)} is missing or damaged, or there is no network`;
export const missed = (what) => `${what}. Press again to try again.`;
export const FROM_FILE =
  "A page that was opened from a file cannot load Python. Open the site through a server: run " +
  "“make serve” in the project's folder.";
export const loading = ({ bytes, title }, stage = "download") => {
  const what = title ? `Python and ${title}` : "Python";
  return `${stage === "download" ? `Loading ${what}` : "Importing the libraries"}: ${size(bytes)}`;
};

// ---------- Python's life ----------

export const LOADING_STOPPED = "Loading was stopped.";
export const RESTARTED = "Python was restarted: no cell has run in it.";
export const RESTARTED_FOR_ALL = "Python was restarted, to run all cells in order.";
export const STOPPED =
  "Stopped: Python was started anew. The next cell that you run has those above run first.";
export const ended = (why, message) => {
  const words = message.replace(/\.$/, "");
  return why === "load"
    ? `Python could not be loaded: ${words}. Restart tries again.`
    : `Python has ended: ${words}. Restart starts another.`;
};

// ---------- Runs ----------

export const instead = (chosen, main) =>
  `${chosen} does not run in a browser: cells run on ${main}.`;
export const nothingRuns = (data) => (data.reason ? idle(data) : "No cell of this page runs here.");
export const running = (cells) =>
  `Running ${cells.length > 1 ? count(cells.length) : cells[0].title}`;
export const stoppedAt = (cell) => `Stopped at ${cell.title}. What ran before is still there.`;
export const raised = (cell, skipped) => {
  const more = skipped ? ` ${count(skipped)} not run.` : "";
  return `${capital(cell.title)} raised ${cell.ran.result.raised.text.split("\n")[0]}.${more}`;
};
export const ran = (cell, above, status) => {
  const first = above ? `Ran ${count(above)} above first. ` : "";
  const { raised } = cell.ran.result;
  return `${first}${capital(cell.title)}: ${status ?? (raised ? `raised ${raised.text}` : "done")}`;
};

/** @param {string[]} kinds of the cells' marks @param {boolean} isFresh Python was restarted */
export const ranAll = (kinds, isFresh) => {
  const of = (...names) => kinds.filter((kind) => names.includes(kind)).length;
  const others = Object.entries({
    "known to differ here": of("known"),
    "your version": of("yours"),
    "not as in the book": of("differs", "again"),
  }).filter(([, number]) => number);
  const same = others.length ? `${of("same")} as in the book` : "all as in the book";
  const summary = [same, ...others.map(([words, number]) => `${number} ${words}`)].join(", ");
  return `${isFresh ? "Python was restarted first. " : ""}Ran ${count(kinds.length)}: ${summary}.`;
};

// ---------- Beside a cell ----------

export const skipped = (failed) => `Not run: ${failed.title} failed`;
export const OWN_CODE_RAN = "code that you wrote ran before it";
export const OTHER_ORDER = "cells ran in another order";
export const BOOK_CHANGED = "The book's cell has changed since you edited it.";
export const EDITED = "Edited since it ran.";
export const STILL_YOURS = "Python still holds what your version did.";
export const ABOVE_CHANGED = "A cell above has changed since this ran.";

// ---------- Editing ----------

export const keys = () => {
  const control = /Mac|iP(hone|ad|od)/.test(navigator.platform) ? "⌘" : "Ctrl+";
  return `${control}Enter runs, Shift+Enter runs and goes on, Tab leaves.`;
};
export const FORGOTTEN = "All your edits on this site are forgotten.";
export const NO_STORAGE =
  "This browser cannot keep them: your edits last until you leave this page.";
