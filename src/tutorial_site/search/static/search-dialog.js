// The dialog of the search: Pagefind's component UI, and what we add to it. A result shows the best
// sections of a page first, Enter opens the first link, words that say nothing are left out, and
// where no page has all words of a query, those that one page has together are searched for. Names
// and messages of errors lead to their pages, above the results; what SQLAlchemy documents, below.

import { element, stored } from "./dialogs.js";

const ROOT = new URL("../", import.meta.url);
const BUNDLE = new URL("pagefind/", ROOT);
const NAMES = new URL("search-names.json", import.meta.url);
const SECTIONS = 4; // of a page
const LONG = 9; // words: a message that was pasted
const SILENT = new Set(
  (
    "a an and any are as at be by can could do does for from get has have how i if in into is it its " +
    "me my of on only or our should so some such that the their then there these they this to use " +
    "using versus vs was we what when where which who why will with would you your"
  ).split(" "),
); // words that say nothing about what is looked for
const LAST = "search-query"; // sessionStorage: what was asked, for the next page

const MARKUP = `
  <pagefind-config bundle-path="${BUNDLE.pathname}" base-url="${ROOT.pathname}"></pagefind-config>
  <pagefind-modal>
    <pagefind-modal-header>
      <pagefind-input debounce="120" placeholder="A word, a name, an error"></pagefind-input>
    </pagefind-modal-header>
    <pagefind-modal-body>
      <pagefind-summary default-message="Type a word, a name in code or an error’s code, or paste a whole message."></pagefind-summary>
      <p class="search-names" aria-live="polite" hidden></p>
      <pagefind-results></pagefind-results>
    </pagefind-modal-body>
    <pagefind-modal-footer>
      <p class="search-official" aria-live="polite" hidden></p>
      <p class="search-hints">
        <kbd class="pf-keyboard-key">↑</kbd> <kbd class="pf-keyboard-key">↓</kbd> results
        <kbd class="pf-keyboard-key">Enter</kbd> open
        <kbd class="pf-keyboard-key">Esc</kbd> close
      </p>
      <button type="button" class="search-keys">All keys</button>
    </pagefind-modal-footer>
  </pagefind-modal>`;

const WORDS = {
  keyboard_search: "Search this site", // the dialog's name
  keyboard_clear: "close", // what Escape does in a dialog
  zero_results: "Nothing found for “[SEARCH_TERM]”. Try fewer words, or the code of an error.",
  one_result: "1 page for “[SEARCH_TERM]”",
  many_results: "[COUNT] pages for “[SEARCH_TERM]”",
};

/** The best sections of a page that was found, as Pagefind weighs the words in them. */
function bestSections({ url, meta, excerpt, sub_results: sections }) {
  const weight = ({ weighted_locations: words }) =>
    words.reduce((sum, { balanced_score: score }) => sum + score, 0);
  const best = [...sections].sort((a, b) => weight(b) - weight(a)).slice(0, SECTIONS);
  if (!best.length) best.push({ url, title: meta.title, excerpt });
  return best.map((section) => (section.url === url ? { ...section, title: meta.title } : section));
}

/** An excerpt, which is marked where it begins or ends within a sentence. */
function whole(excerpt) {
  const text = excerpt.trim();
  const begins = /^(<mark>)?["“`(<&]*\p{Lu}/u.test(text) ? "" : "… ";
  return begins + text + (/[.!?:](<\/mark>)?$/.test(text) ? "" : " …");
}

/** A result: the page's title, and links to its sections. */
function shown(result) {
  const items = bestSections(result).map(({ url, title, excerpt }) =>
    element(
      "li",
      { className: "pf-heading-chip" },
      element("a", { className: "pf-heading-link", href: url, textContent: title }),
      // Pagefind escapes the text, and marks the words that were found.
      element("p", { className: "pf-heading-excerpt", innerHTML: whole(excerpt) }),
    ),
  );
  return element(
    "li",
    { className: "pf-result" },
    element("h2", { className: "pf-result-title", textContent: result.meta.title }),
    element("ul", { className: "pf-heading-chips" }, ...items),
  );
}

/** A query without the words that say nothing; whole, if it has no others. */
function telling(query) {
  const kept = query
    .split(/\s+/)
    .filter((word) => !SILENT.has(word.toLowerCase().replace(/\W/g, "")));
  return kept.join(" ") || query;
}

/** Words as search-names.json has them, but for the class of an object: readers have their own. */
const plain = (text) =>
  text
    .replace(/<[\w.]+(?= at 0x)/g, " ")
    .toLowerCase()
    .replace(/[^\w.+]+/g, " ")
    .trim();

/** How many of the words asked a message has, and which part that is of the shorter of both: a message
    may be pasted in part, or with what was printed around it. It counts as having a least of words. */
function sharing(asked, has, least = 0) {
  const shared = [...asked].filter((word) => has.has(word)).length;
  return { shared, share: shared / Math.min(asked.size, Math.max(has.size, least)) };
}

/** The messages of which a query is a part, or with which it shares nearly all of many words. */
function messagesIn(words, messages) {
  const asked = new Set(words.split(" ").filter((word) => !SILENT.has(word)));
  const near = messages
    .map(([text, ...place]) => {
      const { share } = sharing(asked, new Set(text.split(" ")), 5);
      const isPart = / .* /.test(words) && ` ${text} `.includes(` ${words} `);
      return { place, share: isPart ? 1 : asked.size < 5 ? 0 : share };
    })
    .filter(({ share }) => share >= 0.7);
  const best = Math.max(...near.map(({ share }) => share));
  return near.filter(({ share }) => share === best).map(({ place }) => place);
}

/** Of the messages of errors that a query names, those with which it shares most words. */
function messagesOf(named, words, messages) {
  const pages = new Set(named.map(([, address]) => address));
  const isName = (word) => named.some(([name]) => word.endsWith(name.toLowerCase()));
  const own = (text) => new Set(text.split(" ").filter((word) => !SILENT.has(word)));
  const asked = new Set([...own(words)].filter((word) => !isName(word)));
  const near = messages
    .filter(([, , address]) => pages.has(address.split("#")[0]))
    .map(([text, ...place]) => ({ place, ...sharing(asked, own(text)) }))
    .filter(({ shared, share }) => shared > 2 && share >= 0.5);
  const best = Math.max(...near.map(({ shared }) => shared));
  return near.filter(({ shared }) => shared === best).map(({ place }) => place);
}

/** The errors whose names begin with a query, as that of "detached inst" does. */
function errorsBegun(words, errors) {
  const begun = words.replace(/[ .]/g, "");
  const names =
    begun.length < 5 ? [] : Object.keys(errors).filter((each) => each.startsWith(begun));
  return names.map((name) => errors[name]);
}

/**
 * What leads on from a query, with words before it: on this site the section that explains just
 * these words, or the pages of errors that it names or quotes; and what SQLAlchemy documents.
 */
async function namesIn(query) {
  known ??= fetch(NAMES).then((answer) => answer.json());
  const { sections, errors, messages, names, topics } = await known;
  const listed = (table, words) =>
    words.filter((word) => Object.hasOwn(table, word)).map((word) => table[word]);
  const words = plain(query);
  const asked = query.match(/[\w.]*\w/g) ?? [];
  // Of a message that was pasted, classes: its SQL is in capitals, and what it quotes has dots.
  const sign = asked.length < LONG ? /\w[._A-Z]\w/ : /\b[A-Z]\w*[a-z]\w*[A-Z]\w*$/;
  const isName = (word) => asked.length === 1 || sign.test(word);
  const short = asked.filter(isName).map((word) => word.split(".").at(-1).toLowerCase());
  const topic = Object.keys(topics).find((each) => ` ${words} `.includes(` ${each} `));
  const explained = listed(sections, [words]);
  const named = listed(errors, words.split(/[ .]/));
  const quoted = named.length ? messagesOf(named, words, messages) : messagesIn(words, messages);
  const classes = quoted.map(([called]) => errors[called.split(":")[0].toLowerCase()]);
  const about = [...quoted, ...named, ...classes];
  return {
    ".search-names": explained.length
      ? ["Explained in: ", explained]
      : about.length
        ? ["All about this error: ", about]
        : ["Errors by this name: ", errorsBegun(words, errors)],
    ".search-official": [
      "In SQLAlchemy’s documentation: ",
      listed(names, topic ? topics[topic] : short),
    ],
  };
}

/** Links to places, each once. */
function links(places) {
  const once = new Map();
  for (const [words, address] of places) if (!once.has(address)) once.set(address, words);
  return [...once].flatMap(([address, textContent]) => [
    element("a", { href: new URL(address, ROOT), textContent }),
    " ",
  ]);
}

/** The words of a query that one page has together: of all pages that for which Pagefind's scores
    of the single words sum up to most. */
async function wordsTogether(query) {
  const { search } = await import(new URL("pagefind.js", BUNDLE).href);
  const words = [...new Set(query.split(/\s+/).filter(Boolean))];
  const scoresOf = async (word) =>
    new Map((await search(word)).results.map(({ id, score }) => [id, score]));
  const found = await Promise.all(words.map(scoresOf));
  const sum = (page) => found.reduce((total, scores) => total + (scores.get(page) ?? 0), 0);
  const pages = new Set(found.flatMap((scores) => [...scores.keys()]));
  const [best] = [...pages].sort((one, other) => sum(other) - sum(one));
  return words.filter((_, number) => found[number].has(best)).join(" ");
}

function loaded(tag, properties) {
  return new Promise((resolve, reject) => {
    document.head.append(element(tag, { ...properties, onload: resolve, onerror: reject }));
  });
}

let known;

class Search {
  constructor() {
    const { configureInstance, getInstanceManager } = globalThis.PagefindComponents;
    // How often a page says a word, more than its share of the page: chapters are long.
    configureInstance("default", { ranking: { termFrequency: 0.3 } });
    this.instance = getInstanceManager().getInstance("default");
    this.instance.setTranslations(WORDS);
    document.body.insertAdjacentHTML("beforeend", MARKUP);
    this.modal = document.querySelector("pagefind-modal");
    this.field = this.modal.querySelector("pagefind-input input");
    this.results = this.modal.querySelector("pagefind-results");
    const search = this.instance.triggerSearch.bind(this.instance);
    this.instance.triggerSearch = (query) => {
      const { value } = this.field;
      search(telling(query));
      this.field.value = value; // Pagefind puts there what it searches, where nobody is typing
      if (value) stored("sessionStorage", LAST, value);
    };
    const seek = this.instance.__search__.bind(this.instance);
    this.instance.__search__ = (...asked) => seek(...asked).catch(() => this.fail());
    const translate = this.instance.translate.bind(this.instance);
    this.instance.translate = (key, about) => {
      const words = translate(key, about);
      return /^(one_result|many_results)$/.test(key) ? this.withLeftOut(words) : words;
    };
    this.entering = false; // Enter was pressed before the results came
    this.results.resultTemplate = (result) => {
      const item = shown(result);
      if (this.entering) queueMicrotask(() => this.enter());
      return item;
    };
    this.listen();
  }

  listen() {
    this.field.addEventListener("input", () => {
      this.entering = false;
    });
    this.field.addEventListener("keydown", ({ key, isComposing }) => {
      if (key === "Enter" && !isComposing) this.enter();
    });
    this.modal.addEventListener("keydown", (event) => this.step(event), true);
    this.modal.addEventListener("click", (event) => this.follow(event));
    this.instance.on("results", ({ results }) => {
      this.pointed = this.pointOut(this.field.value);
      if (!results.length) this.askForLess(this.instance.searchTerm);
    });
    this.modal.querySelector(".search-keys").addEventListener("click", async () => {
      (await import("./keys-dialog.js")).open();
    });
  }

  /** Open the dialog, with a query that was typed before it was there, and perhaps sent. */
  open(query, typed = "", isSent = false) {
    // Pagefind hears later that its dialog was shut, and until then would not open it.
    const dialog = this.modal.querySelector("dialog");
    if (this.modal.isOpen && !dialog.open) {
      dialog.addEventListener("close", () => this.open(query, typed, isSent), { once: true });
      return;
    }
    this.modal.open();
    const last = typed ? "" : this.field.value || stored("sessionStorage", LAST);
    const asked = (query || last || "") + typed;
    if (asked && telling(asked) !== this.instance.searchTerm) {
      this.field.value = asked;
      this.instance.triggerSearch(asked);
    }
    this.field.focus(); // from now on, what is typed goes there
    if (typed) this.field.setSelectionRange(asked.length, asked.length);
    else this.field.select();
    if (isSent) this.enter();
  }

  /** Open the first link, now or when it is there. */
  async enter() {
    const isAnswered = this.isAsked(this.instance.searchTerm);
    this.entering = !isAnswered && this.field.value.trim() !== "";
    if (!isAnswered) return;
    await this.pointed;
    const first = ".search-names:not([hidden]) a, .pf-results > :first-child a";
    const link = this.modal.querySelector(first);
    this.entering = !link && this.field.value.trim() !== "";
    link?.click();
  }

  /** Go by an arrow key through the links above the results; Pagefind goes through the results. */
  step(event) {
    const named = [...this.modal.querySelectorAll(".search-names:not([hidden]) a")];
    const { key, target, ctrlKey, metaKey } = event;
    const isTyped = /^[^ ]$/.test(key) && !ctrlKey && !metaKey;
    if (isTyped && named.includes(target)) this.field.focus(); // it is typed there
    const way = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (!named.length || !way) return;
    const stops = [this.field, ...named, this.results.querySelector("a")];
    const at = stops.indexOf(target);
    const next = at >= 0 && stops[at + way];
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  }

  /** Leave by a link: the dialog closes, unless the link opens elsewhere. */
  follow(event) {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    this.modal.close();
    const drawer = document.getElementById("__navigation"); // of a narrow screen
    if (drawer?.checked) drawer.click(); // accessibility.js hears of it: the page can be used again
  }

  /** Lead to what explains just what was asked, beside the pages that have these words. */
  async pointOut(query) {
    const found = await namesIn(query).catch(() => ({}));
    if (this.field.value !== query) return;
    for (const line of this.modal.querySelectorAll(".search-names, .search-official")) {
      const [intro, places] = found[`.${line.className}`] ?? ["", []];
      line.hidden = !places.length;
      line.replaceChildren(intro, ...links(places));
    }
  }

  /** "3 pages for …", read or heard, and the words of the query that are in none of them. */
  withLeftOut(words) {
    const kept = this.instance.searchTerm.split(/\s+/);
    const asked = telling(this.field.value).split(/\s+/).filter(Boolean);
    const left = asked.filter((word) => !kept.includes(word));
    if (asked.length >= LONG) {
      return words.replace(/ for .*/s, ` with ${left.length ? "most" : "all"} of these words`);
    }
    return left.length ? `${words}, none with “${left.join(" ")}” as well` : words;
  }

  /** Whether a search is for what the field has, which may have changed since. */
  isAsked(term) {
    return telling(this.field.value.trim()) === term.trim();
  }

  /** Say that a file of the index is lost, of which Pagefind says nothing; the next search loads it. */
  fail() {
    this.instance.__pagefind__ = null;
    this.instance.__dispatch__("error", {
      message: "Could not load search. Type on to try again.",
    });
  }

  async askForLess(query) {
    const fewer = await wordsTogether(query).catch(() => "");
    const isAsked = this.instance.searchTerm === query && this.isAsked(query);
    if (fewer && fewer !== query && isAsked) this.instance.triggerSearch(fewer);
  }
}

let ready;

async function load() {
  await Promise.all([
    loaded("link", { rel: "stylesheet", href: new URL("pagefind-component-ui.css", BUNDLE) }),
    loaded("link", { rel: "stylesheet", href: new URL("search-dialog.css", import.meta.url) }),
    loaded("script", { src: new URL("pagefind-component-ui.js", BUNDLE) }),
  ]);
  return new Search();
}

/**
 * Open the search.
 *
 * @param {() => string} [ask] what to look for, asked once the dialog is there; without it, what
 *   was looked for last
 * @param {() => {text: string, isSent: boolean, isLeft: boolean} | null} [take] what was typed until
 *   then, if the reader sent it, and if the dialog is no longer wanted
 */
export async function open(ask, take) {
  ready ??= load();
  try {
    const search = await ready;
    const ahead = take?.();
    if (take && (!ahead || ahead.isLeft)) return; // an earlier call has opened it, or Escape was pressed
    search.open(ask?.(), ahead?.text, ahead?.isSent);
  } catch (error) {
    ready = undefined;
    throw error;
  }
}
