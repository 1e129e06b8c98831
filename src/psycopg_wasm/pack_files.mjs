/**
 * Make the files by which PGlite starts in a browser.
 *
 * node pack_files.mjs NODE_MODULES FOLDER
 *
 * The database is made here, and not by each reader: `initdb` takes twenty times as long as a start
 * from its folder. Without what one backend needs no more (templates, old write-ahead log) it has a
 * quarter of the bytes. It is the same on each day and each machine.
 */
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [modules, folder] = process.argv.slice(2);
const dist = path.join(path.resolve(modules), "@electric-sql", "pglite", "dist");

// What initdb would write of the time and of chance: the system's identifier, dates of files.
const EPOCH = Date.UTC(2000, 0, 1);
globalThis.Date = class extends Date {
  constructor(...given) {
    super(...(given.length ? given : [EPOCH]));
  }
  static now() {
    return EPOCH;
  }
};
globalThis.crypto.getRandomValues = (array) => array.fill(1);
crypto.randomFillSync = (array) => array.fill(1);

const { PGlite } = await import(pathToFileURL(path.join(dist, "index.js")).href);
const settings = { wal_recycle: "off", min_wal_size: "2MB", max_wal_size: "2MB" };
const pglite = await PGlite.create({
  initDbStartParams: ["--wal-segsize=1"],
  startParams: [
    ...PGlite.defaultStartParams,
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ],
});
for (const command of [
  "UPDATE pg_database SET datistemplate = false, datallowconn = true WHERE datistemplate",
  "DROP DATABASE template0",
  "DROP DATABASE template1",
  "VACUUM FULL",
  "SELECT pg_switch_wal()",
  "CHECKPOINT",
  "SELECT pg_switch_wal()",
  "CHECKPOINT",
]) {
  await pglite.exec(command);
}
const dumped = await pglite.dumpDataDir("none");
fs.writeFileSync(path.join(folder, "database.tar"), Buffer.from(await dumped.arrayBuffer()));
for (const name of ["pglite.wasm", "pglite.data"]) {
  fs.copyFileSync(path.join(dist, name), path.join(folder, name));
}
process.exit(0);
