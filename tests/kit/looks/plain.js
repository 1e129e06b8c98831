// What a reader without JavaScript misses: words that no press brings up, and dead controls.
() => {
  // No words of the page, words of another state of a fold, one of several tabs, what a button or
  // a link brings up, and what only a script could serve: a form, a choice whose sides are folds, a button.
  const ELSEWHERE = [
    ...["script", "style", "template", "summary", ".headerlink", "[popover]", "svg", "form"],
    ...[".show-dialect", ".variant-choice", ".try-it"],
  ].join();
  const found = [];
  // What a press unfolds is no loss: the browser does it by itself.
  for (const fold of document.querySelectorAll("details")) fold.open = true;
  const main = document.querySelector("main, [role=main]");
  const texts = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const parent = text.parentElement;
    if (!text.data.trim() || parent.closest(ELSEWHERE)) continue;
    if (!parent.checkVisibility({ visibilityProperty: true, opacityProperty: true })) {
      found.push(`cannot be read: ${named(parent)}`);
    }
  }
  for (const button of visible("button, [role=button], [onclick]")) {
    const works = button.matches("[popovertarget], [commandfor], form[action] *, summary, a[href]");
    if (!works) found.push(`a button that does nothing: ${named(button)}`);
  }
  for (const link of visible("a:not([href])")) {
    if (!link.id && !link.name) found.push(`a link to nothing: ${named(link)}`);
  }
  for (const form of visible("form")) {
    if (!form.action || form.action === location.href) found.push(`a dead form: ${named(form)}`);
  }
  return found;
};
