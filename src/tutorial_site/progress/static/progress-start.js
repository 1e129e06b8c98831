// Loads what notes and marks how far a reader is: at the first sign of a reader, and at once for who
// comes to repeat a prediction, or to the first page when something was kept before.
(() => {
  "use strict";
  if (location.protocol === "file:") return; // browsers load no modules from files
  const here = /** @type {any} */ (document.currentScript).src;
  const signs = new AbortController();
  const load = () => {
    signs.abort();
    import(new URL("progress.js", here).href).catch(() => {}); // without a network, nothing is noted
  };
  if (location.hash.startsWith("#repeat=") || "progress" in document.documentElement.dataset)
    load();
  else
    for (const sign of ["pointermove", "pointerdown", "keydown", "scroll"])
      addEventListener(sign, load, { signal: signs.signal });
})();
