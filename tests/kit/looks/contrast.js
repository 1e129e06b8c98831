// Words that are too pale (WCAG 1.4.3), and what of a drawing is (1.4.11), on the page or in what
// one of these selectors chooses. axe-core leaves what lies over a picture undecided, and a page's
// lanes are pictures behind all that is in them; their place is the margin, beside words. It does
// not look into drawings.
(within) => {
  const found = [];
  const isAsked = (element) => !within?.length || element.closest(within.join());
  const opacities = new Map(); // of elements, with what is around them
  const backs = new Map();
  const words = new Set(); // the elements that hold them
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement: parent } = texts.currentNode;
    if (!data.trim() || parent.closest("script, style, noscript, template, title, desc")) continue;
    if (isAsked(parent)) words.add(parent);
  }
  words.forEach(tellWords);
  for (const field of document.querySelectorAll("input, select, textarea")) {
    if (!field.matches("[type=checkbox], [type=radio]") && isAsked(field)) tellWords(field);
  }
  for (const shape of document.querySelectorAll(`svg:has(text) :is(${SHAPES})`)) {
    const { stroke } = getComputedStyle(shape);
    const isShown = shape.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (stroke === "none" || !isShown || shape.closest("defs") || !isAsked(shape)) continue;
    const back = behind(shape.ownerSVGElement, true, backs);
    tell(shape, over(faded(stroke, shape), back), back, 3);
  }
  return found;

  /** The words of an element; those of a control that is switched off may be pale. */
  function tellWords(element) {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return;
    if (element.closest(":disabled, [aria-disabled=true], label:has(:disabled)")) return;
    const { color, fill, fontSize, fontWeight } = getComputedStyle(element);
    const size = parseFloat(fontSize) * 0.75; // pt
    const least = size >= 18 || (size >= 14 && fontWeight >= 700) ? 3 : 4.5;
    const isDrawn = element instanceof SVGElement;
    const back = isDrawn ? below(element) : behind(element, true, backs);
    tell(element, over(faded(isDrawn ? fill : color, element), back), back, least);
  }

  function tell(element, front, back, least) {
    const ratio = contrast(front, back);
    if (ratio < least) found.push(`${ratio.toFixed(1)} to 1: ${named(element)}`);
  }

  /** A colour, as pale as the element and those around it are made. */
  function faded(color, element) {
    const { alpha, ...rest } = channels(color);
    return { ...rest, alpha: alpha * opacity(element) };
  }

  function opacity(element) {
    if (!element) return 1;
    if (!opacities.has(element)) {
      const own = getComputedStyle(element).opacity;
      opacities.set(element, own * opacity(element.parentElement));
    }
    return opacities.get(element);
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
    return layers.reduce((back, front) => over(front, back), behind(picture, true, backs));
  }
};
