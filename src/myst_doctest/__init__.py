"""Doctest for MyST pages: run their cells, check their outputs, publish what was checked.

A pytest plugin and a Sphinx extension beside MyST-NB; see README.md beside this file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__version__ = "0.1.0"


def setup(app: Sphinx) -> dict[str, Any]:
    """Sphinx's entry: ``extensions = ["myst_nb", "myst_doctest"]``."""
    # Late imports: the runner travels without Sphinx, and the fork server is to import its own
    # while this process imports MyST-NB.
    from pathlib import Path

    from sphinx.errors import ConfigError

    from myst_doctest.running.kept_runs import KeptServer
    from myst_doctest.running.page_runs import Server
    from myst_doctest.settings import Settings, SettingsError

    try:
        settings = Settings.find(Path(app.confdir))
        server = KeptServer(settings) if settings.kept else Server(settings)
    except SettingsError as error:
        raise ConfigError(str(error)) from None
    from myst_doctest.sphinx_extension import setup as setup_extension

    return setup_extension(app, server)
