"""A variant's service, such as a database server: started once, at the first page that wants it.

This is our side; the service itself runs in a process of its own (``service_host.py``), which
ends when this one does, whatever ends it.
"""

import contextlib
import itertools
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

START = 60.0
"""Seconds that a service has to start, and to answer."""

LAST_WORDS = 5.0
"""Seconds that a process that answers no more has to say why."""


class ServiceError(Exception):
    """A service does not start, or is there no more; the message says why."""


class Service:
    """The service of a variant: ``module:function`` or a command."""

    def __init__(self, service: str | Sequence[str], root: Path, pythonpath: Sequence[str]) -> None:
        self.service = service
        self.root = root
        self.pythonpath = pythonpath
        self.lock = threading.Lock()
        self.numbers = itertools.count()
        self.process: subprocess.Popen[bytes] | None = None
        self.refusal = ""
        self.is_gone = False
        """Whether a page has been told that the service does not answer."""

    @contextlib.contextmanager
    def page(self, code: str = "") -> Iterator[dict[str, str]]:
        """The environment variables for the run of a page's code. Raises ServiceError.

        It raises StartError, a ServiceError, where the service could not be started at all.
        """
        number = next(self.numbers)
        with self.lock:
            self._start()
            environment = self._ask(begin=number, code=code)["environment"]
        try:
            yield environment
        finally:
            with self.lock:
                self._ask(end=number)

    def _start(self) -> None:
        if self.process is None:
            self._start_process()
            try:
                self._ask(start=self.service, pythonpath=self.pythonpath)
            except ServiceError as error:
                self.refusal = str(error)
        if self.refusal:
            raise StartError(self.refusal)

    def _start_process(self) -> None:
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the service)
        self.channel, theirs = socket.socketpair()
        self.channel.settimeout(START)
        self.answers = self.channel.makefile("rb")
        command = [sys.executable, "-P", "-m", "myst_doctest.running.service_host"]
        with theirs:
            self.process = subprocess.Popen(
                [*command, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self.errors,
                start_new_session=True,  # Ctrl+C is for us, and ends it by the closed socket
            )

    def _ask(self, **question: Any) -> dict[str, Any]:
        try:
            self.channel.sendall(json.dumps(question).encode() + b"\n")
            line = self.answers.readline()
        except TimeoutError:
            self.is_gone = True
            self.dismiss()
            raise ServiceError(f"no answer within {START:g} s{self._said()}") from None
        except OSError:
            line = b""
        if not line:
            if self.process and not self.is_gone:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(LAST_WORDS)
            self.is_gone = True
            raise ServiceError(f"its process is gone{self._said()}")
        answer: dict[str, Any] = json.loads(line)
        if why := answer.get("failed"):
            raise ServiceError(f"{why}{self._said()}")
        return answer

    def _said(self) -> str:
        """What the service wrote to stderr, its last lines."""
        size = os.fstat(self.errors.fileno()).st_size
        text = os.pread(self.errors.fileno(), 4000, max(size - 4000, 0)).decode(errors="replace")
        return "".join(f"\n  {line}" for line in text.strip().split("\n")[-10:] if line)

    def dismiss(self) -> None:
        """Have the service end by itself; who asks it now is told that it is gone."""
        if self.process is not None:
            with contextlib.suppress(OSError):
                self.channel.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End the service, wait until it has ended, and say on stderr if it could not."""
        if self.process is None or self.channel.fileno() < 0:
            return
        self.dismiss()
        if self.process.wait() and not self.is_gone:
            sys.stderr.write(f"the service {self.service} failed at its end{self._said()}\n")
        self.answers.close()
        self.channel.close()
        self.errors.close()


class StartError(ServiceError):
    """The service cannot be had here."""
