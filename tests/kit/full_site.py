"""Build the site and check its pages, with the commands that make uses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = ROOT / "_build" / "live-cells"  # of the pack, made once for all copies of the sources
OLDER = ROOT / "_build" / "sqlalchemy-2.0"  # the environment of a variant
TEMPLATES = ROOT / "src" / "tutorial_site" / "page" / "templates"


def run(arguments: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in a folder, its output as text, both streams in one."""
    return subprocess.run(
        arguments,
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def build(root: Path, prefix: tuple[str, ...] = (), **environment: str) -> tuple[int, str, Path]:
    """The build of ``make html``: its exit status, its complaints, and where the site is."""
    (root / "_build").mkdir(exist_ok=True)
    for made in (PARTS, OLDER):
        if not (root / "_build" / made.name).exists():
            (root / "_build" / made.name).symlink_to(made)
    done = subprocess.run(
        [*prefix, sys.executable, "-m", "built_site.fresh_build", "_build/html"],
        cwd=root,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    said = done.stderr
    if not OLDER.exists():  # which the build says, and publishes what is recorded
        said = re.sub(r"(?m)^variant .*\n", "", said)
    return done.returncode, said, root / "_build" / "html"


def check_pages(
    root: Path, prefix: tuple[str, ...] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    """The pages' part of ``make test``."""
    pytest_command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "docs"]
    return run([*prefix, *pytest_command], root, **environment)
