"""Firefox as Playwright expects it, newer than Debian's: run as ``python -m``, for Firefox.

Playwright sets the media features of each new page by a command that Firefox learned after its
release of long support, and can open no page where that is refused. This process starts Firefox,
stands between the two, and answers that one command where Firefox does not know it. Everything
else, and this command too where Firefox knows it, goes through as it is.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from typing import Any, TextIO

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve

LACKING = "emulation.setMediaFeaturesOverride"
SAID = re.compile(r"(?<=WebDriver BiDi listening on )ws://\S+")
UNBOUND: dict[str, Any] = {"max_size": None, "ping_interval": None}


class Relay:
    """What is asked of Firefox, whose address is known once it has said so."""

    def __init__(self) -> None:
        self.firefox: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.asked: set[int] = set()

    async def serve(self, caller: ServerConnection) -> None:
        path = caller.request.path if caller.request else ""
        async with connect(await self.firefox + path, **UNBOUND) as firefox:
            there = asyncio.create_task(self.ask(caller, firefox))
            await self.answer(firefox, caller)
            there.cancel()

    async def ask(self, caller: ServerConnection, firefox: ClientConnection) -> None:
        async for message in caller:
            command = json.loads(message)
            if command["method"] == LACKING:
                self.asked.add(command["id"])
            await firefox.send(message)

    async def answer(self, firefox: ClientConnection, caller: ServerConnection) -> None:
        async for message in firefox:
            said = json.loads(message)
            number = said.get("id")
            if number in self.asked and said.get("error") == "unknown command":
                done = {"type": "success", "id": number, "result": {}}
                await caller.send(json.dumps(done))
            else:
                await caller.send(message)

    async def tell(self, lines: asyncio.StreamReader, out: TextIO, here: str) -> None:
        """Pass on what Firefox prints, with this relay's address in place of its own."""
        async for line in lines:
            words = line.decode(errors="replace")
            if found := SAID.search(words):
                self.firefox.set_result(found[0])
                words = SAID.sub(here, words)
            print(words, end="", file=out, flush=True)


async def main(program: str, arguments: list[str]) -> int:
    """Run Firefox to its end."""
    relay = Relay()
    pipe = asyncio.subprocess.PIPE
    async with serve(relay.serve, "127.0.0.1", 0, **UNBOUND) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            program, *arguments, stdout=pipe, stderr=pipe
        )
        here = f"ws://127.0.0.1:{port}"
        assert process.stdout
        assert process.stderr
        await asyncio.gather(
            relay.tell(process.stdout, sys.stdout, here),
            relay.tell(process.stderr, sys.stderr, here),
        )
        return await process.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(os.environ["FIREFOX_PROGRAM"], sys.argv[1:])))
