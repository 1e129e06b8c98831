// The reader's choice among a page's variants: one for the whole site, which the next page remembers.
// A script in the page's head (showing/variants.py) has applied it before anything was painted, and
// applies it again on the event "variant-chosen".
(() => {
  "use strict";
  const KEY = "myst-doctest-variant";
  const CHOICES = ".variant-choice input";
  const root = document.documentElement;
  /** The classes of elements beside which a transaction's line is drawn, on some variant. */
  const lanes = new Map();

  /** What is stored, after storing a value if there is one. */
  const stored = (value) => {
    try {
      if (value) localStorage.setItem(KEY, value);
      return localStorage.getItem(KEY);
    } catch {
      return value; // storage is off: the choice holds for this page
    }
  };

  const draw = () => {
    const { variant } = root.dataset;
    for (const radio of document.querySelectorAll(CHOICES)) {
      const own = radio.closest(".variant-choice").querySelector(`[value="${variant}"]`);
      radio.checked = own ? radio === own : radio.value === "main";
    }
    for (const [element, classes] of lanes) {
      const own = classes.filter((name) => name.startsWith(`${variant}/`));
      const others = classes.filter((name) => !own.length || !/^lane(-|$)/.test(name));
      const here = own.map((name) => name.slice(variant.length + 1)).filter(Boolean);
      const lane = here.length ? ["lane", ...here.map((name) => `lane-${name}`)] : [];
      element.className = [...others, ...lane].join(" ");
    }
  };

  const choose = (name) => {
    document.dispatchEvent(new CustomEvent("variant-chosen", { detail: { name } }));
  };

  document.addEventListener("DOMContentLoaded", () => {
    if (!root.dataset.variant) return;
    for (const fold of document.querySelectorAll("details.variant")) fold.open = true;
    for (const each of document.querySelectorAll('[class*="/"]')) {
      lanes.set(each, [...each.classList]);
    }
    draw();
    document.addEventListener("variant-chosen", draw);
  });

  document.addEventListener("change", ({ target: radio }) => {
    if (!(radio instanceof HTMLInputElement) || !radio.matches(CHOICES)) return;
    const name = radio.value;
    const address = new URL(location.href);
    if (address.searchParams.has("on")) {
      address.searchParams.set("on", name); // else a reload would undo the choice
      history.replaceState(history.state, "", address);
    }
    stored(name);
    const before = radio.getBoundingClientRect().top;
    choose(name);
    // Cells above may have changed their height: what the reader looks at stays in its place.
    const moved = radio.getBoundingClientRect().top - before;
    window.scrollBy({ top: moved, behavior: "instant" });
  });

  // The reader has chosen on another page, and comes back to this one.
  const chooseAgain = () => root.dataset.variant && choose(stored());
  addEventListener("storage", ({ key }) => key === KEY && chooseAgain());
  addEventListener("pageshow", ({ persisted }) => persisted && chooseAgain());
})();
