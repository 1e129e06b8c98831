"""The project's files that a page used, so that a later build sees when one has changed.

Python's audit events name them while the page runs; they are compared by what they hold, since
times of change go back when an older file is put in a newer one's place.
"""

import contextlib
import hashlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from myst_doctest.running.page_folder import WRITES, PageFolder

EVENTS = frozenset({"open", "sqlite3.connect", "os.listdir", "os.scandir"})
WRITING = os.O_WRONLY | os.O_TRUNC


class UsedFiles:
    """The files and folders below ``root`` that a page imported, opened or listed.

    Those in ``folder``, which the page has for itself, are its own and left out.
    """

    def __init__(self, root: str, folder: PageFolder) -> None:
        self.folder = folder
        self.root = root + os.sep
        self.outside = (f"{folder.folder}{os.sep}", sys.prefix + os.sep)
        self.seen: dict[str, str] = {}
        """The digest of each when it was first used."""

    def note_modules(self) -> None:
        """Note the modules that were imported before the page began."""
        for module in tuple(sys.modules.values()):
            if (file := getattr(module, "__file__", None)) and self._is_ours(file):
                self.note("open", (file, "r", 0))

    def note(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The audit hook (``sys.addaudithook``); an ``open`` event brings path, mode and flags."""
        if event not in EVENTS or not isinstance(arguments[0], str | bytes | os.PathLike):
            return
        name = os.fsdecode(arguments[0])
        is_written = event == "sqlite3.connect" or (event == "open" and arguments[2] & WRITES)
        if is_written and self.folder.cwd != self.folder.folder:
            self.folder.keep(os.path.abspath(name))  # noqa: PTH100
        if event == "open" and arguments[2] & WRITING:
            return
        if event == "sqlite3.connect" and name.startswith("file:"):
            name = unquote(name.removeprefix("file:").partition("?")[0])
        # abspath, since resolving a link would ask the disk at each open
        name = _source_of(self.folder.source(os.path.abspath(name)))  # noqa: PTH100
        if self._is_ours(name) and name not in self.seen:
            self.seen[name] = ""  # to read it is such an event too
            self.seen[name] = digest(name)

    def _is_ours(self, name: str) -> bool:
        return name.startswith(self.root) and not name.startswith(self.outside)


def digest(name: str) -> str:
    """A digest of what a file holds or a folder lists; empty where there is nothing to read."""
    path = Path(name)
    try:
        if path.is_dir():
            names = sorted(set(os.listdir(name)) - {"__pycache__"})  # noqa: PTH208
            return digest_of("\0".join(names).encode(errors="surrogateescape"))
        return digest_of(path.read_bytes()) if path.is_file() else ""
    except OSError:
        return ""


def digest_of(data: bytes) -> str:
    """The digest of a file that holds these bytes."""
    return hashlib.sha256(data).hexdigest()


def _source_of(name: str) -> str:
    """The module behind a cached ``.pyc``, which is all that a second import opens."""
    if name.endswith(".pyc"):
        with contextlib.suppress(ValueError):  # it is nobody's
            return importlib.util.source_from_cache(name)
    return name
