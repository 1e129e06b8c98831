"""How a project's pages parse, read from its ``conf.py`` without building anything."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from myst_parser.config.main import MdParserConfig
from sphinx.config import Config
from sphinx.project import EXCLUDE_PATHS
from sphinx.util.matching import compile_matchers
from sphinx.util.tags import Tags

__all__ = ["excluded", "parser_config", "read"]


def read(confdir: Path) -> Config | None:
    """Sphinx's configuration of the folder; None where it has no ``conf.py``."""
    if not (confdir / "conf.py").is_file():
        return None
    return Config.read(confdir, overrides={}, tags=Tags())


def parser_config(config: Config | None) -> MdParserConfig:
    """The configuration with which MyST-Parser parses this project's pages.

    The same as ``app.env.myst_config`` in a build: some options change what is a cell.
    """
    raw: dict[str, Any] = config._raw_config if config else {}
    names = [
        name
        for name, _, field in MdParserConfig().as_triple()
        if "sphinx" not in field.metadata.get("omit", [])
    ]
    return MdParserConfig(**{n: raw[f"myst_{n}"] for n in names if f"myst_{n}" in raw})


def excluded(config: Config | None, path: str) -> bool:
    """Whether Sphinx leaves a path, relative to the pages' folder, out of the site."""
    raw: dict[str, Any] = config._raw_config if config else {}
    lists = ("exclude_patterns", "templates_path", "html_static_path", "html_extra_path")
    patterns = [*EXCLUDE_PATHS, *(pattern for name in lists for pattern in raw.get(name, []))]
    folders = [str(folder) for folder in PurePosixPath(path).parents if str(folder) != "."]
    out = compile_matchers(patterns)
    if any(matches(place) for matches in out for place in (path, *folders)):
        return True
    return not any(
        matches(path) for matches in compile_matchers(raw.get("include_patterns", ["**"]))
    )
