// The controls that open something, of each kind the first, as marks that a test can press; not
// those that a selector chooses, and no label of what is chosen.
([known, others]) => {
  const found = [];
  const openers = [
    ...["summary", "[popovertarget]", "[aria-haspopup]", "[aria-expanded]", "[aria-controls]"],
    ...["label[for]", "a[aria-describedby]", "input[type=checkbox]"],
  ].join();
  for (const control of visible(openers)) {
    if ((others && control.matches(others)) || control.control?.checked) continue;
    const names = [control.parentElement.className, control.localName, control.className];
    const kind = names
      .join(" ")
      .replace(/\b(lane|tag)\S*|[-\w]*\d+[-\w]*/g, "")
      .replace(/\s+/g, " ");
    if (known.includes(kind) || found.includes(kind)) continue;
    found.push(kind);
    control.dataset.opener = kind;
  }
  return found;
};
