"""A machine without a network."""

from __future__ import annotations

from pathlib import Path

from tests.faults.machine import apart
from tests.faults.project import RIGHT, Project, differences


def test_build_asks_no_network(project: Project, right: Path) -> None:
    """With what the first build fetched, a build without any network gives the same site."""
    project.build(prefix=apart("n"))
    assert differences(project.html, right) == []


def test_first_build_without_a_network_says_what_it_leaves_out(
    project: Project, right: Path, tmp_path: Path
) -> None:
    """Nothing fetched yet: the site is whole without live cells, and one line says why."""
    project.cache.unlink()
    empty = {"npm_config_cache": str(tmp_path / "npm"), "npm_config_fetch_retries": "0"}
    done = project.make("html", prefix=apart("n"), **empty)
    assert done.status == 0
    left_out, rest = done.said.split("\n", 1)
    assert left_out.startswith("live cells: left out: npm-cli.js failed")
    assert rest == RIGHT.said
    assert "live-cells" in (right / "start" / "one.html").read_text("utf-8")
    assert "live-cells" not in (project.html / "start" / "one.html").read_text("utf-8")
    assert list((project.html / "_static").glob("live/*")) == []


def test_setup_without_a_network_says_what_it_needs(project: Project) -> None:
    """No package and no index: pip's reason, and what setup asks for."""
    (project.root / ".venv" / "place").unlink()
    project.write("requirements/dev.txt", f"setuptools==80.0.0 --hash=sha256:{'0' * 64}\n")
    for link in (project.root / ".venv").iterdir():
        link.unlink()
    done = project.make("setup", prefix=apart("n"), PIP_RETRIES="0", PIP_NO_INDEX="1")
    assert done.status == 2
    assert "The locked dependencies could not be installed; pip says why above." in done.said
    assert "This needs a package index, once" in done.said
