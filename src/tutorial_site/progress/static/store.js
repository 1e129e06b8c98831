/** The record of what a reader has done, in localStorage and in this tab. */
import { empty, KEY, merge, noted, parse, renamed, written } from "./record.js";

/** Where a text is put that is no record, so that none is lost. */
const ASIDE = `${KEY}-unreadable`;

/** What keeps texts: localStorage, which may be off, full, or another's. */
export class Store {
  /** Why nothing is kept: "off", "full", "newer" (a later script wrote it), "unreadable". */
  problem = "";
  /** Whether a text that was no record has been put aside. */
  hasAside = false;
  record = empty();
  #listeners = [];
  #storage;
  #pages;

  /**
   * @param {Record<string, string>} pages the names of pages, by those that they had before
   * @param {() => any} storage
   */
  constructor(pages = {}, storage = () => localStorage) {
    this.#pages = pages;
    this.#storage = storage;
    this.#read();
  }

  /** Have a function called now and after each change, also by another tab. */
  watch(listener) {
    this.#listeners.push(listener);
    listener();
  }

  /** Whether the reader wants it: one of the settings, all of which are on at first. */
  wants(setting) {
    return this.record.facts.setting[setting]?.on ?? true;
  }

  /** Keep a fact, unless the reader wants nothing kept. */
  note(kind, about, fact) {
    if (kind !== "setting" && !this.wants("keep")) return;
    this.change((record) => noted(record, kind, about, fact, Date.now()));
  }

  /** Change the record as it is now, which another tab may have changed. */
  change(act) {
    this.#read();
    this.record = renamed(act(this.record), this.#pages);
    this.#write();
    this.#tell();
  }

  /**
   * Take in what another tab has stored.
   *
   * Browsers do not keep two tabs from writing at once: what was lost in that is written again.
   *
   * @param {{key: string | null, newValue: string | null}} event
   */
  hear({ key, newValue }) {
    if (key !== KEY && key !== null) return;
    if (newValue === null) this.record = empty();
    else {
      const { record } = parse(newValue);
      this.#read();
      if (!this.problem && written(this.record) !== written(merge(record, record))) this.#write();
    }
    this.#tell();
  }

  #tell() {
    for (const each of this.#listeners) each();
  }

  #read() {
    this.problem = "";
    let text;
    try {
      text = this.#storage().getItem(KEY);
    } catch {
      this.problem = "off";
      return;
    }
    const { record, problem } = parse(text);
    if (problem === "newer") this.problem = "newer";
    else if (!problem) this.record = renamed(merge(this.record, record), this.#pages);
    else if (problem !== "none") this.#putAside(text);
  }

  #putAside(text) {
    try {
      this.#storage().setItem(ASIDE, text);
      this.#storage().removeItem(KEY);
      this.hasAside = true;
    } catch {
      this.problem = "unreadable";
    }
  }

  #write() {
    if (this.problem) return;
    try {
      this.#storage().setItem(KEY, written(this.record));
    } catch {
      this.problem = "full";
    }
  }
}
