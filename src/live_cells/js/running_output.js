import { element, outputBox } from "./element.js";
import { CUT } from "./messages.js";

/** Milliseconds that a cell has to end by itself, before the page shows what it has written. */
const PATIENCE = 250;
const STREAMS = ["stdout", "stderr"];
const KINDS = [...STREAMS, "sql", "warning"];

/** What a running cell has shown so far: plain text, until the whole output takes its place. */
export class RunningOutput {
  #kind = "";
  #pre;

  /** @param {(output: HTMLElement) => void} place puts it into the page */
  constructor(place) {
    this.element = outputBox();
    this.inner = this.element.firstChild;
    this.place = () => {
      if (!this.element.isConnected) place(this.element);
    };
    this.timer = setTimeout(this.place, PATIENCE);
  }

  /** @param {Array<[string, string]>} pieces kinds of segments, and their text */
  add(pieces) {
    for (const [kind, text] of pieces) {
      if (!this.#pre || kind !== this.#kind || !STREAMS.includes(kind)) this.#begin(kind);
      this.#pre.append(text);
    }
  }

  /** Keep what is there, after an end of its Python. */
  cut() {
    this.inner.append(element("p", { class: "output-note" }, CUT));
    clearTimeout(this.timer);
    this.place();
  }

  remove() {
    clearTimeout(this.timer);
    this.element.remove();
  }

  #begin(kind) {
    this.#kind = kind;
    this.#pre = element("pre", { class: `${KINDS.find((each) => each === kind)} literal-block` });
    this.inner.append(this.#pre);
  }
}
