import { button, element, flag, onPress, write } from "./element.js";
import { loading } from "./messages.js";

/** Python's state on this page, and the buttons for all cells; first_buttons.js drew the bar. */
export class StatusBar {
  /**
   * @param {any} data the page's data block
   * @param {any} acts `run`, `stop`, `restart`, `forget`
   */
  constructor(data, acts) {
    this.data = data;
    this.element = document.querySelector(".live-bar");
    this.status = this.element.querySelector(".live-status");
    this.progress = element("progress", { class: "live-progress", "aria-label": "Progress" });
    this.stop = button("stop", "Stop", "Stop Python");
    this.restart = button("restart", "Restart", "Restart Python");
    this.stop.hidden = this.restart.hidden = this.progress.hidden = true;
    this.element.querySelector('[data-act="run"]')?.after(this.stop, this.restart);
    this.status.after(this.progress);
    this.instead = element("span", { class: "live-notes", "aria-live": "polite" });
    this.element.append(this.#makeMenu(), this.instead);
    this.element.querySelector(".live-more").setAttribute("popovertarget", "live-menu");
    onPress(this.element, acts);
  }

  #makeMenu() {
    this.words = element("p", { class: "live-words" });
    const forget = button("forget", "Forget all my edits");
    const menu = { popover: "", id: "live-menu", class: "live-menu" };
    return element("div", menu, forget, this.words);
  }

  /** Tell the reader, in a status that a screen reader reads out. */
  say(words) {
    write(this.status, words);
  }

  /** Tell the reader what runs in the place of what was chosen, until another choice. */
  remark(words) {
    write(this.instead, words);
  }

  /** Stay in the reader's sight from now on. */
  follow() {
    this.element.dataset.asked = "";
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
    if (stage && state === "loading") this.say(loading(this.data, stage.stage));
    this.#move(life);
    write(this.words, life.words);
  }

  #move({ state, stage, progress }) {
    const { done, total } = stage ? { done: stage.loaded, total: stage.total } : progress;
    const isMoving = ["loading", "running", "stopping"].includes(state);
    this.progress.hidden = !isMoving || (!stage && total < 2);
    // The last stages have no measure.
    if (stage && stage.stage !== "download") this.progress.removeAttribute("value");
    else Object.assign(this.progress, { max: total || 1, value: done });
  }
}
