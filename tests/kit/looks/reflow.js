// What a narrow window cuts off: the page scrolls sideways, or words lie where no eye can go.
() => {
  const found = [];
  const room = WINDOW.clientWidth;
  if (WINDOW.scrollWidth > room) {
    const wide = visible("body *").filter((each) => each.getBoundingClientRect().right > room + 1);
    const inner = wide.filter(
      (each) => !wide.some((other) => other !== each && each.contains(other)),
    );
    found.push(`the page scrolls sideways: ${inner.slice(0, 3).map(named).join("; ")}`);
  }
  const boxes = new Map(); // of elements: their places, and what they do with what is larger
  const range = document.createRange();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const parent = text.parentElement;
    if (!text.data.trim() || !parent.checkVisibility({ visibilityProperty: true })) continue;
    range.selectNodeContents(text);
    // The box of all lines: one too many is as cut off as half a word.
    const box = range.getBoundingClientRect();
    if (box.width < 1 || box.height < 1) continue;
    const cut = cutter(parent, box);
    if (cut) found.push(`cut off by ${cut}: ${named(parent)}`);
  }
  return found;

  /** What hides a part of a box for good: the window's edge, or a box that cannot be scrolled. */
  function cutter(inner, { left, right, top, bottom }) {
    let scrolledX = false;
    let scrolledY = false;
    for (let box = inner; box && box !== WINDOW; box = box.parentElement) {
      if (!boxes.has(box)) boxes.set(box, measured(box));
      const { overflowX, overflowY, position, display, clip, edge } = boxes.get(box);
      if (display === "inline") continue;
      if (clip !== "auto" || edge.width <= 1 || edge.height <= 1) return ""; // for ears only
      const hides = (overflow) => overflow === "hidden" || overflow === "clip";
      scrolledX ||= overflowX === "auto" || overflowX === "scroll";
      scrolledY ||= overflowY === "auto" || overflowY === "scroll";
      if (hides(overflowX) && !scrolledX && (left < edge.left - 1 || right > edge.right + 1)) {
        return named(box);
      }
      if (hides(overflowY) && !scrolledY && (top < edge.top - 1 || bottom > edge.bottom + 1)) {
        return named(box);
      }
      if (position === "fixed") {
        const off = right <= 0 || left >= room; // a drawer that waits outside
        return !off && !scrolledX && (left < -1 || right > room + 1) ? "the window's edge" : "";
      }
    }
    return !scrolledX && (left < -1 || right > room + 1) ? "the window's edge" : "";
  }

  function measured(box) {
    const { overflowX, overflowY, position, display, clip } = getComputedStyle(box);
    return { overflowX, overflowY, position, display, clip, edge: box.getBoundingClientRect() };
  }
};
