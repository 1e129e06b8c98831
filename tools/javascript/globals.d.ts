// What the scripts find and TypeScript does not know.

/** The pack's manifest, which esbuild puts in; src/live_cells/pack/build.py makes it. */
declare const PACK: any;

// Types of npm packages are not installed where scripts are checked.
declare module "@codemirror/*";
declare module "@electric-sql/pglite" {
  export type PGlite = any;
  export const PGlite: any;
}
declare module "@lezer/*";
declare module "dompurify";
declare module "*.css";
declare module "pyodide";

// Whoever asks for an element by a selector or an id knows what it is.
interface ParentNode {
  querySelector(selectors: string): any;
  querySelectorAll(selectors: string): NodeListOf<any>;
}
interface NonElementParentNode {
  getElementById(id: string): any;
}
interface Document {
  getElementById(id: string): any;
  createElement(name: string): any;
}
interface Element {
  closest(selectors: string): any;
}

// `target` is an element wherever it is asked for.
interface EventTarget {
  closest(selectors: string): any;
}
