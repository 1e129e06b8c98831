"""Files whose bytes are no longer those that were written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.project import RIGHT, Project, differences
from tests.kit.machine import flip


@pytest.mark.parametrize(
    ("pattern", "then"),
    [
        ("pack-*/packages-*.pack", ""),
        (
            "npm-*/node_modules/pyodide/python_stdlib.zip",
            "Downloading npm packages into {cache}, once\n",
        ),
    ],
)
def test_damaged_part_of_the_pack_is_made_again(
    project: Project, right: Path, pattern: str, then: str
) -> None:
    """A bit that was flipped in the cache reaches no reader: the part is named and made again."""
    project.keep_own_parts()
    (damaged,) = project.cache.glob(pattern)
    flip(damaged)
    done = project.make("html")
    folder = project.cache / damaged.relative_to(project.cache).parts[0]
    named = f"live cells: {folder} is damaged: making it again\n"
    assert done.status == 0
    assert done.said == named + then.format(cache=project.cache) + RIGHT.said
    assert differences(project.html, right) == []
