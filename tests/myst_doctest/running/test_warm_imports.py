"""Libraries that are imported once: which pages begin with which, and that none can tell."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from myst_doctest.running import warm_imports
from myst_doctest.running.page_process import Request
from tests.kit.pytest_site import Done, Site

N, NUMPY, PYPLOT, PANDAS, SYMPY = (1 << number for number in range(5))
CODES = {
    "x = 1": 0,
    "import json, sys as system\nfrom os import path": 0,
    "import own": N,
    "__import__('own')": N,
    "class A:\n    _repr_html_ = str": N,
    "class A:\n    __repr__ = str": 0,
    "import numpy as np": N | NUMPY,
    "if x: from numpy.linalg import inv": N | NUMPY,
    "import matplotlib": N,
    "import matplotlib.pyplot as plt": N | NUMPY | PYPLOT,
    "from matplotlib import pyplot as plt": N | NUMPY | PYPLOT,
    "import os, pandas as pd, sympy": N | NUMPY | PANDAS | SYMPY,
    "import os\nos.environ['OMP_NUM_THREADS'] = '1'\nimport numpy": N,
    "open('matplotlibrc', 'w')\nfrom matplotlib import pyplot": N,
}


def request(code: str = "", **others: object) -> Request:
    """A page of one cell."""
    given = {
        "cells": [("<cell 1>", code, False, "")],
        "folder": "",
        "root": "",
        "environment": {},
        "setup": "",
        "rich": ["*"],
        "memory": 0,
        "max_output": 1,
    }
    return Request(**(given | others))  # type: ignore[arg-type]


@pytest.mark.parametrize("code", CODES)
def test_what_a_page_wants(code: str) -> None:
    """What it imports, unless it could decide how; a notebook, where a value may need one."""
    assert warm_imports.wanted(request(code)) == CODES[code]


def test_what_else_decides(tmp_path: Path) -> None:
    """A function that is called first, variables, and a library's settings beside the page."""
    (tmp_path / "matplotlibrc").touch()
    for others in (
        {"setup": "own:install"},
        {"environment": {"OMP_NUM_THREADS": "1"}},
        {"beside": str(tmp_path)},
        {"data": ["docs/matplotlibrc"]},
    ):
        assert warm_imports.wanted(request("import numpy", **others)) == N
    assert warm_imports.wanted(request("import numpy", rich=["own.Type"])) == NUMPY
    assert warm_imports.wanted(request(is_jupyter=True)) == N
    assert warm_imports.wanted(request(), ["own"]) == N
    graded = request(assignment={"given": "import sympy"}, attempts=["import pandas"])
    assert warm_imports.wanted(graded) == N | NUMPY | PANDAS | SYMPY


OLD = "import warnings\nwarnings.warn('it is old', DeprecationWarning, stacklevel=2)\n"
BROKEN = "raise ValueError('it is broken')\n"
LOADED = "from sys import modules\nfor name in ('numpy', 'IPython'):\n    print(name in modules)"


@pytest.fixture(scope="module")
def done(new_site: Callable[[], Site]) -> tuple[Site, Done]:
    """Pages of which some use libraries, all recorded."""
    pytest.importorskip("numpy")
    site = new_site()
    site.settings(pythonpath=["src"])
    for name, code in {"pandas": OLD, "sympy": BROKEN}.items():
        path = site.root / "src" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(code)
    site.cells("plain.md", LOADED)
    site.cells("user.md", LOADED, "import numpy\nnumpy.__name__")
    for name in ("one", "two"):
        site.cells(f"random-{name}.md", "import numpy", "print(numpy.random.rand())")
        site.cells(f"old-{name}.md", "import pandas")
        site.cells(f"broken-{name}.md", ":tags: [raises-exception]\n\nimport sympy")
    return site, site.accept("-k", "not random")


def test_a_page_begins_with_what_it_uses(done: tuple[Site, Done]) -> None:
    """And with nothing else, whatever other pages use."""
    site, accepted = done
    assert accepted.code == 0, accepted.output
    assert site.recorded("plain.md") == ["False\nFalse\n"]
    assert site.recorded("user.md") == ["True\nTrue\n", "'numpy'\n"]


@pytest.mark.parametrize("name", ["one", "two"])
def test_an_import_says_what_it_said(done: tuple[Site, Done], name: str) -> None:
    """Of a library that warns, or cannot be imported, each page hears in its cell."""
    site, _ = done
    assert site.recorded(f"old-{name}.md") == ["DeprecationWarning: it is old\n"]
    assert site.recorded(f"broken-{name}.md") == ["ValueError: it is broken\n"]


def test_random_numbers_are_those_of_a_page(done: tuple[Site, Done]) -> None:
    """Numpy drew its seed once, for all pages."""
    site, _ = done
    site.accept("docs/random-one.md", "docs/random-two.md")  # and fails: they differ each time
    (_, one), (_, two) = site.recorded("random-one.md"), site.recorded("random-two.md")
    assert one != two


def test_filters_for_warnings_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library's own, in their order, before those with which a page begins."""
    code = (
        "import warnings\n"
        "warnings.filterwarnings('ignore', 'first', UserWarning, 'a', 3)\n"
        "warnings.filterwarnings('error', 'second')\n"
    )
    (tmp_path / "filtering.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(warm_imports, "_filters", [])
    monkeypatch.delitem(sys.modules, "filtering", raising=False)
    assert warm_imports.import_silently("filtering")
    with warnings.catch_warnings():
        warnings.resetwarnings()
        warm_imports.begin_page()
        found = [(each[0], each[1].pattern, each[2], each[4]) for each in warnings.filters]
    assert found == [("error", "second", Warning, 0), ("ignore", "first", UserWarning, 3)]
