"""Commands that start warm: ``python -m MODULE`` in a fork of a process that has its imports done.

``python -m sphinx`` spends more time on importing than on a small site. A `Nursery` imports once;
each of its commands then runs in a fresh fork, with its own arguments, folder, environment and
streams, so that no command sees what another did. As a script, this file is the process that forks.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO, Any

AT_START = ("PYTHON", "LC_", "LANG", "TZ", "LD_")
"""How variables begin that are read when an interpreter starts: no fork can be given others."""


@dataclass(frozen=True)
class Finished:
    """A command that came to its end: its exit status and what it wrote to each stream."""

    code: int
    stdout: str
    stderr: str


class Running:
    """A command that was started in a fork; the names are those of ``subprocess.Popen``."""

    def __init__(self, streams: list[IO[bytes]], status: IO[bytes]) -> None:
        self._streams = streams
        self._status = status
        self.pid = int(status.readline())

    def kill(self) -> None:
        """End the command at once; one that has ended stays as it is."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def finish(self, seconds: float) -> Finished:
        """Wait for the end; a command that takes longer is killed, and its test fails."""
        read: list[bytes] = [b""] * len(self._streams)
        threads = [Thread(target=self._read, args=(read, at)) for at in range(len(read))]
        for thread in threads:
            thread.start()
        threads[0].join(seconds)
        late = threads[0].is_alive()
        if late:
            self.kill()
        for thread in threads:
            thread.join()
        code = int(self._status.readline())
        self._status.close()
        texts = [part.decode("utf-8", "surrogateescape") for part in read]
        if late:
            raise subprocess.TimeoutExpired("a warm command", seconds, texts[0], texts[-1])
        return Finished(code, *texts)

    def _read(self, read: list[bytes], at: int) -> None:
        with self._streams[at] as stream:
            read[at] = stream.read()


class Nursery:
    """Runs ``python -m`` commands in forks of one process, which starts with the first of them."""

    def __init__(
        self,
        *modules: str,
        interpreter: tuple[str, ...] = (sys.executable,),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.modules = modules
        self.interpreter = interpreter
        self.environment = environment
        self._socket: socket.socket | None = None
        self._server: subprocess.Popen[bytes] | None = None

    def run(
        self, command: list[str], folder: Path, environment: Mapping[str, str], seconds: float = 300
    ) -> Finished:
        """``python -m COMMAND`` in a folder, with this environment and no other."""
        if {**environment}.items() ^ os.environ.items() and self._needs_interpreter(environment):
            done = subprocess.run(
                [sys.executable, "-m", *command],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="surrogateescape",
                timeout=seconds,
                check=False,
            )
            return Finished(done.returncode, done.stdout, done.stderr)
        return self.start(command, folder, environment).finish(seconds)

    @staticmethod
    def _needs_interpreter(environment: Mapping[str, str]) -> bool:
        differing = dict(environment.items() ^ os.environ.items())
        return any(name.startswith(AT_START) for name in differing)

    def start(self, command: list[str], folder: Path, environment: Mapping[str, str]) -> Running:
        """Start a command, ``-m`` a module or a script, and do not wait for its end."""
        if self._socket is None:
            self._open()
        assert self._socket is not None
        pipes = [os.pipe() for _ in range(3)]  # stdout, stderr, status
        order = {"command": command, "folder": str(folder), "environment": dict(environment)}
        message = json.dumps(order).encode() + b"\n"
        given = [write for _, write in pipes]
        sent = socket.send_fds(self._socket, [message], given)
        self._socket.sendall(message[sent:])
        for each in given:
            os.close(each)
        out, error, status = [os.fdopen(read, "rb") for read, _ in pipes]
        return Running([out, error], status)

    def _open(self) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._server = subprocess.Popen(
                [*self.interpreter, __file__, str(theirs.fileno()), *self.modules],
                pass_fds=[theirs.fileno()],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,  # as in its forks: Python looks once whether it can seek
            )
        atexit.register(self.close)

    def close(self) -> None:
        """End the process that forks: it ends when nobody can ask it any more."""
        if self._socket and self._server:
            self._socket.close()
            with self._server:  # waits, and closes the pipe
                self._socket = None


SPHINX = Nursery(
    *("sphinx.cmd.build", "myst_nb.sphinx_ext", "furo", "built_site.address", "zipp.glob"),
    *("myst_doctest.sphinx_extension", "live_cells.sphinx_extension", "xml.sax.expatreader"),
    *("alabaster.support", "docutils.languages.en", "docutils.writers.manpage", "jinja2.sandbox"),
    *("docutils.writers.docutils_xml", "encodings.cp437", "encodings.utf_8_sig", "jinja2.ext"),
    *("myst_nb.ext.execution_tables", "myst_nb.ext.glue.domain", "myst_parser.sphinx_ext.mathjax"),
    *("myst_parser.sphinx_ext.directives", "myst_parser.sphinx_ext.myst_refs"),
    *("sphinx.builders.*", "sphinx.directives.*", "sphinx.domains.*", "sphinx.environment.*"),
    *("sphinx.ext.doctest", "sphinx.ext.mathjax", "sphinx.jinja2glue", "sphinx.search.en"),
    *("sphinx.transforms.*", "sphinx.util._lines", "sphinx.versioning", "sphinx.writers.*"),
    *("sphinxcontrib.applehelp", "sphinxcontrib.devhelp", "sphinxcontrib.htmlhelp"),
    *("sphinxcontrib.qthelp", "sphinxcontrib.serializinghtml", "kept_templates", "warm_caches"),
    *("kept_runs", "warm_servers"),
)
"""What a small site imports when it is built; a star is for all that is in a package."""

PYTEST = Nursery(
    *("pytest", "myst_nb.core.read", "concurrent.futures", "difflib", "faulthandler", "jinja2"),
    *("sphinx.config", "sphinx.project", "sphinx.util.matching", "sphinx.util.tags", "tomllib"),
    *("unittest", "urllib.request", "xml.etree.ElementTree", "warm_caches", "warm_pytest"),
    "warm_servers",
)
QUICK = ("pytest", "-p", "no:anyio")
"""pytest without a plugin that `make serve` brings along, and that imports asyncio."""


def serve(control: socket.socket) -> None:
    """Fork once for each order that comes, until the other end is closed."""
    started = 0
    while True:
        message, given, _, _ = socket.recv_fds(control, 1 << 16, 3)
        while started and os.waitpid(-1, os.WNOHANG if message else 0)[0]:
            started -= 1
        if not message:
            return
        started += 1
        while not message.endswith(b"\n"):
            message += control.recv(1 << 16)
        if os.fork() == 0:
            control.close()
            _supervise(json.loads(message), *given)
        for each in given:
            os.close(each)


def _supervise(order: dict[str, Any], out: int, error: int, status: int) -> None:
    """Run the command in a fork of one's own; tell its process id, and then how it ended."""
    child = os.fork()
    if child == 0:
        os.close(status)
        for given, stream in ((out, 1), (error, 2)):
            os.dup2(given, stream)
            os.close(given)
        os._exit(_run(order))
    os.close(out)
    os.close(error)
    os.write(status, b"%d\n" % child)
    os.write(status, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    os._exit(0)


def _run(order: dict[str, Any]) -> int:
    """The command, as the interpreter runs a script, or a module after ``-m``; its exit status."""
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = order["command"]
    script = Path(sys.argv[0])
    code: Any = 0
    try:
        if script.suffix == ".py":
            sys.path[0] = str(script.parent)
            runpy.run_path(str(script), run_name="__main__")
        else:
            sys.path[0] = order["folder"]
            runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # the fork ends here, whatever it was
        traceback.print_exc()
        code = 1
    if isinstance(code, str):
        sys.stderr.write(f"{code}\n")
    atexit._run_exitfuncs()  # a process that ends by os._exit leaves them out
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    return code if isinstance(code, int) else int(code is not None)


def preload(name: str) -> None:
    """Import a module, or all that is in a package; what is not installed is left out."""
    package, star, _ = name.partition(".*")
    try:
        module = importlib.import_module(package)
    except ModuleNotFoundError:
        return
    if star:
        for found in pkgutil.walk_packages(module.__path__, f"{package}."):
            importlib.import_module(found.name)


if __name__ == "__main__":
    for name in sys.argv[2:]:
        preload(name)
    gc.collect()
    gc.freeze()  # else each fork looks through all that was imported, and copies it
    serve(socket.socket(fileno=int(sys.argv[1])))
