/** The list of keys: search.js loads it when a reader first asks for it. */

import { element, stored } from "./dialogs.js";

const CONTROL = /Mac|iP/.test(navigator.platform) ? "⌘" : "Ctrl";

/**
 * What each key does: the keys, in words; and where it does it, if not on every page.
 *
 * @type {[string, string, string?][]}
 */
const KEYS = [
  ["?", "This list"],
  [`/ or ${CONTROL}+K`, "Search"],
  ["Esc", "Close what is open, and go back to where you were"],
  ["Tab", "To the next link, cell, panel or other stop", ".cell"],
  ["← →", "In the strip above a cell: to its other buttons, and to the link to it", ".live-tools"],
  [`${CONTROL}+Enter`, "In a cell’s strip or in its code: run it", ".live-bar"],
  ["Shift+Enter", "Run it, and go on to the next cell", ".live-bar"],
  [`${CONTROL}+Shift+Enter`, "Run it and all cells below", ".live-bar"],
  [`${CONTROL}+Alt+Enter`, "Run what is out of date", ".live-bar"],
  ["↑ ↓", "On the number of a line: to the next statement or line that sent one", "[data-line]"],
  ["Enter", "There: from a statement to its line, and back", "[data-line]"],
  ["← →", "In a film: the frame before, and the next", ".show-film"],
  ["← →", "On tabs: another database", ".variant-choice, .show-dialects"],
];

const LOOK = `
  .keys-dialog { width: min(36rem, 100vw - 2rem); max-height: min(40rem, 100dvh - 2rem); box-sizing: border-box; padding: 1rem 1.25rem; border: 1px solid var(--edge); border-radius: var(--round); color: var(--text); background: var(--ground); overflow: auto; }
  .keys-dialog::backdrop { background: #0006; }
  .keys-dialog form { display: flex; align-items: center; justify-content: space-between; }
  .keys-dialog h2 { margin: 0; font-size: 1.125rem; }
  .keys-dialog button { min-height: 32px; padding: 0 0.75rem; border: 1px solid var(--edge); border-radius: 0.375rem; font: inherit; font-size: var(--size-small); color: inherit; background: none; cursor: pointer; }
  .keys-dialog dl { display: grid; grid-template-columns: max-content 1fr; align-items: baseline; gap: 0.4rem 1rem; margin: 1rem 0; font-size: var(--size-code); }
  .keys-dialog dd { margin: 0; }
  .keys-dialog kbd { padding: 0.1em 0.35em; border: 1px solid var(--line); border-radius: 0.25rem; background: var(--tint); font-size: var(--size-small); white-space: nowrap; }
  .keys-dialog label { display: flex; align-items: center; gap: 0.5rem; min-height: 32px; font-size: var(--size-small); }
  .keys-dialog input { width: 1.5rem; height: 1.5rem; margin: 0; }
  @media print { .keys-dialog { display: none; } }
`;

/** A key or several: "/ or Ctrl+K". */
function keys(words) {
  return words
    .split(/( or |[ ])/)
    .map((word) => (word.trim() && word !== " or " ? element("kbd", {}, word) : word));
}

function draw() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(LOOK);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const here = KEYS.filter(([, , where]) => !where || document.querySelector(where));
  const list = here.flatMap(([words, what]) => [
    element("dt", {}, ...keys(words)),
    element("dd", {}, what),
  ]);
  const slash = element("input", { type: "checkbox" });
  slash.checked = stored("localStorage", "search-slash") !== "off"; // search.js asks for it
  slash.addEventListener("change", () => {
    stored("localStorage", "search-slash", slash.checked ? "on" : "off");
  });
  const made = element(
    "dialog",
    { className: "keys-dialog", closedBy: "any" },
    element(
      "form",
      { method: "dialog" },
      element("h2", { id: "keys-title" }, "Keys"),
      element("button", {}, "Close"),
    ),
    element("dl", {}, ...list),
    element("label", {}, slash, "The keys ? and / open something"),
  );
  made.setAttribute("aria-labelledby", "keys-title");
  document.body.append(made);
  return made;
}

/** @type {HTMLDialogElement | undefined} */
let dialog;

/** Open the list; the browser keeps the focus in it, and gives it back. */
export function open() {
  dialog ??= draw();
  if (!dialog.open) dialog.showModal();
}
