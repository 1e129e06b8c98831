"""A machine without a network."""

from __future__ import annotations

from pathlib import Path

from tests.faults.project import Project, differences
from tests.kit.machine import apart


def test_build_asks_no_network(project: Project, right: Path) -> None:
    """With what the first build fetched, a build without any network gives the same site."""
    project.build(prefix=apart("n"))
    assert differences(project.html, right) == []


def test_first_build_without_a_network_fails_and_says_why(project: Project, tmp_path: Path) -> None:
    """Nothing fetched yet: one line names what is missing, and no site without it is made."""
    project.cache.unlink()
    done = project.make("html", prefix=apart("n"), npm_config_fetch_retries="0")
    assert done.status == 2
    first, second = done.said.splitlines()[:2]
    assert first == f"Downloading npm packages into {project.cache.resolve()}, once"
    assert second.startswith("ERROR: live cells: npm-cli.js failed (1): npm error")
    assert "Traceback" not in done.said
    assert not project.html.exists()


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
