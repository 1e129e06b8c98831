// One switch for all panels of the site: "Hide SQL" folds them, and the next page remembers.
// Until this runs, a line in the page's head (extension.py) keeps the room of the switch, and
// folded panels from being painted.
(() => {
  "use strict";
  const KEY = "myst-doctest-log";
  const root = document.documentElement;
  const here = /** @type {any} */ (document.currentScript).src;
  /** What is stored, after storing a value if there is one. */
  const stored = (value) => {
    try {
      if (value) localStorage.setItem(KEY, value);
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage is off: the switch works for this page alone
    }
  };
  document.addEventListener("DOMContentLoaded", () => {
    const panels = (box) => box.querySelectorAll(".executed details.log");
    const [first] = panels(document);
    if (!first) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "log-switch";
    let folded = stored() === "folded";
    const fold = (box) => {
      for (const panel of panels(box)) panel.open = !folded;
      button.textContent = folded ? "Show SQL" : "Hide SQL";
    };
    fold(document);
    delete root.dataset.log; // from here on, each panel's own state counts
    button.addEventListener("click", () => {
      folded = !folded;
      fold(document);
      stored(folded ? "folded" : "shown");
    });
    // A script that puts another output into the page says so with this event.
    document.addEventListener("output-shown", (event) => fold(event.target));
    const corner = document.querySelector(".content-icon-container");
    if (corner) corner.prepend(button);
    else first.closest("section, article, body").prepend(button);
    delete root.dataset.panels;
  });

  // What lines.js adds is for who points, scrolls or presses a key: it is loaded then.
  const signs = new AbortController();
  const wake = () => {
    signs.abort();
    if (!document.querySelector("[data-line]")) return;
    const script = document.createElement("script");
    script.src = new URL("lines.js", here).href;
    document.head.append(script);
  };
  for (const sign of ["pointermove", "pointerdown", "keydown", "scroll"]) {
    addEventListener(sign, wake, { signal: signs.signal });
  }

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll(".cell details:not([open])")];
    for (const panel of opened) panel.open = true;
  });
  addEventListener("afterprint", () => {
    for (const panel of opened) panel.open = false;
  });
})();
