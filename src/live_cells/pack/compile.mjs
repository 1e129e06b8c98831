/**
 * Compile archives of Python source with the Python that will run them: Pyodide, under Node.
 *
 * node compile.mjs PYODIDE_FOLDER FOLDER NAME...
 *
 * Each `FOLDER/NAME.src.zip` becomes `FOLDER/NAME.zip`, its modules as `.pyc` beside where their
 * source was, which is where zipimport looks first. Nothing in it is compressed: the whole will
 * be, and browsers unpack a whole faster than Python unpacks its parts. What this Python is goes
 * to stdout as JSON.
 */
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

// Without this, Node prints the whole of Pyodide's one line before it says what is wrong.
process.on("uncaughtException", (error) => {
  console.error(`error: ${error.message.trim().split("\n").at(-1)}`);
  process.exit(1);
});

const [core, folder, ...names] = process.argv.slice(2);
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
python.FS.mkdirTree("/archives");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/archives");
python.globals.set("names", python.toPy(names));
python.runPython(`
import importlib.util, marshal, zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)  # the same bytes on each day
UNCHECKED = (1).to_bytes(4, "little")

def entry(name):
    info = zipfile.ZipInfo(name, EPOCH)
    info.external_attr = 0o644 << 16
    return info

for name in names:
    with (
        zipfile.ZipFile(f"/archives/{name}.src.zip") as source,
        zipfile.ZipFile(f"/archives/{name}.zip", "w") as compiled,
    ):
        for member in sorted(source.namelist()):
            data = source.read(member)
            if member.endswith("/"):
                continue
            if not member.endswith(".py"):
                compiled.writestr(entry(member), data)
                continue
            try:
                code = compile(data, f"/packs/{name}.zip/{member}", "exec", dont_inherit=True)
            except SyntaxError:  # a template, or of another Python: as it is
                compiled.writestr(entry(member), data)
                continue
            # PEP 552: by the hash of its source, which nobody is to check.
            head = importlib.util.MAGIC_NUMBER + UNCHECKED + importlib.util.source_hash(data)
            compiled.writestr(entry(member + "c"), head + marshal.dumps(code))
`);
const versions = python.runPython(`
import json, platform, sqlite3
json.dumps({"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version})
`);
console.log(JSON.stringify({ info, versions: JSON.parse(versions) }));
process.exit(0);
