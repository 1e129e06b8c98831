/**
 * Run pages' cells under Node with the pack that the site ships.
 *
 * node run_pages.mjs LIVE_FOLDER NODE_MODULES PAGE_JSON...
 *
 * Each page has a Python of its own. All go on from the memory of one that has started and has
 * imported what pages import before their first cell. Prints what each cell of each page did, as JSON; null for a cell that runs at build time only. A cell that raises
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

const core = await import(pathToFileURL(place("core")).href);

/** Start Python from the pack with what Pyodide has for snapshots, and these archives beside. */
function started(snapshots, more = {}) {
  const { _loadSnapshot: memory } = snapshots;
  // Pyodide writes the snapshot into the memory, and it has to be there.
  const grown = (settings) => {
    const { instantiateWasm } = settings;
    settings.instantiateWasm = (imports, give) =>
      instantiateWasm(imports, (instance, module) => {
        const missing = memory.length - instance.exports.memory.buffer.byteLength;
        instance.exports.memory.grow(Math.max(0, Math.ceil(missing / 65536)));
        give(instance, module);
      });
    return core.default(settings);
  };
  return boot((options) => loadPyodide({ ...options, ...snapshots }), {
    folder: path.resolve(folder) + path.sep,
    stdlib: path.resolve(folder, "stdlib.zip"),
    info: pack.info,
    core: Promise.resolve(memory ? { default: grown } : core),
    archives: { ...archives, ...more },
  });
}

/** The memory of a Python that has imported what a page without extras imports before its cells. */
async function imported(page) {
  const python = await started({ _makeSnapshot: true });
  const modules = ["live_cells.browser", page.setup.split(":")[0], ...page.preload];
  python.runPython(`import ${modules.filter(Boolean).join(", ")}`);
  return python.makeMemorySnapshot();
}

/** What each cell of a page did. */
async function ran(page, memory) {
  const beside = startBeside(page.extras);
  const more = page.extras.map(async (name) => [name, await archive(pack.extras[name].archive)]);
  const python = await started(
    { _loadSnapshot: memory },
    Object.fromEntries(await Promise.all(more)),
  );
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

const pages = files.map((file) => JSON.parse(fs.readFileSync(file, "utf8")));
const memory = await imported(pages.find(({ extras }) => !extras.length));
const all = [];
for (const page of pages) all.push(await ran(page, memory));
process.stdout.write(JSON.stringify(all), () => process.exit(0));
