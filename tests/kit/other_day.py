"""Another day, for a command and all that it starts: by a library that is loaded before libc."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest

from tests.kit import prerequisites

SOURCE = Path(__file__).with_suffix(".c")


def other_day(days: int) -> dict[str, str]:
    """The environment of a command whose clock is so many days ahead."""
    return {"LD_PRELOAD": _library(), "OTHER_DAY": str(days)}


@cache
def _library() -> str:
    if sys.platform != "linux":
        pytest.skip("only Linux loads a library before others for all that is run")
    folder = Path(tempfile.mkdtemp(prefix="other-day-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)  # servers are run by another user than root
    library = folder / "other_day.so"
    command = ["cc", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
    try:
        subprocess.run(command, check=True)
    except FileNotFoundError:
        prerequisites.missing("a C compiler (Debian: apt-get install gcc libc6-dev)")
    return str(library)
