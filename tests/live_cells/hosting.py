"""A host of the built site, which can be made to lose, damage or hold back files."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import needs
from .serving import served

server = needs.module("live_cells.server")


@dataclass
class Host:
    """What is wrong with files, by a part of their names: nothing, while the dicts are empty."""

    folder: Path
    address: str = ""
    missing: set[str] = field(default_factory=set)
    damaged: set[str] = field(default_factory=set)
    slow: dict[str, float] = field(default_factory=dict)  # seconds before each answer
    asked: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def of(cls, folder: Path, *, isolated: bool) -> Iterator[Host]:
        host = cls(folder)
        app = server.application(folder, isolated=isolated)
        with served(host.around(app)) as host.address:
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
            is_damaged = any(part in path for part in self.damaged)
            await app(scope, receive, damaging(send) if is_damaged else send)

        return ask


def damaging(send: Any) -> Any:
    """Turns the bits of one byte in the middle of what is sent, and keeps its length."""

    async def send_damaged(message: dict[str, Any]) -> None:
        body = message.get("body", b"")
        if body:
            middle = len(body) // 2
            message["body"] = body[:middle] + bytes([body[middle] ^ 0xFF]) + body[middle + 1 :]
        await send(message)

    return send_damaged
