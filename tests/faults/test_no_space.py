"""A folder that the build writes to is full."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.machine import enlarge, script, small
from tests.faults.project import RIGHT, Done, Project, differences

PAGE = 4096  # what the smallest file takes on a tmpfs


def room(folder: Path) -> int:
    """The bytes that a folder's files take."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return sum(-(-path.stat().st_size // PAGE) * PAGE for path in found)


def with_and_without_room(
    project: Project, folder: Path, size: int, *before: str, **environment: str
) -> tuple[Done, Done, Path]:
    """A build while a folder is full, another one with room in it, and a copy of its site."""
    results = project.root / "results"
    results.mkdir()
    done = project.run(
        *script(
            small(folder, size),
            *before,
            "make html >results/first 2>&1 && echo 0 >results/status || echo $? >results/status",
            enlarge(folder),
            "make html >results/second 2>&1 && echo 0 >>results/status || echo $? >>results/status",
            "cp -R _build/html results/site",
        ),
        **environment,
    )
    assert done == Done(0, "")
    statuses = [int(line) for line in (results / "status").read_text().split()]
    said = [(results / name).read_text("utf-8") for name in ("first", "second")]
    first, second = (Done(*each) for each in zip(statuses, said, strict=True))
    return first, second, results / "site"


@pytest.mark.parametrize("part", ["assets", "pages"])
def test_full_output_folder_is_named_and_the_next_build_is_right(
    project: Project, right: Path, part: str
) -> None:
    """Whether the pack or a page did not fit: no half of it is kept once there is room."""
    size = 1 << 20 if part == "assets" else room(right) - 30 * PAGE
    first, second, site = with_and_without_room(project, project.html, size)
    assert first.status == 2
    assert "build: no space is left in " in first.said
    assert str(project.html) in first.said
    assert "Traceback" not in first.said
    assert second == RIGHT
    assert differences(site, right) == []


def test_full_folder_of_doctrees_is_named_and_the_next_build_is_right(
    project: Project, right: Path
) -> None:
    """What Sphinx keeps for the next build did not fit: the next build does not use it."""
    first, second, site = with_and_without_room(project, project.doctrees, 100 * 1024)
    assert first.status == 2
    assert f"build: no space is left in {project.doctrees}" in first.said
    assert second == RIGHT
    assert differences(site, right) == []


def test_full_temporary_folder_is_named_by_the_cell_that_fails(
    project: Project, right: Path, tmp_path: Path
) -> None:
    """Cells write into temporary folders: the report names the cell's line and the reason."""
    temporary = tmp_path / "temporary"
    first, second, site = with_and_without_room(
        project, temporary, 16 * PAGE, TMPDIR=str(temporary)
    )
    assert first.status == 2
    assert "docs/start/two.md:9: WARNING" in first.said
    assert "No space left on device" in first.said
    assert second == RIGHT
    assert differences(site, right) == []


def test_full_cache_leaves_live_cells_out_until_there_is_room(
    project: Project, right: Path, tmp_path: Path
) -> None:
    """The pack did not fit: the site is whole without it and says so, and next time has it."""
    project.keep_own_parts(pack=False)
    parts = tmp_path / "parts"
    os.rename(project.cache, parts)  # noqa: PTH104
    first, second, site = with_and_without_room(
        project, project.cache, room(parts) + (1 << 20), f"cp -R '{parts}'/. _build/live-cells/"
    )
    assert first.status == 0
    assert "live cells: left out: " in first.said
    assert "No space left on device" in first.said
    assert second == RIGHT
    assert differences(site, right) == []
