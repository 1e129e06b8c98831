import { broken } from "./messages.js";

let failures = 0;

/**
 * Import a script of the pack.
 *
 * After a failure from another address: browsers remember that a module could not be loaded.
 *
 * @param {string} address relative to the page
 * @returns {Promise<any>} rejects with an error whose message names the file
 */
export async function loadScript(address) {
  const { href } = new URL(address + (failures ? `?${failures}` : ""), document.baseURI);
  try {
    return await import(href);
  } catch {
    failures += 1;
    throw new Error(broken(address));
  }
}
