/** How a Python came to its end; `why` says what follows from it. */
export class Ended extends Error {
  /**
   * @param {"load" | "crash" | "cancel" | "replay" | "fresh"} why it could not be loaded, it broke
   *   down, or it was ended: for good, to run again what had run, or to begin afresh
   * @param {string} message
   */
  constructor(why, message = "") {
    super(message);
    this.why = why;
  }
}

/** One Python, in a worker of its own, from its loading to its end. */
export class Python {
  #worker;
  #jobs = new Map();
  #count = 0;
  #interrupt = null;
  #end = null;
  #isReady = false;

  /**
   * @param {string} address the worker's script
   * @param {Promise<any>} page what the page brings, once it is there
   * @param {(stage: {stage: string, loaded: number, total: number}) => void} onstage
   */
  constructor(address, page, onstage) {
    this.onstage = onstage;
    const file = address.replace(/\?.*/, "").split("/").at(-1);
    /** Resolves with what Python says of itself. */
    this.ready = new Promise((resolve, reject) => {
      this.resolveReady = resolve;
      this.rejectReady = reject;
    });
    this.ready.catch(() => {}); // whoever waits for it hears of it
    /** Resolves with the Ended. */
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve;
    });
    // Memory that both sides see needs the page's headers, and a browser that has it then: WebKitGTK
    // calls the page isolated and has none. Without it Stop ends the worker.
    if (globalThis.crossOriginIsolated && globalThis.SharedArrayBuffer) {
      this.#interrupt = new Uint8Array(new SharedArrayBuffer(1));
    }
    this.#worker = new Worker(address, { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#hear(data);
    this.#worker.onmessageerror = () => this.#broke("a message could not be read");
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#broke(event.message || `${file} is missing or damaged`);
    };
    page.then(
      (contents) => this.#tell({ do: "start", page: contents, interrupt: this.#interrupt }),
      (error) => this.end(new Ended("load", error.message)),
    );
  }

  /**
   * Run a cell.
   *
   * @param {number | null} cell its index; null for the scratch cell
   * @param {string} source
   * @returns {Promise<any>} the worker's result; rejects with an Ended
   */
  run(cell, source) {
    if (this.#end) return Promise.reject(this.#end);
    if (this.#interrupt) this.#interrupt[0] = 0; // a Stop that came too late
    const job = ++this.#count;
    this.#tell({ do: "run", job, cell, source });
    return new Promise((resolve, reject) => this.#jobs.set(job, { resolve, reject }));
  }

  /** Ask what runs to stop; false where this cannot be asked. */
  interrupt() {
    if (!this.#interrupt) return false;
    this.#interrupt[0] = 2; // SIGINT
    return true;
  }

  /** @param {Ended} end */
  end(end) {
    if (this.#end) return;
    this.#end = end;
    this.#worker.terminate();
    this.rejectReady(end);
    for (const { reject } of this.#jobs.values()) reject(end);
    this.resolveEnded(end);
  }

  #tell(message) {
    if (!this.#end) this.#worker.postMessage(message);
  }

  #broke(message) {
    this.end(new Ended(this.#isReady ? "crash" : "load", message));
  }

  #hear(message) {
    if (this.#end) return; // it was on its way
    if (message.say === "stage") this.onstage(message);
    else if (message.say === "broken") this.end(new Ended(message.what, message.message));
    else if (message.say === "ran") {
      this.#jobs.get(message.job)?.resolve(message.result);
      this.#jobs.delete(message.job);
    } else if (message.say === "ready") {
      this.#isReady = true;
      this.resolveReady(message.words);
    }
  }
}
