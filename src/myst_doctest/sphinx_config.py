"""How a project's pages parse, read from its ``conf.py`` without building anything."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from myst_parser.config.main import MdParserConfig
from sphinx.config import Config
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
    """Whether ``exclude_patterns`` keeps a path, relative to the pages' folder, from the site."""
    patterns = config._raw_config.get("exclude_patterns", []) if config else []
    return any(fnmatch(path, pattern) or path.startswith(f"{pattern}/") for pattern in patterns)
