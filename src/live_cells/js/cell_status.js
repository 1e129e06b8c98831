/** The words beside a cell. */
import * as messages from "./messages.js";

/**
 * The mark of a cell's last run.
 *
 * @param {import("./cell.js").Cell} cell
 * @returns {{kind: string, words: string} | null} `kind` is for the style sheet
 */
export function status(cell) {
  const { state, obstacle, ran, why } = cell;
  if (why) return { kind: "", words: messages.notHere(why) };
  if (state !== "idle") return { kind: "busy", words: state === "running" ? "Running" : "Waiting" };
  if (obstacle === "stopped") return { kind: "stopped", words: "Stopped" };
  if (obstacle) return { kind: "skipped", words: messages.skipped(obstacle) };
  if (!ran || ran.isCleared) return null;
  return ran.isGone ? { kind: "gone", words: "From a Python that has ended" } : outcome(ran);
}

/**
 * How a run compares with the book, whatever the reader did since.
 *
 * @param {import("./cell.js").Run} run
 * @returns {{kind: string, words: string} | null} null for the scratch cell
 */
export function outcome({ cell, source, result, hint }) {
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
 * @returns {string}
 */
export function notes(cell) {
  const found = [];
  if (cell.isOutdated) found.push(messages.BOOK_CHANGED);
  if (cell.hasRun && !cell.isBusy) {
    const { source, above, isCleared } = cell.ran;
    if (cell.source !== source) found.push(isCleared ? messages.STILL_YOURS : messages.EDITED);
    // What is above may have been edited before this ran, and run after it.
    const isChanged = ({ cell, source, ran }) =>
      cell.source !== source || (cell.ran && cell.ran.source !== ran);
    if (!isCleared && above.some(isChanged)) found.push(messages.ABOVE_CHANGED);
  }
  return found.join(" ");
}
