"""Live cells: the cells of a checked MyST page run again in the reader's browser.

A Sphinx extension beside :mod:`myst_doctest`; see README.md beside this file.
"""

from typing import Any


def setup(app: Any) -> dict[str, Any]:
    """Sphinx's entry: ``extensions = ["myst_doctest", "live_cells"]``."""
    from live_cells import sphinx_extension  # late: browser.py travels without Sphinx

    return sphinx_extension.setup(app)
