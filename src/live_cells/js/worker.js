/**
 * The page's worker: one Python, one page, one cell after the other.
 *
 * PACK is written by the build: the names of the pack's files beside this one, their sizes and
 * their hashes.
 */
/* global PACK */
import { loadPyodide } from "pyodide";
import { boot, open, unpacked } from "./start_python.js";

let page;
let interrupt;
let loaded = 0;

const { files } = PACK;
const total = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
const say = (message) => self.postMessage(message);
const stage = (name) => say({ say: "stage", stage: name, loaded, total });
const address = (file) => new URL(file.name, import.meta.url).href;
/** Told by the page after a failure: the browser may hold a damaged file in its cache. */
const again = new URL(import.meta.url).search;

/** What is wrong with a file of the pack; Pyodide itself would tell the console and wait forever. */
let broken;
const breaking = new Promise((_, reject) => (broken = reject));
breaking.catch(() => {}); // it is awaited only while Python starts

const ordinary = self.fetch;

/** Fetch a file of the pack: one that is missing or damaged is named, what has come is counted. */
async function load(file) {
  try {
    // Not for WebAssembly: the browser compiles it while it arrives, and checks its form.
    const integrity = file === files.wasm ? undefined : file.integrity;
    const cache = again ? "reload" : "default";
    const response = await ordinary(address(file), { integrity, cache });
    if (!response.ok) throw new Error(`${file.name} is missing (status ${response.status})`);
    loaded += file.bytes;
    stage("download");
    return response;
  } catch (error) {
    broken(error instanceof TypeError ? new Error(await why(file)) : error);
    return new Promise(() => {}); // nothing goes on: the page hears of it and ends this worker
  }
}

/** Why a file could not be fetched: browsers say the same of a wrong hash and of no network. */
async function why(file) {
  try {
    const response = await ordinary(address(file), { cache: "reload", method: "HEAD" });
    if (!response.ok) return `${file.name} is missing (status ${response.status})`;
    return `${file.name} is damaged: it is not the file that was published`;
  } catch {
    return `${file.name} cannot be reached: is there a network?`;
  }
}

async function unpack(file) {
  return unpacked((await load(file)).body);
}

/** Pyodide asks for a WebAssembly of a fixed name, and for a standard library as it is. */
self.fetch = (resource, options) => {
  const asked = resource instanceof Request ? resource.url : resource;
  const { href } = new URL(asked, import.meta.url);
  if (href.endsWith("/pyodide.asm.wasm")) return load(files.wasm);
  return href === address(files.stdlib) ? unpack(files.stdlib) : ordinary(resource, options);
};

const instantiate = WebAssembly.instantiateStreaming;
WebAssembly.instantiateStreaming = async (...given) => {
  try {
    return await instantiate(...given);
  } catch (error) {
    broken(new Error(`${files.wasm.name} is damaged: ${error.message}`));
    throw error;
  }
};

async function archive(name) {
  return [name, new Uint8Array(await (await unpack(files[name])).arrayBuffer())];
}

async function archives() {
  return Object.fromEntries(await Promise.all(PACK.archives.map(archive)));
}

/** Pyodide's own script; what is wrong with it is told by the check, which runs beside it. */
async function core() {
  const script = import(address(files.core) + again);
  script.catch(() => {});
  await load(files.core);
  return script;
}

/** Begin to load, before the page says what it brings: it is loading that at the same time. */
async function begin() {
  stage("download");
  const parts = { core: core(), archives: archives() };
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

const beginning = begin();
beginning.catch(() => {}); // it is awaited once the page is there

async function start(message) {
  const python = await beginning;
  interrupt = message.interrupt;
  if (interrupt) python.setInterruptBuffer(interrupt);
  page = open(python, message.page);
  say({ say: "ready", words: PACK.words });
}

function run({ job, cell, source }) {
  const answer = page.answer(cell ?? undefined, source);
  if (interrupt) interrupt[0] = 0;
  say({ say: "ran", job, result: JSON.parse(answer) });
}

const words = (error) =>
  String(error?.message ?? error)
    .trim()
    .split("\n")
    .at(-1);

self.onmessage = async ({ data }) => {
  try {
    if (data.do === "start") await Promise.race([start(data), breaking]);
    else run(data);
  } catch (error) {
    say({ say: "broken", what: page ? "crash" : "load", message: words(error) });
  }
};
