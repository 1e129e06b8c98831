/**
 * Code in an address: after "#code=", as base64url, a byte that names the form, and then JSON that is
 * compressed by "deflate-raw". Anybody may have written such an address.
 */

/** @typedef {{variant: string, cells: Array<[string, string]>}} Shared
 *    the variant that it was written on, empty without one; keys of cells and their code, the one
 *    that was shared last */

export const START = "#code=";
/** Whether the page's address brings code. */
export const bringsCode = () => location.hash.startsWith(START);
const VERSION = 1;
/** So many characters of an address are passed on whole by most programs. */
export const MOST_CHARACTERS = 8000;
/** So many bytes are read, whatever they were compressed to. */
const MOST_BYTES = 100_000;

/** Why an address gives no code. */
export class Unreadable extends Error {
  /** @param {"broken" | "version" | "long"} why */
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/** @param {Shared} shared @returns {Promise<string>} what stands at the end of an address */
export async function encoded({ variant, cells }) {
  const text = new TextEncoder().encode(JSON.stringify([variant, cells]));
  const bytes = await through(text, new CompressionStream("deflate-raw"));
  const characters = Array.from([VERSION, ...bytes], (byte) => String.fromCharCode(byte));
  const code = btoa(characters.join("")).replaceAll("+", "-").replaceAll("/", "_");
  return START + code.replace(/=*$/, "");
}

/**
 * What an address brings.
 *
 * @param {string} fragment of the address, from its "#"
 * @returns {Promise<Shared>} rejects with an Unreadable
 */
export async function decoded(fragment) {
  const [code] = /^[\w-]*/.exec(fragment.slice(START.length)) ?? [""];
  if (fragment.length > 2 * MOST_CHARACTERS) throw new Unreadable("long");
  const bytes = bytesOf(code);
  if (bytes[0] !== VERSION) throw new Unreadable(bytes.length ? "version" : "broken");
  const unpacking = new DecompressionStream("deflate-raw");
  const text = await through(bytes.subarray(1), unpacking, MOST_BYTES).catch(fail);
  try {
    return checked(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text)));
  } catch (error) {
    return fail(error);
  }
}

/** @returns {never} */
function fail(error) {
  throw error instanceof Unreadable ? error : new Unreadable("broken");
}

function bytesOf(code) {
  try {
    const characters = atob(code.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(characters, (character) => character.charCodeAt(0));
  } catch (error) {
    return fail(error);
  }
}

/** @returns {Shared} */
function checked([variant, cells]) {
  const areStrings = (list) => list.every((each) => typeof each === "string");
  const isPair = (pair) => Array.isArray(pair) && pair.length === 2 && areStrings(pair);
  const isWhole = typeof variant === "string" && Array.isArray(cells) && cells.every(isPair);
  if (!isWhole || !cells.length) throw new Unreadable("broken");
  return { variant, cells: cells.map(([key, source]) => [key, readable(source)]) };
}

/** Bytes that went through a stream; no more than so many are taken from it. */
async function through(bytes, stream, most = Infinity) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const pieces = [];
  let size = 0;
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    size += piece.value.length;
    if (size > most) {
      reader.cancel().catch(() => {});
      throw new Unreadable("long");
    }
    pieces.push(piece.value);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

/**
 * Code in which each character is seen: those that hide, or turn the order of what is read, are
 * escaped as Python escapes them.
 */
export function readable(source) {
  const lines = source.replace(/\r\n?/g, "\n");
  return lines.replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const number = character.codePointAt(0) ?? 0;
    const digits = number.toString(16);
    return number > 0xffff ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
  });
}
