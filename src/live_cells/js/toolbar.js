/**
 * A cell's strip as one stop of Tab, by the ARIA pattern "toolbar": arrows lead on from there.
 *
 * It is loaded when a reader first comes to a strip.
 */

const STEPS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

/** What a reader can go to, in the order of reading; a menu that opens has stops of its own. */
function items(row) {
  const all = [...row.querySelectorAll("a[href], button")];
  return all.filter((each) => each.checkVisibility() && !each.closest("[popover]"));
}

/** Leave one stop: what has the focus, or had it last. */
function tie(all) {
  const has = (each) => each === document.activeElement;
  const stop = all.find(has) ?? all.find((each) => each.tabIndex === 0) ?? all[0];
  for (const each of all) each.tabIndex = each === stop ? 0 : -1;
}

/**
 * Make a strip a toolbar, whatever is put into it or hidden later.
 *
 * @param {HTMLElement} row
 */
export function asToolbar(row) {
  row.setAttribute("role", "toolbar");
  // Whether they are seen would have the browser lay out the page once for each row.
  tie([...row.querySelectorAll("a[href], button:not([hidden])")]);
  const changes = { childList: true, subtree: true, attributeFilter: ["hidden"] };
  new MutationObserver(() => tie(items(row))).observe(row, changes);
  row.addEventListener("focusin", () => tie(items(row)));
  row.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const all = items(row);
    const at = all.indexOf(/** @type {any} */ (event.target));
    if (!step || at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, at + step))].focus();
  });
}
