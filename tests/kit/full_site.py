"""Build the site and check its pages, with the commands that make uses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from built_site.fresh_build import OPTIONS
from tests.kit.warm_process import SPHINX

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = ROOT / "_build" / "live-cells"  # of the pack, made once for all copies of the sources
OLDER = ROOT / "_build" / "sqlalchemy-2.0"
NO_COMPLAINT = re.compile(
    r"^(variant \S+: its recorded outputs are published|Downloading npm packages into) .*\n",
    re.MULTILINE,
)
"""What a build says where an interpreter or a server is not installed, and the first of all."""
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


def link_parts(root: Path) -> None:
    """Lend a copy of the sources what was set up in this checkout beside .venv."""
    (root / "_build").mkdir(exist_ok=True)
    for part in (PARTS, OLDER):
        link = root / "_build" / part.name
        if part.exists() and not link.exists():
            link.symlink_to(part)


def build(root: Path, **environment: str) -> tuple[int, str, Path]:
    """The build of ``make html``: its exit status, its complaints, and where the site is."""
    link_parts(root)
    command, variables = ["built_site.fresh_build", "_build/html"], {**os.environ, **environment}
    done = SPHINX.run(command, root, variables, seconds=900)
    return done.code, NO_COMPLAINT.sub("", done.stderr), root / "_build" / "html"


def read(root: Path) -> tuple[int, str]:
    """The first half of that build, in which pages are checked: its exit status and complaints."""
    link_parts(root)
    where = ["-d", "_build/doctrees", "docs", "_build/read"]
    done = SPHINX.run(["sphinx", "-b", "dummy", *OPTIONS, *where], root, os.environ, seconds=900)
    return done.code, NO_COMPLAINT.sub("", done.stderr)


def check_pages(root: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The pages' part of ``make test``."""
    pytest_command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "docs"]
    return run(pytest_command, root, **environment)
