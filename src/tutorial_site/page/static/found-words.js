// Words that were searched for with Sphinx's own search are marked on the page that was found, by
// Sphinx's own scripts. Other views do without them.
(() => {
  "use strict";
  const SCRIPTS = ["documentation_options.js", "doctools.js", "sphinx_highlight.js"];
  const isLoaded = document.querySelector('script[src*="sphinx_highlight"]');
  const hasWords = () => {
    try {
      return localStorage.getItem("sphinx_highlight_terms");
    } catch {
      return false; // storage is off
    }
  };
  if (isLoaded || !(hasWords() || new URLSearchParams(location.search).get("highlight"))) return;
  for (const name of SCRIPTS) {
    const script = document.createElement("script");
    script.async = false; // in this order
    script.src = `${document.documentElement.dataset.content_root}_static/${name}`;
    document.head.append(script);
  }
})();
