"""Pages of the tests' own sites find in a warm fork server what they find in a new process."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.kit.pytest_site import Site

if TYPE_CHECKING:
    from pathlib import Path

MODULES = "import sys\nprint(*sorted(sys.modules), sep='\\n')"
STATE = """\
import os, signal, sys, warnings
import packaging  # no part of Python: IPython shows the values
print(os.getcwd(), os.getpgid(0) == os.getpid(), os.listdir("/proc/self/fd"), os.umask(0o22))
print(*sorted(os.environ.items()), sep="\\n")
print(*(signal.getsignal(each) for each in signal.valid_signals()))
print(sys.flags, sys.path, warnings.filters)
print([open(f"/proc/{os.getppid()}/cmdline").read().replace("\\0", " ")])"""
OTHER = "PYTHONNOUSERSITE"
"""What an interpreter reads when it starts: a fork server with another one is a new process."""
NAMED = {"myst_doctest.running.fork_server", "runpy"}
"""The fork server's module is that of ``python -m`` there, and found by its name here."""


@pytest.mark.skipif(sys.platform != "linux", reason="each fork server is a new process there")
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"compatibility": "jupyter"},
        {"compatibility": "jupyter", "preload": ["matplotlib.pyplot"], "memory": 0},
    ],
    ids=["plain", "notebook", "figures"],
)
def test_a_page_finds_the_same(tmp_path: Path, settings: dict[str, Any]) -> None:
    """Its modules, its folder, descriptors, variables, signals and filters of warnings."""
    if "preload" in settings:
        pytest.importorskip("matplotlib")
    shown = []
    for name, variables in (("warm", {}), ("cold", {OTHER: ""})):
        site = Site(tmp_path / name)
        site.settings(**settings)
        site.cells("page.md", MODULES, STATE)
        site.accept(env=variables)  # its second run is always a new process, and says what differs
        modules, state = site.recorded()
        assert ("warm_fork.py" in state) == (name == "warm"), state
        lines = [line for line in state.split("\n")[:-2] if not line.startswith(f"('{OTHER}'")]
        shown.append([*({*modules.split()} - NAMED), *lines])
    warm, cold = shown
    assert sorted(warm) == sorted(cold)
