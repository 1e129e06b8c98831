"""Running cells: what the reader sees is what the book shows, and what is not is marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from myst_doctest.checking import compare
from tests.kit.contents import chapters as all_chapters
from tests.kit.live_widgets import findings
from tests.kit.reader import Reader, expect
from tests.kit.sample import EVERYTHING, FULL
from tests.kit.static_host import Host

# Values are compared under Node (pack/test_build.py): here it is what the browser draws.
PAGES = (*(all_chapters() if EVERYTHING else ()), *FULL)
SINK = "reference/kitchen-sink"

# What cells show: the book's outputs and the reader's own, each as lines of text. What differs by
# its nature is left out, all else counts.
SHOWN = """(boxes) => {
  const own = (text) => text.replace(/\\blive-\\w+(-\\d+)+-/g, "");
  const structure = (box) => {
    const lines = [];
    const walk = (node) => {
      if (node.nodeType === Node.TEXT_NODE) return lines.push(`text ${node.data}`);
      // What is there for a reader who points or presses a key, once one has.
      const isForHand = node.matches?.(
        ".line-number, .lane-end, .show-controls > *, .show-same > *, .show-scene > svg," +
        ".show-column:not(:has(table:not(.show-same *))) > p");
      if (node.nodeType !== Node.ELEMENT_NODE || isForHand) return null;
      const attributes = [...node.attributes]
        // What scrolls is a stop of Tab, as long as it has to be scrolled in this window.
        .filter(({name}) => !["hidden", "data-live", "tabindex"].includes(name))
        .map(({name, value}) =>
          `${name}=${own(value).replace(/ show-(now|took|same)\\b(?!-)/, "")}`)
        .sort();
      lines.push(`<${node.localName}>`, ...attributes);
      node.childNodes.forEach(walk);
      return lines.push(`</${node.localName}>`);
    };
    box.normalize();
    walk(box);
    return lines.join("\\n");
  };
  const told = (output) => ({
    structure: structure(output.querySelector(".executed")),
    label: output.getAttribute("aria-label"),
    hidden: !output.checkVisibility(),
  });
  const all = (box, outputs) => [...box.querySelectorAll(outputs)].map(told);
  return boxes.map((box) => ({
    name: box.querySelector(".live-tools").getAttribute("aria-label"),
    mark: box.querySelector(".live-mark")?.textContent ?? "",  // none before a first run
    book: all(box, ".cell_output:not([data-live], .variant *)"),
    live: all(box, ".cell_output[data-live]"),
  }));
}"""
# The names of the ids that more than one element has.
SAME_IDS = """() => [...document.querySelectorAll("[id]")].map((each) => each.id)
  .filter((id, number, all) => all.indexOf(id) !== number)"""


def structure(output: dict[str, Any]) -> str:
    """An output as text, each volatile value as a word."""
    text = re.sub(r"process \S+ of", "process ... of", output["structure"])  # by :ellipsis:
    for form in compare.VOLATILE:
        text = form.pattern.sub("VOLATILE", text)
    return text


class Chapter:
    """A chapter of which all cells run, and what its book shows."""

    def __init__(self, reader: Reader, name: str) -> None:
        self.reader = reader
        reader.open(name)
        # Before anything runs: a live cell must not have changed the book's outputs.
        self.book = self.shown()
        reader.press("Run all cells")

    def shown(self) -> list[dict[str, Any]]:
        """What each cell shows now, in the page's order."""
        shown: list[dict[str, Any]] = self.reader.boxes.evaluate_all(SHOWN)
        return shown


@pytest.fixture(scope="module")
def chapters(browser: Any, hosts: dict[bool, Host]) -> Iterator[Callable[[str], Chapter]]:
    """Gives a chapter that runs; the next one is started too, while the test looks at this one.

    Those of FULL stay open for the tests below.
    """
    started: dict[str, Chapter] = {}

    def chapter(name: str) -> Chapter:
        place = PAGES.index(name)
        for each in PAGES[place : place + 2]:
            if each not in started:
                started[each] = Chapter(Reader.of(browser, hosts[True]), each)
        return started[name] if name in FULL else started.pop(name)

    yield chapter
    for left in started.values():
        left.reader.leave()


@pytest.mark.parametrize("name", PAGES)
def test_whole_page_shows_what_the_book_shows(
    chapters: Callable[[str], Chapter], name: str
) -> None:
    """After Run all, each cell's live output is the book's, element by element."""
    chapter = chapters(name)
    reader = chapter.reader
    expect(reader.status).to_contain_text("Ran ")
    compared = 0
    for cell, before in zip(chapter.shown(), chapter.book, strict=True):
        at, mark = cell["name"], cell["mark"]
        if mark.startswith(("Not run here: ", "Differs here: ")):
            continue
        assert mark == "Same as on the page", (at, cell["live"])
        assert len(cell["book"]) == len(cell["live"]) == len(before["book"]) <= 1, at
        for printed, live, book in zip(cell["book"], cell["live"], before["book"], strict=True):
            assert printed["hidden"]
            assert structure(live) == structure(book), at
            assert live["label"].startswith("Your output of cell ")
            assert printed["label"].startswith("Output of cell ")
            compared += 1
    assert compared > 3
    assert reader.page.evaluate(SAME_IDS) == []
    if name == FULL[-1]:  # with the most pictures
        assert findings(reader.page) == []
    if name not in FULL:
        reader.leave()


@pytest.fixture(scope="module")
def shared(browser: Any, plain_cells: dict[bool, Host]) -> Iterator[Reader]:
    """A reader of the small site's kitchen sink, whose files are loaded once."""
    with Reader.staying(browser, plain_cells[True], SINK) as reader:
        yield reader


@pytest.fixture(scope="module")
def started(browser: Any, plain_cells: dict[bool, Host]) -> Iterator[Reader]:
    """Another reader of it, whose Python is kept from test to test."""
    with Reader.staying(browser, plain_cells[True], SINK) as reader:
        yield reader


@pytest.fixture
def ran(started: Reader) -> Iterator[Reader]:
    """The same, all cells as in the book and run: a test need not wait for Python's start."""
    started.run_again()
    yield started
    assert started.recorder.unexpected == []


@pytest.fixture
def sink(shared: Reader) -> Iterator[Reader]:
    """The shared reader, with no Python and all cells as in the book."""
    shared.start_over()
    yield shared
    assert shared.recorder.unexpected == []


@pytest.fixture(scope="module")
def used(chapters: Callable[[str], Chapter]) -> Reader:
    """A reader whose Python is kept from test to test, and in which all cells have run."""
    reader = chapters(SINK).reader
    expect(reader.status).to_contain_text("Ran ")
    return reader


@pytest.fixture
def kept(used: Reader) -> Iterator[Reader]:
    """The same, for a test that needs no fresh Python; it leaves no edit behind."""
    yield used
    used.forget()
    used.close_editors()
    assert used.recorder.unexpected == []


def test_a_cell_in_the_middle_runs_those_above_first(sink: Reader) -> None:
    """The cells above that have not run run before it, in their order, and the page says so."""
    sink.cell("sink-print-and-value").run("Same as on the page")
    expect(sink.status).to_have_text(
        "Same as on the page: cell sink-print-and-value. Ran 1 cell above first."
    )
    sink.cell("sink-streams").run("Same as on the page")
    expect(sink.status).to_contain_text("Ran 2 cells above first.")
    for name in ("sink-nothing", "sink-long", "sink-empty-line"):
        expect(sink.cell(name).mark).to_have_text("Same as on the page")
    expect(sink.cell("sink-warning").mark).to_have_text("")


def test_a_run_shows_what_a_prediction_hides(sink: Reader) -> None:
    """But no run of a cell below it."""
    asked = sink.cell("sink-predict")
    sink.cell("sink-predict-nothing").run("Same as on the page")
    expect(asked.mark).to_have_text("Same as on the page")
    expect(asked.output).to_be_hidden()
    asked.run("Same as on the page")
    expect(asked.output).to_be_visible()
    expect(asked.box.locator(".predict-answer")).to_be_visible()


def test_an_edited_cell_runs_and_is_reset(kept: Reader) -> None:
    """The reader's code runs, is marked as his, and Reset brings code and output back."""
    cell = kept.cell("sink-print-and-value")
    cell.offers("Run from here")  # Run all has shown what the page shows
    printed = cell.printed.text_content()
    cell.write("print('mine', number)")
    cell.button("Run").click()
    cell.has_run("Your version")
    assert cell.text() == "mine 6"
    expect(cell.printed).to_be_hidden()
    cell.button("Close").click()
    expect(cell.box.locator(".live-source")).to_have_text("print('mine', number)")
    cell.offers("Run from here", "Show the original output", "Share")
    cell.button("Reset").click()
    expect(cell.output).to_have_count(0)
    expect(cell.printed).to_be_visible()
    assert cell.printed.text_content() == printed
    expect(cell.box.locator(".live-source")).to_be_hidden()
    code = cell.box.locator(".cell_input pre:visible")
    expect(code).to_contain_text("number * 7")
    cell.offers("Run from here")
    cell.write(f"{code.text_content().rstrip()} ")  # a blank that nobody sees is no edit
    cell.run("Same as on the page")
    expect(cell.button("Reset")).to_be_hidden()
    cell.button("Close").click()


# Presses Reset in both cells as soon as the first has run, while the others wait for their turn.
RESET_BOTH = """(done, waiting) => {
  const mark = done.querySelector(".live-mark");
  new MutationObserver((_, observer) => {
    if (mark.textContent !== "Your version") return;
    observer.disconnect();
    for (const cell of [waiting, done]) {
      cell.querySelector("[data-act=reset]").click();
    }
  }).observe(mark, { childList: true, characterData: true, subtree: true });
}"""


def test_reset_while_all_cells_run(ran: Reader) -> None:
    """A cell that has run has the book's output again, one that waits keeps the reader's code."""
    done, waiting = ran.cell("sink-print-and-value"), ran.cell("sink-long")
    for cell in (done, waiting):
        cell.write("print('mine')")
        cell.button("Close").click()
    done.box.evaluate(RESET_BOTH, waiting.box.element_handle())
    ran.run_from_first()
    done.offers("Run from here")
    expect(done.printed).to_be_visible()
    expect(done.mark).to_have_text("Python still holds what your version did")
    expect(waiting.mark).to_have_text("Your version")
    assert waiting.text() == "mine"
    expect(ran.status).to_contain_text(" 2 your version")


def test_an_edit_that_changes_nothing_shown_is_as_in_the_book(kept: Reader) -> None:
    """Other code with the book's output claims no difference."""
    cell = kept.cell("sink-print-and-value")
    cell.write("print('printed')\n6 * 7")
    cell.button("Run").click()
    cell.has_run("Same as on the page")


def test_what_an_edit_made_old_is_marked_until_it_runs_again(sink: Reader) -> None:
    """One word, a dimmed output and no pixel more; the bar counts them and runs them again."""
    first, below = sink.cell("sink-nothing"), sink.cell("sink-print-and-value")
    below.run("Same as on the page")
    first.write("number = 6  # it's six")
    expect(below.mark).to_have_text("Same as on the page")  # Python reads no comments
    height = sink.page.evaluate("document.documentElement.scrollHeight")
    first.write("number = 7")
    expect(first.mark).to_have_text("Your edit, not run yet")
    expect(below.mark).to_have_text("Out of date")
    expect(below.output).to_have_attribute("data-old", "")
    assert sink.page.evaluate("document.documentElement.scrollHeight") == height
    expect(sink.status).to_have_text("2 cells are out of date.")
    sink.press("Run them again")
    expect(sink.status).to_have_text("Ran 2 cells: 1 same as on the page, 1 changed by your edits.")
    expect(sink.bar.get_by_role("button", name="Run them again")).to_be_hidden()
    assert below.text() == "printed\n49"
    expect(below.output).not_to_have_attribute("data-old", "")
    expect(below.mark.get_by_role("link")).to_have_attribute("href", "#sink-nothing")
    first.write("number = 8")
    sink.page.keyboard.press("Control+Alt+Enter")
    expect(sink.status).to_contain_text("Ran 2 cells")
    assert below.text() == "printed\n56"


def test_cells_run_from_one_of_them_down(sink: Reader) -> None:
    """Those above that have not run first, then it and all below; by the menu and by a key."""
    sink.cell("sink-long").choose("Run from here")
    expect(sink.status).to_contain_text(re.compile(r"^Ran \d+ cells: "))
    number = int(re.search(r"\d+", sink.status.text_content())[0])
    sink.cell("sink-long").write("print('mine')")
    sink.page.keyboard.press("Control+Shift+Enter")
    expect(sink.status).to_contain_text(f"Ran {number - 2} cells: ")
    expect(sink.status).to_contain_text("1 your version")


def test_what_the_page_offers_for_cells_is_in_their_menus(sink: Reader) -> None:
    """With the cell's name in its address; a scratch cell, which is the reader's, has none."""
    offer = """<a data-cell-href="https://a.example/new?title=Page,+cell+%7Bcell%7D"
      data-cell-words="Report this cell" hidden></a>"""
    sink.page.evaluate("(html) => document.body.insertAdjacentHTML('beforeend', html)", offer)
    cell = sink.cell("sink-long")
    cell.run()
    cell.tools.get_by_role("button", name="More for").click()
    link = cell.menu.get_by_role("link", name="Report this cell")
    expect(link).to_have_attribute("href", "https://a.example/new?title=Page,+cell+sink-long")
    expect(sink.scratch("1").menu.locator("a")).to_have_count(0)


def test_output_is_shown_while_a_cell_runs(ran: Reader) -> None:
    """Its lines appear as they come, those of before go, and at its end all is as ever."""
    cell = ran.cell("sink-print-and-value")
    cell.write("print('one')\nprint('two', 1)\nwhile True: pass")
    cell.button("Run").click()
    expect(cell.box.locator(".cell_output:visible")).to_have_text("one\ntwo 1\n")
    expect(cell.mark).to_have_text("Running")
    ran.interrupt()
    expect(cell.mark).to_have_text("Stopped")
    expect(cell.output.locator(".stdout > span")).to_have_text(["one", "two 1"])
    expect(cell.box.locator(".cell_output:visible")).to_have_count(1)


def test_the_whole_traceback_is_one_press_away(ran: Reader) -> None:
    """Of the reader's error in a fold below it, as text; of the page's own by the menu."""
    cell = ran.cell("sink-print-and-value")
    cell.write("import json\njson.loads('<b>')")
    cell.button("Run").click()
    cell.has_run("JSONDecodeError, line 2")
    expect(cell.output.locator(".error")).to_be_in_viewport(ratio=1)
    trace = cell.output.get_by_text("The whole traceback")
    trace.click()
    text = cell.output.locator(".live-trace pre").inner_text()
    assert 'File "<cell sink-print-and-value>", line 2, in <module>' in text
    assert "in raw_decode" in text
    assert "runner" not in text


def test_code_is_edited_where_it_is_pressed(sink: Reader) -> None:
    """A press on the code opens the editor there, Enter on it too; Escape closes it."""
    cell = sink.cell("sink-print-and-value")
    code = cell.box.locator(".cell_input pre:visible")
    code.hover()
    expect(sink.page.get_by_role("toolbar").first).to_be_visible()  # its script is there
    code.get_by_text("print").click()
    expect(cell.editor).to_be_focused()
    sink.page.keyboard.press("End")
    sink.page.keyboard.insert_text("  # mine")
    expect(cell.editor).to_contain_text('print("printed")  # mine')
    sink.page.keyboard.press("Escape")
    expect(cell.editor).to_have_count(0)
    expect(cell.button("Edit")).to_be_focused()
    code.focus()
    sink.page.keyboard.press("Enter")
    expect(cell.editor).to_be_focused()
    expect(cell.editor.locator(".cm-line")).to_have_text(['print("printed")  # mine', "number * 7"])


def test_a_difference_below_an_edit_has_a_hint(ran: Reader) -> None:
    """Where other code ran above, a cell that differs says so."""
    above = ran.cell("sink-nothing")
    above.write("number = 7")
    above.run(None)
    below = ran.cell("sink-print-and-value")
    below.run("Changed by your edit above")
    assert below.text() == "printed\n49"


def test_the_books_output_is_one_press_away(kept: Reader) -> None:
    """A switch shows the book's output in the place of the live one, and back."""
    cell = kept.cell("sink-print-and-value")
    cell.write("'mine'")
    cell.button("Run").click()
    cell.has_run("Your version")
    cell.choose("Show the original output")
    expect(cell.output).to_be_hidden()
    expect(cell.printed).to_be_visible()
    cell.choose("Show your output")
    expect(cell.output).to_be_visible()
    expect(cell.printed).to_be_hidden()


def test_a_chain_stops_at_an_exception(sink: Reader) -> None:
    """Cells below one that raises where the book does not are not run, and name it."""
    broken = sink.cell("sink-long")
    broken.write("first = 1\nfirst / 0")
    sink.cell("sink-streams").button("Run").click()
    expect(sink.status).to_contain_text("Cell sink-long raised ZeroDivisionError")
    expect(broken.output.locator(".error")).to_contain_text("ZeroDivisionError: division by zero")
    expect(broken.output.locator(".error")).to_contain_text("Line 2: first / 0")
    for name in ("sink-empty-line", "sink-streams"):
        expect(sink.cell(name).mark).to_have_text("Not run: cell sink-long failed")
    expect(sink.cell("sink-nothing").mark).to_have_text("Same as on the page")


def test_restart_empties_namespace_and_files(ran: Reader) -> None:
    """A fresh Python knows no name and finds no file; outputs stay, and say whose they are."""
    cell = ran.cell("sink-nothing")
    cell.write(
        "import os, pathlib\n"
        "print(sorted(os.listdir()), 'number' in globals())\n"
        "number = 6\n"
        "pathlib.Path('notes.db').write_text('kept')\n"
        "print(sorted(os.listdir()))"
    )
    cell.run("Your version")
    assert cell.text() == "[] True\n['notes.db']"
    ran.press("Restart Python")
    expect(ran.status).to_have_text("Python restarted. No cell has run in it yet.")
    expect(cell.mark).to_have_text("From before the restart")
    expect(cell.output).to_be_visible()
    cell.run("Your version")
    assert cell.text() == "[] False\n['notes.db']"


def test_run_all_goes_on_where_it_can(sink: Reader) -> None:
    """What ran in order with its present code is not run again; else Python starts afresh."""
    sink.cell("sink-streams").run("Same as on the page")
    sink.press("Run all cells")
    expect(sink.status).to_contain_text(re.compile(r"^Ran \d+ cells"))
    assert "restarted" not in sink.status.text_content()
    sink.press("Run all cells")
    expect(sink.status).to_contain_text("Python restarted first. Ran")


def test_a_cell_is_shown_again_only_when_it_changed(ran: Reader) -> None:
    """A cell's row is drawn when it waits, runs and is done, not at each step of others."""
    ran.page.evaluate(
        """() => {
          globalThis.drawn = 0;
          new MutationObserver((all) => { drawn += all.length; })
            .observe(document.body, {attributeFilter: ["data-mark"], subtree: true});
        }"""
    )
    ran.run_from_first()
    assert 0 < ran.page.evaluate("drawn") <= 5 * ran.boxes.count()


def test_scratch_cell_runs_after_the_page(sink: Reader) -> None:
    """The cell at the end knows what the page's cells made, and has no book to compare with."""
    scratch = sink.scratch("print(number, warnings.__name__)\n'value'")
    expect(sink.page.locator(".live-scratch > p")).to_contain_text("names of this page")
    scratch.button("Run").click()
    expect(scratch.output).to_be_visible()
    assert scratch.text() == "6 warnings\n'value'"
    expect(sink.status).to_contain_text("above first")
    expect(sink.cell("sink-warning").mark).to_have_text("Same as on the page")


def test_a_long_output_is_cut_and_says_so(kept: Reader) -> None:
    """Ten megabytes of text do not freeze the page: its buttons work, and a line says it is cut."""
    cell = kept.cell("sink-nothing")
    cell.write("for number in range(1000):\n    print('\\n'.join(['x' * 100] * 100))")
    cell.button("Run").click()
    cell.has_run("Your version")
    expect(cell.output).to_contain_text("The output is cut")
    assert 1000 < len(cell.text()) < 2_000_000
    cell.button("Reset").click()
    expect(cell.printed).to_have_count(0)
    expect(cell.output).to_have_count(0)


def test_hidden_sql_stays_hidden_in_what_runs_now(kept: Reader) -> None:
    """Panels that are made while SQL is hidden are folded, and the switch opens them."""
    switch = kept.page.get_by_role("button", name=re.compile("^(Hide|Show) SQL$"))
    switch.click()
    cell = kept.cell("sink-named-engine")
    cell.run()
    panel = cell.output.locator("details.log").first
    expect(panel).not_to_have_attribute("open", "")
    switch.click()
    expect(panel).to_have_attribute("open", "")


def test_what_does_not_run_here_says_why(kept: Reader) -> None:
    """A cell for the build alone has no Run, says its reason, and is left out by Run all."""
    cell = kept.cell("sink-process")
    expect(cell.tools).to_contain_text("Not run here: a browser starts no processes")
    expect(cell.tools.get_by_role("button")).to_have_text(["Copy"])
    kept.cell("sink-warning").run("Same as on the page")


def test_a_known_difference_is_named(kept: Reader) -> None:
    """What is another value in a browser, and rightly so, says why."""
    cell = kept.cell("sink-word-size")
    cell.run()
    expect(cell.mark).to_contain_text("Differs here: in the browser")


def test_cells_that_are_not_shown_run_in_their_turn(kept: Reader) -> None:
    """Removed code and removed output: what they do happens, what they hide stays hidden."""
    removed = kept.cell("sink-remove-output")
    removed.run("Same as on the page")
    expect(removed.output).to_have_count(0)
    expect(kept.page.locator("body")).not_to_contain_text("neither is shown")


def test_a_cell_that_ran_before_is_no_alarm(kept: Reader) -> None:
    """SQLAlchemy says [cached] the second time: the mark says why, and not that it differs."""
    cell = kept.cell("sink-sql-and-value")
    cell.run()
    cell.run("Ran again")
    expect(cell.output).to_contain_text("cached")


def test_dialects_can_be_chosen_in_a_live_picture(chapters: Callable[[str], Chapter]) -> None:
    """The tabs of a live picture work, together with those of the book."""
    reader = chapters("reference/show").reader
    page = reader.page
    name = page.locator("div.cell:has(.show-dialects)").first.get_attribute("id")
    cell = reader.cell(name)
    expect(cell.mark).to_have_text("Same as on the page")
    block = cell.output.locator(".show-dialects")
    radio = block.get_by_role("radio").nth(1)
    block.locator("label").nth(1).click()
    expect(radio).to_be_checked()
    value = radio.get_attribute("value")
    all_of_it = page.locator(f".show-dialects > input[value='{value}']")
    for number in range(all_of_it.count()):
        expect(all_of_it.nth(number)).to_be_checked()
