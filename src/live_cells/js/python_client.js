import { broken } from "./messages.js";

/** How a Python came to its end; `why` says what follows from it. */
export class Ended extends Error {
  /**
   * @param {"load" | "crash" | "cancel" | "stop" | "fresh" | "leave"} why it could not be loaded, it
   *   broke down, or it was ended: while it was loaded, to stop a cell, to start over, or for
   *   another variant
   * @param {string} message
   */
  constructor(why, message = "") {
    super(message);
    this.why = why;
    /** What ran until it was stopped. @type {import("./cell.js").Cell | null} */
    this.cell = null;
  }
}

/** One Python in a worker of its own, from its loading to its end. */
export class PythonClient {
  #worker;
  #interrupt = null;
  #isReady = false;
  /** @type {Ended | null} */
  #end = null;
  /** Gets what a cell shows while it runs. @type {(pieces: Array<[string, string]>) => void} */
  #onoutput;
  /** Learns that an attempt's own code begins to run. @type {() => void} */
  #onbegun;
  /** Settle the promise of the worker's next answer. */
  #resolve;
  #reject;

  /**
   * @param {string} address the worker's script
   * @param {string[]} extras of the pack, which the page needs
   * @param {Promise<any>} page the page's data
   * @param {(stage: {stage: string, loaded: number, total: number}) => void} onstage
   * @param {(end: Ended) => void} onend
   */
  constructor(address, extras, page, onstage, onend) {
    this.onstage = onstage;
    this.onend = onend;
    // Memory that both sides see needs the page's headers, and a browser that has it then: WebKitGTK
    // calls the page isolated and has none. Without it Stop ends the worker.
    if (globalThis.crossOriginIsolated && globalThis.SharedArrayBuffer) {
      this.#interrupt = new Uint8Array(new SharedArrayBuffer(1));
    }
    /** Resolves with the versions of Python and its libraries; rejects with an Ended. */
    this.ready = this.#answer();
    this.#worker = new Worker(address, { type: "module", name: extras.join(" ") });
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(event.message || broken(address));
    };
    page.then(
      (contents) => this.#send({ page: contents, interrupt: this.#interrupt }),
      (error) => this.end(new Ended("load", error.message)),
    );
  }

  /**
   * Run a cell, or grade an attempt at an exercise, once the one before has ended.
   *
   * @param {{cell: number | null} | {exercise: string}} target a cell's index, null for the scratch
   *   cell, or an exercise's name
   * @param {string} source
   * @param {(pieces: Array<[string, string]>) => void} onoutput
   * @param {() => void} onbegun is called when an attempt's own code begins to run
   * @returns {Promise<any>} the worker's result; rejects with an Ended
   */
  run(target, source, onoutput, onbegun) {
    if (this.#end) return Promise.reject(this.#end);
    this.#onoutput = onoutput;
    this.#onbegun = onbegun;
    if (this.#interrupt) this.#interrupt[0] = 0; // the Stop of another run
    this.#send({ ...target, source });
    return this.#answer();
  }

  /** Ask what runs to stop; false where this cannot be asked. */
  interrupt() {
    if (this.#interrupt) this.#interrupt[0] = 2; // SIGINT
    return Boolean(this.#interrupt);
  }

  /** @param {Ended} end */
  end(end) {
    if (this.#end) return;
    this.#end = end;
    this.#worker.terminate();
    this.#reject(end);
    this.onend(end);
  }

  #answer() {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  #send(message) {
    if (!this.#end) this.#worker.postMessage(message);
  }

  #fail(message) {
    this.end(new Ended(this.#isReady ? "crash" : "load", message));
  }

  #receive(message) {
    if (this.#end) return; // it was on its way
    if (message.say === "stage") this.onstage(message);
    else if (message.say === "output") this.#onoutput?.(message.pieces);
    else if (message.say === "begun") this.#onbegun?.();
    else if (message.say === "broken") this.#fail(message.message);
    else {
      this.#isReady = true;
      this.#resolve(message.answer);
    }
  }
}
