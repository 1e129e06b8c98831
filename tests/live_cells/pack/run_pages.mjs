/**
 * Run pages' cells under Node with the pack that the site ships.
 *
 * node run_pages.mjs LIVE_FOLDER NODE_MODULES PAGE_JSON...
 *
 * Each page has a Python of its own; what is compiled for the first serves all. Prints what each
 * cell of each page did, as JSON; null for a cell that runs at build time only. A cell that raises
 * and is not meant to is the last one of its page, as in the build.
 */
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { boot, open, unpacked } from "../../../src/live_cells/js/start_python.js";

const [live, modules, ...files] = process.argv.slice(2);
const { pack } = JSON.parse(fs.readFileSync(`${live}.json`, "utf8"));
const { files: parts } = pack;
const place = (part) => path.join(live, parts[part].name);

/** What a packed archive of the pack holds. */
async function archive({ name }) {
  const blob = new Blob([fs.readFileSync(path.join(live, name))]);
  return new Uint8Array(await unpacked(blob.stream()).arrayBuffer());
}

// Pyodide asks for its WebAssembly by a fixed name, the pack's names hold hashes.
const folder = fs.mkdtempSync("core-");
fs.symlinkSync(place("wasm"), path.join(folder, "pyodide.asm.wasm"));
fs.writeFileSync(path.join(folder, "stdlib.zip"), await archive(parts.stdlib));
const { loadPyodide } = await import(pathToFileURL(`${modules}/pyodide/pyodide.mjs`).href);
const archives = Object.fromEntries(
  await Promise.all(pack.archives.map(async (name) => [name, await archive(parts[name])])),
);

/** What extras have beside Python, started as in a worker. */
function startBeside(names) {
  const extras = names.map((name) => pack.extras[name]);
  return extras
    .filter((extra) => extra.start)
    .map(async (extra) => {
      const at = (file) => path.join(live, extra[file].name);
      const { start } = await import(pathToFileURL(at("start")).href);
      return start(async (file) => {
        const blob = new Blob([fs.readFileSync(at(file))]);
        const headers = { "Content-Type": "application/wasm" };
        return file.endsWith(".wasm") ? new Response(blob, { headers }) : unpacked(blob.stream());
      });
    });
}

/** What each cell of a page did. */
async function ran(page) {
  const beside = startBeside(page.extras);
  const more = page.extras.map(async (name) => [name, await archive(pack.extras[name].archive)]);
  const python = await boot(loadPyodide, {
    folder: path.resolve(folder) + path.sep,
    stdlib: path.resolve(folder, "stdlib.zip"),
    info: pack.info,
    core: import(pathToFileURL(place("core")).href),
    archives: { ...archives, ...Object.fromEntries(await Promise.all(more)) },
  });
  for (const give of beside) (await give)(python);
  const opened = open(python, page);
  const run = python.runPython(`
import dataclasses, json
lambda page, cell, source: json.dumps(dataclasses.asdict(page.run(cell, source)))
`);
  const runs = [];
  for (const [number, cell] of page.cells.entries()) {
    runs.push(cell.why ? null : JSON.parse(run(opened, number, cell.source)));
    const raised = runs.at(-1)?.raised;
    if (raised && (raised.fatal || !cell.raises)) break;
  }
  return runs;
}

const all = [];
for (const file of files) all.push(await ran(JSON.parse(fs.readFileSync(file, "utf8"))));
process.stdout.write(JSON.stringify(all), () => process.exit(0));
