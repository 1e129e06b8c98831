import { Cell, hasFailed } from "./cell.js";
import { outcome, status } from "./cell_status.js";
import * as messages from "./messages.js";
import { Ended } from "./python_client.js";
import { PythonLife } from "./python_life.js";

/** What the reader asks of the page's cells, done one after the other. */
export class RunQueue {
  /** Whether there is something to stop. */
  isBusy = false;
  #requests = [];
  #isStopped = false;
  /** The cell that was pressed, whose turn it is. @type {Cell | null} */
  #pressed = null;

  /**
   * @param {any} data the page's data block
   * @param {Cell[]} cells those that the page shows; the others come with its data
   * @param {Cell[]} others the scratch cell, and attempts at exercises
   * @param {() => Promise<any>} open loads the page's data
   * @param {import("./status_bar.js").StatusBar} bar shows how things are
   */
  constructor(data, cells, others, open, bar) {
    this.cells = cells;
    this.others = others;
    this.changed = () => {
      bar.update(this);
      const { stage } = this.life;
      if (stage) this.#pressed?.load(messages.loadingHere(data, stage));
    };
    this.say = (words, failed = null) => bar.say(words, failed);
    const adopt = async () => {
      const { cells } = data;
      const contents = await open();
      // Another variant may have been chosen meanwhile.
      return cells === data.cells ? this.#adopt(contents) : contents;
    };
    this.data = data;
    this.life = new PythonLife(data, adopt, this.changed, (end) => {
      if (!this.isBusy) this.#recover(end);
    });
  }

  /** Run a cell, and before it those above that have not run. */
  run(cell) {
    if (cell.isBusy) return;
    cell.enter("waiting");
    this.#ask(() => (cell.isAttempt ? this.#grade(cell) : this.#runOne(cell)), cell);
  }

  /** Run a cell and all below it, and before it those above that have not run. */
  runFrom(cell) {
    if (cell.isAttempt) return this.run(cell);
    if (cell.isBusy) return;
    cell.enter("waiting");
    this.#ask(() => this.#runFrom(cell), cell);
  }

  /** The cells that are out of date, in the page's order. */
  get old() {
    return this.#everyone().filter((cell) => cell.isOutOfDate);
  }

  /** Run what is out of date, and what above that has not run. */
  runOld() {
    this.#ask(() => this.#runOld());
  }

  /** Run all cells: the rest of them, or all in a fresh Python. */
  runAll() {
    this.#ask(() => this.#runAll());
  }

  /** Stop what is being done, and forget what waits. */
  stop() {
    if (!this.isBusy) return;
    this.#drop();
    this.#isStopped = true;
    this.life.stop();
  }

  /** Start over, with a fresh Python. */
  restart() {
    this.#drop();
    this.#isStopped = true;
    if (this.isBusy) this.life.end("fresh");
    else this.#ask(() => this.#fresh(messages.RESTARTED));
  }

  /** End Python and all that waits: the next run is on another variant. */
  leave() {
    this.#drop();
    this.#isStopped = true;
    if (this.life.isOn) return this.life.end("leave");
    this.#forget("off");
    this.say(messages.idle(this.data));
  }

  /** Show the cells again that ran below one whose code or run has changed. */
  refreshBelow(cell) {
    for (const other of this.#everyone()) {
      if (other.place > cell.place && other.hasRun) other.view?.markState();
    }
    this.changed();
  }

  #ask(act, cell = null) {
    this.#requests.push({ act, cell });
    this.changed();
    if (!this.isBusy) this.#work();
  }

  async #work() {
    this.isBusy = true;
    while (this.#requests.length) {
      this.#isStopped = false;
      try {
        const { act, cell } = this.#requests.shift();
        this.#pressed = cell;
        await act();
      } catch (error) {
        this.#recover(error);
      }
    }
    this.isBusy = false;
    this.#pressed = null;
    this.changed();
  }

  /** Go on after an end of Python: see Ended for why it may have come. */
  #recover(error) {
    if (!(error instanceof Ended)) console.error(error);
    const { why = "crash", message } = error;
    if (why === "stop" || why === "fresh") {
      const words = why === "stop" ? messages.STOPPED : messages.RESTARTED;
      this.#requests.unshift({ act: () => this.#fresh(words, error.cell) });
    } else if (why === "cancel" || why === "leave") {
      this.#forget("off");
      this.say(why === "leave" ? messages.idle(this.data) : messages.LOADING_STOPPED);
    } else {
      this.#drop();
      this.#forget("ended");
      this.say(messages.ended(why, message));
    }
  }

  #forget(state) {
    for (const cell of this.#everyone()) cell.lose();
    this.life.forget(state);
  }

  /** Forget what waits. */
  #drop() {
    this.#requests = [];
    for (const cell of this.#everyone()) if (cell.state === "waiting") cell.enter("idle");
    this.changed();
  }

  #everyone() {
    return [...this.cells, ...this.others];
  }

  /** Add the cells that the page does not show, and what is known of the others. */
  #adopt(contents) {
    const known = new Map(this.cells.map((cell) => [cell.index, cell]));
    this.cells = contents.cells.map((each, index) => {
      const cell = known.get(index) ?? new Cell(index, each.name, each.source);
      cell.adopt(each);
      return cell;
    });
    return contents;
  }

  /** Start another Python; what was running in the last one is marked as stopped. */
  async #fresh(words, stopped = null) {
    this.life.end("fresh");
    this.#forget("loading");
    stopped?.block("stopped");
    await this.life.start();
    this.say(words);
  }

  async #runOne(cell) {
    if (!this.life.isOn) await this.life.start();
    const above = this.#notRunAbove(cell);
    if (await this.#chain([...above, cell])) {
      this.say(messages.ran(cell, above, status(cell)?.words));
    }
  }

  async #runFrom(cell) {
    if (!this.life.isOn) await this.life.start();
    const below = this.cells.filter((other) => other.place > cell.place && !other.why);
    await this.#runMany([...this.#notRunAbove(cell), cell, ...below]);
  }

  async #runOld() {
    const { old } = this;
    const last = old.at(-1);
    if (!last) return this.say(messages.NOTHING_OLD);
    const above = this.#notRunAbove(last);
    await this.#runMany(this.#everyone().filter((each) => [...old, ...above].includes(each)));
  }

  /** Run cells, and say how they went. */
  async #runMany(cells, isFresh = false) {
    if (!(await this.#chain(cells))) return;
    // By their runs: a cell that was reset meanwhile has no mark any more.
    const kinds = messages.seen(cells).map(({ ran }) => outcome(ran)?.kind);
    this.say(messages.ranAll(kinds, isFresh));
  }

  /** Grade an attempt at an exercise; no cell is needed for that, and none is touched. */
  async #grade(attempt) {
    if (!this.life.isOn) await this.life.start();
    const { source } = attempt;
    this.life.expect(1);
    this.life.enter("running");
    this.say(messages.checking(attempt));
    attempt.enter("running");
    try {
      const result = await this.life.run(attempt, source);
      attempt.finish({ cell: attempt, source, above: [], hint: "", cause: null, result });
      this.say(messages.checked(attempt));
    } catch (error) {
      if (error.why === "stop") error.cell = attempt;
      throw error;
    } finally {
      attempt.enter("idle");
      this.life.enter("ready");
    }
  }

  #notRunAbove(cell) {
    return this.#above(cell).filter((other) => !other.why && !other.hasRun);
  }

  #above(cell) {
    return this.cells.filter((other) => other.place < cell.place);
  }

  async #runAll() {
    // Those that the page does not show are not known before.
    const isNone = this.cells.length && this.cells.every(({ why }) => why);
    if (!isNone && !this.life.isOn) await this.life.start();
    const all = this.cells.filter((cell) => !cell.why);
    if (!all.length) return this.say(messages.nothingRuns(this.data));
    const isFresh = !this.life.isBeginningOf(all);
    if (isFresh) await this.#fresh(messages.RESTARTED_FOR_ALL);
    await this.#runMany(all.slice(this.life.history.length), isFresh);
  }

  /** Run cells until one fails; whether all of them ran. */
  async #chain(cells) {
    this.life.expect(cells.length);
    this.life.enter("running");
    this.say(messages.running(cells));
    for (const cell of cells) cell.enter("waiting");
    try {
      for (const [number, cell] of cells.entries()) {
        const run = await this.#execute(cell);
        if (this.#isStopped) {
          this.say(messages.stoppedAt(cell));
          return false;
        }
        if (hasFailed(run)) {
          this.#skip(cell, cells.slice(number + 1));
          return false;
        }
      }
      return true;
    } finally {
      for (const cell of cells) cell.enter("idle");
      this.life.enter("ready");
    }
  }

  /** Run no cell that was to run after one that failed. */
  #skip(failed, rest) {
    const waiting = this.#requests.map((request) => request.cell).filter(Boolean);
    this.#drop();
    const skipped = new Set([...rest, ...waiting]);
    skipped.delete(failed);
    for (const cell of skipped) cell.block(failed);
    this.say(messages.raised(failed, [...skipped]), failed);
  }

  /** @param {Cell} cell @returns {Promise<import("./cell.js").Run>} */
  async #execute(cell) {
    const { source } = cell;
    const above = this.#above(cell).map((other) => ({
      cell: other,
      source: other.source,
      ran: other.ran?.source,
    }));
    const { hint, cause } = this.life.reason(cell);
    cell.enter("running");
    try {
      const result = await this.life.run(cell, source);
      const run = { cell, source, above, hint, cause, result };
      this.life.history.push(run);
      cell.finish(run);
      for (const [index, tree] of Object.entries(run.result.relane)) {
        this.cells[index].view?.outputs.relane(tree);
      }
      return run;
    } catch (error) {
      cell.cut(source);
      if (error.why === "stop") error.cell = cell;
      throw error;
    } finally {
      cell.enter("idle");
      this.refreshBelow(cell);
    }
  }
}
