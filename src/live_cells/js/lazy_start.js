/**
 * The buttons of a page's cells, before anybody has pressed one.
 *
 * What they do is in controller.js, which is loaded when a reader comes to one of them or to a cell's
 * code, or at once where edits are kept. This is a classic script, since a page that was opened from a file may load
 * no module, and must say so.
 */
import { asked, opens, write } from "./element.js";
import { drawPage } from "./first_buttons.js";
import { loadScript } from "./load_script.js";
import { FROM_FILE, loading, missed } from "./messages.js";
import { hasEdits } from "./saved_edits.js";
import { bringsCode } from "./shared_code.js";
import { shownOf } from "./shown_variant.js";

const OURS = ".live-tools, .live-tools ~ .cell_input, .live-bar, .live-scratch, .live-all, .try-it";

const block = document.getElementById("live-cells");
if (block) begin(JSON.parse(block.textContent));

function begin(data) {
  const { page, formerly, controller } = data;
  const bar = drawPage(data);
  const listeners = new AbortController();
  const { signal } = listeners;
  let waking = null;

  const listen = (name, act) => {
    const ours = (event) => event.target.closest?.(OURS) && act(event);
    document.addEventListener(name, ours, { signal });
  };

  const wake = () => {
    // Browsers load no module from a file.
    waking ??= location.protocol === "file:" ? Promise.reject() : loadScript(controller);
    waking.then(
      () => listeners.abort(),
      () => (waking = null),
    );
    return waking;
  };

  /** Do again what was pressed once the other script is there; until then say what is loading. */
  const handOver = (pressed, act) => {
    const mark = pressed.parentElement.querySelector(".live-mark");
    const say = (words, beside) => {
      bar.dataset.asked = ""; // in the reader's sight
      write(bar.querySelector(".live-status"), words);
      if (mark) write(mark, beside);
    };
    const words = loading(shownOf(data));
    if (pressed.dataset.act === "run") say(words, words);
    wake().then(act, (error) => say(error ? missed(error.message) : FROM_FILE, ""));
  };

  /** Run the cell that an address names for it: once, and not again when the page is reloaded. */
  const runOnArrival = () => {
    if (location.search !== "?run") return;
    history.replaceState(history.state, "", location.pathname + location.hash);
    const cell = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const run = cell?.querySelector('.live-tools > [data-act="run"]:not([hidden])');
    if (run) handOver(run, () => run.click());
  };

  listen("click", (event) => {
    const { target } = event;
    const pressed = target.closest("[data-act]");
    if (pressed) return handOver(pressed, () => pressed.click());
    const code = target.closest("pre");
    if (!code || !opens(event)) return;
    // The page may be scrolled before the same place of the code is pressed again.
    const before = code.getBoundingClientRect();
    handOver(code, () => {
      const now = code.getBoundingClientRect();
      const clientX = event.clientX + now.left - before.left;
      const clientY = event.clientY + now.top - before.top;
      const { pointerType } = event;
      const about = { bubbles: true, cancelable: true, clientX, clientY, pointerType };
      target.dispatchEvent(new PointerEvent("click", about));
    });
  });
  listen("keydown", (event) => {
    const { target } = event;
    if (!asked(event) && !(event.key === "Enter" && target.matches("pre"))) return;
    event.preventDefault();
    handOver(target, () => target.dispatchEvent(new KeyboardEvent("keydown", event)));
  });
  document.addEventListener("variant-chosen", wake, { signal });
  for (const near of ["pointerover", "focusin"]) listen(near, wake);
  runOnArrival();
  if (hasEdits(page, formerly) || bringsCode()) wake();
  addEventListener("hashchange", () => bringsCode() && wake(), { signal });
}
