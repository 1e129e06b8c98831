"""Which cells run although one above them failed."""

from __future__ import annotations

import pytest

from myst_doctest.running.dependence import Dependence, names_of
from tests.kit.pytest_site import Site

NAMES = "import math\nitems = [1]\nsize = 3\n\ndef first():\n    return items[0]"


def test_all_cells_that_fail_by_themselves_are_reported_in_one_run(site: Site) -> None:
    """One that uses what a failed cell should have given, or may have left half done, waits."""
    site.cells(
        "page.md",
        NAMES,
        "items.append(1 / 0)\nlate = size",
        "late",
        "items",
        "first()",
        "math.pi > size",
        "undefined",
        "items = [2]\n1 / 0",
        "items = [3]",
        "first()",
    )
    done = site.pytest()
    reports = {key.split("::")[1]: item.report for key, item in done.items.items()}
    said = {name: report.partition("\n")[0] for name, report in reports.items() if report}
    assert "ZeroDivisionError" in said["line-12"]
    for name in ("line-17", "line-21", "line-25"):
        assert said[name].endswith("not run, since the cell at line 12 failed"), name
    assert "no {output} block" in said["line-29"]
    assert "NameError" in said["line-33"]
    assert "ZeroDivisionError" in said["line-37"]
    assert "line-42" not in said
    assert "no {output} block" in said["line-46"]


@pytest.mark.parametrize(
    ("failed", "below", "waits"),
    [
        ("x = f()", "x", True),
        ("x = f()", "y", False),
        ("import numpy as np", "np.pi", True),
        ("import os.path", "os.sep", True),
        ("def f(): 1 / 0", "f()", True),
        ("class A: ...", "A", True),
        ("for x in y: ...", "[x]", True),
        ("number + 1", "number", False),
        ("data.pop()", "data", True),
        ("data.pop()", "g()", True),
        ("x = = y", "y", True),
        ("x = = y", "z", False),
    ],
)
def test_what_a_cell_depends_on(failed: str, below: str, waits: bool) -> None:
    """Names that it gave, and objects that both use."""
    names: dict[str, object] = {}
    exec("number = 1\ndata = [1]\ndef g(): return data", names)
    dependence = Dependence(names)
    assert dependence.cause(below) is None
    dependence.note(4, failed)
    assert dependence.cause(below) == (4 if waits else None)


def test_names_of_code() -> None:
    """What it gives, and what it uses."""
    assert names_of("x, y.z = a\nimport b.c\nfrom d import e as f") == ({"x", "b", "f"}, {"y", "a"})
