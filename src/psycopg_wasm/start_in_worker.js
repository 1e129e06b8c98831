/** For live cells: PGlite, started while Python is loaded, with files of pack_files.mjs. */
import { PGlite } from "@electric-sql/pglite";
import { carrier } from "./pglite.js";

/** There is no initdb to be done; without a module PGlite would load one. */
const NO_INITDB = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));

/**
 * Start PGlite with an empty database.
 *
 * @param {(name: string) => Promise<Response>} load gives a file
 * @returns {Promise<(python: any) => string>} gives it to psycopg in Pyodide; returns its version
 */
export async function start(load) {
  const blob = async (name) => (await load(name)).blob();
  const [pgliteWasmModule, fsBundle, loadDataDir] = await Promise.all([
    WebAssembly.compileStreaming(load("pglite.wasm")),
    blob("pglite.data"),
    blob("database.tar"),
  ]);
  const initdbWasmModule = NO_INITDB;
  const pglite = await PGlite.create({
    pgliteWasmModule,
    initdbWasmModule,
    fsBundle,
    loadDataDir,
  });
  const { rows } = await pglite.query("SHOW server_version");
  return (python) => {
    python.pyimport("psycopg_wasm").install(carrier(pglite));
    return `PostgreSQL ${rows[0].server_version}`;
  };
}
