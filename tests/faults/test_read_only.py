"""A folder in which nothing can be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.machine import read_only, script
from tests.faults.project import RIGHT, Project, differences


@pytest.mark.parametrize("folder", ["html", "doctrees"])
def test_folder_that_cannot_be_written_is_named_at_once(project: Project, folder: str) -> None:
    """The build stops before it runs a page, with one line: what, where, what to do."""
    place = project.root / "_build" / folder
    place.mkdir()
    done = project.run(*script(read_only(place), "exec make html"))
    assert done.status == 2
    (line,) = (line for line in done.said.splitlines() if not line.startswith("make: "))
    assert line == (
        f"build: {place} cannot be written (read-only file system): mend that, or build elsewhere"
    )
    assert list(place.iterdir()) == []


def test_site_that_became_read_only_stays_as_it_is(built: Project, right: Path) -> None:
    """A build over a site that cannot be written leaves it whole."""
    built.change("docs/start/two.md", "A page", "Another page")
    done = built.run(*script(read_only(built.html), "exec make html"))
    assert done.status == 2
    assert f"build: {built.html} cannot be written (read-only file system)" in done.said
    assert differences(built.html, right) == []


def test_sources_and_home_may_be_read_only(project: Project, right: Path, tmp_path: Path) -> None:
    """Nothing is written but into _build: not beside the pages, not into the home folder."""
    home = tmp_path / "home"
    home.mkdir()
    folders = (home, *(project.root / name for name in ("docs", "src", "tools")))
    lines = [read_only(folder) for folder in folders]
    done = project.run(*script(*lines, "exec make html"), HOME=str(home))
    assert done == RIGHT
    assert differences(project.html, right) == []


def test_checkout_that_is_read_only_is_told(project: Project) -> None:
    """Where not even _build can be made, the line says which folder it is."""
    project.cache.unlink()
    project.cache.parent.rmdir()
    done = project.run(*script(read_only(project.root), "cd .", "exec make html"))
    assert done.status == 2
    assert "build: " in done.said
    assert "_build/html cannot be written (read-only file system)" in done.said
    assert "Traceback" not in done.said
