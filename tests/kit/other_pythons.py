"""Other Pythons than the one of this run, which are installed here and work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

VERSIONS = ("3.11", "3.12", "3.13", "3.14")


def other_pythons() -> list[str]:
    """Their paths, one for each version that this is not."""
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    found = map(_interpreter, (version for version in VERSIONS if version != own))
    return [path for path in found if path]


def _interpreter(version: str) -> str:
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    named = Path(shutil.which(f"python{version}") or "/none")
    paths = [*sorted(pyenv.glob(f"{version}.*/bin/python")), named]
    return next((str(path) for path in paths if path.is_file() and _works(path)), "")


def _works(path: Path) -> bool:
    return subprocess.run([path, "-c", "1"], check=False, capture_output=True).returncode == 0
