/**
 * Bundle the scripts.
 *
 * node bundle.mjs NODE_MODULES OUT PACK_JSON ENTRY...
 *
 * `lazy_start.js` becomes a classic script, since a page opened from a file may load no module; the
 * others become modules, which are loaded when they are needed.
 */
import { createRequire } from "node:module";
import path from "node:path";

const [modules, outdir, pack, ...entries] = process.argv.slice(2);
const { build } = createRequire(path.join(modules, "index.js"))("esbuild");
for (const entry of entries) {
  await build({
    entryPoints: [entry],
    outdir,
    bundle: true,
    minify: true,
    charset: "utf8",
    legalComments: "none",
    logLevel: "error",
    format: path.basename(entry) === "lazy_start.js" ? "iife" : "esm",
    target: ["chrome112", "firefox114", "safari16.4"],
    nodePaths: [modules],
    external: ["node:*"],
    define: { PACK: pack },
    loader: { ".css": "text" },
  });
}
