/** The page that shows a reader's progress: what to repeat, each chapter, and what can be done. */

import { store, wayOn } from "./progress.js";
import { erased, MOST, parse, renamed, restored, withFacts, written } from "./record.js";
import { counted, day, ofExercise, ofPrediction, PROBLEMS, REFUSED } from "./words.js";

/** Each page of the site, with its predictions and exercises; see extension.py. */
const { pages } = JSON.parse(document.getElementById("progress-data").textContent);
const chapters = pages.filter(({ minutes }) => minutes);

/** Predictions and exercises, by page#anchor. @type {Map<string, any>} */
const tasks = new Map();
/** The same names, by digests. */
const byDigest = new Map();
for (const page of pages) {
  for (const task of [...page.predictions, ...page.exercises]) {
    const about = `${page.name}#${task.id}`;
    tasks.set(about, { ...task, about, page });
    byDigest.set(task.digest, about);
  }
}

/** An element with attributes and content. */
function element(name, attributes, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...content);
  return made;
}

function button(words, act, attributes = {}) {
  const made = element("button", { type: "button", class: "log-switch", ...attributes }, words);
  made.addEventListener("click", act);
  return made;
}

/** A box for a setting, which is on at first. */
function setting(name, words) {
  const box = element("input", { type: "checkbox" });
  box.addEventListener("change", () => store.note("setting", name, { on: box.checked }));
  store.watch(() => (box.checked = store.wants(name)));
  return element("label", { class: "progress-setting" }, box, words);
}

/** Fill a part of the page, each time that something was noted. */
function fill(part, draw) {
  const box = document.querySelector(`.progress-${part}`);
  if (box) store.watch(() => box.replaceChildren(...draw(store.record.facts)));
}

// ---------- So far ----------

const isRead = ({ name }) => store.record.facts.read[name]?.on;

fill("summary", ({ predicted, passed }) => {
  const known = (facts) =>
    Object.entries(facts).filter(([about]) => tasks.get(about)?.page.minutes);
  const made = known(predicted);
  const right = made.filter(([, { first }]) => first).length;
  const all = (kind) => chapters.flatMap((page) => page[kind]).length;
  const numbers = [
    `${chapters.filter(isRead).length} of ${counted(chapters.length, "chapter")} read`,
    `${made.length} of ${counted(all("predictions"), "prediction")} made, ${right} right at once`,
    `${known(passed).length} of ${counted(all("exercises"), "exercise")} done`,
  ];
  const list = element("ul", {}, ...numbers.map((words) => element("li", {}, words)));
  const way = wayOn(chapters.map(({ href, title }) => ({ href, textContent: title })));
  const unread = chapters.find((page) => !isRead(page));
  const link = way
    ? element("a", { href: way.href }, `Continue: ${way.words}`)
    : unread && element("a", { href: unread.href }, `Next: ${unread.title}`);
  const problem = PROBLEMS[store.problem] ?? (store.hasAside ? PROBLEMS.aside : "");
  const said = problem ? [element("p", { class: "progress-problem" }, problem)] : [];
  return [...said, list, ...(link ? [element("p", {}, link)] : [])];
});

// ---------- To repeat ----------

function asked([about, fact], words, ...more) {
  const { page, id, title } = tasks.get(about);
  const link = element("a", { href: `${page.href}#repeat=${id}` }, title);
  return element("li", {}, link, element("p", {}, `${page.title} · ${words(fact)}`, ...more));
}

fill("repeat", ({ predicted }) => {
  const now = Date.now();
  const missed = Object.entries(predicted)
    .filter(([about, { due }]) => due && tasks.has(about))
    .sort(([, one], [, other]) => one.due - other.due);
  if (!store.wants("repeat")) return [];
  const leave = (about) => () => {
    store.note("predicted", about, { ...store.record.facts.predicted[about], due: 0 });
    say("It won’t come back.");
  };
  const due = missed.filter(([, fact]) => fact.due <= now);
  const later = missed.filter(([, fact]) => fact.due > now);
  const last = ({ right, at }) => `${right ? "right" : "missed"} ${day(at, now)}`;
  const items = due.map((each) => {
    const name = `Don’t repeat: ${tasks.get(each[0]).title}`;
    return asked(each, last, button("Don’t repeat", leave(each[0]), { "aria-label": name }));
  });
  const list = items.length
    ? element("ul", { class: "progress-list" }, ...items)
    : element("p", {}, missed.length ? "Nothing today." : "Nothing to repeat.");
  if (!later.length) return [list];
  const lines = later.map((each) => asked(each, (fact) => `comes back ${day(fact.due, now)}`));
  const words = `${counted(later.length, "prediction")} for later`;
  const fold = element(
    "details",
    {},
    element("summary", {}, words),
    element("ul", { class: "progress-list" }, ...lines),
  );
  return [list, fold];
});

// ---------- Chapters ----------

function line(page, { id, digest, title }, facts) {
  const about = `${page.name}#${id}`;
  const { predicted, passed, hinted, seen } = facts;
  const isAsked = page.predictions.some((each) => each.id === id);
  const words = isAsked
    ? ofPrediction(predicted[about], digest)
    : ofExercise({ passed: passed[about], hinted: hinted[about], seen: seen[about] }, digest);
  const href = `${page.href}#${isAsked ? "repeat=" : ""}${id}`;
  return element("li", {}, element("a", { href }, title), words && ` · ${words}`);
}

const open = new Set();

function chapter(page, facts) {
  const { name, href, title, minutes, predictions, exercises } = page;
  const fact = facts.read[name];
  const tick = fact?.on ? `✓ read ${day(fact.at)}` : `about ${minutes} minutes`;
  const unbroken = ` ·\u00a0${tick.replaceAll(" ", "\u00a0")}`;
  const item = element("li", {}, element("a", { href }, title), unbroken);
  const done = (these, kind) => these.filter(({ id }) => facts[kind][`${name}#${id}`]).length;
  const words = [
    [predictions, "predicted", "prediction"],
    [exercises, "passed", "exercise"],
  ]
    .filter(([these]) => these.length)
    .map(([these, kind, word]) => `${done(these, kind)} of ${counted(these.length, word)}`);
  if (!words.length) return item;
  const lines = [...predictions, ...exercises].map((task) => line(page, task, facts));
  const fold = element(
    "details",
    {},
    element("summary", {}, words.join(", ")),
    element("ul", {}, ...lines),
  );
  fold.open = open.has(name);
  fold.addEventListener("toggle", () => open[fold.open ? "add" : "delete"](name));
  item.append(fold);
  return item;
}

fill("chapters", (facts) => {
  const parts = [...new Set(chapters.map(({ part }) => part))];
  const gone = Object.keys({ ...facts.predicted, ...facts.passed }).filter((id) => !tasks.has(id));
  const lists = parts.flatMap((part) => [
    element("h3", {}, part),
    element(
      "ul",
      { class: "progress-list" },
      ...chapters.filter((page) => page.part === part).map((page) => chapter(page, facts)),
    ),
  ]);
  if (!gone.length) return lists;
  const verb = gone.length > 1 ? "are" : "is";
  const words = `${counted(gone.length, "more thing")} that you did ${verb} no longer on this site.`;
  return [...lists, element("p", {}, words)];
});

// ---------- Keep, move, erase ----------

const status = element("p", { role: "status", class: "progress-status" });
let before = null;
const undo = button("Undo", () => {
  store.change((record) => restored(before, record));
  undo.hidden = true;
  exporting.focus();
  say("It’s back as it was.");
});
undo.hidden = true;

function say(words) {
  status.textContent = [words, PROBLEMS[store.problem]].filter(Boolean).join(" ");
}

/** How many facts there are, settings and what goes with others left out. */
const count = ({ facts: { read, predicted, passed, hinted, seen } }) =>
  [read, predicted, passed, hinted, seen].flatMap(Object.keys).length;

function change(act, words) {
  before = store.record;
  store.change(act);
  undo.hidden = false;
  say(words);
}

const exporting = button("Export", () => {
  const file = new Blob([written(store.record, 1)], { type: "application/json" });
  const name = `progress-${new Date().toISOString().slice(0, 10)}.json`;
  const link = element("a", { href: URL.createObjectURL(file), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
  say(`Written to ${name}, among your downloads.`);
});

const chosen = element("input", { type: "file", accept: ".json", hidden: "" });
chosen.addEventListener("change", async () => {
  const [file] = chosen.files;
  if (!file) return;
  const { record, problem } =
    file.size > MOST ? parse(" ".repeat(MOST + 1)) : parse(await file.text());
  chosen.value = "";
  if (problem) return say(`${REFUSED[problem] ?? REFUSED.broken} Nothing was changed.`);
  const joined = withFacts(store.record, placed(record));
  if (written(joined).length > MOST) return say(`${REFUSED.huge} Nothing was changed.`);
  const is = written(joined) !== written(withFacts(store.record, store.record));
  if (!is) return say("Everything in the file was here already.");
  const added = count(joined) - count(store.record);
  const words = added ? `${counted(added, "thing")} more than before` : "what was later counts";
  change((now) => withFacts(now, placed(record)), `Joined: ${words}.`);
});

const erasing = button("Erase", () => {
  const number = count(store.record);
  change(erased, `Erased: ${counted(number, "thing")}.`);
});

/** A record with what was renamed under its name of now. */
const placed = (record) =>
  renamed(record, {}, (about, digest) =>
    tasks.has(about) ? about : (byDigest.get(digest) ?? about),
  );

document
  .querySelector(".progress-repeat")
  ?.before(setting("repeat", "Bring missed predictions back"));
document.querySelector(".progress-tools")?.replaceChildren(
  setting("keep", "Keep my progress in this browser"),
  element(
    "p",
    {},
    exporting,
    button("Import", () => chosen.click()),
    chosen,
    erasing,
    undo,
  ),
  status,
);
if (written(placed(store.record)) !== written(store.record)) store.change(placed);
