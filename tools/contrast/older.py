"""The older SQLAlchemy: an environment that has it, and a page's cells run there."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from myst_doctest.pages.page import Cell
from myst_doctest.running.page_process import Request, end_group
from myst_doctest.running.page_runs import START, PageRun, environment, request
from myst_doctest.running.runner import CellRun
from myst_doctest.settings import Settings

__all__ = ["OlderError", "checked", "made", "run"]

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parent.parent / "src"
REQUIREMENTS = HERE / "requirements.txt"


class OlderError(Exception):
    """There is no interpreter with the older version; the message says why."""


def made(folder: Path) -> Path:
    """The interpreter of the environment in ``folder``, made where it is missing or outdated."""
    python, mark = folder / "bin" / "python", folder / "made-of"
    made_of = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest() + platform.python_version()
    if mark.is_file() and mark.read_text(encoding="utf-8") == made_of:
        return python
    try:
        venv.create(folder, clear=True, with_pip=False)
        _install(python)
        mark.write_text(made_of, encoding="utf-8")
    except OSError as error:
        raise OlderError(f"{folder}: {error.strerror or error}") from None
    return python


def _install(python: Path) -> None:
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    command += ["--disable-pip-version-check", "--no-input", "--retries", "1"]
    command += ["--require-hashes", "--only-binary", ":all:", "-r", str(REQUIREMENTS)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        shutil.rmtree(python.parent.parent, ignore_errors=True)
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR: ")]
        why = errors[-1].removeprefix("ERROR: ") if errors else f"pip gave {done.returncode}"
        raise OlderError(f"the older SQLAlchemy cannot be installed (no network?): {why}")


def checked(python: Path, version: str) -> Path:
    """The interpreter, if it has this version of SQLAlchemy.

    Raises OlderError.
    """
    code = "import sqlalchemy; print(sqlalchemy.__version__)"
    try:
        done = subprocess.run(
            [str(python), "-P", "-c", code], capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise OlderError(f"{python}: {error.strerror}") from None
    found = done.stdout.strip() or "no SQLAlchemy"
    if found != version:
        raise OlderError(f"{python} has {found}, not {version}")
    return python


def run(python: Path, cells: Sequence[Cell], settings: Settings) -> PageRun:
    """What these cells do on the older version, in a fresh process and an empty folder.

    A cell that raises does not end the page.
    """
    ours, theirs = socket.socketpair()
    folder = os.path.realpath(tempfile.mkdtemp(prefix="page-"))
    command = [str(python), "-P", str(HERE / "child.py"), str(SOURCES), str(theirs.fileno())]
    with ours, theirs:
        process = subprocess.Popen(
            [*command, *settings.preload],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=environment(),
        )
        theirs.close()
        try:
            asked = request(cells, settings, folder)
            # On the older version any cell may raise.
            asked = replace(asked, cells=[(name, code, True) for name, code, _ in asked.cells])
            return _Page(ours, cells, settings).follow(asked)
        finally:
            end_group(process.pid)
            process.kill()  # it may have no group of its own yet
            process.wait()
            shutil.rmtree(folder, ignore_errors=True)


class _Page:
    """A page's process, followed from cell to cell."""

    def __init__(self, channel: socket.socket, cells: Sequence[Cell], settings: Settings) -> None:
        self.channel = channel
        self.cells = cells
        self.limit = max(settings.timeout, START)
        self.settings = settings
        self.result = PageRun(stopped="its process ended before its last cell did")

    def follow(self, request: Request) -> PageRun:
        """The page's run; ``stopped`` says why it is not whole."""
        self.channel.settimeout(self.limit)
        try:
            self.channel.sendall(request.dumps())
            with self.channel.makefile("rb") as stream:
                for line in stream:
                    self._take(json.loads(line))
        except TimeoutError:
            self.result.stopped = f"stopped after {self.limit:g} s"
        except OSError as error:
            self.result.stopped = f"its process is gone: {error.strerror}"
        return self.result

    def _take(self, message: dict[str, Any]) -> None:
        match message["state"]:
            case "start" if message["cell"] < 0:
                self.result.ran = message["time"]
            case "start":
                own = self.cells[message["cell"]].timeout
                self.limit = own or self.settings.timeout
                self.channel.settimeout(self.limit)
            case "cell":
                self.result.cells.append(CellRun.of(message["run"]))
            case "broken":
                self.result.stopped = message["message"]
            case "end":
                self.result.stopped = ""
