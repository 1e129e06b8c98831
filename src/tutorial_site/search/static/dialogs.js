/** What the dialog of the search and the list of keys share. */

/** A value that the browser keeps, after storing another if there is one; it may keep none. */
export function stored(storage, name, value) {
  try {
    if (value !== undefined) globalThis[storage].setItem(name, value);
    return globalThis[storage].getItem(name);
  } catch {
    return null;
  }
}

/** An element with properties and content. */
export function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}
