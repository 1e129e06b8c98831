import { button, element, onPress } from "./element.js";

/** The links that the page offers for each of its cells, such as a report of what is wrong there. */
function offered(name) {
  const links = document.querySelectorAll("a[data-cell-href]");
  return [...links].map(({ dataset: { cellHref, cellWords } }) => {
    const href = cellHref.replace("%7Bcell%7D", encodeURIComponent(name));
    return element("a", { class: "live-button", href }, cellWords);
  });
}

/** The menu of a cell, for what is needed less. */
export class CellMenu {
  /**
   * @param {import("./cell.js").Cell} cell
   * @param {HTMLElement} opener the button that opens it
   * @param {any} acts `from`, `swap`, `trace`, `share`, `play`
   */
  constructor({ title, name, index, key }, opener, acts) {
    const id = `live-menu-${index ?? key.replace("#", "")}`;
    this.opener = opener;
    this.from = button("from", "Run from here", `Run from here: ${title} and those below`);
    this.swap = button("swap", "");
    this.trace = button("trace", "Show the whole traceback");
    this.share = button("share", "Share", `Share your code of ${title}`);
    this.play = button("play", "Open in playground", `Open in playground: ${title}`);
    this.element = element("div", { popover: "", id, class: "live-menu live-cell-menu" });
    this.element.append(this.from, this.swap, this.trace, this.share, this.play);
    // The site's own script copies an address from such a link.
    const href = opener.parentElement.querySelector("a.live-name")?.href;
    const look = { class: "live-button live-name", href };
    if (href) this.element.append(element("a", look, "Copy link to this cell"));
    if (index !== null) this.element.append(...offered(name || String(index + 1)));
    opener.setAttribute("popovertarget", id);
    // Before what was pressed may be hidden: the focus goes from it to the menu's button.
    this.element.addEventListener("click", () => this.element.hidePopover());
    onPress(this.element, acts);
    this.element.addEventListener("click", () => {
      if (opener.hidden) opener.parentElement.querySelector("button").focus();
    });
    const canAnchor = CSS.supports("position-area", "top");
    if (!canAnchor) this.element.addEventListener("beforetoggle", () => this.#place());
  }

  /** Whether there is something in it. */
  get isEmpty() {
    return [...this.element.children].every(({ hidden }) => hidden);
  }

  /** Have it close to its button, where style sheets cannot say so. */
  #place() {
    const { bottom, right } = this.opener.getBoundingClientRect();
    const top = Math.min(bottom, innerHeight - 200);
    this.element.style.inset = `${top}px ${innerWidth - right}px auto auto`;
  }
}
