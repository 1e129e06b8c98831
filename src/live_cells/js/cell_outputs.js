import { element, outputBox } from "./element.js";
import { RunningOutput } from "./running_output.js";

let runs = 0;

/** What a cell shows: the page's own output, and in its place that of the reader's last run. */
export class CellOutputs {
  /** The page's own output; null where it has none. */
  printed = null;
  /** Of the last run: the output, its code, and whether it is the page's. */
  #live = null;
  #source = "";
  #isSame = false;
  /** What the cell has shown so far, while it runs. @type {RunningOutput | null} */
  #running = null;
  /** Whether it is the live one that is shown. */
  isLive = false;

  /**
   * @param {import("./cell.js").Cell} cell
   * @param {HTMLElement} box the cell's
   * @param {(output: HTMLElement) => void} place puts an output where the page has none
   * @param {(result: any, prefix: string) => any} render see render.js
   */
  constructor(cell, box, place, render) {
    this.cell = cell;
    this.box = box;
    this.place = place;
    this.render = render;
  }

  /** Whether there is another output than the page's. */
  get isOther() {
    return Boolean(this.#live) && !this.#isSame;
  }

  /** The code whose output is shown. */
  get source() {
    return this.isLive && this.#live ? this.#source : this.cell.book;
  }

  /** The error of the last run; null where it ended well. */
  get error() {
    return this.#live?.element.querySelector(".error");
  }

  /** The whole traceback of the last run, in a fold; null where it ended well. */
  get traceback() {
    return this.#live?.element.querySelector(":scope > .live-trace");
  }

  /** Show what a run showed, or the page's output where that is all; gives the live output. */
  show(run) {
    const isShown = run.result.raised || this.#isShown(run.source);
    this.#set(isShown ? this.#make(run) : null, run.source);
    this.#isSame = run.result.same;
    const output = this.#live?.element;
    if (output) this.#place(output, "Your output");
    this.choose(true);
    output?.dispatchEvent(new Event("output-shown", { bubbles: true }));
    return output;
  }

  /** Show the page's output alone. */
  clear() {
    this.#set(null);
    if (this.printed) this.printed.hidden = false;
  }

  /** Show the live output, or else the page's. */
  choose(isLive) {
    this.isLive = isLive;
    if (this.#live) this.#live.element.hidden = !isLive;
    if (this.printed) this.printed.hidden = isLive && Boolean(this.#live);
  }

  /** Dim what is shown, which is not of the cell's code as it is now. */
  dim(isOld) {
    this.#live?.element.toggleAttribute("data-old", isOld);
    this.printed?.toggleAttribute("data-old", isOld && !this.#live);
  }

  /** Draw the transactions' lanes again: a later cell has ended one. */
  relane(tree) {
    this.#live?.relane(tree);
  }

  /** Show pieces of what the running cell writes; see RunningOutput. */
  pour(pieces, source) {
    if (!this.#isShown(source)) return;
    this.#running ??= new RunningOutput((output) => {
      this.#place(output, "Output so far");
      for (const old of [this.#live?.element, this.printed]) if (old) old.hidden = true;
    });
    this.#running.add(pieces);
  }

  /** Keep what it has written so far: its Python has ended. */
  cut(source) {
    const running = this.#running;
    if (!running) return;
    running.cut();
    this.#running = null;
    this.#set({ element: running.element, relane() {} }, source);
    this.choose(true);
  }

  #set(live, source = "") {
    this.#running?.remove();
    this.#running = null;
    this.#live?.element.remove();
    this.#live = live;
    this.#source = source;
    this.#isSame = false;
  }

  #make({ result }) {
    const made = this.render(result, `live-${this.cell.index ?? "scratch"}-${++runs}`);
    // Where the page shows an output and this run has none, a gap would look like a mistake.
    return made ?? (this.printed && !result.same ? { element: nothing(), relane() {} } : null);
  }

  /** Where the page leaves an output out, the reader sees what he caused himself. */
  #isShown(source) {
    return !this.box.classList.contains("tag_remove-output") || source !== this.cell.book;
  }

  #place(output, name) {
    output.dataset.live = "";
    output.setAttribute("role", "group");
    output.setAttribute("aria-label", `${name} of ${this.cell.title}`);
    if (this.printed) this.printed.after(output);
    else this.place(output);
  }
}

function nothing() {
  return outputBox(element("p", { class: "output-note" }, "No output."));
}
