/**
 * Carries what `psycopg_wasm` says to PGlite, and the answers back.
 *
 *     python.pyimport("psycopg_wasm").install(carrier(await PGlite.create()));
 *
 * `execProtocolRawStream` returns a promise, but by then PGlite has said everything: it waits for
 * nothing but its files, which are not to be synchronized. The function that it has for such uses,
 * `execProtocolRawSync`, gives the same bytes and takes three to ten times as long, since it parses
 * them as well and keeps what it has parsed.
 *
 * @param {any} pglite a PGlite that is ready
 * @returns {(sent: Uint8Array) => Uint8Array}
 */
export function carrier(pglite) {
  return (sent) => {
    const parts = [];
    const said = pglite.execProtocolRawStream(sent, {
      syncToFs: false,
      onRawData: (part) => parts.push(part.slice()),
    });
    // An answer that is not whole is noticed by who reads it.
    said.catch(() => {});
    return joined(parts);
  };
}

function joined(parts) {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
