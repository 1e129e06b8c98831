import { button, does, element, enable, write } from "./element.js";
import { LOADING, size } from "./first_buttons.js";

const STAGES = {
  download: LOADING,
  import: "Importing the libraries",
};

/** Python on this page: what state it is in, and what is done with all cells; first_buttons.js drew it. */
export class Bar {
  /**
   * @param {any} data the page's data block
   * @param {import("./saved_edits.js").Store} store
   * @param {any} acts `runAll`, `stop`, `restart`, `keep(wanted)`, `forget`
   */
  constructor(data, store, acts) {
    this.data = data;
    this.store = store;
    this.acts = acts;
    this.element = document.querySelector(".live-bar");
    this.status = this.element.querySelector(".live-status");
    this.progress = element("progress", { class: "live-progress", "aria-label": "Progress" });
    this.words = element("p", { class: "live-words" });
    this.stop = button("Stop", "Stop Python", acts.stop);
    this.restart = button("Restart", "Restart Python", acts.restart);
    this.menu = this.#makeMenu();
    this.stop.hidden = this.restart.hidden = this.progress.hidden = true;
    const open = this.element.querySelector(".live-more");
    open.setAttribute("popovertarget", this.menu.id);
    const all = this.element.querySelector('[data-act="run"]');
    if (all) does(all, acts.runAll).after(this.stop, this.restart);
    this.status.after(this.progress);
    this.element.append(this.menu);
  }

  #makeMenu() {
    this.keep = element("input", { type: "checkbox", autocomplete: "off" });
    this.keep.checked = this.store.isWanted;
    this.keep.addEventListener("change", () => this.acts.keep(this.keep.checked));
    const label = element("label", {}, this.keep, " Keep my edits in this browser");
    this.problem = element("p", { class: "live-problem" });
    const forget = button("Forget all my edits", "Forget all my edits", this.acts.forget);
    const attributes = { popover: "", id: "live-menu", class: "live-menu" };
    return element("div", attributes, label, forget, this.problem, this.words);
  }

  /** Say something in words; polite, and only what a reader waits for. */
  tell(words) {
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

  /** @param {import("./run_queue.js").Page} page */
  update(page) {
    const { state, stage } = page;
    this.element.dataset.state = state;
    if (state !== "off") {
      this.follow();
      this.stop.hidden = this.restart.hidden = false;
    }
    enable(this.stop, page.isBusy);
    enable(this.restart, state !== "off");
    if (stage && state === "loading") this.tell(`${STAGES[stage.stage]}: ${size(this.data.bytes)}`);
    this.#move(page);
    write(this.words, page.words);
    write(this.problem, this.store.problem);
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
