// Targets under 24 by 24 CSS px that nothing excuses (WCAG 2.2, 2.5.8).
// Excused: a target in a line of text, and one that keeps its distance: a circle of 24 px around
// its middle touches no other target, nor the circle of another small one.
() => {
  const SIZE = 24;
  const targets = [
    ...new Set(
      visible(`${STOPS}, label[for]`)
        .filter((each) => !each.disabled && !each.matches("pre, [role=region], [role=group]"))
        .filter((each) => !each.matches("[tabindex='-1']:not(a, button, input)")),
    ),
  ].map((element) => ({ element, box: element.getBoundingClientRect() }));
  const small = targets.filter(
    ({ element, box }) => Math.min(box.width, box.height) < SIZE - 0.5 && !inText(element),
  );
  return small
    .filter((target) => targets.some((other) => crowds(target, other)))
    .map(
      ({ element, box }) =>
        `${Math.round(box.width)} by ${Math.round(box.height)} px: ${named(element)}`,
    );

  /** A link in a sentence, in code or in a heading: the line's height says how high it is. */
  function inText(element) {
    if (!getComputedStyle(element).display.startsWith("inline")) return false;
    let block = element.parentElement;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    const others = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    while (others.nextNode()) {
      const { data, parentElement } = others.currentNode;
      if (data.trim() && !parentElement.closest("a, button, label, summary")) return true;
    }
    return false;
  }

  function crowds(target, other) {
    if (other === target || related(target.element, other.element)) return false;
    const [x, y] = middle(target.box);
    if (small.includes(other)) {
      const [otherX, otherY] = middle(other.box);
      return Math.hypot(x - otherX, y - otherY) < SIZE;
    }
    const { left, right, top, bottom } = other.box;
    const [nearX, nearY] = [Math.max(left, Math.min(x, right)), Math.max(top, Math.min(y, bottom))];
    return Math.hypot(x - nearX, y - nearY) < SIZE / 2;
  }

  /** A label and its control are one target, and so are a box and what is in it. */
  function related(one, other) {
    return (
      one.control === other || other.control === one || one.contains(other) || other.contains(one)
    );
  }

  function middle({ left, top, width, height }) {
    return [left + width / 2, top + height / 2];
  }
};
