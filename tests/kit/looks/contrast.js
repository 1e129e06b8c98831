// Words that are too pale (WCAG 1.4.3), and what of a drawing is (1.4.11). axe-core leaves what lies
// over a picture undecided, and a page's lanes are pictures behind all that is in them; their place
// is the margin, beside words. It does not look into drawings.
() => {
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement: parent } = texts.currentNode;
    if (!data.trim() || parent.closest("script, style, noscript, template, title, desc")) continue;
    if (!parent.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const { color, fill, fontSize, fontWeight } = getComputedStyle(parent);
    const size = parseFloat(fontSize) * 0.75; // pt
    const least = size >= 18 || (size >= 14 && fontWeight >= 700) ? 3 : 4.5;
    const isDrawn = parent instanceof SVGElement;
    const back = isDrawn ? below(parent) : behind(parent, true);
    tell(parent, over(isDrawn ? faded(fill, parent) : channels(color), back), back, least);
  }
  for (const shape of document.querySelectorAll(`svg:has(text) :is(${SHAPES})`)) {
    const { stroke } = getComputedStyle(shape);
    const isShown = shape.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (stroke === "none" || !isShown || shape.closest("defs")) continue;
    const back = behind(shape.ownerSVGElement, true);
    tell(shape, over(faded(stroke, shape), back), back, 3);
  }
  return found;

  function tell(element, front, back, least) {
    const ratio = contrast(front, back);
    if (ratio < least) found.push(`${ratio.toFixed(1)} to 1: ${named(element)}`);
  }

  /** A colour of a drawing, as pale as it and the groups around it are made. */
  function faded(color, element) {
    const { alpha, ...rest } = channels(color);
    let left = alpha;
    for (let each = element; each instanceof SVGElement; each = each.parentElement) {
      left *= getComputedStyle(each).opacity;
    }
    return { ...rest, alpha: left };
  }

  /** The colour behind drawn words: that of the shapes before them which reach their middle. */
  function below(words) {
    const { x, y, width, height } = words.getBoundingClientRect();
    const middle = new DOMPoint(x + width / 2, y + height / 2);
    const picture = words.closest("svg");
    const shapes = [...picture.querySelectorAll(SHAPES)].filter((shape) => {
      const isBefore = shape.compareDocumentPosition(words) & Node.DOCUMENT_POSITION_FOLLOWING;
      const isFilled = getComputedStyle(shape).fill !== "none" && !shape.closest("defs");
      const place = shape.getScreenCTM()?.inverse();
      return isBefore && isFilled && place && shape.isPointInFill(middle.matrixTransform(place));
    });
    const layers = shapes.map((shape) => faded(getComputedStyle(shape).fill, shape));
    return layers.reduce((back, front) => over(front, back), behind(picture, true));
  }
};
