"""What the servers share: their programs, and one of them for each page that runs at a time."""

import contextlib
import os
import pwd
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any, Protocol

Run = Callable[[str], AbstractContextManager[dict[str, str]]]
"""For the code of a page: the variables that lead to the databases that it names."""


class ServerError(Exception):
    """A server cannot be had, or a program of its failed; the message says what it said."""


class Server(Protocol):
    """A server that runs."""

    def databases(self, *names: str) -> AbstractContextManager[dict[str, str]]:
        """New and empty databases; gives the variables that lead to them, and drops them."""


@contextlib.contextmanager
def one_for_each(
    folder: Path, running: Callable[[Path], AbstractContextManager[Server]]
) -> Iterator[Run]:
    """A server for each page that runs at the same time, so that a page sees no other's work.

    A page's databases are those that the URLs in its code name: ``"driver:///shop"``. Raises
    ServerError where the first server cannot be started.
    """
    give(folder)
    with ExitStack() as servers:

        def another() -> Server:
            number = len(list(folder.iterdir()))
            return servers.enter_context(running(folder / str(number)))

        free = [another()]

        @contextlib.contextmanager
        def run(code: str) -> Iterator[dict[str, str]]:
            server = free.pop() if free else another()
            names = re.findall(r"\w:///([\w-]+)", code) or ["tutorial"]
            with server.databases(*dict.fromkeys(names)) as variables:
                yield variables
            free.append(server)  # one that cannot drop them, since it is gone, is used no more

        yield run


def call(*command: str | Path, **options: Any) -> None:
    """Run a program to its end.

    Raises ServerError with what the program said where it fails.
    """
    words = [*map(str, command)]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, **options)
    except OSError as error:
        raise ServerError(f"{words[0]} cannot be run: {error}") from error
    if done.returncode:
        raise ServerError(f"{Path(words[0]).name} failed: {(done.stderr or done.stdout).strip()}")


def failed(what: str, log: Path) -> ServerError:
    """The error that a server failed, with the last lines of its log, which goes with its folder.

    Where it is not there, the server had not begun to write.
    """
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return ServerError("\n".join([what, *text.splitlines()[-10:]]))


def unprivileged() -> dict[str, Any]:
    """What subprocess needs to run, as root, a program that refuses to be run by root."""
    if os.geteuid():
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def give(folder: Path) -> None:
    """Make a folder, if there is none, and give it to the user that runs a server."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if owner := unprivileged():
        os.chown(folder, owner["user"], owner["group"])
