/**
 * What a page tells of the run that it shows: of the variant that the reader has chosen, or of the
 * main run, also where the chosen one does not run in a browser.
 *
 * @param {any} block the page's data block
 * @returns {any} with `variant`, its name, empty for the main run; `title`, `cells`, `extras`,
 *   `bytes`, `reason` and `why`, as sphinx_extension.py writes them
 */
export function shownOf(block) {
  return { ...block, ...block.variants[document.documentElement.dataset.variant] };
}

/** Why a cell does not run there, by its index; empty where it does, as the scratch cell does. */
export function whyNot({ why, reason }, index) {
  if (index === null) return "";
  return Object.keys(why).find((each) => why[each].includes(index)) ?? reason;
}

/** The name of the run without a variant, for the page's choice. */
export const MAIN = "main";

/** What the page calls a run on a variant, or without one, in its choice. */
export function titleOf(name) {
  return document.querySelector(`.variant-choice > [data-variant="${name}"]`)?.textContent ?? name;
}
