import { loadPyodide } from "./pyodide/pyodide.mjs";

let shown = "";

const ready = (async () => {
  const python = await loadPyodide({
    stdout: (line) => (shown += `${line}\n`),
    stderr: (line) => (shown += `${line}\n`),
  });
  const [installer, ...wheels] = (await (await fetch("wheels.json")).json()).map(
    (name) => new URL(name, import.meta.url).href,
  );
  // By its address: by its name Pyodide would want the bytes of its own build of it.
  await python.loadPackage(installer);
  const micropip = python.pyimport("micropip");
  await micropip.install.callKwargs(wheels, { deps: false });
  const project = await (await fetch("project.zip")).arrayBuffer();
  python.unpackArchive(project, "zip");
  return python;
})();

self.onmessage = async ({ data }) => {
  try {
    const python = await ready;
    shown = "";
    const value = python.runPython(data);
    if (value !== undefined) shown += String(value);
  } catch (error) {
    shown += error.message;
  }
  self.postMessage(shown || "-");
};
