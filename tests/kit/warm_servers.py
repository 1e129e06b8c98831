"""Fork servers that start warm: in a fork of a process that has imported what each imports.

Imported by a process that forks for pytest or Sphinx: its commands inherit the way to the process
that forks for the first fork server of each (warm_fork.py). A second one has a hash seed of its
own, so it is a new process, as is one whose environment an interpreter reads when it starts.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

from myst_doctest.running import page_runs
from myst_doctest.running.page_runs import BACKEND, MODULE

AT_START = ("PYTHON", "LC_", "LANG", "TZ", "LD_", "MALLOC_", "COV")
"""How variables begin that are read when an interpreter starts, or coverage.py in it."""
AT_IMPORT = ("MPL", "HOME", "XDG_")
"""And those that matplotlib reads when it is imported."""
KNOWN = ["matplotlib.pyplot"]
"""What sites of tests preload, which takes longer to import than all else that they do."""


class Server:
    """A fork server that was started in a fork; the names are those of ``subprocess.Popen``."""

    def __init__(self, status: IO[bytes]) -> None:
        self.status = status
        self.pid = int(status.readline())
        self.returncode: int | None = None

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises TimeoutExpired after so many seconds."""
        if self.returncode is None:
            if not select.select([self.status], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("a warm fork server", timeout or 0)
            self.returncode = int(self.status.readline())
            self.status.close()
        return self.returncode


class Starter:
    """Starts fork servers as ``subprocess.Popen`` does, the first of a process in a fork."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.used_by: set[int] = set()
        self.orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        script = Path(__file__).with_name("warm_fork.py")
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-P", script, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=environment,
                stdin=subprocess.DEVNULL,
            )

    def __call__(self, command: list[str], **options: Any) -> Any:
        """Start a fork server, whose command and options are those for Popen."""
        environment, process = options["env"], os.getpid()
        if process in self.used_by or not self._is_fit(command, environment):
            return subprocess.Popen(command, **options)
        self.used_by.add(process)
        number, *arguments = command[4:]
        order = {"folder": str(Path.cwd()), "environment": environment, "arguments": arguments}
        status, theirs = os.pipe()
        given = [int(number), options["stderr"].fileno(), theirs]
        socket.send_fds(self.orders, [json.dumps(order).encode()], given)
        os.close(theirs)
        return Server(os.fdopen(status, "rb"))

    def _is_fit(self, command: list[str], environment: dict[str, str]) -> bool:
        """Whether a fork does what a new process does."""
        if command[:4] != [sys.executable, "-P", "-m", MODULE]:
            return False
        differing = {name for name, _ in environment.items() ^ self.environment.items()}
        if modules := command[7:]:
            if Path("matplotlibrc").exists() or modules != KNOWN:
                return False
            return not any(name.startswith((*AT_START, *AT_IMPORT)) for name in differing)
        return not any(name.startswith(AT_START) for name in differing)


if sys.platform == "linux":  # elsewhere there may be no sockets that keep messages apart
    starter = Starter(page_runs.environment() | {"MPLBACKEND": BACKEND})
    vars(page_runs)["subprocess"] = SimpleNamespace(
        Popen=starter, DEVNULL=subprocess.DEVNULL, TimeoutExpired=subprocess.TimeoutExpired
    )
