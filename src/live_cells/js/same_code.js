/**
 * What is looked for in code: strings of Python, the long ones first, each with the letters before
 * it; and what Python does not read, comments, blanks at a line's end and empty lines.
 */
function pieces() {
  const strings = [
    /"""(?:\\[\s\S]|[^\\])*?"""/,
    /'''(?:\\[\s\S]|[^\\])*?'''/,
    /"(?:\\[\s\S]|[^"\\\n])*"/,
    /'(?:\\[\s\S]|[^'\\\n])*'/,
  ].map(({ source }) => source);
  // A line goes on after a backslash, and not where a blank follows it.
  const unread = String.raw`(?:(?<!\\)[ \t]*(?:#.*)?\n)+|[ \t]*#.*$`;
  return new RegExp(`([a-z]{0,2})(?:${strings.join("|")})|${unread}`, "gi");
}
const PIECES = /* @__PURE__ */ pieces(); // pure: a script that does not compare has no need of it

/** Code without what Python does not read; as it is where a string may hold other strings. */
function essence(source) {
  let isClear = true;
  const text = source.replace(PIECES, (piece, prefix = null) => {
    if (prefix === null) return piece.includes("\n") ? "\n" : "";
    // A quote within the braces of an f-string may not be its end.
    if (/f/i.test(prefix)) isClear &&= piece.split("{").length === piece.split("}").length;
    return piece;
  });
  return isClear ? text.replace(/^\n/, "").trimEnd() : source;
}

/**
 * Whether two pieces of Python are the same but for comments and empty lines.
 *
 * @param {string} one
 * @param {string} other
 */
export function isSameCode(one, other) {
  return one === other || essence(one) === essence(other);
}

/**
 * Whether two pieces of Python are the same but for blanks at the ends of lines, which nobody sees,
 * and which are none in a string of several lines.
 *
 * @param {string} one
 * @param {string} other
 */
export function isSameText(one, other) {
  const seen = (text) => text.replace(/[ \t]+$/gm, "").trimEnd();
  return one === other || (seen(one) === seen(other) && isSameCode(one, other));
}
