"""What a browser loads of a page before its reader does anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

LIMIT = 60_000
"""Bytes of a chapter's first view, compressed as a host sends them: 60 KB."""


@dataclass(frozen=True)
class Asked:
    """A file that was asked for: what it is, and its bytes on their way, without headers."""

    path: str
    kind: str
    sent: int
    headers: int


def chapters(site: Any) -> list[str]:
    """The names of the tutorial's chapters, in their folders' order."""
    files = [*sorted(site.glob("start/*.html")), *sorted(site.glob("session/*.html"))]
    return [file.relative_to(site).as_posix().removesuffix(".html") for file in files]


def first_view(browser: Any, address: str, name: str) -> list[Asked]:
    """All that a page asks for by itself, until it asks for nothing more; nothing is cached."""
    context = browser.new_context()
    requests: list[Any] = []
    context.on("requestfinished", lambda request: requests.append(request))  # noqa: PLW0108
    page = context.new_page()
    page.goto(f"{address}/{name}.html")
    page.wait_for_load_state("networkidle")  # on a busy machine this may come first
    asked = [_asked(request) for request in requests]
    context.close()
    return asked


def _asked(request: Any) -> Asked:
    sizes = request.sizes()
    path = urlsplit(request.url).path
    return Asked(
        path, request.resource_type, sizes["responseBodySize"], sizes["responseHeadersSize"]
    )


def weight(asked: Iterable[Asked], *kinds: str) -> int:
    """The bytes of these kinds of files; of all where none is named."""
    return sum(each.sent for each in asked if not kinds or each.kind in kinds)
