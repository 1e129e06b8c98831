"""The exercises as a program for a terminal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from myst_parser.config.main import MdParserConfig

from myst_doctest.pages.page import Page
from myst_doctest.settings import Settings
from tests.kit.exercise_page import TWICE, exercise, page, part
from tutorial_site.downloads.exercises_archive import exercises_archive

HINT = part("hint", "See {term}`sum` and [that](#x).")
GIVEN = part("given", "numbers = [2]")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of two exercises, of which nothing is installed."""
    text = page(exercise(HINT, GIVEN, name="one"), exercise(name="two"))
    found = Page.parse(text, Path("page.md"), MdParserConfig()).exercises
    listed = [("part/page", "https://example.org/part/page.html", each) for each in found]
    path = tmp_path / "exercises.pyz"
    path.write_bytes(exercises_archive(listed, Settings(tmp_path), "pip install it"))
    return path


def run(archive: Path, *arguments: str) -> tuple[int, list[str]]:
    command = [sys.executable, "-I", str(archive), *arguments]
    done = subprocess.run(
        command, cwd=archive.parent, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, (done.stdout + done.stderr).split("\n")


def test_a_folder_with_a_file_for_each_exercise(archive: Path) -> None:
    """The task, what is given, the starter; a reader's file is never written over."""
    status, said = run(archive, "mine", "--check")
    folder = archive.parent / "mine" / "part" / "page"
    one, two = folder / "one.py", folder / "two.py"
    assert status == 1
    assert "mine/part/page/one.py: not yet" in said
    assert "    twice(2) is 2." in said
    assert one.read_text().split("\n") == [
        *("# Twice", "# https://example.org/part/page.html#one", "#", "# Write `twice`.", "#"),
        *("# What is there already, and need not be written:", "#", "#     numbers = [2]", ""),
        *("def twice(n):", "    return n", ""),
    ]
    one.write_text(f"print('mine')\n{TWICE}")
    two.write_text(TWICE)
    status, said = run(archive, "mine", "--check")
    assert (status, [line for line in said if line.endswith(": right")]) == (
        0,
        ["mine/part/page/one.py: right", "mine/part/page/two.py: right"],
    )
    assert "    mine" in said
    assert one.read_text().startswith("print('mine')")


def test_what_goes_wrong_is_said(archive: Path) -> None:
    """An attempt that ends its process, one that is no text, a name that is none."""
    run(archive, "mine", "--check")
    folder = archive.parent / "mine" / "part" / "page"
    (folder / "one.py").write_text("import os\nos._exit(3)")
    (folder / "two.py").write_bytes(b"\xff")
    _, said = run(archive, "mine", "--check")
    assert "    Its Python ended with status 3." in said
    assert any("two.py: cannot be read: 'utf-8' codec" in line for line in said)
    assert run(archive, "--hints", "three")[1][0] == (
        "There is no exercise 'three'. There are: one, two"
    )


def test_hints_and_solutions_are_shown(archive: Path) -> None:
    """As words for a terminal."""
    assert run(archive, "--hints", "one") == (0, ["See sum and that.", "", ""])
    assert run(archive, "--solutions", "two")[1][:2] == TWICE.split("\n")[:2]


def test_a_save_is_graded(archive: Path) -> None:
    """Until the reader ends it."""
    command = [sys.executable, "-I", str(archive), str(archive.parent / "mine")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watcher:
        assert watcher.stdout is not None
        assert watcher.stdout.readline().startswith("0 of 2 passed. Next: ")
        assert watcher.stdout.readline().startswith("Waiting for you to save a file.")
        (archive.parent / "mine" / "part" / "page" / "one.py").write_text(TWICE)
        lines = iter(watcher.stdout.readline, "")
        assert next(line for line in lines if line.startswith("1 of 2 passed."))
        watcher.terminate()


def test_a_package_that_is_missing_is_named(tmp_path: Path) -> None:
    """With the command that installs it."""
    path = tmp_path / "exercises.pyz"
    settings = Settings(tmp_path, setup="not_here.log:install")
    path.write_bytes(exercises_archive([], settings, 'pip install "not_here"'))
    status, said = run(path)
    assert status == 2
    assert said[0].startswith("not_here is not installed for ")
    assert said[1] == 'pip install "not_here"'
