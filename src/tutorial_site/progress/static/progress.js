/**
 * Notes what a reader does on a page, and marks on it what was done before.
 *
 * progress-start.js loads this script.
 */
import { isEnough, predicted, reading } from "./record.js";
import { Store } from "./store.js";
import { day, ofExercise, ofPrediction, UNKEPT } from "./words.js";

/** Milliseconds after which the time on a page is kept again. */
const OFTEN = 15_000;
/** Before the anchor of a cell whose prediction is to be repeated. */
const REPEAT = "#repeat=";

const { documentElement: html } = document;
const site = new URL(html.dataset.content_root ?? "./", location.href);

/** The name of a page: its path in the site, however a host writes addresses. */
export function pageOf(address) {
  const { pathname } = new URL(address, location.href);
  const path = decodeURIComponent(pathname.slice(site.pathname.length));
  return path.replace(/\.html$|\/$/, "") || "index";
}

const here = pageOf("");
const former = document.getElementById("renamed-pages");
export const store = new Store(former ? JSON.parse(former.textContent) : {});
addEventListener("storage", (event) => store.hear(event));

/** Why the browser does not keep this fact, which was noted since the page opened; else empty. */
function unkept(fact) {
  return (fact?.at >= performance.timeOrigin && UNKEPT[store.problem]) || "";
}

/** A span of words at the end of an element, which moves nothing on the page. */
function remark(element, words, fact = null) {
  let span = element.querySelector(".progress-said");
  if (!span) {
    span = document.createElement("span");
    span.className = "progress-said";
    element.append(span);
  }
  const text = words && ` · ${words}${unkept(fact)}`;
  if (span.textContent !== text) span.textContent = text;
}

// ---------- The page: whether it was read, and where the reader is ----------

const length = document.querySelector(".page-minutes");
const minutes = Number.parseInt(length?.textContent.replace(/\D+/, ""), 10);

/** The section in the middle of the window; none at the top of a page. */
function section() {
  const sections = [...document.querySelectorAll("article section section[id]")];
  const above = (each) => each.getBoundingClientRect().top < innerHeight / 2;
  return sections.filter(above).at(-1);
}

/** Count the time that is spent on a chapter, until it is read. */
function follow() {
  let last = performance.timeOrigin;
  let kept = last;
  let unkept = 0;
  let hasSeenEnd = false;

  const keep = () => {
    kept = last;
    const ms = (store.record.facts.spent[here]?.ms ?? 0) + Math.round(unkept);
    unkept = 0;
    store.note("spent", here, { ms });
    const now = section();
    if (now) {
      const title = now.querySelector("h2, h3, h4, h5, h6").cloneNode(true);
      title.querySelector(".headerlink")?.remove();
      store.note("place", "", { page: here, anchor: now.id, title: title.textContent });
    }
    // A reader who says that it is unread, again or still, is believed.
    if (hasSeenEnd && isEnough(ms, minutes) && !(here in store.record.facts.read)) {
      store.note("read", here, { on: true });
    }
  };
  const count = () => {
    if (document.visibilityState === "hidden") return;
    const now = Date.now();
    unkept += reading(last, now);
    last = now;
    if (last - kept > OFTEN) keep();
  };
  for (const sign of ["scroll", "pointermove", "pointerdown", "keydown"]) {
    addEventListener(sign, count, { passive: true });
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep();
    else last = Date.now();
  });
  addEventListener("pagehide", keep);
  new IntersectionObserver((entries) => {
    if (!entries.some((each) => each.isIntersecting)) return;
    hasSeenEnd = true;
    count();
    keep();
  }).observe(document.querySelector(".bottom-of-page"));
}

/** The line at a chapter's end: whether it was read, and a button that says so. */
function offerMark() {
  const line = document.createElement("p");
  line.className = "progress-end";
  const words = document.createElement("span");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "log-switch";
  button.addEventListener("click", () => {
    const on = !isRead(here);
    store.note("read", here, { on });
    document.dispatchEvent(
      new CustomEvent("say", { detail: on ? "Marked as read." : "Marked as unread." }),
    );
  });
  line.append(words, button);
  document.querySelector("footer").prepend(line);
  store.watch(() => {
    const fact = store.record.facts.read[here];
    line.hidden = !store.wants("keep");
    words.textContent = fact?.on ? `✓ Read ${day(fact.at)}${unkept(fact)}.` : "";
    button.textContent = fact?.on ? "Mark as unread" : "Mark as read";
    remark(length, fact?.on ? `✓ read ${day(fact.at)}` : "");
  });
}

const isRead = (name) => Boolean(store.record.facts.read[name]?.on);

// ---------- Predictions and exercises ----------

/** The name of what is on this page, with an anchor. */
const about = (anchor) => `${here}#${anchor}`;

/** Note the option that was opened first, while the output was hidden. */
function notePrediction(box) {
  const option = box.querySelector("[data-first]");
  const key = about(box.closest(".cell").id);
  const choice = {
    right: option.parentElement.classList.contains("right"),
    chose: option.querySelector("summary").textContent.trim(),
    digest: box.dataset.digest,
  };
  const fact = (before) => predicted(before, choice, Date.now());
  store.note("predicted", key, fact(store.record.facts.predicted[key]));
}

function noteFold({ target }) {
  const card = target.open && target.closest(".exercise");
  if (!card) return;
  const key = about(card.id);
  if (target.matches(".exercise-solution")) store.note("seen", key, {});
  const hints = [...card.querySelectorAll(".exercise-hint")];
  const count = hints.indexOf(target) + 1;
  if (count > (store.record.facts.hinted[key]?.count ?? 0)) store.note("hinted", key, { count });
}

function noteGrade({ target, detail }) {
  const card = target.closest(".exercise");
  const { digest } = card.dataset;
  const key = about(card.id);
  const before = store.record.facts.passed[key];
  if (detail.passed && before?.digest !== digest) store.note("passed", key, { digest });
}

function markTasks() {
  const { predicted, passed, hinted, seen } = store.record.facts;
  const now = Date.now();
  for (const box of document.querySelectorAll(".predict[data-digest]")) {
    const known = predicted[about(box.closest(".cell")?.id)];
    const fact = known && !store.wants("repeat") ? { ...known, due: 0 } : known;
    remark(box.querySelector(".predict-title"), ofPrediction(fact, box.dataset.digest, now), fact);
  }
  for (const card of document.querySelectorAll(".exercise")) {
    const key = about(card.id);
    const facts = { passed: passed[key], hinted: hinted[key], seen: seen[key] };
    const words = ofExercise(facts, card.dataset.digest, now);
    remark(card.querySelector(".exercise-kind"), words, facts.passed ?? facts.seen);
  }
}

// ---------- Links to pages, and the way on ----------

function markLinks() {
  for (const link of document.querySelectorAll(".sidebar-tree a.reference")) {
    const isMarked = isRead(pageOf(link.getAttribute("href") === "#" ? "" : link.href));
    const tick = link.querySelector(".progress-tick");
    if (isMarked === Boolean(tick)) continue;
    if (tick) tick.remove();
    else link.insertAdjacentHTML("beforeend", TICK);
  }
  for (const link of document.querySelectorAll(".chapters a")) {
    link.closest("li").classList.toggle("read", isRead(pageOf(link.href)));
  }
}

const TICK = '<span class="progress-tick">✓<span class="visually-hidden"> (read)</span></span>';

/**
 * Where a reader goes on: where he was, or with the next chapter that is unread.
 *
 * @param {{href: string, textContent: string}[]} chapters
 */
export function wayOn(chapters) {
  const place = store.record.facts.place[""];
  const names = chapters.map((link) => pageOf(link.href));
  const at = names.indexOf(place?.page);
  if (at < 0) return null;
  if (!isRead(place.page)) {
    const part = place.title && `, “${place.title}”`;
    return { href: `${chapters[at].href}#${place.anchor}`, words: chapters[at].textContent + part };
  }
  const next = chapters.slice(at + 1).find((_, index) => !isRead(names[at + 1 + index]));
  return next ? { href: next.href, words: next.textContent } : null;
}

function markWayOn() {
  const chapters = [...document.querySelectorAll(".chapters a")];
  document.querySelector(".progress-on")?.remove();
  const way = wayOn(chapters);
  html.toggleAttribute("data-progress", Boolean(way));
  if (!way) return;
  const link = document.createElement("a");
  link.className = "progress-on";
  link.href = way.href;
  link.textContent = `Continue: ${way.words}`;
  document.querySelector(".content-icon-container").prepend(link);
}

/** Go to the prediction that an address asks to repeat: a link to its cell would show its output. */
function repeat() {
  const { hash } = location;
  if (!hash.startsWith(REPEAT)) return;
  const cell = document.getElementById(decodeURIComponent(hash.slice(REPEAT.length)));
  const box = cell?.querySelector(".predict");
  box?.scrollIntoView({ block: "center" });
  box?.querySelector("summary").focus({ preventScroll: true });
}

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  .sidebar-tree .reference { position: relative; }
  .progress-tick { position: absolute; left: 0.125rem; top: var(--sidebar-item-spacing-vertical); color: var(--commit); font-weight: 400; }
  .progress-said { font-weight: 400; }
  .progress-end { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; min-height: 2rem; margin: 0 0 1rem; font-size: var(--size-small); color: var(--quiet); }
  .progress-end[hidden] { display: none; }
  .progress-end > :empty { display: none; }
  .progress-end > button:nth-child(2) { margin-left: -0.5rem; } /* its words stand where the text does */
  @media print { .progress-end, .progress-on { display: none; } }
`);
document.adoptedStyleSheets.push(sheet);

if (minutes) {
  offerMark();
  follow();
}
for (const first of document.querySelectorAll("[data-first]")) {
  notePrediction(first.closest(".predict")); // made before this script was there
}
document.addEventListener("prediction-made", ({ target }) => notePrediction(target));
document.addEventListener("exercise-graded", noteGrade);
document.addEventListener("toggle", noteFold, true);
addEventListener("hashchange", repeat);
repeat();
store.watch(() => {
  markTasks();
  markLinks();
  if (document.querySelector(".chapters")) markWayOn();
});
