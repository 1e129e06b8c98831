"""The pack: everything that a browser loads to run cells, in files named by their content."""

import gzip
import json
import tempfile
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import distribution
from itertools import chain
from pathlib import Path
from typing import Any, Self

from live_cells.pack.archives import (
    compiled,
    compress_beside,
    installed,
    own_packages,
    pygments_part,
    travellers,
    unpacked,
)
from live_cells.pack.downloads_cache import cached_folder, digest, npm_packages
from live_cells.pack.node import node

HERE = Path(__file__).parent
SCRIPTS = HERE.parent / "js"
MANIFEST = "manifest.json"
ENTRIES = ("lazy_start", "controller", "render", "editor", "worker", "share")
FIRST = ("controller", "render", "worker")
"""The scripts that the first run loads."""
CORE = {"core": "pyodide.asm.mjs", "wasm": "pyodide.asm.wasm"}
File = dict[str, Any]
"""A file of the pack: its name, its size in bytes as it is sent and when unpacked, its hash."""


@dataclass(frozen=True)
class Extra:
    """What is loaded for some pages alone, or for a variant."""

    distributions: tuple[str, ...] = ()
    packages: tuple[Path, ...] = ()
    make: Path | None = None
    """A script for Node that makes files: its arguments are ``node_modules`` and a folder."""
    start: Path | None = None
    """A script for the worker, whose ``start(load)`` runs while Python is loaded: see worker.js."""


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
    extras: Mapping[str, Extra] = field(default_factory=dict)


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
    extras: Mapping[str, int]
    """The bytes that it loads more for each extra."""

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The pack in a folder, read from its manifest."""
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        extras = {
            name: sum(file["bytes"] for file in extra.values())
            for name, extra in found["pack"]["extras"].items()
        }
        return cls(folder, found["scripts"], tuple(found["files"]), found["size"], extras)


@dataclass(frozen=True)
class Parts:
    """The folders of the cache that a pack is made of."""

    modules: Path
    archives: Mapping[str, Path]
    extras: Mapping[str, Path]
    """Of each extra that has a script for it, the folder with the files that the script made."""

    @classmethod
    def of(cls, recipe: Recipe) -> Self:
        """Those of a recipe, made where they are not in the cache."""
        cache, modules = recipe.cache, npm_packages(recipe.cache)
        contents = {
            "stdlib": unpacked(modules / "pyodide" / "python_stdlib.zip"),
            "packages": chain(installed(recipe.distributions, recipe.leave_out), pygments_part()),
            "project": chain(travellers(), own_packages(recipe.packages)),
            **{
                name: chain(installed(extra.distributions), own_packages(extra.packages))
                for name, extra in recipe.extras.items()
            },
        }
        return cls(
            modules,
            {name: compiled(cache, name, modules, members) for name, members in contents.items()},
            {
                name: made_by(extra.make, cache, name, modules)
                for name, extra in recipe.extras.items()
                if extra.make
            },
        )

    @property
    def names(self) -> Iterable[str]:
        """All that changes where a part does."""
        yield self.modules.parent.name
        yield from (folder.name for folder in (*self.archives.values(), *self.extras.values()))


def made_by(script: Path, cache: Path, name: str, modules: Path) -> Path:
    """The folder with the files that an extra's script makes."""

    def make(folder: Path) -> None:
        node(script, modules, folder)
        for file in sorted(folder.iterdir()):
            if file.suffix != ".wasm":
                compress_beside(file)

    key = digest(script.read_bytes(), Path(__file__).read_bytes(), modules.parent.name)
    return cached_folder(cache, f"{name}-files-{key}", make)


def build(recipe: Recipe) -> Pack:
    """Build the pack, or take it from the cache if nothing changed.

    Raises NodeError, ImportError or OSError where a part of it cannot be made.
    """
    parts = Parts.of(recipe)
    starts = [extra.start for extra in recipe.extras.values() if extra.start]
    beside = [file for start in starts for file in sorted(start.parent.glob("*.js"))]
    scripts = [HERE / "bundle.mjs", Path(__file__), *sorted(SCRIPTS.iterdir()), *beside]
    sources = [part for file in scripts for part in (file.name, file.read_bytes())]
    key = digest(*sources, *parts.names)
    folder = cached_folder(
        recipe.cache, f"pack-{key}", lambda folder: _assemble(folder, recipe, parts)
    )
    return Pack.read(folder)


def _assemble(folder: Path, recipe: Recipe, parts: Parts) -> None:
    """Put the pack's files into a folder, under names that hold the hash of their content."""
    archives = {
        name: _packed(folder, made / f"{name}.zip.pack") for name, made in parts.archives.items()
    }
    extras = {}
    for name, extra in recipe.extras.items():
        files = {"archive": archives.pop(name)}
        if extra.start:
            files |= _bundle(folder, parts.modules, {"start": extra.start})
        for file in sorted(parts.extras[name].iterdir()) if extra.make else ():
            if file.suffix == ".wasm":
                files[file.name] = _hashed(folder, file.name, file.read_bytes())
            elif file.suffix == ".pack":
                files[file.stem] = _packed(folder, file)
        extras[name] = files
    core = parts.modules / "pyodide"
    files = archives | {
        part: _hashed(folder, name, (core / name).read_bytes()) for part, name in CORE.items()
    }
    python = json.loads((parts.archives["stdlib"] / "python.json").read_text(encoding="utf-8"))
    pack = {
        "files": files,
        "archives": ["packages", "project"],
        "extras": extras,
        "info": python["info"],
        "words": _words(python["versions"], recipe.distributions),
    }
    entries = {name: SCRIPTS / f"{name}.js" for name in ENTRIES}
    scripts = _bundle(folder, parts.modules, entries, pack)
    first = [*files.values(), *(scripts[name] for name in FIRST)]
    more = [file for extra in extras.values() for file in extra.values()]
    names = [file["name"] for file in (*files.values(), *scripts.values(), *more)]
    manifest = {
        "scripts": {name: file["name"] for name, file in scripts.items()},
        "files": sorted([*names, MANIFEST]),
        "size": sum(file["bytes"] for file in first),
        "pack": pack,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _packed(folder: Path, file: Path) -> File:
    """Put in a file that is compressed."""
    return _hashed(folder, f"{Path(file.stem).stem}.pack", file.read_bytes())


def _hashed(folder: Path, name: str, data: bytes) -> File:
    """Write a file of the pack under a name with its hash."""
    stem, _, suffix = name.rpartition(".")
    place = folder / f"{stem}-{digest(data)}.{suffix}"
    place.write_bytes(data)
    # Hosts compress scripts and WebAssembly.
    sent = data if suffix == "pack" else gzip.compress(data, 6, mtime=0)
    integrity = f"sha256-{b64encode(sha256(data).digest()).decode()}"
    return {"name": place.name, "bytes": len(sent), "length": len(data), "integrity": integrity}


def _words(versions: Mapping[str, str], names: Sequence[str]) -> str:
    """The versions for the page's status line: Python, the first distribution and SQLite."""
    found = [distribution(name) for name in names[:1]]
    named = [f"{each.name} {each.version}" for each in found]
    return ", ".join([f"Python {versions['Python']}", *named, f"SQLite {versions['SQLite']}"])


def _bundle(
    folder: Path, modules: Path, entries: Mapping[str, Path], pack: Mapping[str, Any] | None = None
) -> dict[str, File]:
    """Bundle scripts, each by itself; ``pack`` is what PACK is in them."""
    with tempfile.TemporaryDirectory() as made:
        node(HERE / "bundle.mjs", modules, made, json.dumps(pack), *entries.values())
        return {
            name: _hashed(folder, entry.name, (Path(made) / entry.name).read_bytes())
            for name, entry in entries.items()
        }
