"""How a project's pages parse, read from its ``conf.py`` without building anything."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml
from myst_parser.config.main import MdParserConfig
from sphinx.config import Config
from sphinx.errors import ConfigError
from sphinx.project import EXCLUDE_PATHS
from sphinx.util.matching import get_matching_files
from sphinx.util.tags import Tags

from myst_doctest.pages.ipynb import SUFFIX
from myst_doctest.pages.metadata import found_in_config
from myst_doctest.pages.rules import Rules
from myst_doctest.settings import Settings, SettingsError

EXECUTION_MODE = "nb_execution_mode"
TIMEOUT = "nb_execution_timeout"
CACHE = ".pytest_cache"


def refuse_execution(mode: object) -> None:
    """Raise SettingsError for a mode in which MyST-NB would have Jupyter run the cells."""
    if mode != "off":
        raise SettingsError(
            f"conf.py: {EXECUTION_MODE} = {mode!r}: myst_doctest runs the cells, and nobody shall"
            f' run them once more: set {EXECUTION_MODE} = "off" (in a Jupyter Book, in'
            ' _config.yml, execute_notebooks: "off")'
        )


def notes_of(values: Mapping[str, Any], confdir: Path, settings: Settings) -> list[str]:
    """What ``conf.py`` says of notebooks that does nothing here, and harms nothing.

    Raises SettingsError for what would hide what is wrong, or is not known to harm nothing.
    """
    conf = (confdir / "conf.py").read_text("utf-8", "replace")
    limit = values.get(TIMEOUT)
    if isinstance(limit, int | float) and limit <= settings.timeout:
        values = {name: value for name, value in values.items() if name != TIMEOUT}  # it holds
    found = [*found_in_config(values, conf, Rules.of(settings, values))]
    for problem in found:
        if problem.kind != "note":
            raise SettingsError(f"{confdir / 'conf.py'}:{problem.line}: {problem.message}")
    return [f"{confdir.name}/conf.py:{problem.line}: {problem.message}" for problem in found]


def read(confdir: Path) -> Config | None:
    """Sphinx's configuration of the folder; None where it has no ``conf.py``.

    Raises SettingsError for one that cannot be read, or has others run the cells.
    """
    if not (confdir / "conf.py").is_file():
        return None
    config = read_unchecked(confdir)
    refuse_execution(config._raw_config.get(EXECUTION_MODE, "off"))
    return config


def read_unchecked(confdir: Path) -> Config:
    """Sphinx's configuration, whoever it has run the cells. Raises SettingsError."""
    try:
        return Config.read(confdir, overrides={}, tags=Tags())
    except ConfigError as error:
        raise SettingsError(str(error)) from None


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


def page_suffixes(raw: Mapping[str, Any], settings: Settings) -> set[str]:
    """The suffixes of pages, from a configuration's values: those of MyST-NB's text notebooks.

    Those of notebooks' own files, too, where pages were written for a notebook.
    """
    suffixes = raw.get("source_suffix")
    others = {SUFFIX, *raw.get("nb_custom_formats", {})}
    books = {SUFFIX} if settings.compatibility == "jupyter" else set()
    named = suffixes.items() if isinstance(suffixes, dict) else ()
    return (
        {".md", *(suffix for suffix, kind in named if kind == "myst-nb")} - others | {".md"} | books
    )


def page_files(config: Config | None, settings: Settings) -> set[Path]:
    """The pages of a project that Sphinx does not leave out of its site.

    Raises SettingsError for a folder without one.
    """
    if config is None:
        return set()
    suffixes = page_suffixes(config._raw_config, settings)
    found = {name: _files(config, settings, name, suffixes) for name in settings.pages}
    for name, files in found.items():
        if not files:
            settings.refuse("pages", f"no page of the site in {name!r}")
    return _in_contents(set().union(*found.values()), config, settings)


def files_of_other_formats(config: Config, settings: Settings) -> set[Path]:
    """The files of a site that MyST-NB reads by ``nb_custom_formats``, and nothing here runs."""
    suffixes = {*config._raw_config.get("nb_custom_formats", {})} - page_suffixes(
        config._raw_config, settings
    )
    found = (_files(config, settings, name, suffixes) for name in settings.pages)
    return _in_contents(set().union(*found), config, settings)


def _files(config: Config, settings: Settings, name: str, suffixes: Collection[str]) -> set[Path]:
    """The files of a folder of pages that have one of these suffixes and are of the site."""
    raw = config._raw_config
    lists = ("exclude_patterns", "templates_path", "html_static_path", "html_extra_path")
    patterns = [*EXCLUDE_PATHS, *(pattern for name in lists for pattern in raw.get(name, []))]
    patterns += no_pages(settings)
    folder = settings.root / name
    source = _source_folder(config, settings, folder)
    names = get_matching_files(source, raw.get("include_patterns", ["**"]), patterns)
    paths = map(source.joinpath, names)
    return {each for each in paths if each.is_relative_to(folder) and each.suffix in suffixes}


def _in_contents(files: set[Path], config: Config, settings: Settings) -> set[Path]:
    """Those that are of the site where a Jupyter Book's contents say what is."""
    toc = _in_toc(settings.root / settings.confdir, config._raw_config)
    return files if toc is None else {path for path in files if _is_in(path, toc)}


def _in_toc(confdir: Path, raw: Mapping[str, Any]) -> set[Path] | None:
    """The pages, without their suffixes, that alone are of a Jupyter Book; None for all."""
    file = confdir / raw.get("external_toc_path", "_toc.yml")
    if not raw.get("external_toc_exclude_missing") or not file.is_file():
        return None
    waiting: list[Any] = [yaml.safe_load(file.read_text("utf-8"))]
    found: set[Path] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            found |= {confdir / str(node[key]) for key in ("file", "root") if key in node}
            found |= {*confdir.glob(str(node["glob"]))} if "glob" in node else set()
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return found


def _is_in(path: Path, toc: set[Path]) -> bool:
    return path in toc or path.with_suffix("") in toc


def no_pages(settings: Settings) -> list[str]:
    """Patterns of files that are no pages: what records variants, beside pages, and pytest's own.

    pytest puts a README into the folder of its cache, which is among the pages where that of
    ``conf.py`` is the project's.
    """
    return [*(f"**.{name}.md" for name in settings.variants), CACHE, f"**/{CACHE}"]


def _source_folder(config: Config, settings: Settings, pages: Path) -> Path:
    """The folder that Sphinx takes for the source of these pages: it holds the root document.

    The outermost one between the folder of ``conf.py`` (else the project's) and ``pages``.
    """
    confdir = settings.root / settings.confdir
    outer = confdir if pages.is_relative_to(confdir) else settings.root
    between = [folder for folder in (pages, *pages.parents) if folder.is_relative_to(outer)]
    names = [f"{config.root_doc}{suffix}" for suffix in (".md", ".rst", ".ipynb", ".txt")]
    holding = [folder for folder in between if any((folder / name).is_file() for name in names)]
    return holding[-1] if holding else pages
