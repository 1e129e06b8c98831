"""What is said of a page before it runs."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from myst_parser.config.main import MdParserConfig

from myst_doctest.adopting import outlook as outlook_module
from myst_doctest.adopting.outlook import SLOW, missing_modules, often_imported, outlook
from myst_doctest.pages.page import Page
from myst_doctest.pages.rules import Rules
from myst_doctest.running.warm_imports import MODULES

HEAD = "---\nfile_format: mystnb\n---\n\n"


def page_of(*sources: str, folder: Path = Path("/site")) -> Page:
    text = HEAD + "\n".join(f"```{{code-cell}}\n{source}\n```\n" for source in sources)
    rules = Rules(is_jupyter=True)
    page = Page.parse(text, folder / "p.md", MdParserConfig(), {}, rules)
    page.data = text.encode()
    return page


def test_lines_and_advice() -> None:
    """Modules that are missing, what nothing runs, what wants the network."""
    page = page_of(
        "%unheard_of",
        "import sys\nfrom sklearn_not_here import x\nurl = 'https://x.org'",
        ":tags: [raises-exception]\nimport missing_on_purpose",
        "try:\n    import cupy_not_here\nexcept ImportError:\n    pass",
    )
    assert [(each.line, each.message) for each in outlook(page)] == [
        (6, "no magic %unheard_of works here"),
        (11, "imports sklearn_not_here, which is not installed: pip install sklearn_not_here"),
        (12, "perhaps needs the network"),
    ]
    assert missing_modules(page) == {"sklearn_not_here": 11}


def test_a_module_beside_the_page_is_there(tmp_path: Path) -> None:
    """A page runs in its folder."""
    (tmp_path / "beside.py").write_text("", "utf-8")
    assert not missing_modules(page_of("import beside", folder=tmp_path))


def test_what_mystnb_shows_without_running_it() -> None:
    """A page whose front matter does not say that it is a notebook."""
    page = page_of("1")
    page.data = page.data.replace(HEAD.encode(), b"")
    assert "no notebook to MyST-NB" in next(outlook(page)).message


def test_what_several_pages_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of modules that take long, and are installed."""
    pages = [page_of("import numpy_not_here, json"), page_of("import json")]
    assert often_imported(pages) == []
    monkeypatch.setattr(outlook_module, "_is_there", lambda _: True)
    pages = [page_of("import scipy.linalg, scipy, pandas as pd"), page_of("from scipy import x")]
    assert often_imported([*pages, page_of("import networkx, pandas")]) == ["scipy"]


def test_what_is_imported_once_anyway_is_not_named() -> None:
    """A page that imports it begins with it, and one that does not is spared it."""
    assert not {*SLOW} & {*MODULES}


def test_warnings_of_a_page_are_not_said_in_advance() -> None:
    """They show where the cell runs, and not among what is said of the site."""
    page = page_of(r"x = '\c'" + "\nimport missing_here")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert missing_modules(page) == {"missing_here": 7}
