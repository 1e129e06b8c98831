"""Runs of pages that are kept for a session of tests: of the same code, in the same project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from myst_doctest import sphinx_config
from myst_doctest.pages.page import Page
from myst_doctest.running.grading import Assignment, Grade
from myst_doctest.running.page_runs import PageRun, Server
from myst_doctest.settings import Settings
from tests.kit import kept_pages, kept_runs

TABLE = '[tool.myst_doctest]\nconfdir = "docs"\n'
CELL = "```{{code-cell}} python\n{}\n```\n"
CODE = "import os\nos.getpid()"
ASSIGNMENT = Assignment("double", "", [], "import os\nassert False, f'{os.getpid()}'")


def project(root: Path) -> Settings:
    (root / "docs").mkdir(parents=True)
    (root / "docs/conf.py").touch()
    (root / "pyproject.toml").write_text(TABLE)
    return Settings.find(root)


def run(settings: Settings, *codes: str) -> PageRun:
    """Run a page, by a server of its own."""
    file = settings.root / "docs/page.md"
    file.write_text("".join(map(CELL.format, codes)))
    page = Page.read(file, sphinx_config.parser_config(None))
    with Server(settings) as server:
        return server.run(page).result()


def words(settings: Settings, *attempts: str) -> list[str]:
    """What attempts are told, graded by a server of their own."""
    with Server(settings) as server:
        return [each.words for each in server.grade(ASSIGNMENT, attempts).result().grades]


def shown(done: PageRun) -> list[str]:
    return [each.text for cell in done.cells for each in cell.segments]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A project whose runs are kept."""
    (tmp_path / "runs").mkdir()
    settings = project(tmp_path / "kept")
    monkeypatch.setenv(kept_runs.FOLDER, str(tmp_path / "runs"))
    monkeypatch.setenv(kept_runs.ROOT, str(settings.root))
    return settings


def test_the_same_code_runs_once(kept: Settings) -> None:
    """Other code, or other settings, run by themselves."""
    first = run(kept, CODE)
    assert run(kept, CODE) == first
    others = [run(kept, CODE, "1"), run(kept, f"{CODE} + 0"), run(replace(kept, memory=999), CODE)]
    found = [shown(each)[0] for each in (first, *others)]
    assert len(set(found)) == 4


def test_attempts_are_graded_once(kept: Settings) -> None:
    """At the same exercise, the same attempts in the same order."""
    assert words(kept, "1", "2") == words(kept, "1", "2") != words(kept, "2", "1")


def test_attempts_that_follow_are_graded_alone(kept: Settings) -> None:
    """The build grades those of the page, and pytest more: whoever comes first, each once."""
    few = words(kept, "1", "2")
    more = words(kept, "1", "2", "3")
    assert more[:2] == few
    assert more[2] not in few
    assert words(kept, "1", "2", "3") == more
    assert words(kept, "1") == few[:1]


def test_grades_that_were_cut_short_are_not_kept(tmp_path: Path) -> None:
    """Those before them are."""
    graded: list[str] = []

    def make(attempts: Sequence[str]) -> PageRun:
        graded.extend(attempts)
        stopped = "for ever" if "for ever" in attempts else ""
        return PageRun(grades=[Grade(True, each) for each in attempts], stopped=stopped)

    def words(*attempts: str) -> list[str]:
        done = kept_runs.graded(tmp_path / "kept", [*attempts], make)
        return [each.words for each in done.grades]

    for attempts in (("1",), ("1", "for ever"), ("1", "for ever"), ("1", "2"), ("1",)):
        assert words(*attempts) == [*attempts]
    assert graded == ["1", "for ever", "for ever", "2"]


def test_a_project_that_is_changed_runs_its_own(
    kept: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As all do without a folder for runs."""
    other = project(tmp_path / "other")
    found = [shown(run(each, CODE)) for each in (kept, other, other)]
    monkeypatch.delenv(kept_runs.FOLDER)
    found.append(shown(run(kept, CODE)))
    assert len({*map(tuple, found)}) == 4


def test_a_run_that_was_cut_short_is_not_kept(kept: Settings) -> None:
    """A busy machine may have ended it."""
    assert run(replace(kept, timeout=0.2), "import time\ntime.sleep(1)").stopped
    assert [each.suffix for each in (kept.root.parent / "runs").iterdir()] == [".lock"]


def test_a_page_is_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of this site's pages; one elsewhere may have changed."""
    monkeypatch.setenv(kept_runs.FOLDER, str(tmp_path))
    config, parsed = sphinx_config.parser_config(None), []

    def parse(cls: type[Page], path: Path, *_: object) -> Page:
        parsed.append(path)
        return cls(path)

    monkeypatch.setattr(kept_pages, "read", parse)
    own, other = kept_pages.DOCS / "index.md", tmp_path / "index.md"
    for path in (own, other) * 2:
        assert kept_pages.kept_read(Page, path, config) == Page(path)
    assert parsed == [own, other, other]
