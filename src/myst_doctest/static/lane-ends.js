// "Committed below" leads to its COMMIT, where another cell ends the transaction.
// log-panels.js loads this script at a reader's first action.
(() => {
  "use strict";
  const BEGIN = /\blane-(\d)-(commit|rollback)-begin\b/;

  // Here, and not in myst-doctest.css, which is in each page's first view.
  const look = new CSSStyleSheet();
  look.replaceSync(`
    .log-entry:has(> .lane-end) > pre { flex: none; width: auto; }
    .log-entry:has(> .lane-end) > pre::after { content: none; }
    .executed .lane-end {
      margin-right: auto;
      box-sizing: border-box;
      min-height: 24px;
      padding-top: 1px; /* a row as high as that of the number alone */
      font: var(--executed-small) / 1.3125rem var(--font-stack, sans-serif);
      color: var(--executed-quiet);
      text-decoration: underline dotted;
      text-underline-offset: 0.2em;
    }
    [class*="-commit-begin"] > .lane-end { color: var(--lane-commit); }
    .lane-end:is(:hover, :focus-visible) { text-decoration-style: solid; }
    .log-entry:focus { outline: 2px solid var(--color-brand-primary, Highlight); outline-offset: -2px; }
    @media print { .lane-end { text-decoration: none; } }
  `);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, look];

  const isShown = (entry) => entry.closest(".cell_output")?.checkVisibility();

  /** The entry in another cell that ends what an entry begins; null where none does, or the
      outputs of another variant are shown. */
  const endOf = (entry) => {
    const [, lane, ending] = BEGIN.exec(entry.className) ?? [];
    if (!lane || !isShown(entry)) return null;
    const ends = [...document.querySelectorAll(`.log-entry.lane-${lane}-${ending}-end`)];
    const end = ends.find(
      (each) =>
        entry.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING && isShown(each),
    );
    return end && end.closest(".cell") !== entry.closest(".cell") ? end : null;
  };

  const go = (event) => {
    const end = endOf(event.target.parentElement);
    if (!end) return; // the browser goes to the cell
    event.preventDefault();
    for (let fold = end.closest("details"); fold; fold = fold.parentElement.closest("details")) {
      fold.open = true;
    }
    end.tabIndex = -1;
    end.focus({ preventScroll: true });
    end.scrollIntoView({ block: "center" });
  };

  const draw = () => {
    for (const entry of document.querySelectorAll('.log-entry[class*="-begin"]')) {
      const old = entry.querySelector(":scope > .lane-end");
      const end = endOf(entry);
      if (!end) old?.remove();
      if (!end || old) continue;
      const link = document.createElement("a");
      const cell = end.closest(".cell");
      cell.id ||= `transaction-${[...document.querySelectorAll(".cell")].indexOf(cell) + 1}`;
      link.href = `#${cell.id}`;
      link.className = "lane-end";
      link.textContent = `${/-commit-begin/.test(entry.className) ? "committed" : "rolled back"} below`;
      link.addEventListener("click", go);
      entry.querySelector("pre").after(link);
    }
  };
  draw();
  document.addEventListener("output-shown", draw);
  // A prediction's output is shown, or hidden again.
  const turned = ({ target }) => target.matches?.(".asked") && draw();
  document.addEventListener("toggle", turned, { capture: true });
  document.addEventListener("variant-chosen", () => requestAnimationFrame(draw));
})();
