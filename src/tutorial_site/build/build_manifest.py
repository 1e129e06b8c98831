"""What a build left in its folders, to the byte: from that, or from nothing, the next one starts.

The record lies with the doctrees. It says ``begun`` from a build's first step on, and ``whole``
once the last one is done, so that a build which was killed, failed or ran out of space is known.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from built_site.files import write

__all__ = ["Mark", "Record", "files", "marks", "sums"]

Mark = tuple[int, int, int]
"""A file's inode, time and size: another one where it was written again."""


@dataclass
class Record:
    """A build's record.

    ``others`` are the files that lay in the output folder when the build began and were not
    ours; ``output`` and ``doctrees`` hold the SHA-256 of what it left; ``pages`` are the
    documents' names, ``configuration`` a digest of what they were built with, and ``copied`` the
    names of images and downloads that pages asked for.
    """

    whole: bool = False
    others: dict[str, Mark] = field(default_factory=dict)
    output: dict[str, str] = field(default_factory=dict)
    doctrees: dict[str, str] = field(default_factory=dict)
    pages: list[str] = field(default_factory=list)
    configuration: str = ""
    copied: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """The record in a file; None where there is none that can be read."""
        try:
            record = cls(**json.loads(file.read_text(encoding="utf-8")))
            record.others = {name: (a, b, c) for name, (a, b, c) in record.others.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return None
        return record

    def write(self, file: Path) -> None:
        """Put the record into a file, in one step: it is the old one or the new one, never half."""
        write(file, json.dumps(asdict(self), indent=1).encode())


def files(folder: Path, *leave_out: Path) -> Iterator[tuple[str, Path]]:
    """The files of a folder by their names in it; ``leave_out`` are folders in it, or files."""
    for root, folders, names in os.walk(folder):
        here = Path(root)
        folders[:] = [name for name in sorted(folders) if here / name not in leave_out]
        for name in sorted(names):
            if here / name not in leave_out:
                yield (here / name).relative_to(folder).as_posix(), here / name


def marks(found: Mapping[str, Path]) -> dict[str, Mark]:
    """The marks of files."""
    states = {name: path.lstat() for name, path in found.items()}
    return {name: (it.st_ino, it.st_mtime_ns, it.st_size) for name, it in states.items()}


def sums(found: Mapping[str, Path]) -> dict[str, str]:
    """The SHA-256 of files."""
    return {name: _sum(path) for name, path in found.items()}


def _sum(path: Path) -> str:
    if not path.is_file():  # a link to nowhere, a socket
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
