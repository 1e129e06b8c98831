/**
 * The page's worker: one Python, one page, one cell after the other.
 *
 * PACK is written by the build: the names of the pack's files beside this one, their sizes and
 * their hashes.
 */
/* global PACK */
import { loadPyodide } from "pyodide";
import { broken } from "./messages.js";
import { boot, open, unpacked } from "./start_python.js";

let page;
let interrupt;
let loaded = 0;

const { files } = PACK;
const total = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
const stage = (name) => self.postMessage({ say: "stage", stage: name, loaded, total });
const address = (file) => new URL(file.name, import.meta.url).href;
/** Not empty after a failure: the browser may hold a damaged file in its cache. */
const again = new URL(import.meta.url).search;

/** What is wrong with a file of the pack; Pyodide would log it and wait for ever. */
let fail;
const failure = new Promise((_, reject) => (fail = reject));

const browserFetch = self.fetch;

/** Fetch a file of the pack, and count what has arrived. */
async function load(file) {
  // Not for WebAssembly: the browser compiles it while it arrives, and checks its form.
  const integrity = file === files.wasm ? undefined : file.integrity;
  const cache = again ? "reload" : "default";
  const response = await browserFetch(address(file), { integrity, cache }).catch(() => null);
  if (!response?.ok) {
    fail(new Error(broken(file.name)));
    return new Promise(() => {}); // nothing goes on: the page is told, and ends this worker
  }
  loaded += file.bytes;
  stage("download");
  return response;
}

async function unpack(file) {
  return unpacked((await load(file)).body);
}

// Pyodide asks for a WebAssembly of a fixed name, and for a standard library as it is.
self.fetch = (resource, options) => {
  const { href } = new URL(resource instanceof Request ? resource.url : resource, import.meta.url);
  if (href.endsWith("/pyodide.asm.wasm")) return load(files.wasm);
  return href === address(files.stdlib) ? unpack(files.stdlib) : browserFetch(resource, options);
};

const instantiate = WebAssembly.instantiateStreaming;
WebAssembly.instantiateStreaming = (...given) =>
  instantiate(...given).catch((error) => {
    fail(new Error(broken(files.wasm.name)));
    throw error;
  });

async function archive(name) {
  const bytes = await (await unpack(files[name])).arrayBuffer();
  return [name, new Uint8Array(bytes)];
}

/** Pyodide's own script; `load` says what is wrong with it, beside its import. */
async function core() {
  const script = import(address(files.core) + again);
  script.catch(() => {});
  await load(files.core);
  return script;
}

/** Load Python; the page loads its data at the same time. */
async function start() {
  stage("download");
  const archives = Promise.all(PACK.archives.map(archive)).then(Object.fromEntries);
  const parts = { core: core(), archives };
  for (const part of Object.values(parts)) part.catch(() => {}); // it is awaited later
  const python = await boot(loadPyodide, {
    folder: new URL(".", import.meta.url).href,
    stdlib: address(files.stdlib),
    info: PACK.info,
    ...parts,
  });
  stage("import");
  return python;
}

const starting = start();
for (const each of [starting, failure]) each.catch(() => {}); // awaited once the page is there

async function openPage(message) {
  const python = await starting;
  interrupt = message.interrupt;
  if (interrupt) python.setInterruptBuffer(interrupt);
  page = open(python, message.page);
  return PACK.words;
}

function run({ cell, source }) {
  const answer = page.answer(cell ?? undefined, source);
  if (interrupt) interrupt[0] = 0;
  return JSON.parse(answer);
}

self.onmessage = async ({ data }) => {
  try {
    const answer = page ? run(data) : await Promise.race([openPage(data), failure]);
    self.postMessage({ say: "answer", answer });
  } catch (error) {
    const lines = String(error?.message ?? error)
      .trim()
      .split("\n");
    self.postMessage({ say: "broken", message: lines.at(-1) });
  }
};
