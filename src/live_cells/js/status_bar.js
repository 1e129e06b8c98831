import { button, element, flag, onPress, write } from "./element.js";
import * as messages from "./messages.js";

/** Milliseconds in which forgotten edits can be brought back. */
const UNDO = 10_000;

/** Python's state on this page, and the buttons for all cells; first_buttons.js drew the bar. */
export class StatusBar {
  #said = "";
  #failed = null;
  /** How many cells are out of date. */
  #old = 0;
  #bringBack = () => {};
  #timer;

  /**
   * @param {any} data the page's data block
   * @param {any} acts `run`, `stop`, `restart`, `again`; `forget(isWhole)`; `count(isWhole)`, how
   *   many edits there are of this page or of the whole site
   */
  constructor(data, acts) {
    this.data = data;
    this.element = document.querySelector(".live-bar");
    this.status = this.element.querySelector(".live-status");
    this.#said = this.status.textContent;
    this.progress = element("progress", { class: "live-progress", "aria-label": "Progress" });
    this.count = element("span", { class: "live-count" });
    this.stop = button("stop", "Stop", "Stop Python");
    this.restart = button("restart", "Restart", "Restart Python");
    this.again = button("again", "Run them again");
    this.undo = button("undo", "Undo");
    const hidden = [this.stop, this.restart, this.progress, this.again, this.undo];
    for (const each of hidden) each.hidden = true;
    this.run = this.element.querySelector('[data-act="run"]');
    this.run?.after(this.stop, this.restart);
    this.status.after(this.progress, this.count, this.undo, this.again);
    this.instead = element("span", { class: "live-notes", "aria-live": "polite" });
    this.more = this.element.querySelector(".live-more");
    this.more.setAttribute("popovertarget", "live-menu");
    this.element.append(this.#makeMenu(acts), this.instead);
    onPress(this.element, {
      ...acts,
      forget: () => this.#forget(() => acts.forget(false)),
      "forget-all": () => this.#forget(() => acts.forget(true)),
      undo: () => this.#undo(),
    });
  }

  #makeMenu({ count }) {
    this.whole = element("p", { class: "live-whole" });
    this.words = element("p", { class: "live-words" });
    const menu = element(
      "div",
      { popover: "", id: "live-menu", class: "live-menu" },
      ...[this.whole, button("forget", ""), button("forget-all", ""), this.words],
    );
    const [, here, all] = menu.children;
    menu.addEventListener("beforetoggle", () => {
      write(this.whole, `${this.status.textContent} ${this.count.textContent}`.trim());
      for (const [each, words, isWhole] of [
        [here, messages.forgetHere, false],
        [all, messages.forgetAll, true],
      ]) {
        write(each, words(count(isWhole)));
        flag(each, "aria-disabled", !count(isWhole));
      }
    });
    this.menu = menu;
    return menu;
  }

  /**
   * Tell the reader, in a status that a screen reader reads out.
   *
   * @param {string} words
   * @param {import("./cell.js").Cell | null} failed the cell that raised, of which they speak
   */
  say(words, failed = null) {
    this.#said = words;
    this.#failed = failed;
    this.#draw();
  }

  #draw() {
    this.element.toggleAttribute("data-failed", Boolean(this.#failed));
    const words = [this.#said, messages.outOfDate(this.#old)].filter(Boolean).join(" ");
    if (words === this.status.textContent) return;
    const title = this.#failed?.view ? messages.capital(this.#failed.title) : "";
    const link = title ? [this.#failed.view.linked(title)] : [];
    this.status.replaceChildren(...link, words.slice(title.length));
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
  update({ isBusy, life, old }) {
    const { state, stage } = life;
    this.element.dataset.state = state;
    if (state !== "off") {
      this.follow();
      this.stop.hidden = this.restart.hidden = false;
    }
    flag(this.stop, "aria-disabled", !isBusy);
    flag(this.restart, "aria-disabled", state === "off");
    flag(this.again, "aria-disabled", isBusy);
    if (stage && state === "loading") this.say(messages.step(this.data, stage.stage));
    this.#old = isBusy ? 0 : messages.seen(old).length; // while cells run it would be read out at each of them
    this.#offer(this.again, old.length > 0);
    this.#draw();
    this.#move(life);
    write(this.words, life.words);
  }

  /** Show or hide a button; the focus goes to a neighbour that stays. */
  #offer(one, isOffered) {
    const hadFocus = document.activeElement === one;
    one.hidden = !isOffered;
    if (hadFocus && !isOffered) this.run.focus();
  }

  /** How far loading is, in three steps of one bar, or how many cells have run. */
  #move({ state, stage, progress: { done, total } }) {
    const isMoving = ["loading", "running", "stopping"].includes(state);
    this.progress.hidden = !isMoving || (!stage && total < 2);
    write(this.count, stage ? messages.counted(stage) : "");
    const step = stage && messages.STEPS.indexOf(stage.stage);
    const value = stage ? step || stage.loaded / stage.total : done;
    Object.assign(this.progress, { max: stage ? messages.STEPS.length : total || 1, value });
  }

  // ---------- Forgotten edits ----------

  #forget(forget) {
    this.menu.hidePopover();
    forget();
  }

  /** Say that edits are forgotten, and offer for a while to bring them back. */
  offerUndo(words, bringBack) {
    this.say(words);
    this.#bringBack = bringBack;
    this.#offer(this.undo, true);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.endUndo(), UNDO);
  }

  /** Offer it no more. */
  endUndo() {
    this.#offer(this.undo, false);
  }

  #undo() {
    this.endUndo();
    this.#bringBack();
    this.say(messages.BACK);
  }
}
