// The key `?`, or the button at a page's end, opens the list of keys, which is loaded then.
(() => {
  "use strict";
  const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  const typing = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
  const open = async () => (await import(new URL("keys-dialog.js", here).href)).open();

  const isOff = () => {
    try {
      return localStorage.getItem("search-slash") === "off"; // the switch of all such keys
    } catch {
      return false; // a browser that keeps nothing
    }
  };

  addEventListener("keydown", (event) => {
    const { key, target, altKey, ctrlKey, metaKey, isComposing } = event;
    if (key !== "?" || altKey || ctrlKey || metaKey || isComposing || isOff()) return;
    if (/** @type {Element} */ (target).closest?.(typing)) return;
    event.preventDefault();
    open();
  });
  document.querySelector(".keys-button")?.addEventListener("click", open);
})();
