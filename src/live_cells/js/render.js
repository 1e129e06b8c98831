/** What a cell showed, as elements: the same that the build publishes, blanks included. */
import { element } from "./element.js";
import { picture } from "./picture.js";

const LINK = /https?:\/\/[^\s<>"'()]*[^\s<>"'().,:;!?]/g;

/**
 * Make a cell's output.
 *
 * @param {object} result what the worker said
 * @param {string} prefix for the ids of pictures: no two outputs of the page may share one
 * @returns {{element: HTMLElement, relane: (lanes: object[]) => void} | null} null where it shows
 *   nothing
 */
export function render(result, prefix) {
  const boxes = result.boxes.map((box, number) => MAKE[box.kind](box, `${prefix}-${number}`));
  if (!boxes.length && !result.cut) return null;
  const inner = element("div", { class: "output executed docutils container" }, "\n");
  for (const box of boxes) inner.append(box.element, "\n");
  if (result.cut) inner.append(element("p", { class: "output-note" }, "The output is cut here."));
  return {
    element: element("div", { class: "cell_output docutils container" }, "\n", inner, "\n"),
    relane: (lanes) => lanes.forEach((each, number) => boxes[number]?.relane(each)),
  };
}

const MAKE = {
  log: (box) => new LogBox(box),
  error: (box) => new OwnBox(error(box), box.classes),
  picture: (box, prefix) => new OwnBox(framed(picture(box.markup, prefix)), box.classes),
  stdout: plain,
  stderr: plain,
  warning: plain,
  result: plain,
};

/** What the cell itself showed, in a lane where there is one. */
class OwnBox {
  constructor(shown, classes) {
    this.shown = this.element = shown;
    if (classes.length) this.relane({ classes });
  }

  relane({ classes }) {
    if (this.element === this.shown) {
      if (!classes.length) return;
      this.element = element("div");
      this.shown.replaceWith(this.element);
      this.element.append("\n", this.shown, "\n");
    }
    this.element.className = [...classes, "docutils", "container"].join(" ");
  }
}

/** The panel of what was logged. */
class LogBox {
  constructor({ summary, through, entries }) {
    this.summary = element("summary", {}, summary);
    this.entries = entries.map(({ lines }) => logEntry(lines));
    this.element = element("details", { class: "log", open: "" }, this.summary, "\n");
    for (const entry of this.entries) this.element.append(entry, "\n");
    this.relane({ through, entries: entries.map(({ classes }) => classes) });
    for (const { word, about } of entries.flatMap(({ lines }) => lines)) explain(word, about);
  }

  relane({ through, entries }) {
    this.summary.className = through.join(" ");
    entries.forEach((classes, number) => {
      this.entries[number].className = ["log-entry", ...classes].join(" ");
    });
  }
}

function logEntry(lines) {
  const entry = element("div", {}, "\n");
  for (const line of lines) {
    const code = element("pre", {}, ...line.tokens.map(token));
    const box = element("div", { class: `highlight log-${line.part}` });
    if (line.part === "parameters") box.append(logWord(line));
    else if (line.engine) code.prepend(element("span", { class: "log-engine" }, line.engine), " ");
    box.append(code);
    entry.append(box, "\n");
  }
  return entry;
}

function token([kind, text]) {
  return kind ? element("span", { class: kind }, text) : text;
}

/** The word in brackets: a button that shows what it means, where that is known. */
function logWord({ word, about }) {
  if (!about) return element("span", { class: "log-word" }, word);
  const attributes = { type: "button", class: "log-word", popovertarget: wordName(word) };
  return element("button", attributes, word);
}

function wordName(word) {
  return `word-${word.replace(/[^\p{L}\p{N}_]+/gu, "-").replace(/^-+|-+$/g, "")}`;
}

/** What a word means, once, at the page's end, where no fold hides it. */
function explain(word, about) {
  if (!about || document.getElementById(wordName(word))) return;
  const attributes = { popover: "", id: wordName(word), class: "log-about" };
  const box = element("div", attributes, element("p", {}, about));
  const end = document.querySelector("article") ?? document.body;
  end.append(box, "\n");
}

function plain({ kind, text, classes }) {
  return new OwnBox(element("pre", { class: `${kind} literal-block` }, text), classes);
}

function framed(content) {
  return element("div", { class: "picture docutils container" }, "\n", content);
}

/** The exception's class and message, its links alive, under the line that raised it. */
function error({ line, code, text }) {
  const box = element("div", { class: "error docutils container" }, "\n");
  if (line) {
    const words = code.match(/\S+| +|\n/g) ?? [];
    const literal = { class: "docutils literal notranslate" };
    const shown = element("code", literal, ...words.map(literalWord));
    box.append(element("p", { class: "output-note" }, `Line ${line}: `, shown), "\n");
  }
  box.append(element("pre", { class: "literal-block" }, ...linked(text)), "\n");
  return box;
}

/** As docutils does it: no line is broken within a word. */
function literalWord(word) {
  if (word.trim()) return element("span", { class: "pre" }, word);
  return word === "\n" ? word : `${"\u00a0".repeat(word.length - 1)} `;
}

function* linked(text) {
  let done = 0;
  for (const match of text.matchAll(LINK)) {
    yield text.slice(done, match.index);
    yield element("a", { class: "reference external", href: match[0] }, match[0]);
    done = match.index + match[0].length;
  }
  yield text.slice(done);
}
