"""The pack: everything that a browser loads to run cells, in files named by their content."""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
import zipfile
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from hashlib import sha256
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pygments

from built_site.files import write
from live_cells.pack.downloads_cache import cached_folder, digest, npm_packages
from live_cells.pack.node import node

__all__ = ["Pack", "Recipe", "build", "compiled"]

HERE = Path(__file__).parent
SCRIPTS = HERE.parent / "js"
SRC = HERE.parent.parent
MANIFEST = "manifest.json"
ENTRIES = ("lazy_start", "controller", "render", "editor", "worker")
FIRST = ("controller", "render", "worker")
"""The scripts that the first run loads."""
CORE = {"core": "pyodide.asm.mjs", "wasm": "pyodide.asm.wasm"}
# The modules of these packages that run in the browser; the others are for the build.
TRAVELLERS = {
    "myst_doctest": ("__init__",),
    "myst_doctest/checking": ("__init__", "compare"),
    "myst_doctest/running": ("__init__", "runner"),
    "myst_doctest/showing": ("__init__", "lanes", "log_lines", "output_tree"),
    "live_cells": ("browser",),
}
# Files of a distribution that depend on the machine: compiled ones, and records of pip.
UNUSED = ("../*", "*.so", "*.pyd", "*.pyc", "*.pxd", "*.dist-info/[!Ml]*")
# Pygments is 1.2 MB of lexers, of which the log panels need two.
LEXERS = ("__init__", "_mapping", "python", "sql", "_*sql_builtins", "_postgres_builtins")
PYGMENTS = ("*.py", "filters/*.py", *(f"lexers/{name}.py" for name in LEXERS))


@dataclass(frozen=True)
class Recipe:
    """What a site puts into its pack."""

    cache: Path
    distributions: tuple[str, ...]
    """Names of installed distributions, each with those that it needs."""
    packages: tuple[Path, ...]
    """Folders of the project's own packages."""
    leave_out: tuple[str, ...] = ()
    """Patterns for files of the distributions that no reader needs."""


@dataclass(frozen=True)
class Pack:
    """A pack that was built."""

    folder: Path
    scripts: Mapping[str, str]
    """File names in ``folder`` by the names in ENTRIES."""
    files: tuple[str, ...]
    """The names of all files in ``folder``."""
    size: int
    """The bytes that the first run loads, compressed by gzip."""

    @classmethod
    def read(cls, folder: Path) -> Pack:
        """The pack in a folder, read from its manifest."""
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return cls(folder, manifest["scripts"], tuple(manifest["files"]), manifest["size"])


def build(recipe: Recipe) -> Pack:
    """Build the pack, or take it from the cache if nothing changed.

    Raises NodeError, ImportError or OSError where a part of it cannot be made.
    """
    modules = npm_packages(recipe.cache)
    contents = {
        "stdlib": _unpacked(modules / "pyodide" / "python_stdlib.zip"),
        "packages": _packages(recipe),
        "project": _project(recipe),
    }
    archives = {
        name: compiled(recipe.cache, name, modules, members) for name, members in contents.items()
    }
    scripts = [HERE / "bundle.mjs", Path(__file__), *sorted(SCRIPTS.glob("*.js"))]
    parts = [part for file in scripts for part in (file.name, file.read_bytes())]
    key = digest(*parts, modules.parent.name, *(path.name for path in archives.values()))
    folder = cached_folder(
        recipe.cache,
        f"pack-{key}",
        lambda folder: _assemble(folder, modules, archives, recipe.distributions),
    )
    return Pack.read(folder)


Members = Iterable[tuple[str, bytes]]
"""Names and contents of the files in an archive."""


def _packages(recipe: Recipe) -> Members:
    left_out = (*recipe.leave_out, *UNUSED)
    for name in recipe.distributions:
        for file in distribution(name).files or ():
            if not any(fnmatch(str(file), pattern) for pattern in left_out):
                yield str(file), file.read_binary()
    yield from _pygments()


def _unpacked(archive: Path) -> Members:
    with zipfile.ZipFile(archive) as source:
        for name in sorted(source.namelist()):
            if not name.endswith("/"):
                yield name, source.read(name)


def _pygments() -> Members:
    """The part of the installed Pygments that highlights SQL and Python."""
    root = Path(pygments.__file__).parent
    for file in (file for pattern in PYGMENTS for file in root.glob(pattern)):
        yield f"pygments/{file.relative_to(root).as_posix()}", file.read_bytes()


def _project(recipe: Recipe) -> Members:
    for package, names in TRAVELLERS.items():
        for module in names:
            yield f"{package}/{module}.py", (SRC / package / f"{module}.py").read_bytes()
    for folder in recipe.packages:
        for file in sorted(folder.rglob("*.py")):
            yield f"{folder.name}/{file.relative_to(folder).as_posix()}", file.read_bytes()


def compiled(cache: Path, name: str, modules: Path, members: Members) -> Path:
    """The folder with an archive of compiled modules, and ``python.json``: what compiled them.

    Nothing in the archive is compressed: the whole will be, and browsers unpack a whole faster than
    Python unpacks its parts.
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
        shutil.rmtree(sources)

    return cached_folder(cache, f"{name}-{key}", compile_archive)


def _assemble(
    folder: Path, modules: Path, archives: Mapping[str, Path], distributions: Sequence[str]
) -> None:
    """Put the pack's files into a folder, under names that hold the hash of their content."""
    files = {}
    for name, made in archives.items():
        # Compressed here: few hosts compress such files.
        data = gzip.compress((made / f"{name}.zip").read_bytes(), 9, mtime=0)
        files[name] = _hashed(folder, f"{name}.pack", data)
    for part, name in CORE.items():
        files[part] = _hashed(folder, name, (modules / "pyodide" / name).read_bytes())
    python = json.loads((archives["stdlib"] / "python.json").read_text(encoding="utf-8"))
    pack = {
        "files": files,
        "archives": ["packages", "project"],
        "info": python["info"],
        "words": _words(python["versions"], distributions),
    }
    scripts = _bundle(folder, modules, pack)
    first = [*files.values(), *(scripts[name] for name in FIRST)]
    names = [file["name"] for file in (*files.values(), *scripts.values())]
    manifest = {
        "scripts": {name: file["name"] for name, file in scripts.items()},
        "files": sorted([*names, MANIFEST]),
        "size": sum(file["bytes"] for file in first),
        "pack": pack,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _hashed(folder: Path, name: str, data: bytes) -> dict[str, Any]:
    """Write a file of the pack; returns its name, its compressed size and its integrity hash."""
    stem, _, suffix = name.rpartition(".")
    place = folder / f"{stem}-{digest(data)}.{suffix}"
    place.write_bytes(data)
    # Hosts compress scripts and WebAssembly.
    sent = data if suffix == "pack" else gzip.compress(data, 6, mtime=0)
    integrity = f"sha256-{b64encode(sha256(data).digest()).decode()}"
    return {"name": place.name, "bytes": len(sent), "integrity": integrity}


def _words(versions: Mapping[str, str], names: Sequence[str]) -> str:
    """The versions for the page's status line: Python, the first distribution and SQLite."""
    found = [distribution(name) for name in names[:1]]
    named = [f"{each.name} {each.version}" for each in found]
    return ", ".join([f"Python {versions['Python']}", *named, f"SQLite {versions['SQLite']}"])


def _bundle(folder: Path, modules: Path, pack: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as made:
        entries = [SCRIPTS / f"{name}.js" for name in ENTRIES]
        node(HERE / "bundle.mjs", modules, made, json.dumps(pack), *entries)
        names = [entry.name for entry in entries]
        files = [_hashed(folder, name, (Path(made) / name).read_bytes()) for name in names]
    return dict(zip(ENTRIES, files, strict=True))
