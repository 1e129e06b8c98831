"""The cache of the pack: npm packages, pinned by a lock file, and what is made of them.

A second build takes all of it from the cache and asks no network.
"""

import fcntl
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from live_cells.pack.node import install

HERE = Path(__file__).parent
SUMS = "sums.json"
KEPT = 7 * 24 * 3600


def digest(*parts: str | bytes) -> str:
    """A short content hash, for names of files."""
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        whole.update(len(data).to_bytes(8))
        whole.update(data)
    return whole.hexdigest()[:12]


def cached_folder(cache: Path, name: str, make: Callable[[Path], None]) -> Path:
    """The folder ``cache/name``, which ``make`` fills where it is missing or damaged.

    It is filled beside its place and then renamed, under a lock: two builds at once fill it once,
    and an interrupted build leaves no half of it. A damaged folder is made again because the pack
    carries hashes of what it was made from: no browser would notice.

    Raises OSError with a file name, which the operating system leaves out where a disk is full.
    """
    folder = cache / name
    with suppress(OSError):
        os.utime(folder)  # in use: _remove_unused keeps it
    if _is_whole(folder):
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_whole(folder):
            return folder
        if folder.is_dir():
            # No log message: -q would hide it, and a warning would fail the build.
            print(f"live cells: {folder} is damaged: making it again", file=sys.stderr)  # noqa: T201
            shutil.rmtree(folder)
        try:
            _fill(folder, make)
        except OSError as error:
            error.filename = error.filename or str(cache)
            raise
        _remove_unused(cache)
    return folder


def _fill(folder: Path, make: Callable[[Path], None]) -> None:
    with tempfile.TemporaryDirectory(prefix=f"{folder.name}-", dir=folder.parent) as making:
        made = Path(making) / "made"
        made.mkdir()
        make(made)
        (made / SUMS).write_text(json.dumps(_sums(made)), encoding="utf-8")
        made.rename(folder)


def _remove_unused(cache: Path) -> None:
    """Remove older generations: folders that no build asked for in the last :data:`KEPT` seconds.

    Not at once, since builds of other checkouts may share the cache.
    """
    for folder in cache.iterdir():
        if folder.is_dir() and time.time() - folder.stat().st_mtime > KEPT:
            shutil.rmtree(folder, ignore_errors=True)


def _is_whole(folder: Path) -> bool:
    try:
        known: object = json.loads((folder / SUMS).read_text(encoding="utf-8"))
        return known == _sums(folder)
    except (OSError, ValueError):
        return False


def _sums(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file in a folder, other than the file with these sums."""
    found = {}
    for root, _, names in os.walk(folder):
        for name in names:
            path = Path(root, name)
            if path != folder / SUMS:
                with path.open("rb") as file:
                    sum_ = hashlib.file_digest(file, "sha256").hexdigest()
                found[path.relative_to(folder).as_posix()] = sum_
    return found


def npm_packages(cache: Path, project: Path = HERE) -> Path:
    """The folder ``node_modules`` with the packages of ``project/package-lock.json``."""
    lock = (project / "package-lock.json").read_bytes()

    def fill(folder: Path) -> None:
        # -q would hide a log message, too, and who waits should know what for.
        sys.stderr.write(f"Downloading npm packages into {cache}, once\n")
        for name in ("package.json", "package-lock.json"):
            shutil.copy(project / name, folder / name)
        install(folder)

    return cached_folder(cache, f"npm-{digest(lock, sys.platform)}", fill) / "node_modules"
