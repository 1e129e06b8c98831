/**
 * An element with attributes and content; text is text, never markup.
 *
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} content
 * @returns {any} the element, whose kind the tag says
 */
export function element(tag, attributes = {}, ...content) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

/** An output without what Python drew: a box as the page's own outputs have. */
export function outputBox(...content) {
  const inner = element("div", { class: "output executed docutils container" }, ...content);
  return element("div", { class: "cell_output docutils container" }, inner);
}

/**
 * A button, whose `act` names what `onPress` has it do.
 *
 * Its accessible name begins with the words that it shows.
 */
export function button(act, words, name = words) {
  const made = element("button", { type: "button", class: "live-button", "data-act": act }, words);
  if (name !== words) made.setAttribute("aria-label", name);
  return made;
}

/**
 * Have the buttons in an element, or the element itself, do what their `data-act` names.
 *
 * A disabled one keeps the focus, which a reader with a keyboard would lose with `disabled`.
 *
 * @param {Element} box
 * @param {Record<string, () => void>} acts
 */
export function onPress(box, acts) {
  box.addEventListener("click", ({ target }) => {
    const pressed = target.closest("[data-act]:not([aria-disabled])");
    if (pressed) acts[pressed.dataset.act]?.();
  });
}

/** The name of a cell, by its strip; empty where it has none. */
export function nameOf(row) {
  return row.querySelector("a.live-name")?.textContent ?? "";
}

/** Set an attribute such as `aria-disabled` to "true", or remove it. */
export function flag(made, name, isSet) {
  if (isSet) made.setAttribute(name, "true");
  else made.removeAttribute(name);
}

/** Change an element's text if it is another: a screen reader may read each change. */
export function write(made, text) {
  if (made.textContent !== text) made.textContent = text;
}

/** What a press of a key asks of a cell: "run", "from", "again", "next", or "" for nothing. */
export function asked({ key, altKey, ctrlKey, metaKey, shiftKey, isComposing }) {
  if (key !== "Enter" || isComposing) return "";
  if (!ctrlKey && !metaKey) return shiftKey && !altKey ? "next" : "";
  if (altKey) return shiftKey ? "" : "again";
  return shiftKey ? "from" : "run";
}

/**
 * Whether a press on code opens it: a press on a link or at a selection's end has its own meaning, and
 * a finger that touches a line wants to know what it sent, or to scroll.
 */
export function opens({ target, pointerType }) {
  return pointerType !== "touch" && !target.closest("a, button") && getSelection().isCollapsed;
}
