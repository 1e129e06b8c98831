"""The record of what a reader has done, and where it is kept: under Node, without a browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from live_cells.pack.node import node

STATIC = Path(__file__).parents[3] / "src" / "tutorial_site" / "progress" / "static"
DAY = 86_400_000
MADE = """
const results = {};
const record = await import(STATIC + "/record.js");
const { Store } = await import(STATIC + "/store.js");
const words = await import(STATIC + "/words.js");
const { empty, noted, merge, parse, written, erased, restored, withFacts, renamed, predicted } =
  record;
const noon = new Date(2026, 10, 26, 12).getTime();
const DAY = 86_400_000;
const read = (before, name, at) => noted(before, "read", name, { on: true }, at);
const names = (each) => Object.keys(each.facts.read).sort();
class Storage {
  texts = {};
  writes = 0;
  getItem(key) { return this.texts[key] ?? null; }
  setItem(key, text) {
    if (this.isFull) throw new Error("full");
    this.writes += 1;
    this.texts[key] = text;
  }
  removeItem(key) { delete this.texts[key]; }
}
const tab = (storage, pages) => new Store(pages, () => storage);
const stored = (storage) => names(parse(storage.getItem(record.KEY)).record);
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each of the pieces below gives, all run by one Node."""
    lines = [f"const STATIC = {json.dumps(STATIC.as_uri())};", MADE]
    for name, (code, _) in PIECES.items():
        lines.append(f"results[{name!r}] = await (async () => {{ {code} }})();")
    script = tmp_path_factory.mktemp("record") / "script.mjs"
    script.write_text("\n".join([*lines, "console.log(JSON.stringify(results));"]))
    found: dict[str, Any] = json.loads(node(script))
    return found


PIECES: dict[str, tuple[str, object]] = {
    "a later fact takes the place of an earlier one, in any order": (
        """const one = noted(empty(), "read", "a", { on: true }, 1);
           const other = noted(read(empty(), "b", 1), "read", "a", { on: false }, 2);
           const both = merge(one, other);
           return [names(both), both.facts.read.a.on,
                   written(both) === written(merge(other, one)),
                   written(both) === written(merge(both, one))];""",
        [["a", "b"], False, True, True],
    ),
    "a clock that goes back loses nothing": (
        """const late = noted(read(empty(), "a", 10), "read", "a", { on: false }, 5);
           return [late.facts.read.a.on, late.facts.read.a.at];""",
        [False, 11],
    ),
    "what is erased comes back from no other tab, but by Undo": (
        """const before = read(empty(), "a", 1);
           const gone = erased(before);
           const since = read(gone, "b", 2);
           const back = restored(before, since);
           return [names(merge(before, gone)), names(merge(since, before)), names(back),
                   names(merge(gone, back))];""",
        [[], ["b"], ["a", "b"], ["a", "b"]],
    ),
    "settings are not erased, and not imported": (
        """const off = noted(empty(), "setting", "keep", { on: false }, 1);
           const file = noted(read(empty(), "a", 1), "setting", "keep", { on: true }, 9);
           const after = withFacts(erased(off), file);
           return [after.facts.setting.keep.on, names(after)];""",
        [False, ["a"]],
    ),
    "a file of an older or a newer generation adds its facts": (
        """const file = read(erased(erased(empty())), "a", 1);
           return [names(withFacts(read(empty(), "b", 2), file)),
                   names(withFacts(erased(erased(erased(file))), file))];""",
        [["a", "b"], ["a"]],
    ),
    "texts that are no record are told apart": (
        """const text = (change) => written({ ...empty(), ...change });
           return ["", "{", "null", "[]", "{}", '"text"', '{"about": "another"}',
                   text({ version: 2 }), text({ version: "x" }), text({ facts: null }),
                   text({ facts: [] }), " ".repeat(2_000_000), null, text({})]
             .map((each) => parse(each).problem);""",
        [
            *("broken", "broken", *["foreign"] * 5),
            *("newer", "broken", "broken", "broken", "huge", "none", ""),
        ],
    ),
    "of a record, what has another form is left out": (
        """const facts = {
             read: { a: { on: true, at: 1, more: "x" }, b: { on: 1, at: 1 }, c: null, d: "x",
                     e: { on: true, at: 1e300 }, f: { on: true, at: -1 }, g: { on: true } },
             passed: [], seen: "text", hinted: null, unknown: { a: { at: 1 } },
             place: { "": { page: "p".repeat(500), anchor: "", title: "", at: 1 } },
           };
           facts.read["x".repeat(201)] = { on: true, at: 1 };
           const text = JSON.stringify({ about: JSON.parse(written(empty())).about, version: 1,
                                         generation: -3, facts });
           const odd = text.replace('"read":{', '"read":{"__proto__":{"on":true,"at":1},');
           const { record: found, problem } = parse(odd);
           return [problem, found.generation, found.facts.read, Object.keys(found.facts).length,
                   found.facts.place[""].page.length];""",
        ["", 0, {"a": {"on": True, "at": 1}}, 8, 200],
    ),
    "a page that was renamed keeps what was done on it": (
        """let old = read(read(empty(), "old", 5), "other", 1);
           old = noted(old, "passed", "old#task", { digest: "d1" }, 1);
           old = noted(old, "place", "", { page: "old", anchor: "s", title: "" }, 1);
           const now = renamed(noted(old, "read", "new", { on: false }, 4), { old: "new" });
           return [names(now), now.facts.read.new.on, Object.keys(now.facts.passed),
                   now.facts.place[""].page];""",
        [["new", "other"], True, ["new#task"], "new"],
    ),
    "what was renamed on its page is found by its digest": (
        """const old = noted(empty(), "passed", "p#old", { digest: "d1" }, 1);
           const place = (about, digest) => (digest === "d1" ? "q#new" : about);
           return Object.keys(renamed(old, {}, place).facts.passed);""",
        ["q#new"],
    ),
    "a missed prediction comes back after a day and after a week": (
        """const choice = (right, digest = "d") => ({ right, chose: "x", digest });
           const days = (fact) => fact.due && Math.round((fact.due - noon) / DAY * 2) / 2;
           const missed = predicted(null, choice(false), noon);
           const same = predicted(missed, choice(true), noon + 3_600_000);
           const once = predicted(same, choice(true), noon + DAY);
           const early = predicted(once, choice(true), noon + 2 * DAY);
           const twice = predicted(early, choice(true), noon + 9 * DAY);
           const again = predicted(twice, choice(false), noon + 10 * DAY);
           return [missed, same, once, early, twice, again].map((each) => [days(each), each.first]);
        """,
        [[0.5, False], [0.5, False], [7.5, False], [7.5, False], [0, False], [10.5, False]],
    ),
    "one that is right at once, or that is another by now, is not repeated": (
        """const right = predicted(null, { right: true, chose: "", digest: "d" }, noon);
           const missed = predicted(null, { right: false, chose: "", digest: "d" }, noon);
           const other = predicted(missed, { right: true, chose: "", digest: "e" }, noon);
           return [right.due, right.first, other.due, other.first];""",
        [0, True, 0, True],
    ),
    "a pause is no reading, and a third of the minutes is enough": (
        """return [record.reading(0, 30_000), record.reading(0, 9e9), record.reading(10, 5),
                   record.isEnough(10 * 60_000, 30), record.isEnough(10 * 60_000 - 1, 30)];""",
        [30_000, 120_000, 0, True, False],
    ),
    "two tabs that write at once lose nothing": (
        """const storage = new Storage();
           const [one, other] = [tab(storage), tab(storage)];
           one.note("read", "a", { on: true });
           const stale = storage.getItem(record.KEY);
           const last = written(read(empty(), "b", 1));
           storage.texts[record.KEY] = last;  // written by one who had not seen it
           one.hear({ key: record.KEY, newValue: last });
           const writes = storage.writes;
           other.hear({ key: record.KEY, newValue: storage.getItem(record.KEY) });
           one.hear({ key: record.KEY, newValue: storage.getItem(record.KEY) });
           return [stored(storage), names(other.record), storage.writes - writes];""",
        [["a", "b"], ["a", "b"], 0],
    ),
    "what is cleared or erased in one tab is gone in all": (
        """const storage = new Storage();
           const [one, other] = [tab(storage), tab(storage)];
           one.note("read", "a", { on: true });
           other.hear({ key: record.KEY, newValue: storage.getItem(record.KEY) });
           one.change(erased);
           other.hear({ key: record.KEY, newValue: storage.getItem(record.KEY) });
           const afterErased = names(other.record);
           other.note("read", "b", { on: true });
           storage.texts = {};
           one.hear({ key: null, newValue: null });
           return [afterErased, names(one.record), stored(storage)];""",
        [[], [], []],
    ),
    "storage that is full or off lasts for this view, and says so": (
        """const full = new Storage();
           full.isFull = true;
           const stores = [tab(full), new Store({}, () => { throw new Error("off"); })];
           for (const each of stores) each.note("read", "a", { on: true });
           return stores.map((each) => [each.problem, names(each.record)]);""",
        [["full", ["a"]], ["off", ["a"]]],
    ),
    "what a newer script wrote is not touched; what nobody can read is put aside": (
        """const kept = (text) => {
             const storage = new Storage();
             storage.texts[record.KEY] = text;
             const store = tab(storage);
             store.note("read", "a", { on: true });
             return [store.problem, store.hasAside, Object.values(storage.texts).includes(text),
                     names(store.record)];
           };
           return [written({ ...empty(), version: 2 }), "{", "chapters"].map(kept);""",
        [
            ["newer", False, True, ["a"]],
            ["", True, True, ["a"]],
            ["", True, True, ["a"]],
        ],
    ),
    "who wants nothing kept has nothing kept but that": (
        """const storage = new Storage();
           const store = tab(storage);
           store.note("setting", "keep", { on: false });
           store.note("read", "a", { on: true });
           return [store.wants("keep"), store.wants("repeat"), stored(storage)];""",
        [False, True, []],
    ),
    "words for predictions and exercises": (
        """const { ofPrediction, ofExercise, day } = words;
           const fact = (right, due, digest = "d") => ({ right, due, digest, at: noon - DAY });
           const passed = { digest: "d", at: noon };
           return [
             ofPrediction(undefined, "d", noon), ofPrediction(fact(true, 0), "d", noon),
             ofPrediction(fact(false, noon), "d", noon), ofPrediction(fact(true, 0), "e", noon),
             ofExercise({}, "d", noon), ofExercise({ passed }, "d", noon),
             ofExercise({ passed, hinted: { count: 2, at: 1 }, seen: { at: 1 } }, "e", noon),
             ofExercise({ passed, hinted: { count: 1, at: noon + 1 } }, "d", noon),
             ofExercise({ seen: { at: noon - DAY } }, "d", noon),
             day(noon - 400 * DAY, noon),
           ];""",
        [
            "",
            "right on 25 November",
            "not quite on 25 November, time to repeat it",
            "answered on 25 November, before it was changed",
            "",
            "done today",
            "done today with 2 hints and the solution, before it was changed",
            "done today",
            "solution seen on 25 November",
            "on 22 October 2025",
        ],
    ),
}


@pytest.mark.parametrize("name", PIECES)
def test(ran: dict[str, Any], name: str) -> None:
    """What must hold, by its name."""
    assert ran[name] == PIECES[name][1]
