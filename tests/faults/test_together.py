"""Two commands at work at once, and two processes of one."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.faults.project import RIGHT, Done, Project, differences


def at_once(project: Project, *commands: tuple[str, ...]) -> list[Done]:
    """Commands that are started together, each to its end."""
    started = [project.start(*command) for command in commands]
    said = [process.communicate(timeout=240)[0] for process in started]
    return [Done(process.returncode, text) for process, text in zip(started, said, strict=True)]


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


def with_more_pages(project: Project) -> None:
    """Eight pages more: Sphinx reads in parallel where there are more than five."""
    cells = (project.root / "docs" / "start" / "one.md").read_text("utf-8").partition("```")[2]
    names = [f"start/more{number}" for number in range(8)]
    for number, name in enumerate(names):
        words = f"{{index}}`word {number}` A {{term}}`flush`; {{ref}}`place{(number + 3) % 8}`."
        text = f"# More {number}\n\n{words}\n\n(place{number})=\n## Place {number}\n\n```{cells}"
        project.write(f"docs/{name}.md", text.replace("one-engine", f"engine-{number}"))
    project.change("docs/index.md", "start/two\n", "\n".join(["start/two", *names, ""]))


def test_build_by_two_processes_is_the_same(project: Project) -> None:
    """`make html` reads and writes in parallel, and gives the bytes that one process gives."""
    with_more_pages(project)
    project.build()
    sphinx = ".venv/bin/sphinx-build -q -W -n -c . -d _build/doctrees docs _build/one"
    assert project.run(*sphinx.split()) == Done(0, "")
    assert differences(project.html, project.root / "_build" / "one") == []


def test_two_setups_take_turns(tmp_path: Path) -> None:
    """Two first `make setup` in a folder with spaces and signs: one installs, the other waits."""
    project = Project.new(tmp_path / "böse pfade" / "Ünïcode 数据")
    project.want_setup()
    command = ("make", "setup", f"PYTHON={sys.executable}")
    found = at_once(project, command, command)
    assert [done.status for done in found] == [0, 0], found
    said = "".join(done.said for done in found)
    assert said.count("Installing the locked dependencies into .venv") == 1
    assert said.count("Another setup is at work here: waiting for its end") == 1
    version = sys.version.split()[0]
    assert (project.root / ".venv" / f"ready-{version}").exists()
