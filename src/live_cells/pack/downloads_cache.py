"""What a pack is made of and comes from outside: npm packages and wheels, by lock files.

All of it is kept in a cache, so that a second build asks no network.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from live_cells.pack.node import install

__all__ = ["PartsError", "digest", "kept", "npm_packages", "wheels"]

HERE = Path(__file__).parent
SUMS = "sums.json"
PYTHON = "3.14"
"""The Python of Pyodide 314, for which wheels are chosen."""


class PartsError(Exception):
    """A part cannot be had; the message is one line and says what to do."""


def digest(*parts: str | bytes) -> str:
    """A short content hash, for names of files."""
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        whole.update(len(data).to_bytes(8))
        whole.update(data)
    return whole.hexdigest()[:12]


def kept(cache: Path, name: str, make: Callable[[Path], None]) -> Path:
    """The folder ``cache/name``, made by ``make`` where it is not there.

    It is made beside its place and then renamed, under a lock: two builds at once make it once,
    and a build that is interrupted leaves no half of it.
    One whose files are no longer what was made is made anew: a pack of it would carry its own
    hashes, and no browser would notice.
    """
    folder = cache / name
    if _is_whole(folder):
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with _locked(cache / "lock"):
        if _is_whole(folder):
            return folder
        if folder.is_dir():
            if (folder / SUMS).exists():  # else it was made by a version that left none
                # No log message: under -q it would not be seen, and as a warning fail the build.
                print(f"live cells: {folder} is not as it was made: made anew", file=sys.stderr)  # noqa: T201
            shutil.rmtree(folder)
        with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=cache) as making:
            made = Path(making) / "made"
            made.mkdir()
            make(made)
            (made / SUMS).write_text(json.dumps(_sums(made)), encoding="utf-8")
            made.rename(folder)
    return folder


def _is_whole(folder: Path) -> bool:
    try:
        known: object = json.loads((folder / SUMS).read_text(encoding="utf-8"))
        return known == _sums(folder)
    except (OSError, ValueError):
        return False


def _sums(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file in a folder but the one that holds these sums."""
    found = {}
    for root, _, names in os.walk(folder):
        for name in names:
            path = Path(root, name)
            if path != folder / SUMS:
                with path.open("rb") as file:
                    sum_ = hashlib.file_digest(file, "sha256").hexdigest()
                found[path.relative_to(folder).as_posix()] = sum_
    return found


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def npm_packages(cache: Path, project: Path = HERE) -> Path:
    """The folder ``node_modules`` with what package-lock.json in ``project`` names."""
    lock = (project / "package-lock.json").read_bytes()

    def fill(folder: Path) -> None:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(project / name, folder / name)
        install(folder)

    return kept(cache, f"npm-{digest(lock, sys.platform)}", fill) / "node_modules"


def wheels(cache: Path, names: Sequence[str], requirements: Path) -> list[Path]:
    """The pure wheels of these distributions, of the versions and hashes in ``requirements``.

    Raises PartsError where a name is not in that file, or its wheel cannot be had.
    """
    wanted = "".join(_requirement(name, requirements) for name in names)

    def download(folder: Path) -> None:
        file = folder / "requirements.txt"
        file.write_text(wanted, encoding="utf-8")
        _download(file, folder)

    folder = kept(cache, f"wheels-{digest(wanted)}", download)
    return sorted(folder.glob("*.whl"))


def _requirement(name: str, requirements: Path) -> str:
    text = requirements.read_text(encoding="utf-8")
    found = re.search(
        rf"^{re.escape(name)}==\S+(?: ;[^\n\\]*)?((?: \\\n +--hash=\S+)+)", text, re.MULTILINE
    )
    if found is None:
        raise PartsError(f"{requirements} pins no {name} with its hashes: run `make lock`")
    return re.sub(r" ;[^\n\\]*", "", found[0]) + "\n"


def _download(file: Path, folder: Path) -> None:
    pip = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check"]
    pure = ["--only-binary=:all:", "--platform=any", "--abi=none", f"--python-version={PYTHON}"]
    rest = ["--no-deps", "--require-hashes", "-r", str(file), "-d", str(folder)]
    done = subprocess.run(
        [*pip, *pure, *rest],
        capture_output=True,
        encoding="utf-8",
        errors="replace",  # whatever the locale, it is to be told
        check=False,
    )
    if done.returncode:
        words = [line for line in done.stderr.split("\n") if line.startswith("ERROR")]
        # pip's error then says that there is no such version.
        offline = "the package index cannot be reached: " if "Retrying (" in done.stderr else ""
        told = (words or ["no reason given"])[0][:300]
        raise PartsError(f"pip download failed: {offline}{told}")
