// The dialog of the search: a field, and below it a list of links. Arrow keys go through the list;
// the links are links, so that all that a browser and a screen reader do with one can be done.

const HERE = import.meta.url;
const STAMP = new URL(HERE).search; // of the files that belong to this one
const ROOT = new URL("../", HERE);
const PAUSE = 120; // ms after a key
const SLASH = "search-slash"; // localStorage: whether the search opens by that key
const LAST = "search-query"; // sessionStorage: what was looked for, on the next page too

/** An element with its attributes and children; text comes in as text, never as markup. */
function made(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** A place to keep a word; a browser may allow none. */
function kept(storage, name, value) {
  try {
    if (value !== undefined) globalThis[storage].setItem(name, value);
    return globalThis[storage].getItem(name);
  } catch {
    return null;
  }
}

const counted = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

class Search {
  constructor() {
    this.worker = null;
    this.asked = 0; // the number of the newest question
    this.shown = null; // the query whose results stand here
    this.timer = 0;
    this.entering = false; // Enter was pressed before the results came
    this.build();
    this.listen();
  }

  build() {
    this.field = made("input", {
      type: "text", id: "search-field", name: "q", class: "search-field", inputmode: "search",
      enterkeyhint: "go", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
      placeholder: "A word, a name, an error", "aria-describedby": "search-keys",
    });
    this.status = made("p", { role: "status", class: "search-status" });
    this.results = made("div", { class: "search-list" });
    const close = made("button", { type: "button", class: "search-close" }, "Close");
    close.addEventListener("click", () => this.dialog.close());
    this.slash = made("input", { type: "checkbox", id: "search-slash" });
    this.slash.checked = kept("localStorage", SLASH) !== "off";
    this.slash.addEventListener("change", () => {
      kept("localStorage", SLASH, this.slash.checked ? "on" : "off");
    });
    this.form = made("form", { role: "search", class: "search-form" },
      made("label", { for: "search-field", class: "search-label" }, "Search"), this.field, close);
    this.dialog = made("dialog", { class: "search-dialog", "aria-label": "Search this site" },
      this.form, this.status, this.results,
      made("div", { class: "search-foot" },
        made("p", { id: "search-keys" }, "Arrow keys choose, Enter opens, Escape closes."),
        made("label", {}, this.slash, " Open with the key /")));
    document.body.append(this.dialog);
  }

  listen() {
    this.field.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.entering = false;
      this.timer = setTimeout(() => this.ask(), PAUSE);
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.shown === this.query) this.links[0]?.click();
      else this.entering = this.query !== "";
    });
    this.dialog.addEventListener("keydown", (event) => this.press(event));
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close(); // beside the dialog's content
    });
    this.results.addEventListener("click", (event) => this.follow(event));
  }

  get query() {
    return this.field.value.trim();
  }

  get links() {
    return [...this.results.querySelectorAll("a")];
  }

  /** Open the dialog, with a query where one is given. */
  open(query) {
    if (!this.dialog.open) {
      this.dialog.showModal();
    }
    if (query !== undefined) this.field.value = query;
    else if (!this.field.value) this.field.value = kept("sessionStorage", LAST) ?? "";
    this.field.focus();
    this.field.select();
    if (this.shown !== this.query) this.ask();
  }

  press(event) {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const stops = [this.field, ...this.links];
    const at = stops.indexOf(document.activeElement);
    const last = stops.length - 1;
    const inField = at === 0;
    const to = {
      ArrowDown: at < 0 ? 0 : Math.min(at + 1, last),
      ArrowUp: Math.max(at - 1, 0),
      Home: inField ? undefined : Math.min(1, last),
      End: inField ? undefined : last,
    }[key];
    if (to !== undefined && (at >= 0 || key.startsWith("Arrow"))) {
      event.preventDefault();
      stops[to].focus();
      stops[to].scrollIntoView({ block: "nearest" });
    } else if (at > 0 && (key.length === 1 && key !== " " || key === "Backspace")) {
      this.field.focus(); // the key goes on into the field
    }
  }

  /** Leave by a link: the dialog closes, unless the link opens elsewhere. */
  follow(event) {
    const link = event.target.closest("a");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    this.dialog.close();
    const drawer = document.getElementById("__navigation"); // of a narrow screen
    if (drawer?.checked) drawer.click(); // accessibility.js hears of it: the page can be used again
  }

  ask() {
    const { query } = this;
    kept("sessionStorage", LAST, query);
    this.asked += 1;
    if (!query) {
      this.show(query, "", this.hint());
      return;
    }
    this.results.setAttribute("aria-busy", "true");
    if (!this.worker) this.status.textContent = "Loading the search …";
    this.worker ??= this.employ();
    this.worker.postMessage({ id: this.asked, query });
  }

  employ() {
    const file = new URL(`search-worker.js${STAMP}`, HERE);
    const worker = new Worker(file, { type: "module" });
    worker.onmessage = ({ data }) => {
      if (data.failed !== undefined) this.fail();
      else if (data.id === this.asked) this.answer(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.fail();
    };
    return worker;
  }

  /** Nothing of a search that lacks a part is shown: it would leave out pages without a word. */
  fail() {
    this.worker?.terminate();
    this.worker = null;
    const again = made("button", { type: "button" }, "Try again");
    again.addEventListener("click", () => {
      this.field.focus();
      this.ask();
    });
    this.show(null, "The search could not be loaded.", made("div", { class: "search-help" },
      made("p", {}, again),
      made("p", {}, "Or ask the ", this.other(), ", which needs less of your browser.")));
  }

  answer({ pages, instead, unknown }) {
    const { query } = this;
    const count = pages.reduce((sum, { sections }) => sum + sections.length, 0);
    const words = [];
    const missing = unknown.map((word) => `“${word}”`).join(", ");
    if (missing && count) words.push(`No page has ${missing}.`);
    if (instead && count) words.push(`Results for “${instead}”.`);
    const asked = query.length > 60 ? `${query.slice(0, 60)} …` : query;
    words.push(count
      ? `${counted(count, "section")} on ${counted(pages.length, "page")}`
      : `Nothing found for “${asked}”.`);
    this.show(query, words.join(" "), ...(count ? pages.map(group) : [this.nothing()]));
    if (this.entering) this.links[0]?.click();
    this.entering = false;
  }

  show(query, words, ...content) {
    this.shown = query;
    this.status.textContent = words;
    this.results.removeAttribute("aria-busy");
    this.results.replaceChildren(...content);
    this.results.scrollTop = 0;
  }

  hint() {
    const examples = ["expire_on_commit", "identity map", "bhk3"].map((words) => {
      const example = made("button", { type: "button" }, words);
      example.addEventListener("click", () => {
        this.field.value = words;
        this.field.focus();
        this.ask();
      });
      return made("li", {}, example);
    });
    return made("div", { class: "search-help" },
      made("p", {}, "Type a word, a name in code or an error's code, or paste a whole message."),
      made("ul", {}, ...examples));
  }

  nothing() {
    const glossary = document.querySelector(".sidebar-tree a[href*=glossary]");
    const ways = [
      "fewer words, or the beginning of one;",
      "the class or the code of an error, such as IntegrityError or gkpj;",
      glossary && made("span", {}, "the ", made("a", { href: glossary.href }, "glossary"),
        ", where the words of art stand;"),
      made("span", {}, "the ", this.other(), "."),
    ];
    return made("div", { class: "search-help" }, made("p", {}, "Try:"),
      made("ul", {}, ...ways.filter(Boolean).map((way) => made("li", {}, way))));
  }

  /** Sphinx's own search, with the same words. */
  other() {
    const address = new URL("search.html", ROOT);
    address.search = new URLSearchParams({ q: this.query, check_keywords: "yes", area: "default" });
    return made("a", { href: address.href }, "plain search");
  }
}

let groups = 0;

/** A page and its sections. */
function group({ title, part, sections }) {
  const name = `search-group-${groups++}`;
  const heading = made("h2", { id: name }, title);
  if (part) heading.prepend(made("span", { class: "search-part" }, `${part} › `));
  return made("section", { "aria-labelledby": name }, heading,
    made("ul", {}, ...sections.map((each, number) => result(each, title, `${name}-${number}`))));
}

function result({ title, link, excerpt }, page, name) {
  const shown = title === page ? "Top of the page" : title;
  const text = excerpt.map(({ text, marked }) => (marked ? made("mark", {}, text) : text));
  return made("li", {},
    made("a", { href: new URL(link, ROOT).href, "aria-describedby": name }, shown),
    made("p", { class: "search-text", id: name }, ...text));
}

/** The dialog's style sheet; the dialog opens without it where it cannot be had. */
function dressed() {
  const { href } = new URL(`search-dialog.css${STAMP}`, HERE);
  const link = made("link", { rel: "stylesheet", href });
  return new Promise((resolve) => {
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
}

let ready;

/**
 * Open the search.
 *
 * @param {string} [query] what to look for; without it, what was looked for last
 */
export async function open(query) {
  const search = await (ready ??= dressed().then(() => new Search()));
  search.open(query);
}
