/** What pages say of what a reader has done. */

/** A day as one says it, with the year if it is not this one. @param {number} time */
export function day(time, now = Date.now()) {
  const [date, today] = [new Date(time), new Date(now)];
  if (date.toDateString() === today.toDateString()) return "today";
  const year = date.getFullYear() === today.getFullYear() ? undefined : "numeric";
  const form = /** @type {const} */ ({ day: "numeric", month: "long", year });
  return `on ${new Intl.DateTimeFormat("en-GB", form).format(date)}`;
}

/** "1 hint", "2 hints". */
export function counted(number, word) {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

/** How a prediction was made. It says nothing of the option, which would give the answer away. */
export function ofPrediction(fact, digest, now = Date.now()) {
  if (!fact) return "";
  const when = day(fact.at, now);
  if (fact.digest !== digest) return `answered ${when}, before it was changed`;
  const again = fact.due && fact.due <= now ? ", time to repeat it" : "";
  return `${fact.right ? "right" : "not quite"} ${when}${again}`;
}

/** How an exercise was done: the facts of it. */
export function ofExercise({ passed, hinted, seen }, digest, now = Date.now()) {
  if (!passed) return seen ? `solution seen ${day(seen.at, now)}` : "";
  const changed = passed.digest === digest ? "" : ", before it was changed";
  // What was opened after it was done has helped nobody.
  const helps = [
    hinted?.at < passed.at && counted(hinted.count, "hint"),
    seen?.at < passed.at && "the solution",
  ].filter(Boolean);
  const help = helps.length ? ` with ${helps.join(" and ")}` : "";
  return `done ${day(passed.at, now)}${help}${changed}`;
}

/** Why a browser keeps nothing, or not all, by what the store calls it. */
export const PROBLEMS = {
  off: "Your browser keeps nothing for this site: what you do is gone when you leave.",
  full: "The browser’s storage for this site is full: what you do now is gone when you leave.",
  newer: "A newer version of this site has written your progress: reload the page to see it.",
  unreadable: "What your browser keeps here can’t be read, and is left as it is.",
  aside: "What your browser kept here couldn’t be read; it is kept apart, and this is a new start.",
};

/** Why what was just done is gone when its reader leaves, said where it is marked. */
export const UNKEPT = {
  off: "; not kept: your browser’s storage is off",
  full: "; not kept: your browser’s storage is full",
};

/** Why a file is not imported. */
export const REFUSED = {
  huge: "This file is too large for a reader’s progress.",
  broken: "This file is damaged or incomplete.",
  foreign: "This file contains no progress: choose one that Export wrote.",
  newer: "This file was written by a newer version of this site: reload the page first.",
};
