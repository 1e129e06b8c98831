"""What pytest says at the end beside the results of tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.kit.pytest_site import Site


def test_workers_say_once_what_one_process_says(site: Site) -> None:
    """Each of them has read all pages."""
    for name in ("a", "b"):
        site.cells(f"{name}.md", ":unchecked: random\nx = 1", ":unchecked: random\ny = 2")
    for arguments in ([], ["-n", "2"]):
        said = site.pytest(*arguments).output.partition(" cells not checked ")[2]
        lines = [line for line in said.split("\n") if "unchecked" in line]
        assert lines == [
            "docs/a.md:1: 2 cells unchecked: random",
            "docs/b.md:1: 2 cells unchecked: random",
            "4 cells unchecked on 2 pages",
        ]
