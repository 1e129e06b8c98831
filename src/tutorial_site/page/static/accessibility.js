// What no markup can do for a reader with a keyboard or a screen reader.
(() => {
  "use strict";

  // ---------- Announcements: dispatch "say" on the document, with the words as its detail ----------

  const voice = document.createElement("div");
  voice.className = "visually-hidden";
  voice.setAttribute("role", "status");
  document.body.append(voice);
  document.addEventListener("say", ({ detail }) => {
    voice.textContent = "";
    // The same words again are news only after a while without them.
    setTimeout(() => (voice.textContent = detail), 50);
  });

  // ---------- Boxes that scroll are stops of Tab, but only while they do ----------

  const look = new ResizeObserver((entries) => {
    const boxes = entries.map(({ target }) => /** @type {HTMLElement} */ (target));
    // All are measured before one is changed: else the browser would lay the page out each time.
    const scrolls = boxes.map(
      (box) => box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight,
    );
    for (const [at, box] of boxes.entries()) {
      if (!scrolls[at]) {
        box.removeAttribute("tabindex");
        continue;
      }
      box.tabIndex = 0;
      if (box.hasAttribute("role")) continue;
      const { name } = box.closest("[data-name]")?.dataset ?? {};
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", name ? `Code of ${name}` : "Code");
    }
  });
  for (const box of document.querySelectorAll('article [tabindex="0"]')) look.observe(box);

  // ---------- The theme ----------

  const { body } = document;
  const themes = document.querySelectorAll(".theme-toggle");
  const name = () => {
    const words = `Colour theme: ${body.dataset.theme}`;
    for (const each of themes) each.setAttribute("aria-label", words);
    return words;
  };
  name();
  const said = () => document.dispatchEvent(new CustomEvent("say", { detail: name() }));
  new MutationObserver(said).observe(body, { attributeFilter: ["data-theme"] });

  // ---------- Menus ----------

  /** @type {any[]} */
  const [visit] = performance.getEntriesByType("navigation");
  for (const [id, drawer, rest] of [
    ["__navigation", ".sidebar-drawer", ".main"],
    ["__toc", ".toc-drawer", ".content"],
    ["__contents", ".toc-drawer", ".content, .sidebar-drawer"],
  ]) {
    const toggle = document.getElementById(id);
    if (!toggle) continue;
    if (visit?.type !== "navigate") toggle.checked = false; // Firefox opens again what was open
    const menu = document.querySelector(drawer);
    const show = () => {
      const open = toggle.checked;
      toggle.setAttribute("aria-expanded", open);
      for (const each of document.querySelectorAll(rest)) each.inert = open;
      if (!open) return;
      const links = [...menu.querySelectorAll("a, input")];
      links.find((each) => each.checkVisibility({ visibilityProperty: true }))?.focus();
    };
    const close = () => {
      if (!toggle.checked) return false;
      toggle.checked = false;
      show();
      return true;
    };
    show();
    toggle.addEventListener("change", show);
    toggle.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // else Firefox has the same press follow the link that gets the focus
      toggle.click();
    });
    // A link of the menu leads away from it.
    menu.addEventListener("click", ({ target }) => target.closest("a") && close());
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && close()) toggle.focus();
    });
    // In a wide window there is no menu to close.
    addEventListener("resize", () => toggle.checkVisibility() || close());
  }
})();
