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

/**
 * A button that does nothing yet.
 *
 * @param {string} words what it shows
 * @param {string} name what it is called, which begins with these words
 * @returns {HTMLButtonElement}
 */
export function plain(words, name = words) {
  const made = element("button", { type: "button", class: "live-button" }, words);
  if (name !== words) made.setAttribute("aria-label", name);
  return made;
}

/**
 * Have a button do something while it is enabled.
 *
 * One that is disabled keeps the focus, which a reader with a keyboard would lose otherwise.
 *
 * @param {HTMLButtonElement} made
 * @param {() => void} act
 * @returns {HTMLButtonElement} the same
 */
export function does(made, act) {
  made.addEventListener("click", () => {
    if (made.getAttribute("aria-disabled") !== "true") act();
  });
  return made;
}

/** A button that does something while it is enabled: see `plain` and `does`. */
export function button(words, name, act) {
  return does(plain(words, name), act);
}

/** @param {HTMLButtonElement} made @param {boolean} enabled */
export function enable(made, enabled) {
  if (enabled) made.removeAttribute("aria-disabled");
  else made.setAttribute("aria-disabled", "true");
}

/** Change an element's text where it is another one, since a screen reader may read each change. */
export function write(made, text) {
  if (made.textContent !== text) made.textContent = text;
}
