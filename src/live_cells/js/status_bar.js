import { button, element, flag, onPress, write } from "./element.js";
import { loading } from "./messages.js";

/** Python's state on this page, and the buttons for all cells; first_buttons.js drew the bar. */
export class StatusBar {
  /**
   * @param {any} data the page's data block
   * @param {import("./saved_edits.js").SavedEdits} edits
   * @param {any} acts `run`, `stop`, `restart`, `keep(isWanted)`, `forget`
   */
  constructor(data, edits, acts) {
    this.data = data;
    this.edits = edits;
    this.element = document.querySelector(".live-bar");
    this.status = this.element.querySelector(".live-status");
    this.progress = element("progress", { class: "live-progress", "aria-label": "Progress" });
    this.stop = button("stop", "Stop", "Stop Python");
    this.restart = button("restart", "Restart", "Restart Python");
    this.stop.hidden = this.restart.hidden = this.progress.hidden = true;
    this.element.querySelector('[data-act="run"]')?.after(this.stop, this.restart);
    this.status.after(this.progress);
    this.element.append(this.#makeMenu(acts));
    this.element.querySelector(".live-more").setAttribute("popovertarget", "live-menu");
    onPress(this.element, acts);
  }

  #makeMenu(acts) {
    const keep = element("input", { type: "checkbox", autocomplete: "off" });
    keep.checked = this.edits.isWanted;
    keep.addEventListener("change", () => acts.keep(keep.checked));
    this.problem = element("p", { class: "live-problem" });
    this.words = element("p", { class: "live-words" });
    return element(
      "div",
      { popover: "", id: "live-menu", class: "live-menu" },
      element("label", {}, keep, " Keep my edits in this browser"),
      button("forget", "Forget all my edits"),
      this.problem,
      this.words,
    );
  }

  /** Tell the reader, in a status that a screen reader reads out. */
  say(words) {
    write(this.status, words);
  }

  /** Stay in the reader's sight from now on. */
  follow() {
    if (this.element.dataset.asked) return;
    this.element.dataset.asked = "yes";
    // What gets the focus must not be hidden below the bar.
    const { style } = document.documentElement;
    const leave = () => {
      style.scrollPaddingBottom = `${this.element.offsetHeight + 8}px`;
      style.setProperty("--live-bar", `${this.element.offsetHeight}px`);
    };
    new ResizeObserver(leave).observe(this.element);
  }

  /** @param {import("./run_queue.js").RunQueue} queue */
  update({ isBusy, life }) {
    const { state, stage } = life;
    this.element.dataset.state = state;
    if (state !== "off") {
      this.follow();
      this.stop.hidden = this.restart.hidden = false;
    }
    flag(this.stop, "aria-disabled", !isBusy);
    flag(this.restart, "aria-disabled", state === "off");
    if (stage && state === "loading") this.say(loading(this.data.bytes, stage.stage));
    this.#move(life);
    write(this.words, life.words);
    write(this.problem, this.edits.problem);
  }

  #move({ state, stage, progress }) {
    const { done, total } = stage ? { done: stage.loaded, total: stage.total } : progress;
    const isMoving = ["loading", "running", "stopping", "replaying"].includes(state);
    this.progress.hidden = !isMoving || (!stage && total < 2);
    // The last stages have no measure.
    if (stage && stage.stage !== "download") this.progress.removeAttribute("value");
    else Object.assign(this.progress, { max: total || 1, value: done });
  }
}
