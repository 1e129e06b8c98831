"""Code that goes from page to page: by an address that somebody made, and to the playground."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.kit.live_widgets import findings
from tests.kit.reader import Reader, expect
from tests.kit.shared_code import fragment
from tests.kit.static_host import Host

SINK = "reference/kitchen-sink"
NAME = "sink-print-and-value"


@pytest.fixture
def hosts(plain_cells: dict[bool, Host]) -> dict[bool, Host]:
    """Those of the small site."""
    return plain_cells


@pytest.fixture
def reader(readers: Callable[..., Reader]) -> Reader:
    return readers(permissions=["clipboard-read", "clipboard-write"])


@pytest.fixture
def box(reader: Reader) -> Iterator[Any]:
    """What an address has brought."""
    return reader.page.locator(".live-shared")


def arrive(reader: Reader, given: str, name: str = SINK) -> None:
    """Follow a link to a page with this fragment."""
    reader.page.goto("about:blank")
    reader.page.goto(f"{reader.host.address}/{name}.html{given}")


def has_no_python(reader: Reader) -> bool:
    return not any("worker" in path or "page-" in path for path in reader.asked())


def test_an_address_brings_code_and_nothing_runs(reader: Reader, box: Any) -> None:
    """It's shown as text, said to be somebody's, and put into its cells at a press."""
    reader.open(SINK)
    reader.cell("sink-nothing").write("number = 8")
    cell = reader.cell(NAME)
    cell.write("print('<b>mine</b>', number)")
    cell.choose("Share")
    expect(reader.status).to_contain_text("Copied the address with your code, and that of 1 cell")
    address = reader.page.evaluate("navigator.clipboard.readText()")
    assert urlsplit(address).path == f"/{SINK}.html"
    reader.page.evaluate("localStorage.clear()")
    arrive(reader, f"#{urlsplit(address).fragment}")
    expect(box).to_be_focused()
    expect(box).to_contain_text("doesn’t come from this site, and it hasn’t run")
    codes = box.locator("pre")
    expect(codes).to_have_text(["number = 8", "print('<b>mine</b>', number)"])
    assert findings(reader.page) == []
    assert has_no_python(reader)
    box.get_by_role("button", name=f"Put it into cell {NAME}").click()
    expect(box).to_have_count(0)
    expect(cell.editor).to_be_focused()
    expect(cell.mark).to_have_text("Your edit, not run yet")
    assert urlsplit(reader.page.url).fragment == ""
    assert has_no_python(reader)
    cell.run("Your version")
    assert cell.text() == "<b>mine</b> 8"


def test_what_the_reader_has_is_not_lost(reader: Reader, box: Any) -> None:
    """Code of his own can be brought back; a box that he leaves changes nothing."""
    reader.open(SINK)
    cell = reader.cell(NAME)
    cell.write("mine = 1")
    given = fragment(["", [[NAME, "theirs = 2"]]])
    reader.page.evaluate("(hash) => { location.hash = hash; }", given)
    box.get_by_role("button", name="Leave it").click()
    expect(box).to_have_count(0)
    expect(cell.editor).to_have_text("mine = 1")
    reader.page.evaluate("(hash) => { location.hash = hash; }", given)
    box.get_by_role("button", name="Put it into").click()
    expect(cell.editor).to_have_text("theirs = 2")
    reader.press("Undo")
    expect(cell.editor).to_have_text("mine = 1")


def test_code_that_is_too_long_is_not_shared(reader: Reader) -> None:
    """The reader is told by how much."""
    reader.open(SINK)
    cell = reader.cell(NAME)
    cell.write("\n".join(f"a{n * 7919 % 10007:x} = {n**5}" for n in range(900)))
    cell.choose("Share")
    expect(reader.status).to_have_text(
        re.compile(r"would be [\d,]+ characters longer than the 8,000")
    )


WRONG = {
    "#code=": "Perhaps it wasn’t copied whole",
    "#code=A": "Perhaps it wasn’t copied whole",
    fragment(["", [[NAME, "x"]]], 2): "another version of this site",
    fragment(["", [[NAME, "a" * 200_000]]]): "too long",
}


def test_what_gives_no_code_is_told(reader: Reader, box: Any) -> None:
    """Whatever the address holds; the page is as it was."""
    for given, words in WRONG.items():
        arrive(reader, given)
        expect(box).to_contain_text(words)
        expect(box.get_by_role("button")).to_have_text(["Leave it"])
    box.get_by_role("button").click()
    expect(reader.cell("sink-nothing").button("Run")).to_be_focused()


def test_a_cell_that_is_gone_and_a_page_that_does_not_run(reader: Reader, box: Any) -> None:
    """Its code goes into the scratch cell; where nothing runs it is text alone."""
    given = fragment(["old", [["sink-gone", "<img src=x onerror=alert(1)>"]]])
    arrive(reader, given)
    expect(box).to_contain_text("This page doesn’t have “sink-gone” any more")
    expect(box).to_contain_text("It was written on old, which this page doesn’t have.")
    expect(box.locator("pre")).to_have_text("<img src=x onerror=alert(1)>")
    box.get_by_role("button", name="Put it into the scratch cell").click()
    expect(reader.page.locator(".live-scratch .cell").get_by_role("textbox")).to_contain_text(
        "<img"
    )
    arrive(reader, given, "reference/apart")
    expect(box.get_by_role("button")).to_have_text(["Leave it"])


def test_a_cell_is_taken_to_the_playground(reader: Reader, box: Any) -> None:
    """With the cells above it as one program, and not run; own code there is asked for."""
    reader.open(SINK)
    reader.cell("sink-nothing").write("number = 8")
    reader.cell(NAME).choose("Open in playground")
    play = reader.cell("play")
    expect(play.editor).to_contain_text('print("printed")')
    expect(reader.status).to_contain_text(f"From cell {NAME} of “Kitchen sink”")
    above = reader.cell("play-setup").box
    above.locator("summary").first.click()
    program = above.locator(".live-source")
    expect(program).to_have_text("# Cell 1 (sink-nothing)\nnumber = 8")
    assert urlsplit(reader.page.url).fragment == ""
    assert not any("worker" in path for path in reader.asked())
    play.run("Your version")
    assert play.text() == "printed\n56"
    play.offers("Run from here", "Show the original output", "Share")
    reader.open(SINK)
    reader.cell("sink-nothing").choose("Open in playground")
    expect(box).to_contain_text("You have code of your own here")
    assert findings(reader.page) == []
    box.get_by_role("button", name="Replace my code").click()
    expect(play.editor).to_have_text("number = 8")
    expect(program).to_have_text("# No cell stands above this one.")


def test_an_attempt_is_shared_by_the_same_door(reader: Reader, box: Any) -> None:
    """Into the exercise, and nothing of the page's cells goes with it."""
    reader.open(SINK)
    reader.cell("sink-nothing").write("number = 8")
    card = reader.page.locator("#sink-exercise .cell")
    arrive(reader, fragment(["", [["sink-exercise", "def twice(n): return 2 * n"]]]))
    box.get_by_role("button", name="Put it into the exercise").click()
    expect(card.get_by_role("textbox")).to_contain_text("return 2 * n")
    card.get_by_role("button", name="More for").click()
    card.get_by_role("button", name="Share").click()
    expect(reader.status).to_contain_text("Copied the address with your code in it.")
