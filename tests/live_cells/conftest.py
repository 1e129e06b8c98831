"""The built site on two hosts, and readers of it, each with a fresh profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def hosts(site: Path) -> Iterator[dict[bool, Any]]:
    """The site, by whether its pages are isolated."""
    from tests.kit.static_host import Host

    with ExitStack() as stack:
        yield {
            isolated: stack.enter_context(Host.of(site, isolated=isolated))
            for isolated in (True, False)
        }


@pytest.fixture
def host(hosts: dict[bool, Any]) -> Iterator[Any]:
    """The host that isolates pages, in order again after a test that broke something on it."""
    yield hosts[True]
    hosts[True].mend()


@pytest.fixture
def plain_host(hosts: dict[bool, Any]) -> Iterator[Any]:
    """The host that sends no headers of isolation."""
    yield hosts[False]
    hosts[False].mend()


@pytest.fixture
def readers(browser: Any, hosts: dict[bool, Any]) -> Iterator[Callable[..., Any]]:
    """Makes a reader, in a profile of his own, whose complaints are looked at when he leaves."""
    from tests.kit.reader import Reader

    made: list[Any] = []

    def reader(*, isolated: bool = True, **options: Any) -> Any:
        made.append(Reader.of(browser, hosts[isolated], **options))
        return made[-1]

    yield reader
    for each in made:
        each.leave()
