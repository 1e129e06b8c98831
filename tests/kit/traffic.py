"""What a browser asks for, and whether it has all of it: pages are waited for by this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

FRAMES = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
"""Two frames: what was to be drawn is drawn, and what a script left for later has begun."""


@dataclass(frozen=True)
class Asked:
    """A file that was asked for: what it is, and its bytes on their way, without headers."""

    path: str
    kind: str
    sent: int
    headers: int


class Traffic:
    """The requests of one profile of a browser."""

    def __init__(self, context: Any) -> None:
        self.finished: list[Any] = []
        self.pending: set[Any] = set()
        context.on("request", self._start)
        context.on("requestfinished", self._finish)
        context.on("requestfailed", self._fail)

    def _start(self, request: Any) -> None:
        self.pending.add(request)

    def _fail(self, request: Any) -> None:
        self.pending.discard(request)

    def _finish(self, request: Any) -> None:
        self.pending.discard(request)
        self.finished.append(request)

    def settle(self, page: Any) -> None:
        """Wait until a page that is loaded waits for no answer and has drawn what came."""
        page.evaluate(FRAMES)
        while self.pending:
            page.evaluate(FRAMES)
        page.evaluate(FRAMES)

    def asked(self) -> list[Asked]:
        """What came since this was asked last."""
        found = [_asked(request) for request in self.finished]
        self.finished.clear()
        return found


def _asked(request: Any) -> Asked:
    sizes = request.sizes()
    path = urlsplit(request.url).path
    return Asked(
        path, request.resource_type, sizes["responseBodySize"], sizes["responseHeadersSize"]
    )
