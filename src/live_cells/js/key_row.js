/** What a touch screen's keyboard lacks, in a row above it for as long as an editor has the focus. */
import { button, element, onPress } from "./element.js";

const WORDS = {
  outdent: ["⇤", "Outdent"],
  indent: ["⇥", "Indent"],
  run: ["Run", "Run"],
  close: ["Close", "Close the editor"],
};

/** Keep a row at the lower end of what the keyboard leaves of the window. */
function place(row) {
  const { offsetLeft, offsetTop, width, height } = window.visualViewport;
  row.style.width = `${width}px`;
  row.style.transform = `translate(${offsetLeft}px, ${offsetTop + height - row.offsetHeight}px)`;
}

/**
 * Show the row where a finger points; where it doesn't, nothing.
 *
 * @param {Record<"outdent" | "indent" | "run" | "close", () => void>} acts
 * @param {() => void} onshrink what else is to be done when the keyboard comes up
 * @returns {() => void} removes it
 */
export function showKeyRow(acts, onshrink) {
  if (!matchMedia("(pointer: coarse)").matches || !window.visualViewport) return () => {};
  const keys = Object.entries(WORDS).map(([act, [words, name]]) => button(act, words, name));
  const about = { class: "live-keys", role: "toolbar", "aria-label": "Keys for code" };
  const row = element("div", about, ...keys);
  row.addEventListener("mousedown", (event) => event.preventDefault()); // the editor keeps the focus
  onPress(row, acts);
  document.body.append(row);
  const listeners = new AbortController();
  const { visualViewport } = window;
  let { height } = visualViewport;
  visualViewport.addEventListener("scroll", () => place(row), listeners);
  visualViewport.addEventListener(
    "resize",
    () => {
      place(row);
      if (visualViewport.height < height) onshrink();
      ({ height } = visualViewport);
    },
    listeners,
  );
  place(row);
  return () => {
    listeners.abort();
    row.remove();
  };
}
