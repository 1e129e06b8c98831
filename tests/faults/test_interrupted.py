"""A build or a setup that is interrupted or killed, and the one after it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.machine import left_alive
from tests.faults.project import Done, Project, differences

MOMENTS: dict[str, Callable[[Project], bool]] = {
    "pages run": lambda project: any(project.doctrees.glob("left-by-*.json")),
    "pages are read": lambda project: (project.doctrees / "index.doctree").exists(),
    "assets are copied": lambda project: (project.html / "_static" / "live").exists(),
    "pages are written": lambda project: (project.html / "index.html").exists(),
    "the build is finished": lambda project: (project.html / "genindex.html").exists(),
}

SETUP: dict[str, Callable[[Project], bool]] = {
    "the environment is made": lambda project: (project.root / ".venv/bin").exists(),
    "packages are installed": lambda project: (project.root / ".venv/unfinished").exists(),
}


def stop(
    project: Project,
    there: Callable[[Project], bool],
    how: signal.Signals,
    *command: str,
) -> int:
    """End a command and its processes by a signal as soon as a moment has come."""
    building = project.start(*(command or ("make", "html")), MARK=str(project.root))
    while building.poll() is None and not there(project):
        time.sleep(0.0005)
    assert building.poll() is None, building.communicate()
    os.killpg(building.pid, how)
    building.communicate(timeout=60)
    return building.returncode


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_build_is_made_up_for(project: Project, right: Path, moment: str) -> None:
    """Whatever was half written when the build was killed, the next one gives a right site."""
    assert stop(project, MOMENTS[moment], signal.SIGKILL) == -signal.SIGKILL
    assert left_alive(f"MARK={project.root}") == set()
    project.build()
    assert differences(project.html, right) == []


@pytest.mark.parametrize("moment", ["pages run", "pages are written"])
def test_interrupted_build_ends_and_is_made_up_for(
    project: Project, right: Path, moment: str
) -> None:
    """Ctrl+C ends the build and all of its processes, and the next one gives a right site."""
    endless = "\n```{code-cell} python\nimport time\n\ntime.sleep(3600)\n```\n"
    page = project.root / "docs" / "start" / "two.md"
    text = page.read_text("utf-8")
    if moment == "pages run":
        page.write_text(f"{text}{endless}", encoding="utf-8")
    assert stop(project, MOMENTS[moment], signal.SIGINT) != 0
    assert left_alive(f"MARK={project.root}") == set()
    page.write_text(text, encoding="utf-8")
    project.build()
    assert differences(project.html, right) == []


def test_change_that_is_taken_back_after_a_killed_build_is_gone(
    built: Project, right: Path
) -> None:
    """A page that was written with other words is written again, though its file is older."""
    page = built.root / "docs" / "start" / "one.md"
    state, text = page.stat(), page.read_text("utf-8")
    built.change("docs/start/one.md", "A page with SQL", "Words that nobody is to read")
    written = built.html / "start" / "one.html"
    old = written.stat().st_mtime_ns
    stop(built, lambda _: written.exists() and written.stat().st_mtime_ns != old, signal.SIGKILL)
    page.write_text(text, encoding="utf-8")
    os.utime(page, ns=(state.st_atime_ns, state.st_mtime_ns))
    built.build()
    assert differences(built.html, right) == []


@pytest.mark.parametrize("moment", SETUP)
def test_killed_setup_is_made_up_for(project: Project, moment: str) -> None:
    """What a setup left that was killed is not built upon: the next one makes all of it anew."""
    project.want_setup()
    setup = ("make", "setup", f"PYTHON={sys.executable}")
    assert stop(project, SETUP[moment], signal.SIGKILL, *setup) == -signal.SIGKILL
    assert left_alive(f"MARK={project.root}") == set()
    half = project.write(".venv/bin/half-a-package", "")
    done = project.make(*setup[1:])
    assert done == Done(0, "Installing the locked dependencies into .venv\n")
    assert not half.exists()
    python = str(project.root / ".venv" / "bin" / "python")
    assert project.run(python, "-c", "import setuptools, tutorial_site") == Done(0, "")
    assert project.make(*setup[1:]) == Done(0, "")
