// Watches a walk through the page by Tab; `walk` says what was seen of each stop.
// A stop is looked at when the next key is pressed: by then the browser has scrolled to it.
() => {
  const walk = {
    stops: [], // elements, in the order of Tab
    suspects: [], // [element, what is wrong with it], to be looked at again in peace
    again,
    held,
    end,
  };
  const faces = new Map(); // of the stops that have the focus: how they look with it
  let last = null;
  const start = new Set([...document.querySelectorAll(STOPS)].filter(reachable));
  addEventListener("keydown", ({ key }) => key === "Tab" && step(document.activeElement), true);
  const sheet = new CSSStyleSheet(); // how a box scrolls is another look's business
  sheet.replaceSync("* { scroll-behavior: auto !important }");
  document.adoptedStyleSheets.push(sheet);
  globalThis.walk = walk;

  function step(element) {
    if (last) leave(last);
    last = element === document.body || element === WINDOW ? null : element;
    if (!last) return;
    walk.stops.push(last);
    const wrong = inspect(last);
    if (wrong) walk.suspects.push([last, wrong]);
    faces.set(last, look(last));
  }

  /** Compare a stop without the focus with what it looked like. */
  function leave(element) {
    const focused = faces.get(element);
    faces.delete(element);
    if (!focused || !element.isConnected) return;
    const plain = look(element);
    const told = focused.some((part, number) => differs(part, plain[number]));
    if (!told) walk.suspects.push([element, "no sign of the focus"]);
  }

  /** How a stop, its label and the box around it look. */
  function look(element) {
    const parts = [face(element), element.labels?.[0], element.parentElement];
    return parts.filter(Boolean).map((part) => {
      const style = getComputedStyle(part);
      const ring = style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
      const back = behind(part, parseFloat(style.outlineOffset) < 0);
      return {
        ring: ring >= 1 && contrast(over(channels(ringColor(style)), back), back) >= 3,
        rest: [style.boxShadow, style.backgroundColor, style.border, style.textDecoration].join(),
      };
    });
  }

  function ringColor({ outlineColor, color }) {
    return /^rgb/.test(outlineColor) ? outlineColor : color;
  }

  /** A ring that can be told from what is behind it, or another change. */
  function differs(focused, plain) {
    return (focused.ring && !plain.ring) || focused.rest !== plain.rest;
  }

  /** From where to where across the window a stop is not cut off: by the boxes it scrolls in.
      Chromium scrolls no further when 32 pixels of a link are seen; the rest is below nothing. */
  function uncut(element) {
    const sides = { left: 0, right: WINDOW.clientWidth };
    for (let each = element; each.parentElement; each = each.parentElement) {
      if (getComputedStyle(each).position === "fixed") break;
      const around = each.parentElement;
      if (!/auto|scroll/.test(getComputedStyle(around).overflowX)) continue;
      const { left, right } = around.getBoundingClientRect();
      sides.left = Math.max(sides.left, left);
      sides.right = Math.min(sides.right, right);
    }
    return sides;
  }

  /** What is wrong with the place of a stop: nowhere, off the window, or below something. */
  function inspect(element) {
    const shown = face(element);
    if (!seen(shown)) return "has the focus and cannot be seen";
    const [box] = shown.getClientRects();
    const sides = uncut(shown);
    const left = Math.max(box.left, sides.left);
    const top = Math.max(box.top, 0);
    const right = Math.min(box.right, sides.right);
    const bottom = Math.min(box.bottom, innerHeight);
    if (right - left < 2 || bottom - top < 2) return "has the focus outside of the window";
    const height = box.bottom - box.top; // of a higher one, Chromium scrolls 32 pixels into view
    if (height <= innerHeight / 2 && bottom - top < Math.min(height - 1, 31)) {
      return "has the focus and is half outside of the window";
    }
    const x = [left + (right - left) / 4, (left + right) / 2, right - (right - left) / 4];
    const y = [top + (bottom - top) / 4, (top + bottom) / 2, bottom - (bottom - top) / 4];
    for (const [across, down] of [
      [1, 1],
      [0, 0],
      [2, 0],
      [0, 2],
      [2, 2],
    ]) {
      const hit = document.elementFromPoint(x[across], y[down]);
      if (!hit || shown.contains(hit) || hit.contains(shown)) continue;
      return `has the focus below ${named(hit)}`;
    }
    return "";
  }

  /** Look at a suspect once more, until nothing is wrong or it is not to be waited for. */
  async function again(number) {
    const [element] = walk.suspects[number];
    let wrong = "";
    for (let patience = 20; patience; patience -= 1) {
      element.blur();
      await pause();
      const plain = look(element);
      element.focus({ focusVisible: true });
      await pause();
      if (document.activeElement !== element) return []; // it was there for a while: a way back up
      const told = look(element).some((part, index) => differs(part, plain[index]));
      wrong = inspect(element) || (told ? "" : "no sign of the focus");
      if (!wrong) return [];
    }
    return [`${wrong}: ${named(element)}`];
  }

  function pause() {
    return new Promise((resolve) => setTimeout(resolve, 25));
  }

  /** The stops of the page itself: what pops up may be met once for each of its links. */
  function own() {
    return walk.stops.filter((stop) => !stop.closest("[popover]"));
  }

  /** Whether the walk has come to a stop again: where it began, or where it is held. */
  function held() {
    const stops = own();
    return new Set(stops).size < stops.length;
  }

  /** What is to be told of the whole walk; stops that Chromium adds itself are no fault. */
  function end(backwards) {
    const found = [];
    const stops = own();
    const once = [...new Set(stops)];
    // The walk ends where it began: another stop that came twice holds the focus.
    const again = stops.find((stop, at) => stops.indexOf(stop) < at);
    if (again && again !== stops[0]) found.push(`Tab comes back to it: ${named(again)}`);
    for (const stop of start) {
      if (stop.tabIndex > 0) found.push(`a place of its own in the order: ${named(stop)}`);
      if (reachable(stop) && !once.includes(stop)) {
        found.push(`Tab never comes to it: ${named(stop)}`);
      }
    }
    return [...found, ...upwards(backwards ? once.reverse() : once)];
  }

  /** Where the focus goes up the page, and not into another column. */
  function upwards(stops) {
    const read = stops.filter((stop) => stop.closest("main, [role=main]"));
    const boxes = read.map((stop) => face(stop).getClientRects()[0]);
    const back = (box, next) => next.bottom <= box.top + 1 && next.left < box.right;
    const turns = read.keys().filter((at) => at && back(boxes[at - 1], boxes[at]));
    return [...turns].map((at) => `after ${named(read[at - 1])} up to ${named(read[at])}`);
  }
};
