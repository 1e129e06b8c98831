import { loadScript } from "./load_script.js";
import { broken } from "./messages.js";

/** The parts of a page that are loaded when they are needed. */
export class PageParts {
  #opening = null;
  /** A run's output: `render` of render.js, once it is there. */
  render = null;

  /** @param {any} data the page's data block */
  constructor(data) {
    this.data = data;
  }

  /** The page's data, once it is there and outputs can be rendered. @returns {Promise<any>} */
  open() {
    this.#opening ??= this.#load();
    this.#opening.catch(() => (this.#opening = null));
    return this.#opening;
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
