"""The processes in which a variant's service runs, and which outlive nobody.

Run as ``python -P -m myst_doctest.running.service_host DESCRIPTOR``. The socket at DESCRIPTOR
brings one JSON document a line, and each is answered by one: first what to start, then ``begin``
and ``end`` of each page. When the other end is closed, also by a kill, the service is left, its
processes are killed and its folder is removed.

A second process, its parent, does the same where the first is killed itself.
"""

import contextlib
import importlib
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any, NoReturn

from myst_doctest.running.fork_server import SET_CHILD_SUBREAPER, end_children, prctl
from myst_doctest.running.memory_folder import memory_folder
from myst_doctest.variants import are_variables

GRACE = 10.0
"""Seconds that a service has to end by itself, before it is killed."""
FOLDER = "MYST_DOCTEST_FOLDER"

Page = Callable[[str], AbstractContextManager[Mapping[str, str]]]
"""What begins a run of a page, given the page's code."""


def main(arguments: list[str]) -> None:
    """Have a child serve, and clean up after it, however it ended."""
    # Short: a socket's path has 107 bytes at most.
    folder = tempfile.mkdtemp(prefix="s-", dir=memory_folder())
    with socket.socket(fileno=int(arguments[0])) as channel:
        host = os.fork()
        prctl(SET_CHILD_SUBREAPER, 1)  # else a server that made itself a daemon would stay
        if not host:
            _host(channel, folder)
            return
    _, status = os.waitpid(host, 0)
    if os.WIFSIGNALED(status):
        _say(f"ended by signal {os.WTERMSIG(status)}", folder)
    _clean_up(folder)
    sys.exit(bool(status))


def _host(channel: socket.socket, folder: str) -> None:
    """Start the service and answer until the other end is closed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(channel, lines, folder), daemon=True).start()
    try:
        _serve(channel, lines, Path(folder))
    finally:
        _clean_up(folder)


def _listen(channel: socket.socket, lines: queue.SimpleQueue[bytes], folder: str) -> None:
    """Hand over each line; after the last, end a process that does not end by itself."""
    with contextlib.suppress(OSError), channel.makefile("rb") as stream:
        for line in stream:
            lines.put(line)
    lines.put(b"")
    timer = threading.Timer(GRACE, _give_up, [folder])
    timer.daemon = True
    timer.start()


def _give_up(folder: str) -> NoReturn:
    _say(f"it did not end within {GRACE:g} s, and was killed", folder)
    _clean_up(folder)
    os._exit(1)


def _say(what: str, folder: str) -> None:
    """Say on stderr what became of the service, with its logs' last lines: its folder goes."""
    print(what, file=sys.stderr)  # noqa: T201  (it is the channel to who reports it)
    with contextlib.suppress(OSError):
        for log in sorted([*Path(folder).rglob("log"), *Path(folder).rglob("*.log")]):
            for line in log.read_text(errors="replace").splitlines()[-5:]:
                print(f"{log}: {line}", file=sys.stderr)  # noqa: T201
    sys.stderr.flush()


def _clean_up(folder: str) -> None:
    end_children()
    shutil.rmtree(folder, ignore_errors=True)


def _serve(channel: socket.socket, lines: queue.SimpleQueue[bytes], folder: Path) -> None:
    pages: dict[int, ExitStack] = {}
    new_page = _as_page({})
    with ExitStack() as service:
        while line := lines.get():
            answer: dict[str, Any] = {}
            try:
                match json.loads(line):
                    case {"start": start, "pythonpath": pythonpath}:
                        sys.path[:0] = pythonpath
                        new_page = _as_page(service.enter_context(_started(start, folder)))
                    case {"begin": number, "code": code}:
                        pages[number] = ExitStack()
                        variables = pages[number].enter_context(new_page(code))
                        answer["environment"] = _checked(variables)
                    case {"end": number}:
                        pages.pop(number).close()
            except Exception as error:
                answer["failed"] = f"{type(error).__name__}: {error}"
            with contextlib.suppress(OSError):  # nobody is there any more
                channel.sendall(json.dumps(answer).encode() + b"\n")
        for page in pages.values():
            with contextlib.suppress(Exception):
                page.close()


def _started(service: Any, folder: Path) -> AbstractContextManager[Any]:
    if isinstance(service, list):
        return _command(service, folder)
    module, _, function = service.partition(":")
    found = getattr(importlib.import_module(module), function)
    manager: AbstractContextManager[Any] = found(folder)
    return manager


def _as_page(value: Any) -> Page:
    """What begins a page, from the value of the service's context."""
    if callable(value):
        return value  # type: ignore[no-any-return]
    environment = _checked(value or {})
    return lambda _: contextlib.nullcontext(environment)


def _checked(variables: Any) -> dict[str, str]:
    """Environment variables; raises TypeError where they cannot be any."""
    if not isinstance(variables, Mapping) or not are_variables(variables):
        raise TypeError(f"no mapping of environment variables: {variables!r}")
    return dict(variables)


@contextlib.contextmanager
def _command(command: list[str], folder: Path) -> Iterator[Page]:
    """A command that writes lines ``NAME=value`` and then ``ready``, and serves until SIGTERM."""
    own = {**os.environ, FOLDER: str(folder)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=own, text=True) as process:
        assert process.stdout is not None
        environment: dict[str, str] = {}

        def check() -> None:
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} ended with status {process.returncode}")

        @contextlib.contextmanager
        def page(_: str) -> Iterator[dict[str, str]]:
            check()
            yield environment
            check()

        try:
            for line in process.stdout:
                if line.strip() == "ready":
                    break
                name, is_one, environment[name] = line.strip().partition("=")
                if not is_one:
                    raise ValueError(f"{line!r} is neither NAME=value nor ready")
            else:
                process.wait()
                check()
            threading.Thread(target=process.stdout.read, daemon=True).start()  # else it would block
            yield page
        finally:
            process.terminate()
            try:
                process.wait(GRACE / 2)
            except subprocess.TimeoutExpired:
                process.kill()


if __name__ == "__main__":
    main(sys.argv[1:])
