"use strict";
// The page of an address at which nothing stands: what its words may have meant.

(() => {
  const LEAST = 3;
  const SHOWN = 3;
  const IDLE = new Set(["404", "and", "index", "the"]);

  /** The words of a text, small, without endings of files and the shortest. */
  const wordsOf = (text) =>
    text
      .toLowerCase()
      .replace(/\.(html?|md|ipynb|py)$/, "")
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word.length >= LEAST && !IDLE.has(word));

  /** The last words of the address: a reader looks for a page, and not for its folder. */
  const asked = () => {
    let path = location.pathname;
    try {
      path = decodeURIComponent(path);
    } catch {
      // Not an encoded address: its letters stand for themselves.
    }
    const names = path.split("/").map(wordsOf).filter((words) => words.length);
    return { page: names.at(-1) ?? [], all: names.flat() };
  };

  /** Whether two words are the same but for their ends: "mapping" and "map", "session(s)". */
  const alike = (one, other) => one.startsWith(other) || other.startsWith(one);

  const score = (link, { page, all }) => {
    const path = new URL(link.href).pathname.split("/").slice(-2).join(" ");
    const words = wordsOf(`${link.textContent} ${path}`);
    const found = (list) => list.filter((word) => words.some((own) => alike(word, own))).length;
    return found(page) && 2 * found(page) + found(all);
  };

  const element = (tag, properties, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  const help = document.querySelector(".lost-help");
  const links = [...help.parentElement.querySelectorAll("li a")];
  const address = asked();
  const likely = links
    .map((link) => ({ link, points: score(link, address) }))
    .filter(({ points }) => points > 0)
    .sort((one, other) => other.points - one.points)
    .slice(0, SHOWN);
  if (likely.length) {
    const items = likely.map(({ link }) => element("li", {}, link.cloneNode(true)));
    help.append(
      element("p", { textContent: "Pages with words of that address:" }),
      element("ul", {}, ...items),
    );
  }
  const field = element("input", { type: "search", name: "q", value: address.page.join(" ") });
  const form = element(
    "form",
    { action: document.querySelector("link[rel=search]").href },
    element("label", { textContent: "Search the site" }, field),
    element("button", { type: "submit", textContent: "Search" }),
  );
  form.setAttribute("role", "search");
  form.setAttribute("aria-label", "The whole site");
  help.append(form);
})();
