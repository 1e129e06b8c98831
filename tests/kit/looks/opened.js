// What a press of a control has opened: marks what can be seen now and could not be seen before, as a
// whole, and the control. Called before the press, it takes note of what is seen.
(control, isBefore) => {
  const shown = visible("body *");
  if (isBefore) {
    globalThis.shownBefore = new Set(shown);
    for (const each of document.querySelectorAll("[data-opened]")) delete each.dataset.opened;
    return;
  }
  const added = new Set(shown.filter((each) => !shownBefore.has(each)));
  for (const each of [control, ...added]) {
    if (!added.has(each.parentElement)) each.dataset.opened = "";
  }
};
