// Waits for what opens the search: `/`, Ctrl+K (on a Mac, Cmd+K), the field of the sidebar, the
// button of a narrow screen's header. All else is loaded then.
(() => {
  "use strict";
  const here = document.currentScript.src;
  const form = document.querySelector(".sidebar-search-container");
  const [key, names] = /Mac|iP/.test(navigator.platform) ? ["metaKey", "Meta+K"] : ["ctrlKey", "Control+K"];
  const typing = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
  let loading;

  const open = async (query) => {
    try {
      (await (loading ??= import(new URL("search-dialog.js?v=@stamp@", here)))).open(query);
    } catch {
      loading = null;
      location = new URL(`../search.html?q=${encodeURIComponent(query ?? "")}`, here);
    }
  };

  const isOff = () => {
    try {
      return localStorage.getItem("search-slash") === "off";
    } catch {
      return false; // a browser that keeps nothing
    }
  };

  // Before Sphinx's own script, which would go to the field of the sidebar.
  const press = (event) => {
    const { altKey, ctrlKey, metaKey, shiftKey, isComposing } = event;
    if (isComposing || altKey) return;
    const chord = event.key?.toLowerCase() === "k" && event[key] && ctrlKey !== metaKey && !shiftKey;
    const slash = event.key === "/" && !ctrlKey && !metaKey;
    if (!chord && (!slash || event.composedPath()[0].closest?.(typing))) return;
    event.stopPropagation();
    if (slash && isOff()) return;
    event.preventDefault();
    open();
  };
  addEventListener("keydown", press, true);

  const field = form?.querySelector("input[name=q]");
  // Sphinx's own page of results keeps its field: it is for readers whom this search does not serve.
  if (field && !document.getElementById("search-results")) {
    field.setAttribute("aria-keyshortcuts", `/ ${names}`);
    field.addEventListener("click", () => open(field.value || undefined));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      open(field.value || undefined);
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
})();
