// Words that are too pale (WCAG 1.4.3). axe-core leaves what lies over a picture undecided, and a
// page's lanes are pictures behind all that is in them; their place is the margin, beside words.
() => {
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement: parent } = texts.currentNode;
    if (!data.trim() || parent.closest("svg, script, style, noscript, template")) continue;
    if (!parent.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(parent);
    const size = parseFloat(fontSize) * 0.75; // pt
    const least = size >= 18 || (size >= 14 && fontWeight >= 700) ? 3 : 4.5;
    const back = behind(parent, true);
    const ratio = contrast(over(channels(color), back), back);
    if (ratio < least) found.push(`${ratio.toFixed(1)} to 1: ${named(parent)}`);
  }
  return found;
}
