"""A small project of pages for each test, and for fixtures that several tests share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.kit.pytest_site import Site


@pytest.fixture(scope="session")
def new_site(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Site]:
    """Make a project; for fixtures that more than one test share."""
    return lambda: Site(tmp_path_factory.mktemp("project") / "site")


@pytest.fixture
def site(new_site: Callable[[], Site]) -> Site:
    """A project of this test's own."""
    return new_site()
