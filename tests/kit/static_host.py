"""A host of the built site, which can be made to lose, damage or hold back files."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.kit import prerequisites
from tests.kit.serve import served

server = prerequisites.module("built_site.dev_server")
PACK = "/_static/live/"
"""What is sent as it is: to compress it anew for each reader takes as long as a page."""
ISOLATION = (b"cross-origin-opener-policy", b"cross-origin-embedder-policy")
"""With them pages get SharedArrayBuffer; not every host can send them."""


@dataclass
class Host:
    """What is wrong with files, by a part of their names: nothing, while the dicts are empty."""

    folder: Path
    isolated: bool = True
    address: str = ""
    missing: set[str] = field(default_factory=set)
    damaged: set[str] = field(default_factory=set)
    slow: dict[str, float] = field(default_factory=dict)  # seconds before each answer
    asked: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def of(cls, folder: Path, *, isolated: bool) -> Iterator[Host]:
        host = cls(folder, isolated)
        with served(host.around(server.application(folder))) as host.address:
            yield host

    def mend(self) -> None:
        """All files are there again."""
        self.missing.clear()
        self.damaged.clear()
        self.slow.clear()

    def around(self, app: Any) -> Any:
        async def ask(scope: dict[str, Any], receive: Any, send: Any) -> None:
            path = scope["path"]
            self.asked.append(path)
            for part, seconds in self.slow.items():
                if part in path:
                    await asyncio.sleep(seconds)
            if any(part in path for part in self.missing):
                scope = scope | {"path": "/lost", "raw_path": b"/lost"}
            damaged = any(part in path for part in self.damaged)
            if damaged or path.startswith(PACK):
                headers = [each for each in scope["headers"] if each[0] != b"accept-encoding"]
                scope = scope | {"headers": headers}
            if not self.isolated:
                send = without_isolation(send)
            await app(scope, receive, damaging(send) if damaged else send)

        return ask


@contextmanager
def both_hosts(folder: Path) -> Iterator[dict[bool, Host]]:
    """Two hosts of a site, by whether its pages are isolated."""
    with ExitStack() as stack:
        yield {
            isolated: stack.enter_context(Host.of(folder, isolated=isolated))
            for isolated in (True, False)
        }


def without_isolation(send: Any) -> Any:
    """Leaves out the headers of isolation."""

    async def send_less(message: dict[str, Any]) -> None:
        headers = [each for each in message.get("headers", ()) if each[0] not in ISOLATION]
        await send(message | ({"headers": headers} if "headers" in message else {}))

    return send_less


def damaging(send: Any) -> Any:
    """Turns the bits of the first byte and of one in the middle; the length stays as it is."""

    async def send_damaged(message: dict[str, Any]) -> None:
        if message.get("body"):
            body = bytearray(message["body"])
            body[0] ^= 0xFF
            body[len(body) // 2] ^= 0xFF
            message["body"] = bytes(body)
        await send(message)

    return send_damaged
