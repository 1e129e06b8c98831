import { loadScript } from "./load_script.js";
import { broken } from "./messages.js";

/** The parts of a page that are loaded when they are needed. */
export class PageParts {
  /** Promises of pages' data, by their addresses: each variant has its own. */
  #opening = {};
  /** A run's output: `render` of render.js, once it is there. */
  render = null;

  /** @param {any} data the page's data block */
  constructor(data) {
    this.data = data;
  }

  /** The page's data, once it is there and outputs can be rendered. @returns {Promise<any>} */
  open() {
    const { cells } = this.data;
    this.#opening[cells] ??= this.#load();
    this.#opening[cells].catch(() => delete this.#opening[cells]);
    return this.#opening[cells];
  }

  /** An editor: see editor.js. */
  async editor(options) {
    const { editor } = await loadScript(this.data.editor);
    return editor(options);
  }

  async #load() {
    const [contents, script] = await Promise.all([this.#fetch(), loadScript(this.data.render)]);
    this.render = script.render;
    return contents;
  }

  /** The page's data; a browser may have a damaged file in its cache. */
  async #fetch() {
    const { cells } = this.data;
    const fetched = async (cache) => {
      const response = await fetch(cells, { cache });
      return response.ok ? response.json() : Promise.reject();
    };
    return fetched("default")
      .catch(() => fetched("reload"))
      .catch(() => {
        throw new Error(broken(cells));
      });
  }
}
