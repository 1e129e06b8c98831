/**
 * The page's worker: one Python, one page, one cell after the other.
 *
 * PACK is written by the build: the names of the pack's files beside this one, their sizes and
 * their hashes. The worker's own name lists the extras that the page needs. An extra's script may
 * export `start(load)`, which is called at once; `load(name)` gives one of its files as a Response.
 * It returns a promise of a function that gets Python before the page is opened in it, and returns
 * what the reader is told of it, such as a version.
 */
/* global PACK */
import { loadPyodide } from "pyodide";
import { broken } from "./messages.js";
import { boot, open, sharpenClock, unpacked } from "./start_python.js";
import { Stop } from "./stop.js";

let page;
let stop;
let loaded = 0;
let said = 0;
const words = [PACK.words];

const { files } = PACK;
const extras = self.name
  .split(" ")
  .filter(Boolean)
  .map((name) => PACK.extras[name]);
const all = [files, ...extras].flatMap(Object.values);
const total = all.reduce((sum, file) => sum + file.bytes, 0);
const stage = (name) => self.postMessage({ say: "stage", stage: name, loaded, total });
/** Count bytes that have arrived; each tenth of a megabyte is said. */
const count = (bytes) => {
  loaded += bytes;
  const isAll = loaded > total - 1;
  if (!isAll && loaded - said < 1e5) return;
  said = loaded;
  stage(isAll ? "start" : "download");
};
const address = (file) => new URL(file.name, import.meta.url).href;
/** Not empty after a failure: the browser may hold a damaged file in its cache. */
const again = new URL(import.meta.url).search;

/** What is wrong with a file of the pack; Pyodide would log it and wait for ever. */
let fail;
const failure = new Promise((_, reject) => (fail = reject));

const browserFetch = self.fetch;

/** Count a file while it arrives: its bytes as they are sent are `file.bytes`. */
async function follow({ bytes, length }, response) {
  for await (const chunk of pieces(response.body)) count((chunk.length / length) * bytes);
}

/** The pieces of a stream: not every browser has its own iterator. */
async function* pieces(stream) {
  const reader = stream.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value;
}

/** Fetch a file of the pack, and count what has arrived. */
async function load(file) {
  // Not for WebAssembly: the browser compiles it while it arrives, and checks its form.
  const integrity = file.name.endsWith(".wasm") ? undefined : file.integrity;
  const cache = again ? "reload" : "default";
  const response = await browserFetch(address(file), { integrity, cache }).catch(() => null);
  if (!response?.ok) {
    fail(new Error(broken(file.name)));
    return new Promise(() => {}); // nothing goes on: the page is told, and ends this worker
  }
  // All of it has arrived where the browser has checked it.
  if (integrity) count(file.bytes);
  else follow(file, response.clone()).catch(() => {}); // said where the file is used
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

// The browser checks a WebAssembly as it compiles it, and does not say which one is damaged.
for (const name of ["compileStreaming", "instantiateStreaming"]) {
  const compile = WebAssembly[name];
  WebAssembly[name] = async (source, ...given) => {
    const response = await source;
    return compile(response, ...given).catch((error) => {
      fail(new Error(broken(response.url)));
      throw error;
    });
  };
}

async function archive([name, file]) {
  const bytes = await (await unpack(file)).arrayBuffer();
  return [name, new Uint8Array(bytes)];
}

/** A script of the pack; `load` says what is wrong with it, beside its import. */
async function imported(file) {
  const script = import(address(file) + again);
  script.catch(() => {});
  await load(file);
  return script;
}

/** Start what an extra has beside Python. */
async function startBeside(extra) {
  const { start } = await imported(extra.start);
  return start((name) => (name.endsWith(".wasm") ? load(extra[name]) : unpack(extra[name])));
}

/** Load Python; the page loads its data at the same time. */
async function start() {
  stage("download");
  const packed = [
    ...PACK.archives.map((name) => [name, files[name]]),
    ...extras.map((extra, number) => [`extra-${number}`, extra.archive]),
  ];
  const archives = Promise.all(packed.map(archive)).then(Object.fromEntries);
  const parts = { core: imported(files.core), archives };
  const beside = extras.filter(({ start }) => start).map(startBeside);
  for (const part of [...Object.values(parts), ...beside]) part.catch(() => {}); // awaited later
  const python = await boot(loadPyodide, {
    folder: new URL(".", import.meta.url).href,
    stdlib: address(files.stdlib),
    info: PACK.info,
    ...parts,
  });
  for (const give of beside) words.push((await give)(python));
  stage("import");
  return python;
}

sharpenClock();
const starting = start();
for (const each of [starting, failure]) each.catch(() => {}); // awaited once the page is there

async function openPage(message) {
  const python = await starting;
  if (message.interrupt) {
    stop = new Stop(message.interrupt);
    python.setInterruptBuffer(stop);
  }
  const send = (text) => self.postMessage({ say: "output", pieces: JSON.parse(text) });
  const begun = () => self.postMessage({ say: "begun" });
  page = open(python, message.page, send, () => stop?.again(), begun);
  return words.join(", ");
}

function run({ cell, exercise, source }) {
  stop?.again();
  const answer = exercise ? page.grade(exercise, source) : page.answer(cell ?? undefined, source);
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
