/**
 * Compile Python sources with the Python that will run them: Pyodide, under Node.
 *
 * node compile.mjs PYODIDE_FOLDER FOLDER NAME
 *
 * Puts a `.pyc` beside each module of FOLDER, for an archive that a browser has as
 * /packs/NAME.zip. What this Python is goes to stdout as JSON.
 */
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

// Without this, Node prints the whole of Pyodide's one line before it says what is wrong.
process.on("uncaughtException", (error) => {
  console.error(`error: ${error.message.trim().split("\n").at(-1)}`);
  process.exit(1);
});

const [core, folder, name] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(core, "pyodide.mjs")).href);
const { info } = JSON.parse(fs.readFileSync(path.join(core, "pyodide-lock.json"), "utf8"));
const python = await loadPyodide({
  indexURL: core + path.sep,
  lockFileContents: JSON.stringify({ info, packages: {} }),
  packageBaseUrl: core,
  enableRunUntilComplete: false,
  env: {
    PYTHONHASHSEED: "0", // sets in a compiled module are written in their order
    PYTHONNODEBUGRANGES: "1", // columns, which no page shows, are a fifth of the bytes
  },
});
const place = `/packs/${name}.zip`; // tracebacks name files by it
python.FS.mkdirTree(place);
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, place);
const versions = python.runPython(`
import compileall, json, platform, py_compile, sqlite3

# What cannot be compiled is a template, or of another Python: it stays as it is.
compileall.compile_dir(
    "${place}",
    maxlevels=100,
    quiet=2,
    legacy=True,
    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
)
json.dumps({"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version})
`);
console.log(JSON.stringify({ info, versions: JSON.parse(versions) }));
process.exit(0);
