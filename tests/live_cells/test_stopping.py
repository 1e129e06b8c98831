"""Stop: a loop without an end has one, by either way, and the page says which it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.kit import clock
from tests.kit.reader import SAYS_SO, LiveCell, Reader, expect
from tests.kit.static_host import Host

SINK = "reference/kitchen-sink"
ENDLESS = f"number = 7\nprint('so far')\n{SAYS_SO}while True:\n    pass"
STOPPED = "Stopped: Python restarted. When you run a cell, those above it run first."
STUBBORN = (
    f"{SAYS_SO}while True:\n    try:\n        while True:\n            pass\n"
    "    except KeyboardInterrupt:\n        pass"
)


@pytest.fixture(scope="module")
def used(browser: Any, plain_cells: dict[bool, Host]) -> Iterator[Callable[[bool], Reader]]:
    """Gives the one reader of an isolated page, or of one that is not."""
    readers: dict[bool, Reader] = {}

    def reader(isolated: bool) -> Reader:
        if isolated not in readers:
            readers[isolated] = Reader.of(browser, plain_cells[isolated])
            readers[isolated].open(SINK)
        return readers[isolated]

    yield reader
    for each in readers.values():
        each.leave()


@pytest.fixture
def readers(used: Callable[[bool], Reader]) -> Iterator[Callable[..., Reader]]:
    """The same, each with all cells as in the book; a Python that is ready is kept."""
    lent: list[Reader] = []

    def reader(*, isolated: bool = True) -> Reader:
        lent.append(used(isolated))
        return lent[-1]

    yield reader
    for each in lent:
        if each.bar.get_attribute("data-state") == "ready":
            each.forget()
        else:  # a test has failed
            each.start_over()


def stuck(reader: Reader, source: str) -> LiveCell:
    """A page whose second cell runs for ever, the one above it having run."""
    reader.cell("sink-nothing").run("Same as on the page")
    cell = reader.cell("sink-print-and-value")
    cell.write(source)
    with reader.in_the_loop():
        cell.button("Run").click()
    expect(cell.mark).to_have_text("Running")
    return cell


def asks_for_number(reader: Reader) -> str:
    """What a cell below sees of the state."""
    cell = reader.cell("sink-long")
    cell.write("print(number)")
    cell.button("Run").click()
    cell.has_run("Your version")
    return cell.text()


def test_what_waits_is_stopped_with_what_runs(readers: Callable[..., Reader]) -> None:
    """Stop in the middle of Run all leaves the cells below as not run."""
    reader = readers()
    cell = stuck(reader, ENDLESS)
    below = reader.cell("sink-long")
    below.button("Run").click()
    expect(below.mark).to_have_text("Waiting")
    reader.interrupt()
    expect(cell.mark).to_have_text("Stopped")
    expect(below.mark).to_have_text("")


def test_an_isolated_page_interrupts_and_keeps_its_state(readers: Callable[..., Reader]) -> None:
    """Where memory is shared, Stop ends the cell alone: what it did until then is there."""
    reader = readers()
    cell = stuck(reader, ENDLESS)
    workers = list(reader.page.workers)
    reader.interrupt()
    expect(cell.mark).to_have_text("Stopped")
    expect(reader.status).to_contain_text("Stopped at cell sink-print-and-value.")
    expect(reader.cell("sink-nothing").mark).to_have_text("Same as on the page")
    assert asks_for_number(reader) == "7"
    assert reader.page.workers == workers


def test_elsewhere_stop_starts_another_python_and_says_so(readers: Callable[..., Reader]) -> None:
    """Where no memory is shared, the next cell that runs has those above run before it again."""
    reader = readers(isolated=False)
    cell = stuck(reader, ENDLESS)
    workers = list(reader.page.workers)
    reader.press("Stop Python")
    expect(reader.status).to_have_text(STOPPED)
    expect(reader.bar).to_have_attribute("data-state", "ready")
    expect(cell.mark).to_have_text("Stopped")
    expect(cell.output.locator("pre")).to_have_text("so far\n")
    expect(cell.output).to_contain_text("The output is cut here: its Python has ended.")
    expect(reader.cell("sink-nothing").mark).to_have_text("From before the restart")
    assert reader.page.workers != workers
    cell.button("Reset").click()
    assert asks_for_number(reader) == "6"
    expect(reader.cell("sink-nothing").mark).to_have_text("Same as on the page")


def test_a_cell_that_takes_no_interrupt_is_ended_all_the_same(
    readers: Callable[..., Reader],
) -> None:
    """Where nothing comes back after an interrupt, the other way is taken, and is told."""
    reader = readers()
    cell = stuck(reader, STUBBORN)
    clock.stop(reader.page)
    reader.press("Stop Python")
    expect(reader.bar).to_have_attribute("data-state", "stopping")
    clock.wait(reader.page, 3000)
    expect(reader.status).to_have_text(STOPPED)
    expect(cell.mark).to_have_text("Stopped")


def test_restart_ends_a_loop_too(readers: Callable[..., Reader]) -> None:
    """Restart in the middle of a run gives a fresh Python."""
    reader = readers()
    cell = stuck(reader, ENDLESS)
    reader.press("Restart Python")
    expect(reader.status).to_have_text("Python restarted. No cell has run in it yet.")
    expect(reader.bar).to_have_attribute("data-state", "ready")
    cell.button("Reset").click()
    cell.run("Same as on the page")
