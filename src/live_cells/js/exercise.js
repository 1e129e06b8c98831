/** Exercises: the reader's attempt is a cell of its own kind, which is graded and not compared. */
import { Cell } from "./cell.js";
import { CellView } from "./cell_view.js";
import { element, write } from "./element.js";
import * as messages from "./messages.js";

/** So many milliseconds after which the reader is told what takes long, and how to stop it. */
const LONG = 5000;

/** An attempt at an exercise: its starter, and what the reader made of it. */
export class Attempt extends Cell {
  isAttempt = true;

  /**
   * @param {string} name
   * @param {string} title what sentences call it
   * @param {string} design the number of the design, where it is not the first to choose from
   */
  constructor(name, title, design = "") {
    super(null, name, "");
    this.called = title;
    this.design = design;
  }

  get key() {
    return this.design ? `${this.name}#${this.design}` : this.name;
  }

  get isScratch() {
    return false;
  }

  get target() {
    return { exercise: this.name };
  }

  get title() {
    return this.called;
  }

  /** No cell depends on it, and it depends on none. */
  get isOutOfDate() {
    return false;
  }

  begin() {
    this.view?.wait(messages.LONG);
  }
}

/** What the reader has of an exercise: the cell's view, and a verdict below the code. */
export class ExerciseView extends CellView {
  #timer = 0;

  constructor(attempt, row, acts) {
    super(attempt, row, acts);
    this.verdict = element("p", { class: "exercise-verdict", role: "status" });
    this.input.after(this.verdict);
    this.menu.from.remove();
  }

  place(output) {
    this.verdict.after(output);
  }

  update() {
    super.update();
    const { state, obstacle } = this.cell;
    clearTimeout(this.#timer);
    if (state === "running") this.wait(messages.PREPARING);
    else if (obstacle === "stopped") this.#tell("", messages.INTERRUPTED);
  }

  /** Say what is waited for, once it takes long. */
  wait(words) {
    clearTimeout(this.#timer);
    this.#tell("", "");
    const tell = () => this.cell.state === "running" && this.#tell("", words);
    this.#timer = setTimeout(tell, LONG);
  }

  markState() {
    const { state, loading, ran, source, why, isOutdated } = this.cell;
    const busy = state === "running" ? "Checking" : loading || "Waiting";
    const isGraded = ran?.source === source && !ran.isCleared;
    const passed = isGraded && ran.result.passed;
    const rest = passed ? "Passed" : isOutdated && !isGraded ? messages.OF_OLDER : "";
    write(this.mark, why || (state === "idle" ? rest : busy));
    this.mark.dataset.mark = state !== "idle" ? "busy" : passed ? "same" : "";
    this.verdict?.toggleAttribute("data-old", !isGraded);
    this.outputs.dim(Boolean(ran) && !isGraded);
  }

  show(run) {
    super.show(run);
    const { passed, words } = run.result;
    this.#tell(passed ? "right" : "wrong", passed ? messages.RIGHT : messages.notYet(words));
    this.verdict.dispatchEvent(
      new CustomEvent("exercise-graded", { bubbles: true, detail: { passed } }),
    );
  }

  turn(variant, why) {
    super.turn(variant, why);
    if (this.verdict) this.#tell("", "");
  }

  #tell(kind, words) {
    this.verdict.dataset.verdict = kind;
    write(this.verdict, words);
  }
}
