"""What pytest says at the end beside the results of tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.kit.pytest_site import Site


def test_workers_say_once_what_one_process_says(site: Site) -> None:
    """Each of them has read all pages."""
    for name in ("a", "b"):
        cells = ":unchecked: random\nx = 1", ":varies: numbers\nz = 3", ":unchecked: random\ny = 2"
        site.cells(f"{name}.md", "x = 0", *cells)
    for arguments in ([], ["-n", "2"]):
        said = site.pytest(*arguments).output.partition(" cells not checked ")[2]
        lines = [line for line in said.split("\n") if " cell" in line]
        assert lines == [
            "docs/a.md:7: 2 cells unchecked: random",
            "docs/a.md:12: 1 cell varies: numbers",
            "docs/b.md:7: 2 cells unchecked: random",
            "docs/b.md:12: 1 cell varies: numbers",
            "4 cells unchecked and 2 cells vary on 2 pages",
        ]
