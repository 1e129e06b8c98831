"""A small copy of the project, built by its own commands on a machine that fails."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self
from unittest import mock

from live_cells.pack import build, downloads_cache
from live_cells.sphinx_extension import pack_recipe
from myst_doctest import sphinx_config
from tests.kit.full_site import PARTS, ROOT

SOURCES = (
    *("conf.py", "LICENSE", "Makefile", "pyproject.toml"),
    *("deploy", "packages", "requirements", "src", "tools"),
)
SECONDS = 240
"""A command that takes longer hangs."""


@dataclass(frozen=True)
class Done:
    """How a command ended, and all that it said."""

    status: int
    said: str


ADDRESS = "https://tutorial.example.org/"


def built(place: str = "_build/html") -> str:
    """What ``make html`` says where all is well."""
    return f"The site is in {place}/index.html\nIts pages give {ADDRESS} as their address\n"


RIGHT = Done(0, built())


class Project:
    """The project's own configuration, code and commands, with a handful of small pages."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.html = root / "_build" / "html"
        self.cache = root / "_build" / "live-cells"

    @classmethod
    def new(cls, root: Path) -> Self:
        """A copy in which nothing was built yet."""
        made = cls(root)
        made._make()
        return made

    def _make(self) -> None:
        self.root.mkdir(parents=True)
        for name in SOURCES:
            copy(ROOT / name, self.root / name)
        self._write_docs()
        self._lend_environment()
        self.cache.parent.mkdir()
        self.cache.symlink_to(PARTS)

    def _write_docs(self) -> None:
        """Our pages, beside what the configuration names in docs/, emptied of other pages."""
        pages = shutil.ignore_patterns("*.md", "*.toml")
        shutil.copytree(ROOT / "docs", self.root / "docs", ignore=pages)
        for table in (ROOT / "docs").rglob("*.toml"):
            self.write(table.relative_to(ROOT).as_posix(), "")
        copy(Path(__file__).parent / "docs", self.root / "docs")

    def _lend_environment(self) -> None:
        """Our own .venv, which make is to take for the copy's, and not to write to."""
        for name in ("pyproject.toml", "requirements/dev.txt"):
            os.utime(self.root / name, (0, 0))  # ours may wait for a setup
        venv = self.root / ".venv"
        venv.mkdir()
        for part in Path(sys.prefix).iterdir():
            if part.name != "place":
                (venv / part.name).symlink_to(part)
        (venv / "place").write_bytes(os.fsencode(self.root.resolve()))

    def want_setup(self) -> None:
        """No environment yet, and one small distribution to put into it."""
        shutil.rmtree(self.root / ".venv")
        self.write("requirements/dev.txt", locked("setuptools"))

    def keep_own_parts(self, *, pack: bool = True) -> None:
        """A cache of its own, of the parts that its pack is made of: one that may be broken."""
        self.cache.unlink()
        for name in parts_in_use():
            if pack or not name.startswith("pack-"):
                copy(PARTS / name, self.cache / name)

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file of the project."""
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def change(self, name: str, old: str, new: str) -> None:
        """Change words of a file of the project."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def start(
        self,
        *command: str,
        prefix: tuple[str, ...] = (),
        without: tuple[str, ...] = (),
        **more: str,
    ) -> subprocess.Popen[str]:
        """A command in the project's folder, in a process group of its own."""
        return subprocess.Popen(
            [*prefix, *command],
            cwd=self.root,
            env=environment(without) | more,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )

    def run(
        self,
        *command: str,
        prefix: tuple[str, ...] = (),
        without: tuple[str, ...] = (),
        **more: str,
    ) -> Done:
        """A command, to its end."""
        process = self.start(*command, prefix=prefix, without=without, **more)
        said, _ = process.communicate(timeout=SECONDS)
        return Done(process.returncode, said)

    def make(
        self, *words: str, prefix: Sequence[str] = (), without: Sequence[str] = (), **more: str
    ) -> Done:
        """``make WORDS``, and of what it says what is not make's own."""
        done = self.run("make", *words, prefix=prefix, without=without, **more)
        return Done(done.status, re.sub(r"^make(\[\d\])?: .*\n", "", done.said, flags=re.MULTILINE))

    def build(self, prefix: Sequence[str] = (), without: Sequence[str] = (), **more: str) -> None:
        """``make html``, which has to give a whole site without another word."""
        done = self.make("html", prefix=prefix, without=without, **more)
        assert done == RIGHT, done.said


@cache
def parts_in_use() -> tuple[str, ...]:
    """The names of the parts, of all in the cache, that a build takes now."""
    config: dict[str, Any] = sphinx_config.read(ROOT)._raw_config
    recipe = pack_recipe({**config, "live_cells_cache": PARTS}, ROOT)
    cached = downloads_cache.cached_folder
    with mock.patch.object(downloads_cache, "cached_folder", wraps=cached) as kept:
        with mock.patch.object(build, "cached_folder", kept):
            build.build(recipe)
        return tuple(call.args[1] for call in kept.call_args_list)


def locked(name: str) -> str:
    """A distribution's lines in the locked requirements."""
    text = (ROOT / "requirements" / "dev.txt").read_text("utf-8")
    found = re.search(rf"^{name}==(?:.*\\\n)+.*\n", text, re.MULTILINE)
    assert found
    return found[0]


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder, with its times."""
    if source.is_dir():
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(source, target, ignore=ignored, symlinks=True, dirs_exist_ok=True)
    else:
        shutil.copy2(source, target)


def environment(without: Sequence[str] = ()) -> Mapping[str, str]:
    """This process's environment at an author's desk, where outputs may be recorded.

    It is without what tells of CI, without what a make above us tells its own, and without the
    interpreter that it was given.
    """
    mine = ("CI", "PYTHON", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTEST_CURRENT_TEST", *without)
    kept = {name: value for name, value in os.environ.items() if name not in mine}
    return kept | {"SITE_URL": ADDRESS}


def differences(site: Path, other: Path) -> list[str]:
    """What is not the same, to the byte, in two sites: empty where all is."""
    here, there = _files(site), _files(other)
    return [
        *(f"missing: {name}" for name in sorted(there.keys() - here.keys())),
        *(f"surplus: {name}" for name in sorted(here.keys() - there.keys())),
        *(
            f"differs: {name}"
            for name in sorted(here.keys() & there.keys())
            if here[name].read_bytes() != there[name].read_bytes()
        ),
    ]


def _files(folder: Path) -> dict[str, Path]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in found}
