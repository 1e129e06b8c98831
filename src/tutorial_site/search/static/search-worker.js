// The search itself, in a worker: it asks Pagefind for each word, and puts together what comes.
//
// Pagefind finds only what has all words of a question. Here a section may lack some, and counts
// for less: who pastes a message or asks a question types words that no page has.

/** What stands in the index where one word of code meets the next (search.py). */
const JOINT = /\s*\u2060/g;
const WORD = /[\p{L}\p{N}_]+(?:['’]\p{L}+)*/gu;
const SHOWN = 24; // sections of which a search loads more than their number
const MOST = 5; // sections of one page
const EXCERPT = 26; // words
const MOST_WORDS = 24; // of a query; a pasted traceback has hundreds
const PHRASE = 1.5; // how much words that stand together count, beside a word alone
const LEVELS = { 0: 0.5, 3: 0.65, 4: 0.65 }; // an entry of a list, and what is a part of a section
const RANKING = {
  // Sections are short: how often a word stands in one says less than that it stands there.
  termSaturation: 1.2,
  termSimilarity: 3,
  pageLength: 0.2,
  metaWeights: { title: 2.5, shows: 3, page: 2 },
};
// Words that say nothing where others stand beside them.
const EMPTY = new Set(
  ("a an the my me i you your we it its is this that these of to do does did done how what why " +
   "when which who can could should would will be been am are was were there about using use")
    .split(" "),
);

// Words that say little there; alone, or in code, they are as good as any.
const FAINT = new Set(
  "after and as at before by for from if in into no not on or so than then with without".split(" "),
);

// Pagefind says only to the console that a part of the index could not be loaded, and goes on with
// the rest. A reader has to be told: in this worker both are ours.
let lost = null;
const { fetch: ask } = self;
self.fetch = async (...request) => {
  const answer = await ask(...request);
  if (!answer.ok) throw new Error(`${answer.status} ${new URL(answer.url).pathname}`);
  return answer;
};
console.error = (...words) => { lost ??= words.join(" "); };

const BUNDLE = new URL("pagefind/", self.location.href);

async function load() {
  const [pagefind, known] = await Promise.all([
    import(new URL(`pagefind.js${self.location.search}`, BUNDLE).href),
    self.fetch(new URL("words.json", BUNDLE), { cache: "no-cache" }).then((file) => file.json()),
  ]);
  await pagefind.options({ ranking: RANKING, basePath: BUNDLE.href });
  await pagefind.init();
  await pagefind.search("a"); // the first search waits for the index and the program
  return { pagefind, ...known, ranks: ranks(known.words) };
}

const ranks = (words) => new Map(words.map((word, rank) => [word, rank]));
const loaded = load();
loaded.catch(() => {}); // each question tells of it

/**
 * What a query asks for: clauses, each a list of words.
 *
 * Of a message that was pasted, what belongs to the reader's own program goes: objects, numbers,
 * quoted names. They end a clause, as punctuation does.
 *
 * @param {string} query
 * @returns {string[][]}
 */
export function clauses(query) {
  const code = /\bsqlalche\.me\/e\/(?:\w+\/)?(\w+)/i.exec(query)?.[1];
  const long = query.length > 48;
  let text = query
    .replace(/\(?Background on this error at:?/gi, " ; ")
    .replace(/\bhttps?:\/\/\S+/gi, " ; ")
    .replace(/<[^<>]*\bat 0x[0-9a-f]+>/gi, " ; ")
    .replace(/\b0x[0-9a-f]{4,}\b/gi, " ; ")
    .replace(/\b(?:\w+\.)+(?=\w*(?:Error|Exception|Found|Warning)\b)/g, " ")
    .replace(/(?<=\p{L})['’]s\b/gu, "");
  if (long) {
    text = text
      .replace(/(?<!\w)(['"‘“])[^'"]{1,60}['"’”](?!\w)/g, " ; ")
      .replace(/\b\d[\d.]*\b/g, " ; ");
  }
  const found = text.split(/[;:,()\[\]{}?!]|\.(?=\s|$)/).map((each) => each.match(WORD) ?? []);
  if (code) found.push([code]);
  let room = MOST_WORDS;
  return found
    .map((words) => words.slice(0, Math.max(0, (room -= words.length) + words.length)))
    .filter((words) => words.length);
}

/** The words that carry a question, each once. */
function telling(words) {
  const all = [...new Set(words.map((word) => word.toLowerCase()))];
  const kept = all.filter((word) => !EMPTY.has(word));
  return kept.length ? kept : all;
}

/** How many letters were added, lost, changed or swapped with the next, as far as that matters. */
function distance(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let before = [];
  let row = [...Array(other.length + 1).keys()];
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1];
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (swapped) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    if (Math.min(...next) > most) return most + 1;
    [before, row] = [row, next];
  }
  return row[other.length];
}

/** A word of the pages for one that they do not have, where it is clear which is meant, or "". */
function known(word, { words, ranks }) {
  const stem = word.replace(/(?:ing|ed|es|er|s|ly|ion)$/, "");
  const starts = (part) => part.length > 1 && words.some((each) => each.startsWith(part));
  const plain = word.replace(/['’].*/, "");
  if ([word, plain].some((each) => ranks.has(each) || starts(each))) return word;
  if (stem.length > 2 && stem !== word && starts(stem)) return word;
  let most = word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
  let best = "";
  for (const each of most ? words : []) { // the frequent ones come first
    const far = distance(word, each, most);
    if (far > most) continue;
    [best, most] = [each, far - 1];
    if (most < 1) break;
  }
  return best;
}

/** The names that may be meant by words written apart: "expire on commit", "detached instance". */
function* names(words, { words: known, ranks }) {
  for (let start = 0; start < words.length; start++) {
    for (let end = start + 2; end <= Math.min(start + 4, words.length); end++) {
      const run = words.slice(start, end).map((word) => word.toLowerCase());
      const [apart, together] = [run.join("_"), run.join("")];
      if (ranks.has(apart)) yield apart;
      if (together.length > 7 && known.some((each) => each.startsWith(together))) yield together;
    }
  }
}

/** What stands together in a clause: two words, or each three of more. */
function* runs(clause) {
  const length = Math.min(3, clause.length);
  for (let start = 0; length > 1 && start + length <= clause.length; start++) {
    yield clause.slice(start, start + length);
  }
}

/** The words of a name: expire, on, commit; Detached, Instance, Error. */
function pieces(name) {
  const found = name.replace(/([a-z\d])([A-Z])/g, "$1_$2").split("_").filter(Boolean);
  return found.length > 1 ? found.filter((each) => !FAINT.has(each.toLowerCase())) : [];
}

/** What one word finds: by a section's id, Pagefind's score, and the places of the word. */
async function hits(index, word, factor = 1) {
  const { results } = await index.pagefind.search(word);
  const count = results.length;
  const rare = factor * Math.log(1 + (index.sections - count + 0.5) / (count + 0.5));
  return { rare, factor, found: new Map(results.map((each) => [each.id, each])) };
}

/** What a name finds, whole and, for less, by its words. */
async function named(index, word, written, factor) {
  const whole = await hits(index, word, factor);
  return [whole, ...(await Promise.all(pieces(written).map((piece) => hits(index, piece, 0.1))))];
}

/** The sections that answer, the best first. */
async function ranked(index, asked, given) {
  const words = telling(asked.flat());
  const written = new Map(asked.flat().map((word) => [word.toLowerCase(), word]));
  const faint = (word) => (words.length > 1 && FAINT.has(word) ? 0.25 : 1);
  const each = await Promise.all(
    words.map((word) => named(index, word, written.get(word) ?? word, faint(word))),
  );
  const extra = [...new Set(asked.flatMap((clause) => [...names(clause, index)]))];
  const joined = await Promise.all(extra.map((name) => hits(index, name)));
  const phrases = await Promise.all(
    asked.flatMap((clause) => [...runs(clause)]).map((run) => hits(index, `"${run.join(" ")}"`)),
  );
  const total = each.reduce((sum, [whole]) => sum + (whole.found.size ? whole.rare : 0), 0);
  const scores = new Map();
  const section = (id, result) => {
    if (!scores.has(id)) scores.set(id, { id, result, score: 0, has: 0, places: new Set() });
    return scores.get(id);
  };
  const count = (part) => {
    for (const [id, result] of part.found) {
      const one = section(id, result);
      one.score += result.score * part.factor;
      for (const place of result.words) one.places.add(place);
    }
  };
  for (const parts of each) {
    parts.forEach(count);
    for (const id of parts[0].found.keys()) scores.get(id).has += parts[0].rare;
  }
  joined.forEach(count);
  for (const { rare, found } of phrases) {
    for (const id of found.keys()) if (scores.has(id)) scores.get(id).score += PHRASE * rare;
  }
  for (const one of scores.values()) one.score *= total ? (one.has / total) ** 2 : 1;
  return [...scores.values()].filter((one) => one.score > 0).sort((a, b) => b.score - a.score);
}

/** The words of a text that were asked for: Pagefind's places, without what only begins alike. */
function meant(text, places, words) {
  const stems = words.map((word) => (word.length < 4 ? word : word.replace(/(?:ing|ed|es|e|s|y)$/, "")));
  const same = (part, number) =>
    part.startsWith(stems[number]) && part.length <= words[number].length + (words[number].length < 4 ? 0 : 3);
  return new Set([...places].filter((place) => {
    const core = (text[place] ?? "").replace(/[^\p{L}\p{N}_]+/gu, "");
    const parts = [core, ...pieces(core)].map((part) => part.toLowerCase());
    return parts.some((part) => words.some((_, number) => same(part, number)));
  }));
}

/** The stretch of a text that holds the most of what was asked for, marked, in pieces. */
function excerpt(content, found, asked) {
  const words = content.split(/\s+/);
  const places = meant(words, found, asked);
  let [start, most] = [0, -1];
  for (const first of [0, ...places]) {
    const from = Math.max(0, first - 4);
    const held = new Set(
      [...places].filter((place) => place >= from && place < from + EXCERPT).map((place) => words[place]),
    ).size; // of words, not of how often they stand there
    if (held > most) [start, most] = [from, held];
  }
  const end = Math.min(words.length, start + EXCERPT);
  const parts = [];
  const add = (text, marked = false) => {
    const last = parts.at(-1);
    if (last?.marked === marked) last.text += text;
    else if (text) parts.push({ text, marked });
  };
  add(start ? "… " : "");
  for (let place = start; place < end; place++) {
    const joined = words[place].startsWith("\u2060") || place === start;
    const [, before, core, after] =
      /^([^\p{L}\p{N}_]*)(.*?)([^\p{L}\p{N}_]*)$/u.exec(words[place].replaceAll("\u2060", ""));
    add((joined ? "" : " ") + before);
    add(core, places.has(place));
    add(after);
  }
  add(end < words.length ? " …" : "");
  return parts;
}

/** The address of a section, seen from the site's root; search.py writes it as a file's name. */
function address(url) {
  const [, page, level, anchor] = /^\/?(.*?)\/?~(\d)~(.*)~\.html$/.exec(url);
  const name = decodeURIComponent(anchor.replaceAll("/", ""));
  return { page, level, link: name ? `${page}#${encodeURIComponent(name)}` : page };
}

/** How much of a title was asked for, and how much of the question it is. */
function entitled(title, words) {
  const own = telling(title.replace(JOINT, "").match(WORD) ?? []);
  const alike = (one, other) => one.startsWith(other.slice(0, Math.max(4, other.length - 2)));
  const shared = own.filter((word) => words.some((each) => alike(word, each) && alike(each, word))).length;
  return (shared / (own.length || 1)) * Math.min(1, shared / (words.length || 1));
}

async function section({ result, score, places }, words, parts) {
  const { raw_url: url, meta, content } = await result.data();
  const text = (title) => (title ?? "").replace(JOINT, "");
  const place = address(url);
  return {
    ...place,
    title: text(meta.title),
    on: text(meta.page),
    part: parts[place.page] ?? "",
    excerpt: excerpt(content, places, words),
    score: score * (1 + 0.5 * entitled(meta.title, words)) * (LEVELS[place.level] ?? 1),
  };
}

/** The sections under their pages; a page is as good as its best section, and a little better. */
function grouped(sections) {
  const pages = new Map();
  for (const each of sections.sort((a, b) => b.score - a.score)) {
    const page = pages.get(each.page) ?? { title: each.on, part: each.part, link: each.page, sections: [] };
    pages.set(each.page, page);
    if (page.sections.length < MOST) page.sections.push(each);
  }
  const worth = ({ sections: [best, ...others] }) =>
    best.score + 0.2 * others.reduce((sum, { score }) => sum + score, 0);
  return [...pages.values()].sort((a, b) => worth(b) - worth(a));
}

/**
 * Answer a query.
 *
 * @param {string} query as typed or pasted
 * @returns {Promise<{pages: object[], instead: string, unknown: string[]}>} the pages with their
 *   sections; the query as it was understood, where it was misspelled; the words that no page has
 */
export async function answer(query) {
  const index = await loaded;
  const read = new Map();
  const asked = clauses(query).map((clause) => clause.flatMap((word) => {
    const low = word.toLowerCase();
    if (!read.has(low)) read.set(low, known(low, index));
    return read.get(low) === low ? [word] : (read.get(low) && [read.get(low)]) || [];
  })).filter((clause) => clause.length);
  const words = telling(asked.flat());
  const found = words.length ? await ranked(index, asked) : [];
  const best = found.slice(0, SHOWN).filter(({ score }) => score > 0.08 * found[0].score);
  const sections = await Promise.all(best.map((each) => section(each, words, index.parts)));
  if (lost) throw new Error(lost);
  const mended = [...read].some(([word, right]) => right && right !== word);
  return {
    pages: grouped(sections),
    instead: mended ? asked.map((clause) => clause.join(" ")).join(" ") : "",
    unknown: telling([...read.keys()]).filter((word) => !read.get(word)),
  };
}

let newest = 0;
self.onmessage = async ({ data: { id, query } }) => {
  newest = id;
  try {
    const found = await answer(query);
    if (id === newest) self.postMessage({ id, ...found });
  } catch (error) {
    self.postMessage({ id, failed: lost ?? String(error) });
  }
};
