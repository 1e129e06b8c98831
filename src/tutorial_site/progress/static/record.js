/**
 * The record of what a reader has done, as plain data and pure functions.
 *
 * `{version, generation, facts}`; facts are by their kind and by what they are about, and each has
 * the time `at` which it was noted. A later fact takes the place of an earlier one, so that records
 * of two tabs or of two browsers are merged in any order. A later generation takes the place of all
 * of an earlier one: so no tab brings back what another has erased.
 */
export const VERSION = 1;
export const KEY = "tutorial-progress";
/** What a file of a record says that it is. */
const ABOUT = "progress in a tutorial";
/** A record of a site with a thousand predictions has a quarter of these characters. */
export const MOST = 1_000_000;
/** A text that is kept, such as an option, is cut here; so is the name of what it is about. */
const LONGEST = 200;

/**
 * The kinds of facts, each with what it says beside `at`, and the type of that.
 *
 * read: a page, by its name; `on`: read or not. spent: milliseconds on a page. place: where the
 * reader was, by ""; the page, its section's anchor and title. predicted: by page#cell; the option,
 * whether it and the `first` one were right, `due` when it comes back (0: never), `step` how often it
 * was right since. passed, hinted, seen: an exercise, by page#name; seen is its solution. setting:
 * by its name.
 */
const KINDS = {
  read: { on: "boolean" },
  spent: { ms: "number" },
  place: { page: "string", anchor: "string", title: "string" },
  predicted: {
    chose: "string",
    right: "boolean",
    first: "boolean",
    digest: "string",
    step: "number",
    due: "number",
  },
  passed: { digest: "string" },
  hinted: { count: "number" },
  seen: {},
  setting: { on: "boolean" },
};

/** A record without facts. @returns {any} */
export function empty(generation = 0) {
  const facts = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, {}]));
  return { version: VERSION, generation, facts };
}

/** A record that somebody may have written by hand, without what has another form. */
function sound({ generation, facts }) {
  const record = empty(Number.isSafeInteger(generation) && generation > 0 ? generation : 0);
  for (const [kind, form] of Object.entries(KINDS)) {
    for (const [about, fact] of Object.entries(facts[kind] ?? {})) {
      const isSound = Object.entries({ ...form, at: "number" }).every(
        ([name, type]) => typeof fact?.[name] === type && (type !== "number" || isTime(fact[name])),
      );
      if (isSound && about.length <= LONGEST && about !== "__proto__") {
        record.facts[kind][about] = formed(kind, fact, fact.at);
      }
    }
  }
  return record;
}

/** Whether a number is a time that a date may have; counts are small ones. */
const isTime = (number) => number >= 0 && number <= 8.64e15;

/** A fact with what its kind says, always in the same order, long texts cut. */
function formed(kind, fact, at) {
  const cut = (value) => (typeof value === "string" ? value.slice(0, LONGEST) : value);
  const kept = Object.keys(KINDS[kind]).map((name) => [name, cut(fact[name])]);
  return { ...Object.fromEntries(kept), at };
}

/**
 * Read a record from the text that a browser keeps, or from a file.
 *
 * @param {string | null} text
 * @returns {{record: any, problem: "" | "none" | "huge" | "broken" | "foreign" | "newer"}}
 */
export function parse(text) {
  const without = (problem) => ({ record: empty(), problem });
  if (text === null) return without("none");
  if (text.length > MOST) return without("huge");
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    return without("broken");
  }
  if (found?.about !== ABOUT) return without("foreign");
  if (found.version > VERSION) return without("newer");
  if (found.version !== VERSION || !isObject(found.facts)) return without("broken");
  return { record: sound(found), problem: "" };
}

const isObject = (value) => Object.prototype.toString.call(value) === "[object Object]";

/** The text of a record, for the browser or, with line breaks, for a file. */
export function written(record, space = 0) {
  return JSON.stringify({ about: ABOUT, ...record }, null, space);
}

/** All that one of two records has; what both have is that of the later one. */
export function merge(one, other) {
  if (one.generation !== other.generation) {
    return one.generation > other.generation ? one : other;
  }
  const both = empty(one.generation);
  for (const kind of Object.keys(KINDS)) {
    const [ours, theirs] = [one.facts[kind], other.facts[kind]];
    for (const about of new Set([...Object.keys(ours), ...Object.keys(theirs)].sort())) {
      const [own, their] = [ours[about], theirs[about]];
      both.facts[kind][about] = !own || isLater(their, own) ? their : own;
    }
  }
  return both;
}

/** Whether a fact replaces another; of the same time, one and the same in each tab. */
function isLater(fact, other) {
  if (!fact || fact.at !== other.at) return fact?.at > other.at;
  return JSON.stringify(fact) > JSON.stringify(other);
}

/** A record in which a fact takes the place of the last one of its kind, also where clocks differ. */
export function noted(record, kind, about, fact, now) {
  const at = Math.max(now, (record.facts[kind][about]?.at ?? 0) + 1);
  const ofKind = { ...record.facts[kind], [about]: formed(kind, fact, at) };
  return { ...record, facts: { ...record.facts, [kind]: ofKind } };
}

/** A record of which no tab brings anything back; the settings stay. */
export function erased({ generation, facts }) {
  const record = empty(generation + 1);
  return { ...record, facts: { ...record.facts, setting: facts.setting } };
}

/** A record as it was before, with what was noted since. */
export function restored(before, now) {
  const { generation } = now;
  return { ...merge({ ...before, generation }, now), generation: generation + 1 };
}

/** A record with another's facts, whatever their generations are; the settings stay. */
export function withFacts(record, { facts }) {
  return merge(record, { ...record, facts: { ...facts, setting: {} } });
}

/**
 * A record whose facts are about the names of now.
 *
 * @param {any} record
 * @param {Record<string, string>} pages the names of pages, by those that they had before
 * @param {(about: string, digest: string) => string} place where what has this digest is now
 */
export function renamed(record, pages, place = (about) => about) {
  const result = { ...empty(record.generation) };
  for (const [kind, facts] of Object.entries(record.facts)) {
    const now = {};
    for (const [about, fact] of Object.entries(facts)) {
      const [page, ...rest] = about.split("#");
      const named = [pages[page] ?? page, ...rest].join("#");
      const key = rest.length ? place(named, fact.digest) : named;
      const changed = "page" in fact ? { ...fact, page: pages[fact.page] ?? fact.page } : fact;
      if (!now[key] || isLater(changed, now[key])) now[key] = changed;
    }
    result.facts[kind] = now;
  }
  return result;
}

// ---------- What counts as read ----------

/** Of the minutes that a page says it takes, so much makes it read by who came to its end. */
const SHARE = 1 / 3;
/** A pause of more milliseconds is no reading. */
const PAUSE = 120_000;

/** Milliseconds of reading between two signs of a reader. */
export function reading(last, now) {
  return Math.min(Math.max(now - last, 0), PAUSE);
}

/** Whether a reader who came to a page's end after this time has read it. */
export function isEnough(ms, minutes) {
  return ms >= minutes * 60_000 * SHARE;
}

// ---------- Predictions that come back ----------

/** After so many days a prediction comes back: once it was missed, and once it was right then. */
const DAYS = [1, 7];

/** The start of a day, so many days after a time. */
function dayAfter(time, days) {
  const date = new Date(time);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}

/**
 * What is noted of a prediction.
 *
 * A right answer before its day counts for nothing: who has just read why remembers.
 *
 * @param {any} before what was noted of it the last time, if anything
 * @param {{right: boolean, chose: string, digest: string}} choice
 * @param {number} now
 */
export function predicted(before, choice, now) {
  const last = before?.digest === choice.digest ? before : null;
  const first = last ? last.first : choice.right;
  if (!choice.right) return { ...choice, first, step: 0, due: dayAfter(now, DAYS[0]) };
  if (!last?.due) return { ...choice, first, step: 0, due: 0 };
  if (now < last.due) return { ...choice, first, step: last.step, due: last.due };
  const step = last.step + 1;
  return { ...choice, first, step, due: step < DAYS.length ? dayAfter(now, DAYS[step]) : 0 };
}
