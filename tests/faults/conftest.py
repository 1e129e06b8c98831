"""Copies of the project to break, and the site that a clean build makes of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from live_cells.pack.downloads_cache import npm_packages
from tests.faults.project import Project
from tests.kit.full_site import PARTS
from tests.kit.plain_site import changed_site, plain_site, plain_site_before, right_files

__all__ = ["changed_site", "plain_site", "plain_site_before", "right_files"]


@pytest.fixture(scope="session", autouse=True)
def _downloaded() -> None:
    """What is said of a first download is said here."""
    npm_packages(PARTS)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy in which nothing was built yet."""
    return Project.new(tmp_path / "project")


@pytest.fixture(scope="session")
def right(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of an unchanged copy."""
    made = Project.new(tmp_path_factory.mktemp("right") / "project")
    made.build()
    return made.html
