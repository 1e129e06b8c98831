"""Locales, paths, clocks and environments that no author has."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.faults.project import Project, built, copy, differences
from tests.kit.machine import clock

C = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
ODD = ("böse pfade", "Ünïcode 数据")


def test_cells_are_checked_and_recorded_under_the_c_locale(project: Project) -> None:
    """`make test` and `make accept` of a page with other signs than ASCII."""
    text = (project.root / "docs" / "start" / "two.md").read_text("utf-8")
    cell = '\n```{code-cell} python\nprint("Zoë 数据 │ →")\n```\n'
    project.write("docs/start/two.md", f"{text}{cell}")
    done = project.make("test", "PYTEST=docs", **C)
    assert done.status == 2
    done = project.make("accept", without=("LANG", "LC_ALL"), **C)
    assert done.status == 0, done.said
    page = (project.root / "docs" / "start" / "two.md").read_text("utf-8")
    assert page.endswith(f"{cell}\n```{{output}}\nZoë 数据 │ →\n```\n")
    done = project.make("test", "PYTEST=docs", **C)
    assert done.status == 0, done.said


def test_site_is_the_same_in_a_path_with_spaces_and_signs(tmp_path: Path, right: Path) -> None:
    """Spaces, umlauts and ideographs in the checkout's path, where no locale knows them."""
    project = Project.new(tmp_path.joinpath(*ODD))
    project.build(**C)
    assert differences(project.html, right) == []


def test_pages_are_checked_in_a_path_with_spaces_and_signs(tmp_path: Path) -> None:
    """`make test` of the pages, and `make html` into another folder of such a name."""
    project = Project.new(tmp_path.joinpath(*ODD))
    done = project.make("test", "PYTEST=docs")
    assert done.status == 0, done.said
    done = project.make("html", "OUT=_build/ein anderer Ort/ä")
    assert (done.status, done.said) == (0, built("_build/ein anderer Ort/ä"))


def test_interpreter_may_lie_in_a_path_with_spaces(project: Project, tmp_path: Path) -> None:
    """`make PYTHON=...` with a space in it finds the version, and takes the .venv that is there."""
    python = tmp_path / "my pythons" / "python3"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    done = project.make("setup", f"PYTHON={python}")
    assert (done.status, done.said) == (0, "")


def test_site_needs_no_home_no_git_and_no_temporary_folder_of_its_own(
    project: Project, right: Path, tmp_path: Path
) -> None:
    """HOME and TMPDIR that are not there, and programs that make and the shell alone need."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("make", "sh", "cat"):
        found = shutil.which(name)
        assert found
        (programs / name).symlink_to(found)
    (programs / "python3").symlink_to(sys._base_executable)
    gone = str(tmp_path / "gone")
    project.build(PATH=str(programs), HOME=gone, TMPDIR=gone, XDG_CACHE_HOME=gone)
    assert differences(project.html, right) == []


@pytest.mark.parametrize("date", ["1990-06-01 12:00:00", "2039-06-01 12:00:00"])
def test_site_is_the_same_under_a_wrong_clock_and_pythons_own_variables(
    project: Project, right: Path, tmp_path: Path, date: str
) -> None:
    """A clock that was never set, one beyond 32 bits; a user's PYTHON... variables."""
    project.build(
        prefix=clock(date),
        PYTHONPATH=str(tmp_path),
        PYTHONDONTWRITEBYTECODE="1",
        PYTHONSAFEPATH="1",
        PYTHONHASHSEED="7",
        PYTHONIOENCODING="latin-1",
    )
    assert differences(project.html, right) == []


def test_site_is_the_same_in_a_checkout_that_was_moved(
    project: Project, right: Path, tmp_path: Path
) -> None:
    """Reached through a link, or by another name: each build starts from the sources alone."""
    project.build()
    moved = tmp_path / "moved"
    project.root.rename(moved)
    project.root.symlink_to(moved)
    (moved / ".venv" / "place").write_bytes(os.fsencode(moved))  # else it is made anew
    project.build(prefix=("env", "-C", str(project.root)), PWD=str(project.root))
    assert differences(project.html, right) == []


def test_copied_checkout_runs_its_own_code(project: Project, tmp_path: Path) -> None:
    """A .venv that came along with a copy is made anew: it would run the first checkout's code."""
    other = tmp_path / "other"
    copy(project.root, other)
    done = project.run("make", "-n", "setup", prefix=("env", "-C", str(other)))
    assert "tools/make_venv.py" in done.said
    done = project.run("make", "-n", "setup")
    assert "tools/make_venv.py" not in done.said


def test_one_page_can_be_built_alone(project: Project) -> None:
    """As Sphinx has it: `sphinx-build SOURCE OUT FILE`, with folders of its own."""
    sphinx = ".venv/bin/sphinx-build -q -c . -d _build/d docs _build/one docs/start/one.md"
    done = project.run(*sphinx.split())
    assert done.status == 0, done.said
    assert "Traceback" not in done.said
    assert (project.root / "_build" / "one" / "start" / "one.html").is_file()
