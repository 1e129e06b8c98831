"""A page on paper: nothing is cut off or written twice, and what colours say is said without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.kit.contents import chapters
from tests.kit.markup import page_of
from tests.kit.reader import Reader, until
from tests.kit.sample import FULL, some_chapters

SINK = "reference/kitchen-sink"
A4 = {"width": 718, "height": 1047}
"""The paper without the margins of a print, in pixels of 96 to the inch."""
# What is drawn beside the lines of a log, from BEGIN to ROLLBACK: their lane, and if it is double.
ROLLED_BACK = """(found) => [...found].map((entry) => {
  const { backgroundImage } = getComputedStyle(entry, "::before");
  return [entry.className, backgroundImage.includes("repeating-linear-gradient")];
})"""


@pytest.fixture
def paper(readers: Callable[..., Reader]) -> Reader:
    """A reader who prints."""
    reader = readers(viewport=A4)
    reader.page.emulate_media(media="print")
    return reader


@pytest.mark.parametrize("name", [*some_chapters(), *FULL])
def test_a_page_is_as_wide_as_the_paper(paper: Reader, name: str) -> None:
    """A browser would shrink all of a page that is wider."""
    paper.open(name)
    assert paper.page.evaluate("document.documentElement.scrollWidth") <= A4["width"]


def style(found: Any, name: str, part: str = "") -> str:
    """What a style of an element, or of a part of it, comes to."""
    script = "(element, [name, part]) => getComputedStyle(element, part || null)[name]"
    return str(found.evaluate(script, [name, part]))


def test_paper_has_no_buttons_to_be_pressed(paper: Reader, site: Path) -> None:
    """What a page says of its buttons is left out."""
    paper.open(chapter_with(".on-screen", site))
    assert paper.page.locator(".on-screen").first.is_hidden()


@pytest.mark.parametrize("has_scripts", [False, True])
def test_lines_have_numbers_before_their_script_is_there(
    readers: Callable[..., Reader], has_scripts: bool
) -> None:
    """Statements name them; no line is broken, so that the numbers are right, and none cut off."""
    reader = readers(viewport=A4, java_script_enabled=has_scripts)
    reader.page.emulate_media(media="print")
    reader.open(SINK)
    code = reader.page.locator(".cell:not(:has(> .asked)) .numbered pre")
    numbers = "(each) => getComputedStyle(each, '::before').content.startsWith('\"1')"
    assert all(each.evaluate(numbers) for each in code.all())
    assert style(code.first, "whiteSpace") == "pre"
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= A4["width"]


def chapter_with(selector: str, site: Path) -> str:
    """The first chapter that has such an element."""
    return next(name for name in chapters() if page_of(site / f"{name}.html").css(selector))


def test_warnings_and_standard_error_keep_their_line(paper: Reader) -> None:
    """They are told from what was printed by a line beside them, on paper as on a screen."""
    paper.open(SINK)
    for kind in ("stderr", "warning"):
        assert style(paper.page.locator(f"pre.{kind}").first, "borderLeftWidth") == "3px"
    assert style(paper.page.locator(".executed pre").first, "borderLeftWidth") == "0px"


def test_the_address_of_a_link_is_printed_once(paper: Reader, site: Path) -> None:
    """Behind a link in the text, and not behind one whose words are the address."""
    paper.open(SINK)
    assert style(paper.page.locator(".error a.external").first, "content", "::after") == "none"
    paper.open(chapter_with("p a.external", site))
    link = paper.page.locator("p a.external").first
    assert str(link.get_attribute("href")) in style(link, "content", "::after")


def test_a_panel_in_a_fold_is_as_elsewhere(paper: Reader, site: Path) -> None:
    """The rule for a fold's own summary does not reach the panels in it."""
    paper.open(chapter_with(".hide details.log", site))
    folded = paper.page.locator("details.hide details.log > summary").first
    assert style(folded, "paddingLeft") == "14px"


def test_a_line_that_ends_by_rollback_is_double_to_its_ends(paper: Reader) -> None:
    """From BEGIN to ROLLBACK, so that it is no commit's line to a reader without colours.

    Beside it each statement has its word and its line at its right, as on the screen.
    """
    paper.open(SINK)
    displays = "(found) => found.map((each) => getComputedStyle(each).display)"
    assert {*paper.page.locator(".log > .log-entry").evaluate_all(displays)} == {"flex"}
    drawn = paper.page.locator(".log-entry[class*=rollback]").evaluate_all(ROLLED_BACK)
    assert any("rollback-begin" in name for name, _ in drawn)
    assert any("rollback-end" in name for name, _ in drawn)
    assert [name for name, is_double in drawn if not is_double] == []


# What is not whole: a box that is wider than its place, and a fold, or a part of one, that is shut.
CUT = """() => [...document.querySelectorAll("article :is(pre, .cell_output, .show-scroll)")]
  .filter((each) => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1)
  .map((each) => each.textContent.slice(0, 60))"""
SHUT = """() => [...document.querySelectorAll(".predict details > *, .asked > :not(summary)")]
  .filter((each) => !each.checkVisibility({ contentVisibilityAuto: true }))
  .filter((each) => !each.closest(".variant, .variant-choice"))
  .map((each) => each.textContent.slice(0, 60))"""
# Words of a statement and its line stay: they are buttons on a screen.
PRESSED = """() => [...document.querySelectorAll("button, select, .live-bar")]
  .filter((each) => !each.matches(".log-word, .line-number"))
  .filter((each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .map((each) => each.textContent)"""
SCRIPTS = {"cut": CUT, "shut": SHUT, "to be pressed": PRESSED}


@pytest.mark.parametrize("name", [SINK, "session/commit"])
def test_paper_has_answers_and_whole_lines_and_no_buttons(paper: Reader, name: str) -> None:
    """Of predictions every option's feedback and the output, of code and outputs every line."""
    page = paper.open(name)
    assert page.locator(".predict").count()
    page.keyboard.press("Shift")  # scripts that are for who reads are loaded by a sign of one
    page.locator(".line-number:visible").first.wait_for()
    until(lambda: page.locator(".live-bar").count() == 1)
    found = {each: page.evaluate(script) for each, script in SCRIPTS.items()}
    assert found == {each: [] for each in SCRIPTS}
