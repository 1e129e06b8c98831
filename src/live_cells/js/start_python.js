/**
 * Python in the browser (and, for the tests, in Node): the same steps in both.
 *
 * Pyodide's core, the standard library and the packages come from the pack; nothing is installed
 * and nothing is asked of another host.
 */

/** What the build sets for a page's process, set here too, so that cells show the same. */
const ENVIRONMENT = {
  COLUMNS: "80",
  HOME: "/home/reader",
  LANG: "C.UTF-8",
  NO_COLOR: "1",
  PYTHONHASHSEED: "0",
  TZ: "UTC",
};

/** So many milliseconds may lie between a clock that goes on and the browser's, which may be set. */
const APART = 100;

/**
 * Give the time with its microseconds: Date.now() has none, and where the milliseconds are zero, too,
 * Python and PostgreSQL show a time without a fraction of a second.
 */
export function sharpenClock() {
  const rough = Date.now.bind(Date);
  let began = performance.timeOrigin;
  Date.now = () => {
    const now = began + performance.now();
    const ahead = now - rough();
    if (Math.abs(ahead) < APART) return now;
    began -= ahead;
    return now - ahead;
  };
}

/** What a packed archive holds. */
export function unpacked(stream) {
  return new Response(stream.pipeThrough(new DecompressionStream("gzip")));
}

/**
 * Start Python.
 *
 * @param {Function} loadPyodide from the npm package, version as in the pack
 * @param {any} pack `folder` of `pyodide.asm.wasm`; `stdlib`, its address; `info` of Pyodide's lock
 *   file; promises of `core`, Pyodide's own module, and of `archives`, zip files by name
 * @returns {Promise<any>} Pyodide
 */
export async function boot(loadPyodide, pack) {
  const python = await loadPyodide({
    indexURL: pack.folder,
    stdLibURL: pack.stdlib,
    createPyodideModule: async (settings) => (await pack.core).default(settings),
    // No package is ever loaded by name: the lock file's list would name other versions.
    lockFileContents: JSON.stringify({ info: pack.info, packages: {} }),
    packageBaseUrl: pack.folder,
    checkAPIVersion: false,
    enableRunUntilComplete: false, // JSPI is not needed, and not everywhere
    env: { ...ENVIRONMENT },
    stdout: () => {},
    stderr: () => {},
  });
  python.FS.mkdirTree("/packs");
  const paths = [];
  for (const [name, bytes] of Object.entries(await pack.archives)) {
    python.FS.writeFile(`/packs/${name}.zip`, bytes);
    paths.push(`/packs/${name}.zip`);
  }
  // Without it each import collects garbage, which takes longer than the import itself.
  python.runPython(`import gc, sys; gc.disable(); sys.path[:0] = ${JSON.stringify(paths)}`);
  return python;
}

/**
 * Open a page, with its data, in a Python that `boot` started: a `live_cells.browser.Page`.
 *
 * @param {any} python
 * @param {any} page its data
 * @param {(pieces: string) => void} send gets, as JSON, what a running cell shows
 * @param {() => void} again has a Stop come once more
 * @param {() => void} begun is called when the code of an attempt at an exercise begins to run
 */
export function open(python, page, send = () => {}, again = () => {}, begun = () => {}) {
  const browser = python.pyimport("live_cells.browser");
  const written = [];
  const given = () => JSON.stringify(written.splice(0));
  const opened = browser.Page(JSON.stringify(page), given, send, again, begun);
  browser.destroy();
  // What is written to a file descriptor is kept until Python asks for it: the write may come from
  // where no Python may be called.
  const keep = (kind) => ({
    write: (bytes) => {
      // In pieces: a function takes so many arguments and no more.
      for (let start = 0; start < bytes.length; start += 8192) {
        written.push([kind, String.fromCharCode(...bytes.subarray(start, start + 8192))]);
      }
      return bytes.length;
    },
  });
  python.setStdout(keep("stdout"));
  python.setStderr(keep("stderr"));
  return opened;
}
