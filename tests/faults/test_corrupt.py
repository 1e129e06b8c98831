"""Files whose bytes are no longer those that were written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.machine import cut, flip
from tests.faults.project import RIGHT, Project, differences


@pytest.mark.parametrize(
    "pattern",
    [
        "pack-*/packages-*.pack",
        "pack-*/manifest.json",
        "project-*/project.zip",
        "wheels-*/sqlalchemy-*.whl",
        "npm-*/node_modules/pyodide/python_stdlib.zip",
    ],
)
def test_damaged_part_of_the_pack_is_made_anew(project: Project, right: Path, pattern: str) -> None:
    """A bit that was flipped in the cache reaches no reader: the part is told and made again."""
    project.keep_own_parts()
    (damaged,) = project.cache.glob(pattern)
    flip(damaged)
    done = project.make("html")
    folder = project.cache / damaged.relative_to(project.cache).parts[0]
    assert done.status == 0
    assert done.said == f"live cells: {folder} is not as it was made: made anew\n{RIGHT.said}"
    assert differences(project.html, right) == []


@pytest.mark.parametrize(
    ("pattern", "damage"),
    [
        ("html/_static/live/stdlib-*.pack", flip),
        ("html/start/one.html", cut),
        ("html/searchindex.js", Path.unlink),
        ("doctrees/environment.pickle", cut),
        ("doctrees/environment.pickle", flip),
        ("doctrees/start/two.doctree", flip),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_damaged_file_of_the_last_build_is_told_and_made_anew(
    built: Project, right: Path, pattern: str, damage: Callable[[Path], None]
) -> None:
    """Neither the site nor what is kept for the next build is built upon when it has changed."""
    (damaged,) = (built.root / "_build").glob(pattern)
    damage(damaged)
    name = damaged.relative_to(built.root / "_build").as_posix().partition("/")[2]
    done = built.make("html")
    assert done.status == 0
    assert done.said == f"{name} is not as the last build left it: building anew\n{RIGHT.said}"
    assert differences(built.html, right) == []


def test_damaged_record_is_not_trusted(built: Project, right: Path) -> None:
    """The record of the last build, cut in half: the next one starts anew."""
    (record,) = built.doctrees.glob("left-by-*.json")
    cut(record)
    built.build()
    assert differences(built.html, right) == []


@pytest.mark.parametrize("damage", [flip, cut], ids=lambda damage: damage.__name__)
def test_damaged_inventory_fails_the_build_and_is_named(
    project: Project, damage: Callable[[Path], None]
) -> None:
    """Links to SQLAlchemy's documentation come from a file: it is whole, or the build fails."""
    damage(project.root / "tools" / "inventories" / "sqlalchemy.inv")
    done = project.make("html")
    assert done.status == 2
    assert "tools/inventories/sqlalchemy.inv: this inventory is damaged" in done.said
    assert "Traceback" not in done.said


@pytest.mark.parametrize("damage", [flip, cut], ids=lambda damage: damage.__name__)
def test_damaged_picture_fails_the_build_and_is_named(
    project: Project, damage: Callable[[Path], None]
) -> None:
    """A picture that a browser would show in part, or not at all, is not published silently."""
    picture = project.root / "docs" / "start" / "picture.png"
    shutil.copy(project.root / "docs" / "page.png", picture)
    damage(picture)
    text = (project.root / "docs" / "start" / "two.md").read_text("utf-8")
    project.write("docs/start/two.md", f"{text}\n![A picture](picture.png)\n")
    for _ in range(2):
        done = project.make("html")
        assert done.status == 2
        assert "docs/start/picture.png: this picture is damaged" in done.said
