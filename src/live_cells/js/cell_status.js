/**
 * The words beside a cell.
 *
 * @typedef {object} Mark
 * @property {string} kind for the style sheet
 * @property {string} words
 * @property {import("./cell.js").Cell} [cell] a cell that the words point to
 */

const EDITED = "Edited since it ran.";

/**
 * What is to be said of a cell's last run.
 *
 * @param {import("./cell.js").Cell} cell
 * @param {number} life the Python of now
 * @returns {Mark | null}
 */
export function mark(cell, life) {
  if (cell.running) return { kind: "busy", words: "Running" };
  if (cell.waiting) return { kind: "busy", words: "Waiting" };
  if (cell.skipped) return skipped(cell.skipped);
  if (cell.stopped) return { kind: "stopped", words: "Stopped" };
  if (!cell.ran || cell.isCleared) return null;
  if (cell.ran.life !== life) return { kind: "gone", words: "From a Python that has ended" };
  return outcome(cell, cell.ran);
}

function skipped(failed) {
  const kind = "skipped";
  if (failed.shown) return { kind, words: "Not run: the cell above failed", cell: failed };
  return { kind, words: `Not run: ${failed.title}, which is not shown, failed` };
}

function outcome(cell, { source, result, hint }) {
  if (result.interrupted) return { kind: "stopped", words: "Stopped" };
  if (cell.isScratch) return null;
  if (result.same) return { kind: "same", words: "As in the book" };
  if (source !== cell.book) return { kind: "yours", words: "Your version" };
  if (cell.known) return { kind: "known", words: `Differs here: ${cell.known}` };
  if (result.again) return { kind: "again", words: "Run again" };
  return { kind: "differs", words: `Differs from the book${hint && `: ${hint}`}` };
}

/**
 * What else is to be said of a cell.
 *
 * @param {import("./cell.js").Cell} cell
 * @param {import("./run_queue.js").Page} page
 * @returns {string[]}
 */
export function notes(cell, page) {
  const found = [];
  if (cell.isOutdated) found.push("The book's cell has changed since you edited it.");
  if (!page.hasRun(cell) || cell.isBusy) return found;
  const differs = cell.source !== cell.ran.source;
  if (differs) found.push(cell.isCleared ? "Python still holds what your version did." : EDITED);
  if (cell.isCleared) return found;
  const stale = staleness(cell.ran);
  if (stale) found.push(stale);
  return found;
}

/** Why what a cell showed may be out of date; empty where it is not. */
function staleness({ above }) {
  for (const { cell, now, ran } of above) {
    if (cell.source !== now) return "A cell above was edited after this ran.";
    // It was edited before, and ran after this.
    if (cell.ran && cell.ran.source !== ran) return "A cell above ran with other code after this.";
  }
  return "";
}
