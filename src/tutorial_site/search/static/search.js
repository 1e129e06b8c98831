// Waits for what opens the search: `/`, Ctrl+K (on a Mac, Cmd+K), the field of the sidebar, the
// button of a narrow screen's header, or the page search.html; and for what opens the list of keys:
// `?`, or the button at a page's end. All else is loaded then.
(() => {
  "use strict";
  const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  const [key, names] = /Mac|iP/.test(navigator.platform)
    ? ["metaKey", "Meta+K"]
    : ["ctrlKey", "Control+K"];
  const typing = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
  const page = document.querySelector(".search-page");

  const form = document.querySelector(".sidebar-search-container");

  // What is typed while the dialog is being loaded, and nothing else is to take it.
  let ahead = null;
  const take = () => {
    const taken = ahead;
    ahead = null;
    return taken;
  };

  const open = async (ask) => {
    if (!ahead || ahead.isLeft) ahead = { text: "", isSent: false, isLeft: false };
    try {
      await (await import(new URL("search-dialog.js", here).href)).open(ask, take);
    } catch {
      // That page names other ways to find things; on it, nothing more can be done.
      const { text, isLeft } = take() ?? { text: "" };
      const asked = encodeURIComponent((ask?.() ?? "") + text);
      if (!page && !isLeft) location.assign(new URL(`../search.html?q=${asked}`, here));
    }
  };

  // The field of the sidebar keeps what goes into it.
  const isAhead = (event) => ahead && !ahead.isLeft && !form?.contains(event.target);

  /** Keep a key for the dialog that is being loaded; whether it is one that a field would take. */
  const keep = ({ key, altKey, ctrlKey, metaKey, isComposing }) => {
    if (isComposing || metaKey || ctrlKey !== altKey) return false; // both are AltGr
    if (key === "Enter") ahead.isSent = true;
    else if (key === "Escape") ahead.isLeft = true;
    else if (key === "Backspace") ahead.text = [...ahead.text].slice(0, -1).join("");
    else if (key?.length === 1) ahead.text += key;
    else return false;
    if (key !== "Enter") ahead.isSent = false;
    return true;
  };

  const openKeys = async () => (await import(new URL("keys-dialog.js", here).href)).open();

  const isOff = () => {
    try {
      return localStorage.getItem("search-slash") === "off";
    } catch {
      return false; // a browser that keeps nothing
    }
  };

  // In the capture phase: Sphinx's own script would focus the sidebar's field.
  const press = (event) => {
    if (isAhead(event) && keep(event)) {
      event.stopPropagation();
      event.preventDefault();
      return;
    }
    const { altKey, ctrlKey, metaKey, shiftKey, isComposing } = event;
    if (isComposing || altKey) return;
    const chord =
      event.key?.toLowerCase() === "k" && event[key] && ctrlKey !== metaKey && !shiftKey;
    const sign = !ctrlKey && !metaKey && { "/": () => open(), "?": openKeys }[event.key];
    // The field of a dialog that has just been closed keeps the focus until the next frame.
    const field = event.composedPath()[0].closest?.(typing);
    if (!chord && (!sign || field?.checkVisibility())) return;
    event.stopPropagation();
    if (sign && isOff()) return;
    event.preventDefault();
    (sign || open)();
  };
  const paste = (event) => {
    if (!isAhead(event)) return;
    event.stopPropagation();
    event.preventDefault();
    ahead.text += event.clipboardData.getData("text").replace(/\s+/g, " ");
  };
  addEventListener("keydown", press, true);
  addEventListener("paste", paste, true);
  document.querySelector(".keys-button")?.addEventListener("click", openKeys);

  const field = form?.querySelector("input[name=q]");
  if (field) {
    field.setAttribute("aria-keyshortcuts", `/ ${names}`);
    if (!isOff() && matchMedia("(hover: hover)").matches) field.placeholder += "\u2002( / )";
    // What is typed or pasted while the dialog is being loaded goes into it.
    const taken = () => {
      const { value } = field;
      field.value = "";
      return value;
    };
    field.addEventListener("click", () => open(taken));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const { value } = field;
      open(() => value);
    });
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "search-button";
  button.setAttribute("aria-label", "Search");
  button.innerHTML =
    '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">' +
    '<circle cx="10" cy="10" r="6"/><path d="m14.5 14.5 6 6"/></svg>';
  button.addEventListener("click", () => open());
  document.querySelector(".mobile-header .header-right")?.prepend(button);
  const query = page && new URLSearchParams(location.search).get("q");
  if (query) open(() => query);
})();
