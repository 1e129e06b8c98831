// What a glossary's word means, shown while its link is pointed at or has the keyboard's focus.
// The definitions are in the page (glossary_popovers.py). A tap follows the link.
(() => {
  "use strict";
  if (!("popover" in HTMLElement.prototype)) return;
  const DELAY = 150; // ms; a pointer that only passes shows nothing
  const GRACE = 300; // ms; for the pointer's way into what is shown
  const GAP = 4; // px; to the link
  const EDGE = 8; // px; to the window's edge
  let link = null; // the one whose word is explained
  let about = null; // what explains it
  let timer = 0;

  const later = (act, delay) => {
    clearTimeout(timer);
    timer = setTimeout(act, delay);
  };
  const hide = () => {
    clearTimeout(timer);
    about?.hidePopover();
    link = about = null;
  };
  const hideUnlessHeld = () => {
    const held = link?.matches(":hover, :focus-visible") || about?.matches(":hover, :focus-within");
    if (!held) hide();
  };

  /** Below the link, or above it where there is more room; never over it. */
  const place = (event) => {
    if (!about || event?.target === about) return; // its own text may be scrolled
    const { clientWidth, clientHeight } = document.documentElement;
    const { left, top, bottom } = link.getBoundingClientRect();
    const { style } = about;
    // The browser may still be on its way to a link that Tab has reached.
    const away = bottom < 0 || top > clientHeight;
    style.visibility = away && !about.matches(":focus-within") ? "hidden" : "";
    style.maxHeight = "";
    const height = about.offsetHeight;
    const above = top - GAP - EDGE;
    const below = clientHeight - bottom - GAP - EDGE;
    const under = height <= below || below >= above;
    const room = Math.max(under ? below : above, 0);
    const wanted = under ? bottom + GAP : top - GAP - Math.min(height, room);
    style.maxHeight = `${room}px`;
    style.top = `${Math.max(EDGE, Math.min(wanted, clientHeight - about.offsetHeight - EDGE))}px`;
    style.left = `${Math.max(EDGE, Math.min(left, clientWidth - about.offsetWidth - EDGE))}px`;
  };

  const show = (word, text) => {
    clearTimeout(timer);
    if (link === word) return;
    hide();
    link = word;
    about = text;
    link.after(about); // the next stop of Tab, in any browser
    about.showPopover();
    place();
  };

  const byTerm = new Map();
  for (const text of document.querySelectorAll(".glossary-about")) {
    byTerm.set(text.dataset.term, text);
    text.addEventListener("pointerleave", () => later(hideUnlessHeld, GRACE));
    text.addEventListener("focusout", () => later(hideUnlessHeld, 0));
  }
  for (const term of document.querySelectorAll("a > .std-term")) {
    const word = term.parentElement;
    const text = byTerm.get(word.getAttribute("href"));
    if (!text || word.closest(".glossary-about")) continue;
    word.setAttribute("aria-describedby", text.id);
    word.addEventListener("pointerenter", (event) => {
      if (event.pointerType !== "touch") later(() => show(word, text), DELAY);
    });
    word.addEventListener("pointerleave", () => later(hideUnlessHeld, GRACE));
    word.addEventListener("focus", () => word.matches(":focus-visible") && show(word, text));
    word.addEventListener("blur", () => later(hideUnlessHeld, 0));
  }

  const dismiss = (event) => {
    if (event.key !== "Escape" || !about) return;
    event.stopPropagation(); // this press does nothing else: an editor keeps the focus
    if (about.contains(document.activeElement)) link.focus();
    hide();
  };
  addEventListener("keydown", dismiss, true);
  addEventListener("scroll", place, { capture: true, passive: true });
  addEventListener("resize", place);
  addEventListener("pagehide", hide); // nothing is open when the reader comes back
})();
