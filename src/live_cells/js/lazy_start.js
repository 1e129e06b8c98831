/**
 * The buttons of a page's cells, before anybody has pressed one.
 *
 * What they do is in controller.js, which is loaded when a reader comes to one of them, or at once where
 * edits are kept. Classic scripts, both: a page that was opened from a file may load no module,
 * and must say so.
 */

import { write } from "./element.js";
import { drawPage, LOADING, size } from "./first_buttons.js";
import { asked } from "./keys.js";
import { hasEdits } from "./saved_edits.js";

const OURS = ".live-tools, .live-bar, .live-scratch, .live-all";

const block = document.getElementById("live-cells");
if (block) begin(JSON.parse(block.textContent));

function begin({ page, controller, ...data }) {
  const bar = drawPage(data);
  const ears = new AbortController();
  const file = controller.split("/").at(-1);
  let waking = null;
  let tries = 0;

  const hear = (name, act) => {
    const ours = (event) => event.target.closest?.(OURS) && act(event);
    document.addEventListener(name, ours, { signal: ears.signal });
  };

  /** @returns {Promise<void>} */
  const load = () =>
    new Promise((done, failed) => {
      const lost = () =>
        failed(`${file} is missing or damaged, or there is no network. Press again to try again.`);
      const script = document.createElement("script");
      script.onload = () => (bar.dataset.state ? done() : lost()); // the state is what it writes
      script.onerror = lost;
      // Another try has another address: a browser may hold a damaged file in its cache.
      script.src = controller + (tries ? `?${tries}` : "");
      tries += 1;
      document.head.append(script);
    });

  const wake = () => {
    waking ??= load();
    waking.then(
      () => ears.abort(),
      () => (waking = null),
    );
    return waking;
  };

  /** Have it done once the other script is there; in the meantime say what is waited for. */
  const handOver = (pressed, act) => {
    const tell = (words) => write(bar.querySelector(".live-status"), words);
    if (pressed.dataset.act === "run") {
      bar.dataset.asked = ""; // in the reader's sight
      tell(`${LOADING}: ${size(data.bytes)}`);
    }
    wake().then(act, tell);
  };

  hear("click", ({ target }) => {
    const pressed = target.closest("[data-act]");
    if (pressed) handOver(pressed, () => pressed.click());
  });
  hear("keydown", (event) => {
    if (!asked(event)) return;
    event.preventDefault();
    handOver(event.target, () => event.target.dispatchEvent(new KeyboardEvent("keydown", event)));
  });
  for (const near of ["pointerover", "focusin"]) hear(near, wake);
  if (hasEdits(page)) wake();
}
