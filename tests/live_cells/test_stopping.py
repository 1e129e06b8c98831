"""Stop: a loop without an end has one, by either way, and the page says which it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.kit.reader import LiveCell, Reader, expect

SINK = "reference/kitchen-sink"
ENDLESS = "number = 7\nwhile True:\n    pass"
STOPPED = "Stopped: Python was started anew. The next cell that you run has those above run first."
STUBBORN = (
    "while True:\n    try:\n        while True:\n            pass\n"
    "    except KeyboardInterrupt:\n        pass"
)


def stuck(reader: Reader, source: str) -> LiveCell:
    """A page whose second cell runs for ever, the one above it having run."""
    reader.open(SINK)
    reader.cell("sink-nothing").run("As in the book")
    cell = reader.cell("sink-print-and-value")
    cell.write(source)
    cell.button("Run").click()
    expect(cell.mark).to_have_text("Running")
    # Not a proof of anything: so that the loop, and not the way to it, is stopped.
    reader.page.wait_for_timeout(300)
    return cell


def asks_for_number(reader: Reader) -> str:
    """What a cell below sees of the state."""
    cell = reader.cell("sink-long")
    cell.write("print(number)")
    cell.button("Run").click()
    cell.has_run("Your version")
    return cell.text()


def test_an_isolated_page_interrupts_and_keeps_its_state(readers: Callable[..., Reader]) -> None:
    """Where memory is shared, Stop ends the cell alone: what it did until then is there."""
    reader = readers()
    cell = stuck(reader, ENDLESS)
    workers = list(reader.page.workers)
    reader.press("Stop Python")
    expect(cell.mark).to_have_text("Stopped")
    expect(reader.status).to_contain_text("Stopped at cell 2 (sink-print-and-value).")
    expect(reader.cell("sink-nothing").mark).to_have_text("As in the book")
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
    expect(reader.cell("sink-nothing").mark).to_have_text("From a Python that has ended")
    assert reader.page.workers != workers
    cell.button("Reset").click()
    assert asks_for_number(reader) == "6"
    expect(reader.cell("sink-nothing").mark).to_have_text("As in the book")


def test_a_cell_that_takes_no_interrupt_is_ended_all_the_same(
    readers: Callable[..., Reader],
) -> None:
    """Where nothing comes back after an interrupt, the other way is taken, and is told."""
    reader = readers()
    cell = stuck(reader, STUBBORN)
    reader.press("Stop Python")
    expect(reader.bar).to_have_attribute("data-state", "stopping")
    expect(reader.status).to_have_text(STOPPED)
    expect(cell.mark).to_have_text("Stopped")


@pytest.mark.parametrize("isolated", [True, False])
def test_restart_ends_a_loop_too(readers: Callable[..., Reader], isolated: bool) -> None:
    """Restart in the middle of a run gives a fresh Python."""
    reader = readers(isolated=isolated)
    cell = stuck(reader, ENDLESS)
    reader.press("Restart Python")
    expect(reader.status).to_have_text("Python was restarted: no cell has run in it.")
    expect(reader.bar).to_have_attribute("data-state", "ready")
    cell.button("Reset").click()
    cell.run("As in the book")


def test_what_waits_is_stopped_with_what_runs(readers: Callable[..., Reader]) -> None:
    """Stop in the middle of Run all leaves the cells below as not run."""
    reader = readers()
    cell = stuck(reader, ENDLESS)
    below = reader.cell("sink-long")
    below.button("Run").click()
    expect(below.mark).to_have_text("Waiting")
    reader.press("Stop Python")
    expect(cell.mark).to_have_text("Stopped")
    expect(below.mark).to_have_text("")
    expect(reader.bar).to_have_attribute("data-state", "ready")
