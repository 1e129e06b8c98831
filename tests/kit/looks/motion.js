// What would move although the reader asked for less motion.
() => {
  const SHORT = 0.01; // s
  const found = [];
  const seconds = (list) => Math.max(...list.split(",").map((each) => parseFloat(each) || 0));
  for (const element of document.querySelectorAll("*")) {
    for (const part of ["", "::before", "::after"]) {
      const style = getComputedStyle(element, part);
      if (part && style.content === "none") continue;
      const moves = style.animationName !== "none" && seconds(style.animationDuration) > SHORT;
      const changes =
        style.transitionProperty !== "none" &&
        seconds(style.transitionDuration) + seconds(style.transitionDelay) > SHORT;
      if (moves) found.push(`animation ${style.animationName}: ${kind(element)}${part}`);
      if (changes) found.push(`transition of ${style.transitionProperty}: ${kind(element)}${part}`);
      if (style.scrollBehavior === "smooth") found.push(`scrolls smoothly: ${kind(element)}`);
    }
  }
  return found;

  function kind(element) {
    return [element.localName, ...element.classList].join(".");
  }
};
