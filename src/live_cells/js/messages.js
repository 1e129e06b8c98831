/** Sentences that a page with live cells says to its reader; the words of marks and buttons are with these. */

const count = (number) => (number === 1 ? "1 cell" : `${number} cells`);
/** Of cells, those that a reader sees: others prepare the page, and are in no number that he reads. */
export const seen = (cells) => cells.filter(({ view }) => view);
export const capital = (words) => words.replace(/^\s*\S/, (first) => first.toUpperCase());

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
  `${address.replace(/\?.*/, "").split("/").at(-1)} is missing or damaged, or there’s no network`;
export const missed = (what) => `${what}. Press again to try again.`;
export const FROM_FILE =
  "A page opened from a file can’t load Python. Open the site through a server: run " +
  "“make serve” in the project’s folder.";
export const STEPS = ["download", "start", "import"];
const python = ({ title }) => (title ? `Python and ${title}` : "Python");
export const loading = (data) => `1/3 Loading ${python(data)}`;
export const step = (data, name) => {
  const words = [loading(data), `2/3 Starting ${python(data)}`, "3/3 Importing the libraries"];
  return words[STEPS.indexOf(name)];
};
/** How much is there: "3.2 of 9.9 MB"; empty at steps without a measure. */
export const counted = ({ stage, loaded, total }) =>
  stage === "download" ? `${(loaded / 1e6).toFixed(1)} of ${size(total)}` : "";
/** The same beside the cell that was pressed. */
export const loadingHere = (data, stage) =>
  stage.stage === "download" ? `1/3 Loading ${counted(stage)}` : step(data, stage.stage);

// ---------- Python's life ----------

/** @param {string} here what runs in the browser @param {string} there the page's Python */
export const versions = (here, there) =>
  `${here}. What the page shows was recorded with Python ${there}: if Python’s version matters, ` +
  "the cell says so.";

export const LOADING_STOPPED = "Loading stopped.";
export const RESTARTED = "Python restarted. No cell has run in it yet.";
export const RESTARTED_FOR_ALL = "Python restarted, to run all cells in order.";
export const STOPPED = "Stopped: Python restarted. When you run a cell, those above it run first.";
export const ended = (why, message) => {
  const words = message.replace(/\.$/, "");
  return why === "load"
    ? `Python couldn’t be loaded: ${words}. Restart tries again.`
    : `Python has ended: ${words}. Restart starts another.`;
};

// ---------- Runs ----------

export const SCRATCH =
  "For whatever you want to try, with the names of this page. The cells above that haven’t run " +
  "yet run first.";

export const instead = (chosen, main) =>
  `${chosen} doesn’t run in a browser, so cells run on ${main}.`;
export const keptFor = (title) => `Your changes are kept for ${title}.`;
export const nothingRuns = (data) =>
  data.reason ? idle(data) : "None of this page’s cells run here.";
export const running = (cells) => {
  const shown = seen(cells);
  return `Running ${shown.length > 1 ? count(shown.length) : (shown[0] ?? cells[0]).title}`;
};
export const stoppedAt = (cell) => `Stopped at ${cell.title}. What ran before is still there.`;
export const raised = (cell, skipped) => {
  const { length } = seen(skipped);
  const more = length ? ` ${count(length)} not run.` : "";
  return `${capital(cell.title)} raised ${cell.ran.result.raised.text.split("\n")[0]}.${more}`;
};
/** @param {any[]} above cells that ran before it, of which the page may not show all */
export const ran = (cell, above, status) => {
  const shown = seen(above).length;
  const before = shown ? `Ran ${count(shown)} above first.` : "Prepared the page first.";
  const { raised } = cell.ran.result;
  // A narrow screen may cut the end.
  const words = capital(status ?? (raised ? `raised ${raised.text}` : "done"));
  return `${words}: ${cell.title}.${above.length ? ` ${before}` : ""}`;
};

export const checking = (attempt) => `Checking ${attempt.title}`;
export const checked = (attempt) =>
  `${capital(attempt.title)}: ${attempt.ran.result.passed ? "passed" : "not yet"}`;

export const NOTHING_OLD = "Nothing is out of date.";
export const outOfDate = (number) =>
  number ? `${count(number)} ${number === 1 ? "is" : "are"} out of date.` : "";

/** @param {string[]} kinds of the cells' marks @param {boolean} isFresh Python was restarted */
export const ranAll = (kinds, isFresh) => {
  const of = (...names) => kinds.filter((kind) => names.includes(kind)).length;
  const others = Object.entries({
    "known to differ here": of("known"),
    "your version": of("yours"),
    "changed by your edits": of("changed"),
    "not as on the page": of("differs", "again"),
  }).filter(([, number]) => number);
  const same = `${others.length ? of("same") : "all"} same as on the page`;
  const summary = [same, ...others.map(([words, number]) => `${number} ${words}`)].join(", ");
  return `${isFresh ? "Python restarted first. " : ""}Ran ${count(kinds.length)}: ${summary}.`;
};

// ---------- Beside a cell ----------

export const skipped = (failed) => `Not run: ${failed.title} failed`;
/** @param {{text: string, line: number}} raised */
export const failed = ({ text, line }) => `${text.split(/[:\n]/)[0]}, line ${line}`;
export const notRun = ({ isOutdated }) =>
  isOutdated ? "Your edit of an older version, not run yet" : "Your edit, not run yet";
export const OWN_CODE_RAN = "code that you wrote ran before it";
export const OTHER_ORDER = "cells ran in another order";
export const STILL_YOURS = "Python still holds what your version did";
export const CUT = "The output is cut here: its Python has ended.";

// ---------- Exercises ----------

export const OF_OLDER = "Your answer to an older version";
export const RIGHT = "Right.";
export const notYet = (words) => `Not yet. ${words}`;
export const PREPARING = "Python is still preparing the exercise. Then your code runs.";
export const LONG =
  "This takes long. If a loop never ends, press Stop in the bar at the end of the page.";
export const INTERRUPTED = "Stopped. Your text is unchanged.";

// ---------- Sharing, and the playground ----------

const sums = (number, words) => `${number.toLocaleString("en")} ${words}`;
export const tooLong = (over, most) =>
  `Not shared: the address would be ${sums(over, "characters")} longer than the ${sums(most, "")}` +
  "that most programs pass on. Leave something out.";
/** @param {number} above how many cells above go with it @param {boolean} isCopied */
export const shared = (above, isCopied) => {
  const what = above ? `your code, and that of ${count(above)} above,` : "your code";
  return isCopied
    ? `Copied the address with ${what} in it. Whoever opens it sees the code first; it doesn’t run by itself.`
    : `This browser doesn’t copy: this page’s address now has ${what} in it.`;
};
export const NOT_OPENED =
  "This browser’s storage is off, so the code can’t be taken to the playground.";
export const opened = (from) => `From ${from}, with everything above it in the first cell.`;
export const OWN_CODE_THERE = "You have code of your own here, which it would replace.";
export const REPLACE = "Replace my code";
export const SOMEBODYS = "This address contains code that somebody wrote.";
export const somebodys = (title) =>
  `It’s for ${title}, it doesn’t come from this site, and it hasn’t run. Read it before you run it.`;
export const writtenOn = (title, isKnown) =>
  `It was written on ${title}${isKnown ? "." : ", which this page doesn’t have."}`;
export const gone = (title) =>
  `This page doesn’t have ${title} any more, so it would go into the scratch cell.`;
export const putInto = (title) => `Put it into ${title}`;
export const NOT_READ = "This address should contain code, but doesn’t.";
export const unreadable = (why) =>
  ({
    version: "It was made by another version of this site.",
    long: "Its code is too long.",
    broken: "Perhaps it wasn’t copied whole: ask for it again.",
  })[why];

// ---------- Editing ----------

const control = () => (/Mac|iP(hone|ad|od)/.test(navigator.platform) ? "⌘" : "Ctrl+");
export const keys = () =>
  `${control()}Enter runs, Shift+Enter runs and goes on, Esc closes, Tab leaves.`;
/** In the bar, which is short; the editor’s description has all of them. */
export const keysInBar = () => `${control()}Enter runs, Esc closes, Tab leaves.`;
export const keyToRun = () => `${control()}Enter runs.`;
export const forgetHere = (number) => `Forget edits on this page (${number})`;
export const forgetAll = (number) => `Forget edits on the whole site (${number})`;
export const forgotten = (number) => `${number === 1 ? "1 edit" : `${number} edits`} forgotten.`;
export const REPLACED = "Your code was replaced.";
export const BACK = "Your edits are back.";
/** Two tabs have one cell, and the reader has written in both. */
export const elsewhere = (cell) =>
  `Another tab’s code of ${cell.title} is kept now. Edit it here to keep this tab’s.`;
export const NO_STORAGE =
  "This browser can’t keep them: your edits last until you leave this page.";
