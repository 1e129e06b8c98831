"""Make a virtual environment of `make`: tools/make_venv.py FOLDER READY [REQUIREMENTS [OURS...]].

READY is a file in FOLDER that is written last; another setup that runs meanwhile waits.
It gets what REQUIREMENTS, a lock file, has, and the distributions of ours in the folders OURS;
without these, what the project needs, and the project itself.
An old Python has to read this file as far as the line that asks for a newer one.
"""

import fcntl
import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = Path("requirements/dev.txt")
OURS = (Path(), Path("packages/myst-doctest"))
"""The folders of our own distributions."""
PIP = ("-m", "pip", "install", "-q", "--disable-pip-version-check")
NO_VENV = "venv is missing: on Debian, apt-get install python3-venv"
NO_PACKAGES = (
    "The locked dependencies could not be installed; pip says why above. "
    "This needs a package index, once: the network, or what pip's own settings name."
)


class Environment:
    """The virtual environment in a folder of this checkout."""

    def __init__(self, folder: Path, ready: Path, locked: Path = PROJECT, *ours: Path) -> None:
        self.folder = folder
        self.ready = ready
        self.locked = locked
        self.ours = OURS if locked == PROJECT else ours
        self.python = folder / "bin" / "python"
        self.place = folder / "place"  # a copied checkout would run the code of the first one
        self.unfinished = folder / "unfinished"  # what pip was at when it was killed is not known

    def is_ready(self) -> bool:
        """Whether another setup has done all of it while this one waited."""
        if not self.ready.exists() or not self.is_here():
            return False
        done, asked = self.ready.stat().st_mtime, [path / "pyproject.toml" for path in self.ours]
        return all(path.stat().st_mtime <= done for path in (self.locked, *asked))

    def is_here(self) -> bool:
        """Whether it was made for this checkout."""
        return self.place.is_file() and self.place.read_bytes() == os.fsencode(ROOT)

    def is_sound(self) -> bool:
        """Whether it can be built upon: of this Python, of this place, and left whole."""
        code = "import pip, platform; print(platform.python_version())"
        command = [str(self.python), "-c", code]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError:
            return False
        version = done.stdout.strip() == platform.python_version()
        return version and self.is_here() and not self.unfinished.exists()

    def make(self) -> None:
        """Make it where there is none that is sound, and install what is locked."""
        if not self.is_sound():
            self.run(NO_VENV, sys.executable, "-m", "venv", "--clear", str(self.folder))
            self.place.write_bytes(os.fsencode(ROOT))
        sys.stdout.write(f"Installing the locked dependencies into {self.folder}\n")
        sys.stdout.flush()
        self.unfinished.touch()
        self.run(NO_PACKAGES, str(self.python), *PIP, "--require-hashes", "-r", str(self.locked))
        if self.ours:
            own = [part for path in self.ours for part in ("-e", f"./{path}")]
            alone = ("--no-deps", "--no-build-isolation")  # all else is locked, setuptools too
            self.run(NO_PACKAGES, str(self.python), *PIP, *alone, *own)
        self.unfinished.unlink()
        self.ready.touch()

    def run(self, advice: str, *command: str) -> None:
        """Run a command; where it fails, end with what to do."""
        if subprocess.run(command, check=False).returncode:
            sys.exit(advice)


def wait_for_turn() -> int:
    """Hold the lock of this folder, of which the system lets go when this process ends."""
    folder = os.open(Path(__file__).parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.stdout.write("Another setup is at work here: waiting for its end\n")
        sys.stdout.flush()
        fcntl.flock(folder, fcntl.LOCK_EX)
    return folder


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036  (make runs any Python)
        sys.exit("Python 3.11 or later is needed: make PYTHON=python3.12 ...")
    os.chdir(ROOT)
    turn = wait_for_turn()
    environment = Environment(*map(Path, sys.argv[1:]))
    if not environment.is_ready():
        environment.make()
