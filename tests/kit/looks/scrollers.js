// Boxes that scroll, and that a keyboard cannot scroll: nothing in them takes the focus.
() =>
  visible("*")
    .filter((box) => {
      if (box === WINDOW || box === document.body) return false;
      const { overflowX, overflowY } = getComputedStyle(box);
      const scrolls = (overflow) => overflow === "auto" || overflow === "scroll";
      const wide = scrolls(overflowX) && box.scrollWidth > box.clientWidth + 1;
      const high = scrolls(overflowY) && box.scrollHeight > box.clientHeight + 1;
      return wide || high;
    })
    .filter((box) => !reachable(box) && ![...box.querySelectorAll(STOPS)].some(reachable))
    .map((box) => `scrolls, but not by keyboard: ${named(box)}`);
