"""Cells that await outside of a function."""

from __future__ import annotations

from tests.kit.pytest_site import Site

CELLS = (
    "import asyncio\n\nasync def slow(x):\n    await asyncio.sleep(0)\n    return x",
    "await slow(3)",
    "x = await slow(4)\ntask = asyncio.create_task(slow(5))\nx",
    "await task",
    "async with asyncio.timeout(5):\n    print(await slow(6))",
    "[await slow(each) for each in range(2)]",
    "[each async for each in aiter_of()] if 0 else 7",
    ":tags: [raises-exception]\nasyncio.create_task(slow(1))",
    "asyncio.run(slow(8))",
    "await asyncio.gather(slow(1), slow(2))",
)


def test_cells_await_on_one_loop(site: Site) -> None:
    """Tasks go on in the next cell that awaits; one that does not runs outside of the loop."""
    site.cells("page.md", *CELLS)
    done = site.accept()
    assert done.code == 0, done.output
    shown = site.recorded()
    assert shown[1:7] == ["3\n", "4\n", "5\n", "6\n", "[0, 1]\n", "7\n"]
    assert "no running event loop" in shown[7]
    assert shown[8:] == ["8\n", "[1, 2]\n"]


def test_an_exception_has_its_line(site: Site) -> None:
    """The traceback is the cell's, from the line that awaits."""
    site.cells("page.md", "async def f():\n    return 1 / 0", "x = 1\nawait f()")
    report = site.pytest().items["page.md::line-8"].report
    assert report.startswith("docs/page.md:10: ZeroDivisionError")
    assert "asyncio" not in report


def test_await_in_the_browser_says_so() -> None:
    """A runner that cannot await names the line, and does not call it an exception to tag."""
    from myst_doctest.running.runner import Runner

    runner = Runner()
    raised = runner.run("x = 1\nawait x", "<cell 1>").raised
    assert raised is not None
    assert (raised.line, raised.message) == (
        2,
        "await outside of a function, which cannot be done here",
    )
    assert raised.fatal
