"""Two commands at work at once."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from tests.faults.project import RIGHT, Done, Project, differences
from tests.site.building import ROOT

WAITS = re.compile(r"^another build is at work in \S+: waiting for its end .*\n", re.MULTILINE)


def at_once(project: Project, *commands: tuple[str, ...]) -> list[Done]:
    """Commands that are started together, each to its end."""
    started = [project.start(*command) for command in commands]
    said = [process.communicate(timeout=240)[0] for process in started]
    return [Done(process.returncode, text) for process, text in zip(started, said, strict=True)]


def test_two_builds_take_turns(project: Project, right: Path) -> None:
    """Of two `make html` one says that it waits; both end well, and the site is right."""
    found = at_once(project, ("make", "html"), ("make", "html"))
    assert [Done(done.status, WAITS.sub("", done.said)) for done in found] == [RIGHT, RIGHT]
    assert len(WAITS.findall("".join(done.said for done in found))) == 1
    assert differences(project.html, right) == []


def test_builds_into_one_folder_take_turns(project: Project, right: Path) -> None:
    """Also those that share the output folder alone."""
    sphinx = (".venv/bin/sphinx-build", "-q", "-W", "-n", "-c", ".", "-d")
    found = at_once(
        project,
        (*sphinx, "_build/one", "docs", "_build/html"),
        (*sphinx, "_build/two", "docs", "_build/html"),
    )
    assert [(done.status, WAITS.sub("", done.said)) for done in found] == [(0, ""), (0, "")]
    assert differences(project.html, right) == []


def test_build_and_check_do_not_meet(project: Project, right: Path) -> None:
    """`make html` beside `make test` of the pages: both pass."""
    built, checked = at_once(project, ("make", "html"), ("make", "test", "PYTEST=docs"))
    assert built == RIGHT
    assert checked.status == 0, checked.said
    assert differences(project.html, right) == []


def test_two_cold_caches_are_filled_once(project: Project, right: Path, tmp_path: Path) -> None:
    """Builds of two copies that share an empty cache of packs make the pack once."""
    project.keep_own_parts(pack=False)
    other = Project.new(tmp_path / "other")
    other.cache.unlink()
    other.cache.symlink_to(project.cache)
    building = other.start("make", "html")
    project.build()
    said, _ = building.communicate(timeout=240)
    assert Done(building.returncode, said) == RIGHT
    assert len(list(project.cache.glob("pack-*"))) == 1
    assert [differences(each.html, right) for each in (project, other)] == [[], []]


def locked(name: str) -> str:
    """A distribution's lines in the locked requirements."""
    text = (ROOT / "requirements" / "dev.txt").read_text("utf-8")
    found = re.search(rf"^{name}==(?:.*\\\n)+.*\n", text, re.MULTILINE)
    assert found
    return found[0]


def test_two_setups_take_turns(tmp_path: Path) -> None:
    """Two first `make setup` in a folder with spaces and signs: one installs, the other waits."""
    project = Project.new(tmp_path / "böse pfade" / "Ünïcode 数据")
    shutil.rmtree(project.root / ".venv")
    project.write("requirements/dev.txt", locked("setuptools"))
    command = ("make", "setup", f"PYTHON={sys.executable}")
    found = at_once(project, command, command)
    assert [done.status for done in found] == [0, 0], found
    said = "".join(done.said for done in found)
    assert said.count("Installing the locked dependencies into .venv") == 1
    assert said.count("Another setup is at work here: waiting for its end") == 1
    version = sys.version.split()[0]
    assert (project.root / ".venv" / f"ready-{version}").exists()
