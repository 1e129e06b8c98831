/**
 * Run Python under Node, in Pyodide, with psycopg on PGlite.
 *
 * node run_in_pyodide.mjs NODE_MODULES DATABASE SCRIPT PATH...
 *
 * DATABASE is what readers have, of pack_files.mjs. Each path is an archive or a folder of Python,
 * for sys.path. What the script prints comes out.
 */
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import v8 from "node:v8";
import { carrier } from "../../src/psycopg_wasm/pglite.js";

// The other compiler takes longer than it gains here; make test-all has both.
if (!process.env.TEST_ALL) v8.setFlagsFromString("--liftoff-only");
const [modules, database, script, ...paths] = process.argv.slice(2);
const url = (...parts) => pathToFileURL(path.resolve(modules, ...parts)).href;
const { loadPyodide } = await import(url("pyodide", "pyodide.mjs"));
const { PGlite } = await import(url("@electric-sql", "pglite", "dist", "index.js"));

const [python, pglite] = await Promise.all([
  loadPyodide({
    indexURL: path.resolve(modules, "pyodide") + path.sep,
    enableRunUntilComplete: false,
    env: { HOME: "/home/reader", PYTHONHASHSEED: "0", TZ: "UTC" },
  }),
  PGlite.create({ loadDataDir: new Blob([fs.readFileSync(database)]) }),
]);
for (const [number, place] of paths.entries()) {
  const here = `/paths/${number}`;
  python.FS.mkdirTree(here);
  if (place.endsWith(".zip")) {
    python.FS.writeFile(`${here}.zip`, fs.readFileSync(place));
    python.runPython(`import sys; sys.path.append("${here}.zip")`);
  } else {
    python.FS.mount(python.FS.filesystems.NODEFS, { root: path.resolve(place) }, here);
    python.runPython(`import sys; sys.path.append("${here}")`);
  }
}
python.pyimport("psycopg_wasm").install(carrier(pglite));
python.runPython(fs.readFileSync(script, "utf8"));
process.stdout.write("", () => process.exit(0));
