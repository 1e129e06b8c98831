"""Pages of the tests' own sites find in a warm fork server what they find in a new process."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from tests.kit.pytest_site import Site

if TYPE_CHECKING:
    from pathlib import Path

STATE = """\
import os, signal, sys, warnings
print(*sorted(sys.modules), sep="\\n")
print(os.listdir(), os.getpgid(0) == os.getpid(), os.listdir("/proc/self/fd"), os.umask(0o22))
print(*sorted(os.environ.items()), sep="\\n")
print(*(signal.getsignal(each) for each in signal.valid_signals()))
print(sys.flags, str(sys.path).replace(os.getcwd(), "."), warnings.filters)
print(open(f"/proc/{os.getppid()}/cmdline").read())"""
WRITE = "with open({!r}, 'w') as file, contextlib.redirect_stdout(file):"
OTHER = "PYTHONNOUSERSITE"
"""What an interpreter reads when it starts: a fork server with another one is a new process."""
NAMED = {"myst_doctest.running.fork_server", "runpy"}
"""The fork server's module is that of ``python -m`` there, and found by its name here."""


@pytest.mark.skipif(sys.platform != "linux", reason="each fork server is a new process there")
@pytest.mark.parametrize(
    ("first", "settings"),
    [
        ("", {}),
        ("import packaging", {"compatibility": "jupyter"}),
        ("", {"compatibility": "jupyter", "preload": ["matplotlib.pyplot"], "memory": 0}),
    ],
    ids=["plain", "notebook", "figures"],
)
def test_a_page_finds_the_same(tmp_path: Path, first: str, settings: dict[str, Any]) -> None:
    """Its modules, its folder, descriptors, variables, signals and filters of warnings."""
    if "preload" in settings:
        pytest.importorskip("matplotlib")
    shown = []
    for name, variables in (("warm", {}), ("cold", {OTHER: ""})):
        site, told = Site(tmp_path / name), tmp_path / f"{name}.txt"
        site.settings(**settings)
        lines = textwrap.indent(STATE, "    ")
        site.cells("page.md", f"import contextlib\n{first}\n{WRITE.format(str(told))}\n{lines}")
        assert site.pytest(env=variables).states() == {"page.md::line-3": "passed"}
        *found, server = told.read_text(encoding="utf-8").splitlines()
        assert ("warm_fork.py" in server) == (name == "warm"), server
        shown.append([each for each in found if each not in NAMED and f"('{OTHER}'" not in each])
    warm, cold = shown
    assert warm == cold
