"""A build or a setup that is interrupted or killed, and the one after it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.project import Done, Project
from tests.kit.machine import left_alive

ON_POSTGRESQL = "---\nvariants: [postgresql]\n---\n\n"
ENDLESS = """\
```{{code-cell}} python
import os
if server := os.environ.get("PGHOST"):
    with open({runs!r} + "-written", "w") as file:
        file.write(f"{{os.getcwd()}} {{server}}")
    os.rename({runs!r} + "-written", {runs!r})
while True:
    pass
```
"""
SETUP: dict[str, Callable[[Project], bool]] = {
    "the environment is made": lambda project: (project.root / ".venv/bin").exists(),
    "packages are installed": lambda project: (project.root / ".venv/unfinished").exists(),
}


def stop(
    project: Project, there: Callable[[Project], bool], how: signal.Signals, *command: str
) -> int:
    """End a command by a signal as soon as a moment has come.

    SIGTERM is sent to the command alone, others to its processes too.
    """
    building = project.start(*command, MARK=str(project.root))
    while building.poll() is None and not there(project):
        time.sleep(0.0005)
    assert building.poll() is None, building.communicate()
    (os.kill if how is signal.SIGTERM else os.killpg)(building.pid, how)
    building.communicate(timeout=60)
    return building.returncode


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_pages_that_run_end_with_the_build(project: Project, how: signal.Signals) -> None:
    """Ctrl+C, or a kill, while a cell runs that never ends: no process and no folder is left.

    Where all are killed, it is the next build that removes the folder of this one.

    The page runs on PostgreSQL, whose server ends too.
    """
    text = (project.root / "docs" / "start" / "two.md").read_text("utf-8")
    runs = project.root / "runs"
    endless = ENDLESS.format(runs=str(runs))
    project.write("docs/start/two.md", f"{ON_POSTGRESQL}{text}\n{endless}")
    assert stop(project, lambda _: runs.exists(), how, "make", "html") != 0
    assert left_alive(f"MARK={project.root}") == set()
    page, server = map(Path, runs.read_text().split())
    assert [path for path in (page, server, server.parent) if path.exists()] == []
    assert not project.html.exists()


@pytest.mark.parametrize("moment", SETUP)
def test_killed_setup_is_made_up_for(project: Project, moment: str) -> None:
    """What a setup left that was killed is not built upon: the next one makes all of it again."""
    project.want_setup()
    setup = ("make", "setup", f"PYTHON={sys.executable}")
    assert stop(project, SETUP[moment], signal.SIGKILL, *setup) == -signal.SIGKILL
    assert left_alive(f"MARK={project.root}") == set()
    half = project.write(".venv/bin/half-a-package", "")
    done = project.make(*setup[1:])
    assert done == Done(0, "Installing the locked dependencies into .venv\n")
    assert not half.exists()
    python = str(project.root / ".venv" / "bin" / "python")
    assert project.run(python, "-c", "import setuptools, built_site") == Done(0, "")
    assert project.make(*setup[1:]) == Done(0, "")
