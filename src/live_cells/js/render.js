/** What a cell showed, as elements: of the tree of which the build makes its HTML. */
import { element } from "./element.js";
import { picture } from "./picture.js";

// The tree comes from the reader's Python, where a cell may change whatever makes it.
const TAGS = new Set("a b button code details div p pre span summary".split(" "));
const ATTRIBUTES = {
  class: /^/,
  "data-line": /^\d+$/,
  "data-value": /^/,
  href: /^(https?:\/\/|(\.\.\/)*[\w-][\w./-]*$)/, // elsewhere, or a page of the site
  id: /^word-/,
  open: /^$/,
  popover: /^$/,
  popovertarget: /^word-/,
  translate: /^(yes|no)$/,
  type: /^button$/,
};

/**
 * Make a cell's output.
 *
 * @param {any} result what the worker said
 * @param {string} prefix for the ids of pictures: no two outputs of the page may share one
 * @returns {{element: HTMLElement, relane: (tree: Array) => void} | null} null where it shows
 *   nothing
 */
export function render({ tree, explanations, raised, same }, prefix) {
  explanations.forEach(explain);
  if (!tree) return null;
  const inner = elements(tree, prefix);
  const more = raised ? [traceback(raised.trace, same)] : [];
  return {
    element: element("div", { class: "cell_output docutils container" }, inner, ...more),
    relane: (tree) => takeClasses(inner, tree),
  };
}

/** The whole traceback in a fold; where the page shows the same error, the cell's menu has it. */
function traceback(text, isHidden) {
  const summary = element("summary", {}, "The whole traceback");
  const pre = element("pre", { class: "literal-block", translate: "no" }, text);
  const fold = element("details", { class: "live-trace" }, summary, pre);
  fold.hidden = Boolean(isHidden);
  return fold;
}

/** A tree, text or markup as a node: see myst_doctest/showing/tree.py. */
function elements(tree, prefix) {
  if (typeof tree === "string") return tree;
  if (!Array.isArray(tree)) return picture(tree.markup, prefix);
  const [tag, attributes, ...children] = tree;
  const inner = children.map((child, number) => elements(child, `${prefix}-${number}`));
  if (!TAGS.has(tag)) return element("span", {}, ...inner);
  const known = Object.entries(attributes).filter(([name, value]) => ATTRIBUTES[name]?.test(value));
  return element(tag, Object.fromEntries(known), ...inner);
}

/**
 * Give elements the classes of another tree of the same output.
 *
 * @param {Element} made
 * @param {any} tree
 */
function takeClasses(made, tree) {
  const [, attributes, ...children] = tree;
  if (attributes.class) made.className = attributes.class;
  else made.removeAttribute("class");
  children.filter(Array.isArray).forEach((child, n) => takeClasses(made.children[n], child));
}

/** What a word of a log means, once on the page, at its end, where no fold hides it. */
function explain(tree) {
  const [, { id }] = tree;
  if (document.getElementById(id)) return;
  (document.querySelector("article") ?? document.body).append(elements(tree, ""), "\n");
}
