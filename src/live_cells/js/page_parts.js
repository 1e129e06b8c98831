import * as messages from "./messages.js";

/** The parts of a page that are loaded when they are needed. */
export class PageParts {
  /** How often loading failed: a browser may keep a damaged file in its cache. */
  #failures = 0;
  #opening = null;
  #render;

  /** @param {any} data the page's data block */
  constructor(data) {
    this.data = data;
  }

  /** The page's data, once it is there and outputs can be rendered. @returns {Promise<any>} */
  open() {
    this.#opening ??= Promise.all([this.#fetch(), this.#import(this.data.render)]).then(
      ([contents, { render }]) => {
        this.#render = render;
        return contents;
      },
      (error) => {
        this.#failures += 1;
        this.#opening = null;
        throw error;
      },
    );
    return this.#opening;
  }

  /** A run's output, as `render` of render.js gives it. */
  render(result, prefix) {
    return this.#render(result, prefix);
  }

  /** An editor: see editor.js. */
  async editor(options) {
    const { editor } = await this.#import(this.data.editor).catch((error) => {
      this.#failures += 1;
      throw error;
    });
    return editor(options);
  }

  /** A browser may remember that a module could not be loaded: another try has another address. */
  async #import(address) {
    const again = this.#failures ? `?${this.#failures}` : "";
    try {
      return await import(new URL(address + again, document.baseURI).href);
    } catch {
      throw new Error(messages.broken(address.split("/").at(-1)));
    }
  }

  async #fetch() {
    const { cells } = this.data;
    const name = cells.split("/").at(-1);
    const cache = this.#failures ? "reload" : "default";
    const response = await fetch(cells, { cache }).catch(() => {
      throw new Error(messages.unreachable(name));
    });
    if (!response.ok) throw new Error(messages.missing(name, response.status));
    return response.json().catch(() => {
      throw new Error(messages.damaged(name));
    });
  }
}
