/**
 * Bundle the style sheets and the scripts that all pages load.
 *
 * node bundle_assets.mjs NODE_MODULES STATIC STYLES SCRIPTS
 *
 * STYLES and SCRIPTS are JSON lists of files in the folder STATIC. Prints `{"css": ..., "js": ...}`.
 */
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

// Without this, Node prints a stack before the error's message.
process.on("uncaughtException", (error) => {
  console.error(`error: ${error.message.trim().split("\n").at(-1)}`);
  process.exit(1);
});

const [modules, folder, styles, scripts] = process.argv.slice(2);
const { build, transform } = createRequire(path.join(modules, "index.js"))("esbuild");
const options = {
  minify: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "silent",
  target: ["chrome112", "firefox114", "safari16.4"],
};

const imports = JSON.parse(styles).map((name) => `@import ${JSON.stringify(`./${name}`)};`);
const sheet = await build({
  ...options,
  stdin: { contents: imports.join("\n"), resolveDir: folder, loader: "css" },
  bundle: true,
  minify: false,
  minifyWhitespace: true, // rules stay as they were written: none are merged or rewritten
  write: false,
});

const parts = JSON.parse(scripts).map(async (name) => {
  const text = fs.readFileSync(path.join(folder, name), "utf8");
  // A function each, so that a script that fails does not stop the others, and keeps its names.
  const whole = `try{(function(){${text}\n})()}catch(error){reportError(error)}`;
  return (await transform(whole, { ...options, sourcefile: name })).code;
});

const made = { css: sheet.outputFiles[0].text, js: (await Promise.all(parts)).join("") };
console.log(JSON.stringify(made));
