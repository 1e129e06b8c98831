// Two switches for all panels of the site: "Hide SQL" folds them, and "Fill in values" shows each
// value in its place, for reading alone. The next page remembers both: a line in its head
// (sphinx_extension.py) has it so before anything is painted.
(() => {
  "use strict";
  const root = document.documentElement;
  const here = /** @type {any} */ (document.currentScript).src;
  /** What is stored, after storing a value if there is one. */
  const stored = (key, value) => {
    try {
      if (value) localStorage.setItem(key, value);
      return localStorage.getItem(key);
    } catch {
      return null; // storage is off: the switch works for this page alone
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    const panels = (box) => box.querySelectorAll(".executed details.log");
    const [first] = panels(document);
    if (!first) return;
    const corner = document.querySelector(".content-icon-container");

    /** A button that says what a press would do, and does it to the page. */
    const offer = (key, on, [doIt, undoIt], apply) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "log-switch";
      let isOn = stored(key) === on;
      const draw = () => {
        button.textContent = isOn ? undoIt : doIt;
        apply(isOn, document);
      };
      draw();
      button.addEventListener("click", () => {
        isOn = !isOn;
        draw();
        stored(key, isOn ? on : "shown");
      });
      // A script that puts another output into the page says so with this event.
      document.addEventListener("output-shown", ({ target }) => apply(isOn, target));
      if (corner) corner.prepend(button);
      else first.closest("section, article, body").prepend(button);
    };

    const fold = (isFolded, box) => {
      for (const panel of panels(box)) panel.open = !isFolded;
      // From here on each panel's own state counts; a line that has no fold goes and comes.
      const now = isFolded ? "panels" : "shown";
      if (isFolded || root.dataset.log) root.dataset.log = now; // the whole page gets its style anew
    };
    offer("myst-doctest-log", "folded", ["Hide SQL", "Show SQL"], fold);
    const fill = (isFilled) => root.toggleAttribute("data-values", isFilled);
    if (document.querySelector("[data-value]")) {
      offer("myst-doctest-values", "filled", ["Fill in values", "Show placeholders"], fill);
    }
  });

  const load = (name) => {
    const script = document.createElement("script");
    script.src = new URL(name, here).href;
    document.head.append(script);
  };
  // What these scripts add is for who points, scrolls or presses a key: they are loaded then, but
  // for predictions when a prediction is near, whose options get their order before they are seen.
  const signs = new AbortController();
  const near = (entries) => {
    if (!entries.some((each) => each.isIntersecting)) return;
    coming.disconnect();
    load("predictions.js");
  };
  const coming = new IntersectionObserver(near, { rootMargin: "100%" });
  const wake = () => {
    signs.abort();
    if (document.querySelector("[data-line]")) ["lines.js", "lane-ends.js"].forEach(load);
    for (const each of document.querySelectorAll(".predict")) coming.observe(each);
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
