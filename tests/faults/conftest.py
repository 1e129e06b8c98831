"""Copies of the project to break, and the site that a clean build makes of one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.project import Project, copy


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy in which nothing was built yet."""
    return Project.new(tmp_path / "project")


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A project that was built: the place where it was, and a copy of it."""
    folder = tmp_path_factory.mktemp("built")
    made = Project.new(folder / "project")
    made.build()
    copy(made.root, folder / "kept")
    return made.root, folder / "kept"


@pytest.fixture
def built(kept: tuple[Path, Path]) -> Project:
    """A project that was built, in the place where it was: a build remembers places."""
    place, copied = kept
    shutil.rmtree(place)
    copy(copied, place)
    return Project(place)


@pytest.fixture(scope="session")
def right(kept: tuple[Path, Path]) -> Path:
    """The site of an unchanged copy, from a clean build."""
    return Project(kept[1]).html


@pytest.fixture
def clean(tmp_path: Path) -> Callable[[Project], Path]:
    """Makes the site of a changed copy by a clean build elsewhere."""

    def build(changed: Project) -> Path:
        made = Project.new(tmp_path / "clean")
        for page in (made.root / "docs").rglob("*.md"):
            page.unlink()
        for page in (changed.root / "docs").rglob("*.md"):
            made.write(page.relative_to(changed.root).as_posix(), page.read_bytes())
        made.build()
        return made.html

    return build
