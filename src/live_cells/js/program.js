/** Cells as one program: what has to run before a cell that is taken to another page. */

/** @typedef {{title: string, source: string, raises: boolean, why: string, recorded: string}} Above
 *    a cell above: its code now, whether it is meant to raise, why it does not run in a browser */

const FUTURE = /^from __future__ import (?:\([^)]*\)|.+)\n?/gm;

/** @param {Above[]} cells @returns {string} */
export function program(cells) {
  const imports = new Set();
  const texts = cells.map(({ title, source, ...about }) => {
    if (about.why) return `# Left out, ${title}: ${about.why.replaceAll("\n", " ")}`;
    const text = source.replace(FUTURE, (line) => {
      imports.add(line.trimEnd());
      return "";
    });
    return `# ${title[0].toUpperCase()}${title.slice(1)}\n${about.raises ? guarded(text, about) : text}`;
  });
  return [...imports, ...texts].join("\n\n") || "# No cell stands above this one.";
}

/** Code that is meant to raise, so that what follows it runs. */
function guarded(text, { recorded }) {
  // To indent the lines of a string would change it; what is no Python would stop all the rest.
  const isWhole = !/"""|'''/.test(text) && !/^(Syntax|Indentation|Tab)Error\b/m.test(recorded);
  const code = isWhole ? text.trimEnd() : `exec(${JSON.stringify(text)}, globals())`;
  const inside = code.replace(/^(?=.)/gm, "    ");
  return `try:\n${inside}\nexcept Exception:  # as it is meant to\n    pass`;
}
