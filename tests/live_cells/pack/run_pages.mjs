/**
 * Run pages' cells under Node with the pack that the site ships.
 *
 * node run_pages.mjs LIVE_FOLDER NODE_MODULES PAGE_JSON...
 *
 * Each page has a Python of its own. All go on from the memory of one that has started and has
 * imported what these pages import, which have the same extras. PostgreSQL is started once, and has
 * nothing in it when a page begins. Prints what each cell of each page did, as JSON; null for a
 * cell that runs at build time only. A cell that raises and is not meant to is the last one of its
 * page, as in the build.
 *
 * With `make test-all` WebAssembly is compiled by both of V8's compilers; else by the quick one
 * alone, which takes less work.
 */
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import v8 from "node:v8";
import { boot, open, sharpenClock, unpacked } from "../../../src/live_cells/js/start_python.js";

if (!process.env.TEST_ALL) v8.setFlagsFromString("--liftoff-only");
const [live, modules, ...files] = process.argv.slice(2);
const { pack } = JSON.parse(fs.readFileSync(`${live}.json`, "utf8"));
const { files: parts } = pack;
const place = ({ name }) => path.resolve(live, name);
const load = (file) => import(pathToFileURL(file).href);

/** A function that makes what it gives once for each name. */
function once(make) {
  const made = new Map();
  return (file) => {
    if (!made.has(file.name)) made.set(file.name, make(file));
    return made.get(file.name);
  };
}

/** What a packed archive of the pack holds. */
const archive = once(async (file) => {
  const blob = new Blob([fs.readFileSync(place(file))]);
  return new Uint8Array(await unpacked(blob.stream()).arrayBuffer());
});
const compiled = once((file) => WebAssembly.compile(fs.readFileSync(place(file))));
WebAssembly.compileStreaming = async (file) => compiled(await file);

/** Packed archives, by their names. */
async function archives(named) {
  const all = Object.entries(named).map(async ([name, file]) => [name, await archive(file)]);
  return Object.fromEntries(await Promise.all(all));
}

// Pyodide asks for its WebAssembly by a fixed name, the pack's names hold hashes.
const folder = fs.mkdtempSync("core-");
fs.symlinkSync(place(parts.wasm), path.join(folder, "pyodide.asm.wasm"));
fs.writeFileSync(path.join(folder, "stdlib.zip"), await archive(parts.stdlib));
const { loadPyodide } = await load(`${modules}/pyodide/pyodide.mjs`);
const core = await load(place(parts.core));

/** Start Python from the pack with what Pyodide has for snapshots, and the archives of extras. */
async function started(snapshots, extras) {
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
  const always = pack.archives.map((name) => [name, parts[name]]);
  const more = extras.map((name) => [name, pack.extras[name].archive]);
  return boot((options) => loadPyodide({ ...options, ...snapshots }), {
    folder: path.resolve(folder) + path.sep,
    stdlib: path.resolve(folder, "stdlib.zip"),
    info: pack.info,
    core: Promise.resolve(memory ? { default: grown } : core),
    archives: archives(Object.fromEntries([...always, ...more])),
  });
}

/** The memory of a Python that has imported what pages import, and keeps all of it. */
async function imported(pages) {
  const [{ setup, preload, extras }] = pages;
  const sources = pages.flatMap(({ cells }) => cells.map(({ source }) => source));
  const names = sources.flatMap((source) => source.match(/(?<=^(from|import) )[\w.]+/gm) ?? []);
  const python = await started({ _makeSnapshot: true }, extras);
  python.globals.set("names", JSON.stringify([setup.split(":")[0], ...preload, ...names]));
  python.runPython(`
import contextlib, gc, importlib, json, sys
import live_cells.browser
with contextlib.suppress(ImportError):
    import psycopg_wasm
    psycopg_wasm.install(bytes)  # each page gives it a backend of its own
for name in filter(None, json.loads(names)):
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
gc.collect()
gc.freeze()
`);
  return python.makeMemorySnapshot();
}

/** What extras have beside Python, started as in a worker. */
function startBeside(extras) {
  const starts = extras.map((name) => pack.extras[name]).filter(({ start }) => start);
  return starts.map(async (extra) => {
    const { start } = await load(place(extra.start));
    return start(async (file) =>
      file.endsWith(".wasm") ? extra[file] : new Response(await archive(extra[file])),
    );
  });
}

/** End what the page before left open in PostgreSQL, and drop what it made there. */
const EMPTY = `
from psycopg_wasm import messages
from psycopg_wasm.connection import PGconn

SCHEMAS = """
DO $$ DECLARE name regnamespace; BEGIN
    FOR name IN SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)' LOOP
        EXECUTE format('DROP SCHEMA %s CASCADE', name);
    END LOOP;
    CREATE SCHEMA public;
END $$
"""
for sql in ("ROLLBACK", "DISCARD ALL", SCHEMAS):
    answer = PGconn.backend.exchange(messages.query(sql.encode()))
    assert b"ERROR" not in answer, answer
`;

/** What each cell of a page did. */
async function ran(page, memory, beside) {
  const python = await started({ _loadSnapshot: memory }, page.extras);
  for (const give of beside) (await give)(python);
  if (beside.length) python.runPython(EMPTY, { globals: python.toPy({}) });
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

sharpenClock();
const pages = files.map((file) => JSON.parse(fs.readFileSync(file, "utf8")));
const beside = startBeside(pages[0].extras);
const memory = await imported(pages);
const all = [];
for (const page of pages) all.push(await ran(page, memory, beside));
process.stdout.write(JSON.stringify(all), () => process.exit(0));
