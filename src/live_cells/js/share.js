/**
 * Code that goes from page to page: into an address and out of it, or to the playground.
 *
 * controller.js loads this script at a press, and where an address brings code. Nothing is ever run
 * here: what an address brings is shown as text, and put into a cell when the reader says so.
 */
import { button, element, onPress } from "./element.js";
import * as messages from "./messages.js";
import { program } from "./program.js";
import rules from "./share.css";
import { decoded, encoded, MOST_CHARACTERS, START, Unreadable } from "./shared_code.js";
import { MAIN, titleOf } from "./shown_variant.js";

/** @typedef {import("./controller.js").Controller} Page */
/** @typedef {import("./cell.js").Cell} Cell */

const SCRATCH = "#scratch";
/** Where code is kept on its way to the playground, in this tab alone. */
const KEPT = "live-cells-opened";

/** Put the reader's code of a cell, and of cells above it, into an address, and copy that. */
export async function share({ bar, data, views }, cell) {
  const isAbove = (each) => !each.isAttempt && each.isEdited && each.place < cell.place;
  const above = cell.isAttempt ? [] : views.map((view) => view.cell).filter(isAbove);
  /** @type {Array<[string, string]>} */
  const cells = [...above, cell].map(({ key, source }) => [key, source]);
  const fragment = await encoded({ variant: data.variant, cells });
  const address = location.origin + location.pathname + fragment;
  bar.follow();
  const over = address.length - MOST_CHARACTERS;
  if (over > 0) return bar.say(messages.tooLong(over, MOST_CHARACTERS));
  const isCopied = await navigator.clipboard?.writeText(address).then(
    () => true,
    () => false,
  );
  if (!isCopied) history.replaceState(history.state, "", address);
  bar.say(messages.shared(above.length, Boolean(isCopied)));
}

/** Go to the playground with a cell, and with those above it as one program. */
export async function play({ bar, data, open, views }, cell) {
  const contents = await open();
  const shown = new Map(views.map((view) => [view.cell.index, view.cell]));
  const above = contents.cells.slice(0, cell.index ?? undefined).map((each, index) => {
    const title = `cell ${index + 1}${each.name && ` (${each.name})`}`;
    return { ...each, title, source: shown.get(index)?.source ?? each.source };
  });
  const heading = document.querySelector("h1")?.firstChild?.textContent ?? "";
  const from = `${cell.title} of “${heading.trim()}”`;
  const opened = { variant: data.variant, from, cells: [program(above), cell.source] };
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(opened));
  } catch {
    bar.follow();
    return bar.say(messages.NOT_OPENED);
  }
  location.href = data.playground + START;
}

/** Take what the address brings. @param {Page} page */
export async function receive(page) {
  const { hash } = location;
  document.querySelector(".live-shared")?.remove();
  if (hash === START) return take(page);
  try {
    offer(page, await decoded(hash));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    new Box(page, messages.NOT_READ, [messages.unreadable(error.why)]);
  }
}

/** Take what the reader has brought from another page, in this tab. */
function take(page) {
  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  forgetAddress();
  if (!kept) return void new Box(page, messages.NOT_READ, [messages.unreadable("broken")]);
  const { variant, from, cells } = JSON.parse(kept);
  const ours = page.views.filter(({ cell }) => cell.index !== null);
  const [first, last] = [ours[0], ours[ours.length - 1]];
  const put = () => {
    turnTo(page, variant);
    page.fill([
      [first, cells[0]],
      [last, cells[1]],
    ]);
    page.bar.say(messages.opened(from));
  };
  if (![first, last].some(({ cell }) => cell.isEdited)) return put();
  const box = new Box(page, messages.opened(from), [messages.OWN_CODE_THERE]);
  box.offer(messages.REPLACE, put);
}

/** Show code that somebody has put into an address. */
function offer(page, { variant, cells }) {
  const known = new Map(page.views.map((view) => [view.cell.key, view]));
  const [key] = cells[cells.length - 1];
  const isGone = !known.has(key) && key !== SCRATCH;
  const title = (each) =>
    known.get(each)?.cell.title ?? (each === SCRATCH ? "the scratch cell" : `“${each}”`);
  const words = [messages.somebodys(title(key))];
  const isKnown = variant === page.data.variant || variant === "" || page.block.variants[variant];
  if (variant !== page.data.variant) {
    words.push(messages.writtenOn(titleOf(variant || MAIN), Boolean(isKnown)));
  }
  if (isGone) words.push(messages.gone(title(key)));
  const box = new Box(page, messages.SOMEBODYS, words);
  for (const [each, source] of cells) box.show(title(each), source);
  if (page.block.reason) return;
  const place = isGone ? SCRATCH : key;
  box.offer(messages.putInto(isGone ? "the scratch cell" : title(key)), () => {
    if (isKnown) turnTo(page, variant);
    if (place === SCRATCH) known.set(SCRATCH, page.scratchView());
    const pairs = cells.map(([each, source]) => [known.get(each), source]);
    pairs[pairs.length - 1][0] = known.get(place);
    page.fill(pairs.filter(([view]) => view));
  });
}

/** Show the run that code was written for. */
function turnTo({ data }, variant) {
  if (variant === data.variant) return;
  document.dispatchEvent(new CustomEvent("variant-chosen", { detail: { name: variant || MAIN } }));
}

function forgetAddress() {
  history.replaceState(history.state, "", location.pathname + location.search);
}

/** A box at the page's head, which says what an address has brought. */
class Box {
  /** @param {Page} page @param {string} title @param {string[]} words */
  constructor(page, title, words) {
    const id = "live-shared";
    this.acts = element("p", {}, button("close", "Leave it"));
    this.element = element(
      "section",
      { class: "live-shared", "aria-labelledby": id, tabindex: "-1" },
      element("p", { id }, element("b", {}, title)),
      ...words.map((each) => element("p", {}, each)),
      this.acts,
    );
    onPress(this.element, { close: () => this.#close() });
    const heading = document.querySelector("article h1");
    if (heading) heading.after(this.element);
    else page.bar.element.before(this.element);
    this.element.focus();
    this.element.scrollIntoView({ block: "nearest" });
  }

  /** Show code, as text. */
  show(title, source) {
    const name = `Code for ${title}`;
    const pre = element("pre", { tabindex: "0", role: "group", "aria-label": name }, source);
    this.acts.before(element("p", {}, `${name}:`), pre);
  }

  /** Offer what can be done with it. */
  offer(words, act) {
    const made = button("put", words);
    made.addEventListener("click", () => {
      this.#remove();
      act();
    });
    this.acts.prepend(made);
  }

  #remove() {
    this.element.remove();
    forgetAddress();
  }

  #close() {
    this.#remove();
    /** @type {any} */ (document.querySelector(".live-tools button"))?.focus();
  }
}

const sheet = new CSSStyleSheet();
sheet.replaceSync(rules);
document.adoptedStyleSheets.push(sheet);
