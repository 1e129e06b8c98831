"""Exercises in the reader's browser: graded in the page's Python by the build's own grader."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from tests.kit import clock
from tests.kit.live_widgets import findings
from tests.kit.reader import LiveCell, Reader, expect
from tests.kit.static_host import Host

SINK = "reference/kitchen-sink"
TWICE = "def twice(n):\n    return n + n"


@pytest.fixture
def hosts(plain_cells: dict[bool, Host]) -> dict[bool, Host]:
    """Those of the small site."""
    return plain_cells


@pytest.fixture
def reader(readers: Callable[..., Reader]) -> Reader:
    found = readers()
    found.open(SINK)
    return found


class Exercise(LiveCell):
    """The exercise of the page that is open."""

    def __init__(self, reader: Reader) -> None:
        card = reader.page.locator("#sink-exercise")
        super().__init__(reader, card.locator(".cell"))
        self.card = card
        self.verdict = card.get_by_role("status")

    def check(self, source: str | None = None) -> None:
        """Press Check, with this code in the editor, and wait for its end."""
        if source is not None:
            self.write(source)
        self.button("Check").click()
        expect(self.mark).not_to_have_text("Checking")


def test_an_attempt_is_graded(reader: Reader) -> None:
    """Refused with words, or passed; what it printed is shown, and no cell has run."""
    exercise = Exercise(reader)
    assert findings(reader.page) == []
    exercise.check()
    expect(exercise.verdict).to_have_text("Not yet. twice(2) is 2.")
    expect(exercise.output).to_contain_text("asked for 2")
    assert findings(reader.page) == [], "not yet"
    expect(reader.status).to_have_text("The exercise “Twice as much”: not yet")
    exercise.check(TWICE)
    expect(exercise.verdict).to_have_text("Right.")
    expect(exercise.mark).to_have_text("Passed")
    expect(exercise.output).to_have_count(0)
    assert findings(reader.page) == []
    exercise.write("def twice(n):\n    return 4")
    expect(exercise.mark).to_have_text("")
    expect(exercise.verdict).to_have_attribute("data-old", "")
    expect(reader.cell("sink-nothing").mark).to_have_text("")
    reader.page.reload()
    expect(exercise.box.locator("pre:visible")).to_contain_text("return 4")
    exercise.button("Reset").click()
    expect(exercise.box.locator("pre:visible")).to_contain_text("asked for")


def test_what_an_attempt_does_is_its_own(reader: Reader) -> None:
    """Cells and attempts do not see each other; an attempt that ends or hangs is told of."""
    exercise, cell = Exercise(reader), reader.cell("sink-nothing")
    cell.run("Same as on the page")
    exercise.check(f"import sys\nnumber = 7\n{TWICE}\nsys.exit()")
    expect(exercise.verdict).to_contain_text("Line 5 ends the program")
    exercise.check(f"import nowhere\n{TWICE}")
    expect(exercise.verdict).to_contain_text("Line 1 raised ModuleNotFoundError: No module")
    exercise.write(f"for n in range(10**5):\n    print(n)\n{TWICE}")
    exercise.button("Check").dblclick()  # the second press finds it busy
    expect(exercise.verdict).to_have_text("Right.")
    expect(exercise.output).to_contain_text("The output is cut here")
    reader.run_for_ever(exercise, "Check")
    expect(exercise.mark).to_have_text("Checking")
    reader.interrupt()
    expect(exercise.verdict).to_contain_text("Is there a loop that never ends?")
    reader.cell("sink-print-and-value").run("Same as on the page")
    exercise.check(TWICE)
    expect(exercise.verdict).to_have_text("Right.")


def test_an_answer_to_an_older_version_says_so(reader: Reader) -> None:
    """The reader's text is there, though the exercise begins otherwise by now."""
    stored = json.dumps({"of": "def twice(n): ...", "source": TWICE})
    key = f"live-cells:{SINK}:sink-exercise"
    reader.page.evaluate("([key, text]) => localStorage.setItem(key, text)", [key, stored])
    reader.page.reload()
    exercise = Exercise(reader)
    expect(exercise.box.locator("pre:visible")).to_have_text(TWICE)
    expect(exercise.mark).to_have_text("Your answer to an older version")
    exercise.check()
    expect(exercise.mark).to_have_text("Passed")
    exercise.button("Reset").click()
    expect(exercise.mark).to_have_text("")


SLOW_GIVEN = """\
import js
from myst_doctest.running.runner import Runner

run = Runner.run

def slow(self, source, name):
    if name == "<given>":
        Runner.run = run
        js.console.log('in the loop')
        try:
            while True:
                pass
        except KeyboardInterrupt:
            pass
    return run(self, source, name)

Runner.run = slow"""


def test_what_takes_long_is_named(reader: Reader) -> None:
    """As long as what is given is being made, no loop of the reader's can be what takes long."""
    exercise, cell = Exercise(reader), reader.cells()[0]
    cell.write(SLOW_GIVEN)
    cell.run("Same as on the page")
    exercise.write(TWICE)
    clock.stop(reader.page)
    with reader.in_the_loop():
        exercise.button("Check").click()
    clock.wait(reader.page, 5000)
    expect(exercise.verdict).to_have_text(re.compile("still preparing the exercise"))
    reader.press("Stop Python")  # ends the loop that was put before what is given
    expect(exercise.verdict).to_have_text("Right.")
    reader.run_for_ever(exercise, "Check")
    expect(exercise.card.locator(".exercise-verdict")).to_be_empty()
    clock.wait(reader.page, 5000)
    expect(exercise.verdict).to_contain_text("If a loop never ends, press Stop")
    reader.press("Stop Python")
    expect(exercise.verdict).to_contain_text("Is there a loop that never ends?")


def test_hints_come_one_after_the_other(reader: Reader) -> None:
    """The second is offered once the first is open; all folds work by key."""
    hints = Exercise(reader).card.locator(".exercise-hint")
    expect(hints.nth(0)).to_be_visible()
    expect(hints.nth(1)).to_be_hidden()
    hints.nth(0).locator("summary").focus()
    reader.page.keyboard.press("Enter")
    expect(hints.nth(1)).to_be_visible()
    folded = Exercise(reader).card.locator("details:not([open]) > summary")
    while folded.count():
        folded.first.click()
    assert findings(reader.page) == [], "with its hints and solutions"
