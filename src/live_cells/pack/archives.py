"""Archives of Python for the browser: which modules are in them, and their bytecode."""

import gzip
import shutil
import zipfile
from collections.abc import Iterable, Sequence
from fnmatch import fnmatch
from importlib.metadata import distribution
from pathlib import Path

import pygments

from built_site.files import write
from live_cells.pack.downloads_cache import cached_folder, digest
from live_cells.pack.node import node

HERE = Path(__file__).parent
SRC = HERE.parent.parent
# The modules of these packages that run in the browser; the others are for the build.
TRAVELLERS = {
    "myst_doctest": ("__init__",),
    "myst_doctest/checking": ("__init__", "compare"),
    "myst_doctest/running": ("__init__", "grading", "runner"),
    "myst_doctest/showing": (
        *("__init__", "lanes", "log_lines", "log_panel", "output_tree", "sql_layout", "tree"),
    ),
    "live_cells": ("browser",),
}
# Files of a distribution that depend on the machine: compiled ones, and records of pip.
UNUSED = ("../*", "*.so", "*.pyd", "*.pyc", "*.pxd", "*.dist-info/[!Ml]*")
# Pygments is 1.2 MB of lexers, of which the log panels need two.
LEXERS = ("__init__", "_mapping", "python", "sql", "_*sql_builtins", "_postgres_builtins")
PYGMENTS = ("*.py", "filters/*.py", *(f"lexers/{name}.py" for name in LEXERS))


Members = Iterable[tuple[str, bytes]]
"""Names and contents of the files in an archive."""


def installed(names: Sequence[str], leave_out: Sequence[str] = ()) -> Members:
    """The files of installed distributions, but for those that one of the patterns fits."""
    left_out = (*leave_out, *UNUSED)
    for name in names:
        for file in distribution(name).files or ():
            if not any(fnmatch(str(file), pattern) for pattern in left_out):
                yield str(file), file.read_binary()


def unpacked(archive: Path) -> Members:
    """The files of a zip file."""
    with zipfile.ZipFile(archive) as source:
        for name in sorted(source.namelist()):
            if not name.endswith("/"):
                yield name, source.read(name)


def pygments_part() -> Members:
    """The part of the installed Pygments that highlights SQL and Python."""
    root = Path(pygments.__file__).parent
    for file in (file for pattern in PYGMENTS for file in root.glob(pattern)):
        yield f"pygments/{file.relative_to(root).as_posix()}", file.read_bytes()


def travellers() -> Members:
    """The modules that run and compare cells."""
    for package, names in TRAVELLERS.items():
        for module in names:
            yield f"{package}/{module}.py", (SRC / package / f"{module}.py").read_bytes()


def own_packages(folders: Sequence[Path]) -> Members:
    """The modules of a project's own packages."""
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            yield f"{folder.name}/{file.relative_to(folder).as_posix()}", file.read_bytes()


def compress_beside(file: Path) -> None:
    """Write a file compressed beside it, as NAME.pack: few hosts compress others than they know."""
    packed = gzip.compress(file.read_bytes(), 9, mtime=0)
    file.with_name(f"{file.name}.pack").write_bytes(packed)


def compiled(cache: Path, name: str, modules: Path, members: Members) -> Path:
    """The folder with an archive of compiled modules, and ``python.json``: what compiled them.

    Nothing in the archive is compressed: the whole is, here and not for each pack that it is in,
    and browsers unpack a whole faster than Python unpacks its parts.
    """
    contents = sorted(members)
    script = HERE / "compile.mjs"
    parts = [part for pair in contents for part in pair]
    key = digest(script.read_bytes(), Path(__file__).read_bytes(), modules.parent.name, *parts)

    def compile_archive(folder: Path) -> None:
        sources = folder / "sources"
        for member, data in contents:
            write(sources / member, data)
        python = node(script, modules / "pyodide", sources, name)
        (folder / "python.json").write_text(python, encoding="utf-8")
        with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
            for file in sorted(file for file in sources.rglob("*") if file.is_file()):
                if file.suffix != ".py" or not file.with_suffix(".pyc").exists():
                    undated = zipfile.ZipInfo(file.relative_to(sources).as_posix())
                    archive.writestr(undated, file.read_bytes())
        compress_beside(folder / f"{name}.zip")
        shutil.rmtree(sources)

    return cached_folder(cache, f"{name}-{key}", compile_archive)
