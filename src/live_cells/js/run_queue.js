import { Cell } from "./cell.js";
import { mark } from "./cell_status.js";
import { Ended, Python } from "./python_client.js";

/** So long is a cell given to end after an interrupt, before its Python is ended. */
const PATIENCE = 3000;

/**
 * The cells of a page in their order, the Python in which they run, and what has run in it.
 *
 * What is asked for is done one after the other. `state` is `off`, `loading`, `ready`, `running`,
 * `stopping`, `replaying` or `ended`.
 *
 * The `reader` is whom it tells: `changed()`, `tell(words)`, `show(cell, run)`,
 * `relane(cell, lanes)`, and `prepare()`, a promise that it can show outputs.
 */
export class Page {
  state = "off";
  /** What Python says of itself, what it is loading, and how far a chain of runs is. */
  words = "";
  stage = null;
  progress = { done: 0, total: 0 };
  /** The number of this Python; a replay goes on with the number. */
  life = 0;

  #python = null;
  #requests = [];
  #isBusy = false;
  #stop = false;
  #contents = null;
  /** How often loading failed: a browser may hold a damaged file in its cache. */
  #failures = 0;
  /** What ran in this Python, in its order: {cell, source, ended}. */
  #history = [];

  /**
   * @param {any} data the page's data block
   * @param {Cell[]} cells those that the page shows; the others come with its data
   * @param {Cell} scratch
   * @param {any} reader
   */
  constructor(data, cells, scratch, reader) {
    this.data = data;
    this.cells = cells;
    this.scratch = scratch;
    this.reader = reader;
  }

  /** Whether a cell has run in this Python. */
  hasRun(cell) {
    return cell.ran?.life === this.life;
  }

  /** Whether there is something to stop. */
  get isBusy() {
    return this.#isBusy;
  }

  /** Run a cell, and before it those above that have not run. */
  run(cell) {
    if (cell.isBusy || cell.why) return;
    cell.waiting = true;
    this.#ask(() => this.#runOne(cell), cell);
  }

  /** Run all cells: the rest of them, or all in a fresh Python. */
  runAll() {
    this.#ask(() => this.#runAll());
  }

  /** Stop what is being done, and forget what waits. */
  stop() {
    if (!this.#isBusy) return;
    this.#drop();
    this.#stop = true;
    if (this.state === "loading") this.#end("cancel");
    else if (this.state === "replaying") this.#end("fresh");
    else if (this.state === "running") this.#interrupt();
    else if (this.state === "stopping") this.#end("replay");
  }

  /** Begin afresh. */
  restart() {
    this.#drop();
    this.#stop = true;
    if (this.#isBusy) this.#end("fresh");
    else this.#ask(() => this.#fresh("Python was restarted: no cell has run in it."));
  }

  #interrupt() {
    this.#enter("stopping");
    if (!this.#python.interrupt()) return this.#end("replay");
    this.timer = setTimeout(() => this.#end("replay"), PATIENCE);
  }

  #end(why) {
    this.#python?.end(new Ended(why));
  }

  #ask(act, cell = null) {
    this.#requests.push({ act, cell });
    this.reader.changed();
    if (!this.#isBusy) this.#work();
  }

  /** Do what was asked for, one after the other. */
  async #work() {
    this.#isBusy = true;
    while (this.#requests.length) {
      this.#stop = false;
      try {
        await this.#requests.shift().act();
      } catch (error) {
        this.#recover(error);
      }
    }
    this.#isBusy = false;
    this.reader.changed();
  }

  #recover(error) {
    const { why = "crash", message } = error;
    if (!(error instanceof Ended)) console.error(error);
    if (why === "replay") this.#requests.unshift({ act: () => this.#replay() });
    else if (why === "fresh") this.#requests.unshift({ act: () => this.#fresh(RESTARTED) });
    else if (why === "cancel") this.#forget("off", "Loading was stopped.");
    else this.#lose(why, message);
  }

  /** Python could not be loaded, or it broke down. */
  #lose(why, message) {
    this.#drop();
    if (why === "load") this.#failures += 1;
    const end = why === "load" ? "Python could not be loaded" : "Python has ended";
    const next = why === "load" ? "Restart tries again." : "Restart starts another.";
    this.#forget("ended", `${end}: ${message.replace(/\.$/, "")}. ${next}`);
  }

  /** Nothing has run any more. */
  #forget(state, words = "") {
    this.life += 1;
    this.#history = [];
    this.#python = this.stage = null;
    for (const cell of this.#everyone()) Object.assign(cell, { stopped: false, skipped: null });
    this.#enter(state);
    if (words) this.reader.tell(words);
  }

  /** Forget what waits. */
  #drop() {
    this.#requests = [];
    for (const cell of this.#everyone()) cell.waiting = false;
    this.reader.changed();
  }

  #enter(state) {
    this.state = state;
    this.reader.changed();
  }

  #everyone() {
    return [...this.cells, this.scratch];
  }

  // ---------- Loading ----------

  /** Have a Python that can run the page's cells. */
  async #start(state = "loading") {
    this.stage = { stage: "download", loaded: 0, total: this.data.bytes };
    this.#enter(state);
    const again = this.#failures ? `?${this.#failures}` : "";
    const python = new Python(this.data.worker + again, this.#open(), (stage) => {
      this.stage = stage;
      this.reader.changed();
    });
    this.#python = python;
    python.ended.then((end) => {
      if (this.#python === python && !this.#isBusy) this.#lose(end.why, end.message);
    });
    this.words = await python.ready;
    this.stage = null;
    if (state === "loading") this.#enter("ready");
  }

  /** The page's data, fetched once it is needed, and again where that failed. */
  #open() {
    this.#contents ??= Promise.all([this.#fetch(), this.reader.prepare()]).then(([contents]) => {
      this.#adopt(contents);
      return contents;
    });
    this.#contents.catch(() => (this.#contents = null));
    return this.#contents;
  }

  async #fetch() {
    const name = this.data.cells.split("/").at(-1);
    let response;
    try {
      response = await fetch(this.data.cells, { cache: this.#failures ? "reload" : "default" });
    } catch {
      throw new Error(`${name} cannot be reached: is there a network?`);
    }
    if (!response.ok) throw new Error(`${name} is missing (status ${response.status})`);
    try {
      return await response.json();
    } catch {
      throw new Error(`${name} is damaged: it is not the file that was published`);
    }
  }

  #adopt({ cells }) {
    const known = new Map(this.cells.map((cell) => [cell.index, cell]));
    this.cells = cells.map((each, index) => {
      const cell = known.get(index) ?? new Cell(index, each.name, each.source);
      cell.adopt(each);
      if (this.data.reason) cell.why = this.data.reason;
      return cell;
    });
    this.reader.changed();
  }

  async #fresh(words) {
    if (this.#python) this.#end("fresh");
    this.#forget("loading");
    await this.#start();
    this.reader.tell(words);
  }

  /** Another Python, with all that had run in the one that Stop ended. */
  async #replay() {
    const history = this.#history.filter(({ interrupted }) => !interrupted);
    const lost = this.#history.filter((each) => each.interrupted).map(({ cell }) => cell);
    this.#history = history;
    this.progress = { done: 0, total: history.length };
    this.reader.tell("Stopping: Python starts anew and runs again what had run.");
    await this.#start("replaying");
    for (const { cell, source } of history) {
      await this.#python.run(cell.index, source);
      this.progress.done += 1;
      this.reader.changed();
    }
    for (const cell of lost) {
      if (!history.some((each) => each.cell === cell)) cell.ran = null;
      cell.stopped = true;
    }
    this.#enter("ready");
    this.reader.tell(`Stopped: Python was started anew, ${ranAgain(history.length)}.`);
  }

  // ---------- Running ----------

  async #runOne(cell) {
    if (!this.#python) await this.#start();
    if (cell.why) return this.#refuse(cell);
    const above = this.cells.filter(
      (other) => other.place < cell.place && !other.why && !this.hasRun(other),
    );
    const done = await this.#chain([...above, cell]);
    if (!done) return;
    const first = above.length ? `Ran ${count(above.length)} above first. ` : "";
    this.reader.tell(`${first}${capital(this.#outcome(cell))}`);
  }

  #refuse(cell) {
    cell.waiting = false;
    this.reader.tell(`${capital(cell.title)} does not run here: ${cell.why}`);
  }

  #outcome(cell) {
    const { raised } = cell.ran.result;
    const said = mark(cell, this.life)?.words ?? (raised ? `raised ${raised.text}` : "done");
    return `${cell.title}: ${said}`;
  }

  async #runAll() {
    if (!this.#python) await this.#start();
    const all = this.cells.filter((cell) => !cell.why);
    if (!all.length) return this.reader.tell("No cell of this page runs here.");
    const afresh = !this.#isBeginOf(all);
    if (afresh) await this.#fresh("Python was restarted, to run all cells in order.");
    const rest = all.slice(this.#history.length);
    if (!(await this.#chain(rest))) return;
    const first = afresh ? "Python was restarted first. " : "";
    this.reader.tell(`${first}Ran ${count(rest.length)}: ${this.#summary(rest)}.`);
  }

  /** How many of these cells showed what the book shows, and of what kind the others are. */
  #summary(cells) {
    const kinds = cells.map((cell) => mark(cell, this.life).kind);
    const of = (kind) => kinds.filter((each) => each === kind).length;
    const found = [
      [of("known"), "known to differ here"],
      [of("yours"), "your version"],
      [of("differs") + of("again"), "not as in the book"],
    ].filter(([number]) => number);
    const same = found.length ? `${of("same")} as in the book` : "all as in the book";
    return [same, ...found.map((each) => each.join(" "))].join(", ");
  }

  /** Whether what has run is the first of these cells, in their order and as they are now. */
  #isBeginOf(cells) {
    const history = this.#history;
    const asNow = ({ cell, source, well }, number) =>
      well && cell === cells[number] && source === cell.source;
    return history.length < cells.length && history.every(asNow);
  }

  /** Run cells until one fails; whether all of them ran. */
  async #chain(cells) {
    this.progress = { done: 0, total: cells.length };
    this.#enter("running");
    this.reader.tell(`Running ${cells.length > 1 ? count(cells.length) : cells[0].title}`);
    for (const cell of cells) Object.assign(cell, { waiting: true, skipped: null });
    try {
      for (const [number, cell] of cells.entries()) {
        const run = await this.#execute(cell);
        this.progress.done += 1;
        if (this.#stop) return this.#stopped(cell);
        if (cell.hasFailed(run)) return this.#failed(cell, cells.slice(number + 1));
      }
      return true;
    } finally {
      for (const cell of cells) cell.waiting = false;
      this.#enter("ready");
    }
  }

  #stopped(cell) {
    this.reader.tell(`Stopped at ${cell.title}. What ran before is still there.`);
    return false;
  }

  #failed(cell, rest) {
    const waiting = this.#requests.map((request) => request.cell).filter(Boolean);
    this.#drop();
    const skipped = [...new Set([...rest, ...waiting])].filter((other) => other !== cell);
    for (const other of skipped) other.skipped = cell;
    const more = skipped.length ? ` ${count(skipped.length)} not run.` : "";
    const { text } = cell.ran.result.raised;
    this.reader.tell(`${capital(cell.title)} raised ${text.split("\n")[0]}.${more}`);
    return false;
  }

  async #execute(cell) {
    const { source } = cell;
    const above = this.cells
      .filter((other) => other.place < cell.place)
      .map((other) => ({ cell: other, now: other.source, ran: other.ran?.source }));
    const hint = this.#hint(cell);
    cell.begin();
    this.reader.changed();
    try {
      const result = await this.#python.run(cell.index, source);
      const run = { source, result, life: this.life, above, hint };
      cell.ran = run;
      const { interrupted } = result;
      this.#history.push({ cell, source, interrupted, well: !interrupted && !cell.hasFailed(run) });
      this.reader.show(cell, run);
      for (const [index, lanes] of Object.entries(result.relane)) {
        this.reader.relane(this.cells[index], lanes);
      }
      return run;
    } catch (error) {
      cell.stopped = error.why === "replay";
      throw error;
    } finally {
      clearTimeout(this.timer);
      cell.running = false;
      this.reader.changed();
    }
  }

  /** Why a cell may show something else than the book does. */
  #hint(cell) {
    const ran = this.#history.map((each) => each.cell);
    const edited = this.#history.some((each) => each.source !== each.cell.book);
    if (edited) return "code that you wrote ran before it";
    const inOrder = ran.every((each, number) => !number || ran[number - 1].place < each.place);
    return inOrder && ran.every((each) => each.place < cell.place)
      ? ""
      : "cells ran in another order";
  }
}

const RESTARTED = "Python was restarted: no cell has run in it.";

function ranAgain(number) {
  return number ? `and ${count(number)} ran again` : "and no cell has run in it";
}

function count(number) {
  return number === 1 ? "1 cell" : `${number} cells`;
}

function capital(words) {
  return words.replace(/^\s*\S/, (first) => first.toUpperCase());
}
