"""The older SQLAlchemy: an environment that has it, and a page's cells run there."""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
import sys
import venv
from dataclasses import replace
from pathlib import Path

from myst_doctest.pages.page import Page
from myst_doctest.running.page_runs import ExecutionError, PageRun, Server
from myst_doctest.settings import Settings

__all__ = ["OlderError", "checked", "made", "run"]

REQUIREMENTS = Path(__file__).with_name("requirements.txt")


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


def run(python: Path, page: Page, until: int, settings: Settings) -> PageRun:
    """What a page's cells do on the older version, as far as one of them; any may raise.

    Raises OlderError where that interpreter cannot run them.
    """
    cells = [replace(cell, tags=(*cell.tags, "raises-exception")) for cell in page.cells]
    try:
        with Server(settings, str(python)) as server:
            return server.run({"": replace(page, cells=cells)}, {"": until}).result("")
    except ExecutionError as error:
        raise OlderError(f"{python}: {error}") from None
