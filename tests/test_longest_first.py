"""The order of test files: what took long comes first, in each of pytest's processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.longest_first import ASSUMED, assumed
from tests.kit.warm_process import PYTEST

ROOT = Path(__file__).resolve().parent.parent
CONFTEST = """
import sys
sys.path.insert(0, {root!r})
from tests.kit.longest_first import LongestFirst
def pytest_configure(config):
    config.pluginmanager.register(LongestFirst(config))
"""
TESTS = {
    "test_a.py": "def test_a(): pass\n",
    "test_b.py": "import time\ndef test_b(): time.sleep(0.6)\ndef test_a(): pass\n",
}


def order(folder: Path, *arguments: str) -> list[str]:
    """The tests of a run in the order in which they ran."""
    command = ["pytest", "-v", "-p", "no:myst_doctest", "-c", "pytest.ini", *arguments]
    done = PYTEST.run(command, folder, {"PATH": "/usr/bin:/bin"})
    assert done.code == 0, done.stdout + done.stderr
    return [line.split()[0] for line in done.stdout.splitlines() if "PASSED" in line]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A short file of tests, and a longer one."""
    (tmp_path / "conftest.py").write_text(CONFTEST.format(root=str(ROOT)))
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for name, text in TESTS.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_what_took_longest_comes_first(project: Path) -> None:
    """The second run knows of the first; the tests of a file keep their order."""
    assert order(project) == ["test_a.py::test_a", "test_b.py::test_b", "test_b.py::test_a"]
    longest_first = ["test_b.py::test_b", "test_b.py::test_a", "test_a.py::test_a"]
    assert order(project) == longest_first
    assert order(project, "test_b.py", "-k", "test_a") == ["test_b.py::test_a"]
    assert order(project) == longest_first


def test_what_wants_no_site_comes_after_the_longest_file(project: Path) -> None:
    """A test of that file builds the site: pages come next, and last what would wait for it."""
    empty = ["docs/test_c.py", "tests/checker/test_d.py", "tests/site/test_e.py"]
    slow = "tests/live_cells/test_f.py"
    for name in (*empty, slow):
        (project / name).parent.mkdir(parents=True)
        (project / name).write_text("def test_it(): pass\n")
    (project / slow).write_text("import time\ndef test_it(): time.sleep(0.3)\n")
    order(project)
    files = [*dict.fromkeys(each.partition("::")[0] for each in order(project))]
    assert files[:2] == [slow, "docs/test_c.py"]
    assert {*files[2:5]} == {"test_a.py", "test_b.py", "tests/checker/test_d.py"}
    assert files[5:] == ["tests/site/test_e.py"]


def test_what_never_ran_is_judged_by_its_name_or_folder() -> None:
    """In a fresh clone, what asks a browser comes first; what is named is there."""
    files = ["tests/site/pages/test_x.py", "docs/start/x.md", "tests/live_cells/pack/test_x.py"]
    assert sorted(files, key=assumed, reverse=True) == files
    assert assumed("README.md") == 1
    for name in ASSUMED:
        assert (ROOT / name).exists(), name
        assert assumed(name) == ASSUMED[name]
