"""The built site, and a page of it in each browser that is installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engines import firefox, webkit
from tests.engines.page import Page
from tests.kit.prerequisites import missing


@pytest.fixture(scope="session", params=["firefox", "webkit"])
def window(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A window of the browser; what it lacks is said where it is skipped."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "firefox":
        if firefox.program() is None:
            missing("Firefox (Debian: apt-get install firefox-esr; or say where: FIREFOX=...)")
        with firefox.window(folder) as opened:
            yield opened
    else:
        lacking = [package for package, program in webkit.programs().items() if not program]
        if lacking:
            missing(f"WebKit and a screen for it (Debian: apt-get install {' '.join(lacking)})")
        with webkit.window(folder) as opened:
            yield opened


@pytest.fixture(params=[True, False], ids=["isolated", "plain"])
def either(request: pytest.FixtureRequest, window: Any, hosts: dict[bool, Any]) -> Page:
    """A page on a host that isolates its pages, and on one that does not."""
    return Page(window, hosts[request.param].address)


@pytest.fixture
def page(window: Any, hosts: dict[bool, Any]) -> Iterator[Page]:
    """A page on a host that isolates its pages, as deploy/README.md wants it."""
    return Page(window, hosts[True].address)
