"""What a page finds in its working folder: nothing, declared data, or what is beside its file.

The folder is the page's own each time. What it finds are links, so that nothing a page writes
lands in the project: a file that it opens to write to becomes a copy before.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

WRITES = os.O_WRONLY | os.O_RDWR | os.O_TRUNC | os.O_APPEND


class PageFolder:
    """The working folder of a page, and the project's files in it."""

    def __init__(self, folder: str, root: str) -> None:
        self.folder = Path(folder)
        self.root = Path(root)
        self.cwd = self.folder
        """Where the page runs."""

    def furnish(self, beside: str, data: Iterable[str]) -> None:
        """Link what a page, whose file is in the folder ``beside``, may use.

        Each folder from the project's down to the page's is there, with links to all that is in
        it, so that a path that begins with ``..`` leads where it leads in the project.
        """
        if beside and Path(beside).is_relative_to(self.root):
            inner = Path(beside).relative_to(self.root)
            for part in (*reversed(inner.parents), inner):
                (self.folder / part).mkdir(exist_ok=True)
                self._link(self.root / part, self.folder / part, inner)
            self.cwd = self.folder / inner
            sys.path.insert(0, beside)  # as a notebook's folder is
            sys.dont_write_bytecode = True  # beside the page's modules
        for name in data:
            if not (self.cwd / Path(name).name).exists():
                (self.cwd / Path(name).name).symlink_to(self.root / name)

    def _link(self, source: Path, target: Path, inner: Path) -> None:
        parts = {self.root / part for part in (inner, *inner.parents)}
        for each in source.iterdir():
            if each not in parts:
                (target / each.name).symlink_to(each)

    def source(self, name: str) -> str:
        """The project's file behind a path; another path as it is."""
        return os.path.realpath(name) if name.startswith(f"{self.folder}{os.sep}") else name

    def keep(self, name: str) -> None:
        """Copy a file that the page is about to write to, where it is a link.

        Raises PermissionError for a file in a linked folder.
        """
        path = Path(name)
        if not self.source(name).startswith(f"{self.root}{os.sep}"):
            return
        if path.is_relative_to(self.folder) and path.is_symlink() and path.is_file():
            found = path.resolve()
            path.unlink()
            shutil.copyfile(found, path)
        elif path.is_relative_to(self.folder):
            raise PermissionError(f"a page does not write to the project's files: {path.name}")

    def names(self) -> dict[str, str]:
        """What stands in outputs for the folders, which are others on another machine."""
        if self.cwd == self.folder:
            return {str(self.folder): "."}
        return {str(self.cwd): ".", str(self.folder): "/project", str(self.root): "/project"}
