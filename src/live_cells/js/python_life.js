import { hasFailed } from "./cell.js";
import { OTHER_ORDER, OWN_CODE_RAN, versions } from "./messages.js";
import { Ended, PythonClient } from "./python_client.js";
import { isSameCode } from "./same_code.js";

/** So many milliseconds after an interrupt a cell may still run, before its Python is ended. */
const PATIENCE = 3000;

/** The page's Python: what it does now, and what has run in it. */
export class PythonLife {
  /** @type {"off" | "loading" | "ready" | "running" | "stopping" | "ended"} */
  state = "off";
  /** The versions of Python and its libraries, what is being loaded, how many cells have run. */
  words = "";
  stage = null;
  progress = { done: 0, total: 0 };
  /** The runs in this Python, in their order. @type {import("./cell.js").Run[]} */
  history = [];
  /** @type {PythonClient | null} */
  #python = null;
  #timer;
  /** How often loading failed: a browser may keep a damaged file in its cache. */
  #failures = 0;

  /**
   * @param {any} data the page's data block
   * @param {() => Promise<any>} open loads the page's data
   * @param {() => void} onchange
   * @param {(ended: Ended) => void} onend
   */
  constructor(data, open, onchange, onend) {
    this.data = data;
    this.open = open;
    this.onchange = onchange;
    this.onend = onend;
  }

  get isOn() {
    return Boolean(this.#python);
  }

  enter(state) {
    this.state = state;
    this.onchange();
  }

  /** Begin to count the cells that run. */
  expect(total) {
    this.progress = { done: 0, total };
  }

  /** Load a Python that can run the page's cells. */
  async start() {
    this.stage = { stage: "download", loaded: 0, total: this.data.bytes };
    this.enter("loading");
    const again = this.#failures ? `?${this.#failures}` : "";
    const onstage = (stage) => {
      this.stage = stage;
      this.onchange();
    };
    const { worker, extras } = this.data;
    const onend = (end) => {
      if (end.why === "load") this.#failures += 1;
      this.onend(end);
    };
    const contents = this.open();
    this.#python = new PythonClient(worker + again, extras, contents, onstage, onend);
    const here = await this.#python.ready;
    this.words = versions(here, (await contents).python);
    this.stage = null;
    this.enter("ready");
  }

  /** Run a cell's code, and show what it writes meanwhile; rejects with an Ended. */
  async run(cell, source) {
    try {
      const onoutput = (pieces) => cell.view?.outputs.pour(pieces, source);
      return await this.#python.run(cell.target, source, onoutput, () => cell.begin());
    } finally {
      clearTimeout(this.#timer);
      this.progress.done += 1;
      this.onchange();
    }
  }

  /** Stop what is being done: a cell by an interrupt if it takes one, all else with its Python. */
  stop() {
    if (this.state === "loading") return this.end("cancel");
    const isAsked = this.state === "running" && this.#python.interrupt();
    this.enter("stopping");
    if (isAsked) this.#timer = setTimeout(() => this.end("stop"), PATIENCE);
    else this.end("stop");
  }

  /** End Python: see Ended. */
  end(why) {
    this.#python?.end(new Ended(why));
  }

  /** All that ran is gone with its Python. */
  forget(state) {
    this.history = [];
    this.#python = this.stage = null;
    this.enter(state);
  }

  /** Whether what has run is the first of these cells, in their order and as they are now. */
  isBeginningOf(cells) {
    const asNow = (run, number) =>
      run.cell === cells[number] &&
      isSameCode(run.source, run.cell.source) &&
      !run.result.interrupted &&
      !hasFailed(run);
    return this.history.length < cells.length && this.history.every(asNow);
  }

  /** Why a cell that runs now may show something else than the book does: by words, or a cell. */
  reason(cell) {
    const last = this.history.findLastIndex((run) => run.cell === cell);
    const since = this.history.slice(last + 1);
    const own = since.filter((run) => !isSameCode(run.source, run.cell.book));
    const above = own.map((run) => run.cell).filter(({ place }) => place < cell.place);
    const cause = above.sort((one, other) => other.place - one.place)[0] ?? null;
    const places = [...this.history.map((run) => run.cell.place), cell.place];
    const isInOrder = places.every((place, n) => !n || places[n - 1] < place);
    return { cause, hint: own.length ? OWN_CODE_RAN : isInOrder ? "" : OTHER_ORDER };
  }
}
