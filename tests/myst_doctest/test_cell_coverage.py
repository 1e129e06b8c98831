"""What cells run, measured by coverage.py, and limits of pytest-timeout: both as installed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.kit.pytest_site import Site

MODULE = "def halves(n):\n    if n % 2:\n        return None\n    return n // 2\n"
PATCH = 'patch = ["subprocess", "fork", "_exit"]'


def measured(site: Site, run: str, *arguments: str) -> tuple[dict[str, list[int]], str]:
    """The lines of modules that cells ran, one of them preloaded, and what pytest said."""
    pytest.importorskip("pytest_cov")
    (site.root / "src").mkdir()
    for name in ("early", "late"):
        (site.root / "src" / f"{name}.py").write_text(MODULE)
    site.settings(pythonpath=["src"], preload=["early"])
    with (site.root / "pyproject.toml").open("a") as file:
        file.write(f'[tool.coverage.run]\nsource = ["src"]\n{run}\n')
    site.cells("page.md", "import early, late", "_ = early.halves(4)", "_ = late.halves(5)")
    report = site.root / "coverage.json"
    done = site.pytest("-p", "no:xdist", "--cov", f"--cov-report=json:{report}", *arguments)
    assert done.code == 0, done.output
    files = json.loads(report.read_text())["files"]
    lines = {name: each["executed_lines"] for name, each in files.items()}
    assert [*site.root.glob(".coverage.*")] == []  # all was gathered
    return lines, done.output


def test_what_cells_run_is_measured(site: Site) -> None:
    """In pages' processes, and in the one that imports what is preloaded."""
    lines, said = measured(site, PATCH)
    assert lines == {"src/early.py": [1, 2, 4], "src/late.py": [1, 2, 3]}
    assert "is not measured" not in said


def test_what_coverage_needs_is_said(site: Site) -> None:
    """Without it, nothing is measured, and pytest says what to write."""
    lines, said = measured(site, "")
    assert set(map(tuple, lines.values())) == {()}
    assert "what cells run is not measured" in said
    assert f"add {PATCH} to [tool.coverage.run]" in said


def test_a_limit_of_each_test_is_none_of_a_page(site: Site) -> None:
    """pytest-timeout counts from when the page has run, also in a worker of pytest-xdist."""
    pytest.importorskip("pytest_timeout")
    site.cells("page.md", *["import time\ntime.sleep(0.5)"] * 4)
    for arguments in ([], ["-n", "1"]):
        done = site.pytest("--timeout", "1", *arguments)
        assert done.code == 0, done.output


def test_a_site_without_plugins_of_pytest(site: Site) -> None:
    """Neither doctest nor a cache is needed, nor that plugins load by themselves."""
    site.cells("page.md", "x = 1")
    plugins = ["-p", "myst_doctest", "-p", "no:doctest", "-p", "no:cacheprovider"]
    done = site.pytest(*plugins, env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})
    assert done.states() == {"page.md::line-3": "passed"}
