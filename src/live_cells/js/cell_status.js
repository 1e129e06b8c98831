/** The one word or sentence beside a cell, and what it says of the output. */
import * as messages from "./messages.js";
import { isSameCode } from "./same_code.js";

/**
 * How a cell is.
 *
 * @typedef {object} Status
 * @property {string} kind for the style sheet
 * @property {string} words
 * @property {import("./cell.js").Cell} [cause] the cell that is why
 */

/** The kinds at which an output is not that of the code above it. */
const OLD = ["edited", "stale", "gone"];

/**
 * How a cell is now.
 *
 * @param {import("./cell.js").Cell} cell
 * @returns {Status | null}
 */
export function status(cell) {
  const { state, obstacle, ran, why } = cell;
  if (why) return { kind: "", words: messages.notHere(why) };
  if (state === "running") return { kind: "busy", words: "Running" };
  if (state === "waiting") return { kind: "busy", words: cell.loading || "Waiting" };
  if (obstacle === "stopped") return { kind: "stopped", words: "Stopped" };
  if (obstacle) return { kind: "skipped", words: messages.skipped(obstacle), cause: obstacle };
  if (cell.isNotRun) return { kind: "edited", words: messages.notRun(cell) };
  if (!ran) return null;
  if (ran.isGone) return { kind: "gone", words: "From before the restart" };
  if (ran.isCleared) return cell.isOutOfDate ? { kind: "held", words: messages.STILL_YOURS } : null;
  return cell.isBelowChange ? { kind: "stale", words: "Out of date" } : outcome(ran);
}

/** Whether the output that is shown is of an earlier run, or of other code, at such a status. */
export function isOld(cell, kind) {
  if (kind === "busy") return Boolean(cell.ran) || cell.isNotRun;
  return OLD.includes(kind) || (kind === "skipped" && Boolean(cell.ran));
}

/**
 * How a run compares with the page, whatever the reader did since.
 *
 * @param {import("./cell.js").Run} run
 * @returns {Status | null} null for the scratch cell
 */
export function outcome(run) {
  const { cell, source, result, hint, cause } = run;
  if (result.interrupted) return { kind: "stopped", words: "Stopped" };
  const { raised } = result;
  if (raised && !cell.raises) return { kind: "error", words: messages.failed(raised) };
  if (cell.isScratch) return null;
  if (result.same) return { kind: "same", words: "Same as on the page" };
  if (!isSameCode(source, cell.book)) return { kind: "yours", words: "Your version" };
  if (cell.known) return { kind: "known", words: `Differs here: ${cell.known}` };
  if (cause) return { kind: "changed", words: "Changed by your edit above", cause };
  if (result.again) return { kind: "again", words: "Ran again" };
  return { kind: "differs", words: `Differs from the page${hint && `: ${hint}`}` };
}
