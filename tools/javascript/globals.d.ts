// What the scripts find that TypeScript does not know.

/** The pack's manifest, which esbuild puts in; src/live_cells/pack/build.py makes it. */
declare const PACK: any;

// Types of npm packages are not installed where scripts are checked.
declare module "@codemirror/*";
declare module "@lezer/*";
declare module "dompurify";
declare module "pyodide";
