// A page with Pyodide as its documentation shows it: packages by micropip, from this host.
const cells = await (await fetch("cells.json")).json();
const out = document.querySelector("pre");
let worker;
let answered;

/** Run the next cell; resolves when its output is on the page. */
globalThis.runCell = (number) =>
  new Promise((resolve) => {
    worker ??= Object.assign(new Worker("worker.js", { type: "module" }), {
      onmessage: ({ data }) => {
        out.textContent += data;
        answered();
      },
    });
    answered = resolve;
    worker.postMessage(cells[number]);
  });
