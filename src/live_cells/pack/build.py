"""The pack: everything that a browser loads to run cells, in files named by their content."""

from __future__ import annotations

import gzip
import json
import tempfile
import zipfile
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from live_cells.pack.downloads_cache import cached_folder, digest, npm_packages, wheels
from live_cells.pack.node import node

__all__ = ["Pack", "Recipe", "build"]

HERE = Path(__file__).parent
SCRIPTS = HERE.parent / "js"
SRC = HERE.parent.parent
MANIFEST = "manifest.json"
ENTRIES = ("lazy_start", "controller", "render", "editor", "worker")
CORE = {"core": "pyodide.asm.mjs", "wasm": "pyodide.asm.wasm"}
# The modules of these packages that run in the browser; the others are for the build.
TRAVELLERS = {
    "myst_doctest": ("__init__",),
    "myst_doctest/checking": ("__init__", "compare"),
    "myst_doctest/running": ("__init__", "runner"),
    "myst_doctest/showing": ("__init__", "lanes", "log_lines", "output_tree"),
    "live_cells": ("browser",),
}
# Pygments is 1.2 MB of lexers, of which the log panels need two.
UNUSED = ("cmdline", "sphinxext", "__main__")
LEXERS = ("python", "sql", "_mapping", "__init__", *(f"_{d}_builtins" for d in (
    "mysql", "postgres", "sql", "tsql", "googlesql",
)))  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """What a site puts into its pack."""

    cache: Path
    requirements: Path
    """The file that pins the wheels with their hashes."""
    wheels: tuple[str, ...]
    """Names of distributions."""
    packages: tuple[Path, ...]
    """Folders of the project's own packages."""
    leave_out: tuple[str, ...] = ()
    """Patterns for files of the wheels that no reader needs."""


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

    Raises NodeError, DownloadError or OSError where a part of it cannot be made.
    """
    modules = npm_packages(recipe.cache)
    found = wheels(recipe.cache, recipe.wheels, recipe.requirements)
    archives = {
        "stdlib": _python(
            recipe, "stdlib", modules, _unpacked(modules / "pyodide" / "python_stdlib.zip")
        ),
        "packages": _python(recipe, "packages", modules, _packages(recipe, found)),
        "project": _python(recipe, "project", modules, _project(recipe)),
    }
    key = digest(_scripts_key(), modules.parent.name, *(path.name for path in archives.values()))
    folder = cached_folder(
        recipe.cache,
        f"pack-{key}",
        lambda folder: _assemble(folder, modules, archives, found),
    )
    return Pack.read(folder)


Members = Iterable[tuple[str, bytes]]
"""Names and contents of the files in an archive."""


def _packages(recipe: Recipe, found: Sequence[Path]) -> Members:
    patterns = (*recipe.leave_out, "*.dist-info/RECORD")
    for wheel in found:
        for name, data in _unpacked(wheel):
            if not any(fnmatch(name, pattern) for pattern in patterns):
                yield name, data
    yield from _pygments()


def _unpacked(archive: Path) -> Members:
    with zipfile.ZipFile(archive) as source:
        for name in sorted(source.namelist()):
            if not name.endswith("/"):
                yield name, source.read(name)


def _pygments() -> Members:
    """The part of the installed Pygments that highlights SQL and Python."""
    import pygments

    root = Path(pygments.__file__).parent
    files = [*root.glob("*.py"), *(root / "lexers").glob("*.py"), *(root / "filters").glob("*.py")]
    for file in sorted(files):
        if file.stem in LEXERS if file.parent.name == "lexers" else file.stem not in UNUSED:
            yield f"pygments/{file.relative_to(root).as_posix()}", file.read_bytes()


def _project(recipe: Recipe) -> Members:
    for package, names in TRAVELLERS.items():
        for module in names:
            yield f"{package}/{module}.py", (SRC / package / f"{module}.py").read_bytes()
    for folder in recipe.packages:
        for file in sorted(folder.rglob("*.py")):
            yield f"{folder.name}/{file.relative_to(folder).as_posix()}", file.read_bytes()


def _python(recipe: Recipe, name: str, modules: Path, members: Members) -> Path:
    """The folder with one compiled archive, and ``python.json``: the Python that compiled it."""
    contents = sorted(members)
    script = (HERE / "compile.mjs").read_bytes()
    parts = [part for pair in contents for part in pair]
    key = digest(script, modules.parent.name, *parts)

    def compile_archive(folder: Path) -> None:
        source = folder / f"{name}.src.zip"
        with zipfile.ZipFile(source, "w") as archive:
            for member, data in contents:
                archive.writestr(member, data)
        python = node(HERE / "compile.mjs", modules / "pyodide", folder, name)
        (folder / "python.json").write_text(python, encoding="utf-8")
        source.unlink()

    return cached_folder(recipe.cache, f"{name}-{key}", compile_archive)


def _scripts_key() -> str:
    files = [HERE / "bundle.mjs", Path(__file__), *sorted(SCRIPTS.glob("*.js"))]
    return digest(*(part for file in files for part in (file.name, file.read_bytes())))


def _assemble(
    folder: Path, modules: Path, archives: Mapping[str, Path], found: Sequence[Path]
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
        "words": _words(python["versions"], found),
    }
    scripts = _bundle(folder, modules, pack)
    size = sum(file["bytes"] for file in files.values())
    first = [scripts[name] for name in ("controller", "render", "worker")]
    size += sum(_sent(name, (folder / name).read_bytes()) for name in first)
    names = sorted([*scripts.values(), *(file["name"] for file in files.values()), MANIFEST])
    manifest = {"scripts": scripts, "files": names, "size": size, "pack": pack}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _hashed(folder: Path, name: str, data: bytes) -> dict[str, Any]:
    """Write a file of the pack; returns its name, its compressed size and its integrity hash."""
    name = _name(name, data)
    (folder / name).write_bytes(data)
    integrity = f"sha256-{b64encode(sha256(data).digest()).decode()}"
    return {"name": name, "bytes": _sent(name, data), "integrity": integrity}


def _sent(name: str, data: bytes) -> int:
    """The bytes that a host sends of a file: hosts compress scripts and WebAssembly."""
    return len(data if name.endswith(".pack") else gzip.compress(data, 6, mtime=0))


def _name(name: str, data: bytes) -> str:
    stem, _, suffix = name.rpartition(".")
    return f"{stem}-{digest(data)}.{suffix}"


def _words(versions: Mapping[str, str], found: Sequence[Path]) -> str:
    """The versions for the page's status line: Python, the first wheel and SQLite."""
    first = distributions(path=[str(wheel) for wheel in found[:1]])
    named = [f"{wheel.name} {wheel.version}" for wheel in first]
    return ", ".join([f"Python {versions['Python']}", *named, f"SQLite {versions['SQLite']}"])


def _bundle(folder: Path, modules: Path, pack: Mapping[str, Any]) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as made:
        entries = [SCRIPTS / f"{name}.js" for name in ENTRIES]
        node(HERE / "bundle.mjs", modules, made, json.dumps(pack), *entries)
        scripts = {}
        for name in ENTRIES:
            data = (Path(made) / f"{name}.js").read_bytes()
            scripts[name] = _name(f"{name}.js", data)
            (folder / scripts[name]).write_bytes(data)
    return scripts
