"""What builds keep of pages that ran: taken again where nothing of it has changed."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from myst_doctest import sphinx_config
from myst_doctest.pages.page import Page
from myst_doctest.running import kept_runs
from myst_doctest.running.grading import Assignment
from myst_doctest.running.kept_runs import KeptServer
from myst_doctest.settings import Settings
from tests.kit.small_site import Site, cell

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = '[tool.myst_doctest]\nconfdir = "docs"\npythonpath = ["src"]\nkept = "_build/runs"\n'
CELL = "```{{code-cell}} python\n{}\n```\n"
CODE = "import os\nos.getpid()"
READS = "import os\nwith open({!r}) as file:\n    file.read()\nos.getpid()"
ASSIGNMENT = Assignment("double", "", [], "import os\nassert False, f'{os.getpid()}'")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A project that keeps what its pages do."""
    for name in ("docs", "src"):
        (tmp_path / name).mkdir()
    (tmp_path / "docs/conf.py").touch()
    (tmp_path / "src/helper.py").write_text("x = 1\n")
    (tmp_path / "data.txt").write_text("1")
    (tmp_path / "pyproject.toml").write_text(TABLE)
    return Settings.find(tmp_path)


def process(settings: Settings, code: str = CODE, text: str = "") -> str:
    """The process that a page ran in, by a server of its own."""
    file = settings.root / "docs/page.md"
    file.write_text(text + CELL.format(code))
    page = Page.read(file, sphinx_config.parser_config(None))
    with KeptServer(settings) as server:
        run = server.run(page).result()
    return run.stopped or run.cells[-1].segments[-1].text


def test_what_is_as_it_was_is_taken(settings: Settings) -> None:
    """Also of a page with another text around its cells."""
    code = READS.format(str(settings.root / "data.txt"))
    assert process(settings, code) == process(settings, code)
    assert process(settings, code, "# Title\n\n") == process(settings, code)


def write_module(settings: Settings) -> None:
    (settings.root / "src/late.py").write_text("")


def write_data(settings: Settings) -> None:
    (settings.root / "data.txt").write_text("2")


def remove_data(settings: Settings) -> None:
    (settings.root / "data.txt").unlink()
    (settings.root / "data.txt").symlink_to(settings.root / "src/helper.py")


def damage(settings: Settings) -> None:
    for each in (settings.root / "_build/runs").iterdir():
        each.write_bytes(each.read_bytes()[:-9])


@pytest.mark.parametrize("change", [write_module, write_data, remove_data, damage])
def test_what_has_changed_runs(settings: Settings, change: Callable[[Settings], None]) -> None:
    """A module of the project, a file that the page opened, what was kept."""
    code = READS.format(str(settings.root / "data.txt"))
    before = process(settings, code)
    change(settings)
    assert process(settings, code) != before


def test_other_circumstances_run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other code, settings, or packages."""
    found = [process(settings), process(settings, f"{CODE} + 0")]
    found.append(process(replace(settings, memory=999)))
    (settings.root / "new/some-1.0.dist-info").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [*sys.path, str(settings.root / "new")])
    found.append(process(settings))
    assert len(set(found)) == 4


def test_attempts_are_graded_once(settings: Settings) -> None:
    """The same ones, at the same exercise."""
    found = []
    for attempts in (["1", "2"], ["1", "2"], ["1"]):
        with KeptServer(settings) as server:
            found.append(server.grade(ASSIGNMENT, attempts).result().grades[0].words)
    assert found[0] == found[1] != found[2]


def test_what_was_cut_short_is_not_kept(settings: Settings) -> None:
    """A busy machine may have ended it."""
    assert "stopped after" in process(replace(settings, timeout=0.2), "import time\ntime.sleep(1)")
    assert not (settings.root / "_build/runs").exists()


def test_what_no_build_took_for_long_goes(settings: Settings) -> None:
    """What was taken just now stays, however old it is."""
    for code in (CODE, f"{CODE} + 0"):
        process(settings, code)
    kept = settings.root / "_build/runs"
    for each in kept.iterdir():
        os.utime(each, (0, each.stat().st_mtime - kept_runs.UNUSED - 60))
    taken = process(settings)
    assert len([*kept.iterdir()]) == 1
    assert process(settings) == taken


def test_a_full_disk_stops_no_build(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page runs each time."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept_runs, "keep", full)
    assert process(settings) != process(settings)


def test_a_build_takes_what_an_earlier_one_kept(tmp_path: Path) -> None:
    """Sphinx itself has nothing of it: it reads all pages anew."""
    site = Site(tmp_path, table="kept = 'runs'")
    note = tmp_path / "note.txt"
    code = f"with open({str(note)!r}, 'a') as file:\n    print('ran', file=file)\nprint(1)"
    site.pages(page=f"# Page\n\n{cell(code, '1')}")
    assert [site.build(out=out).outputs("page") for out in ("first", "second")] == [["1"], ["1"]]
    assert note.read_text() == "ran\n"
    site.pages(page=f"# Page\n\n{cell(f'{code}  # changed', '1')}")
    site.build(out="third")
    assert note.read_text() == "ran\nran\n"


def test_what_a_build_reports_runs_again(tmp_path: Path) -> None:
    """It may have failed by what no file tells: as it was, the next build would fail, too."""
    site = Site(tmp_path / "site", table="kept = 'runs'")
    note = tmp_path / "note"
    code = f"import pathlib\npathlib.Path({str(note)!r}).exists()"
    site.pages(bad=f"# Bad\n\n{cell(code, 'True')}", good=f"# Good\n\n{cell('1', '1')}")
    assert site.build(out="first").places("differs") == ["docs/bad.md:9"]
    note.touch()
    assert len([*(tmp_path / "site/runs").glob("*")]) == 1
    assert site.build(out="second").status == 0
