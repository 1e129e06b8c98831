"""The order of test files: what took long comes first, in each of pytest's processes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.kit.longest_first import ONE_AFTER_THE_OTHER, assumed
from tests.kit.warm_process import PYTEST

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
    root = str(Path(__file__).resolve().parent.parent)
    (tmp_path / "conftest.py").write_text(CONFTEST.format(root=root))
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


def test_pages_come_after_the_longest_file(project: Path) -> None:
    """They want no built site, which a test of the longest file builds."""
    (project / "docs").mkdir()
    (project / "docs" / "test_page.py").write_text("def test_page(): pass\n")
    order(project)
    files = [each.partition("::")[0] for each in order(project)]
    assert files == ["test_b.py", "test_b.py", "docs/test_page.py", "test_a.py"]


def test_one_process_reads_all_pages(tmp_path: Path) -> None:
    """What is handed out together runs in one process, the other files in others."""
    root = Path(__file__).resolve().parent.parent
    (tmp_path / "conftest.py").write_text(CONFTEST.format(root=str(root)))
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    together = {*ONE_AFTER_THE_OTHER, *ONE_AFTER_THE_OTHER.values()}
    for name in (*together, "tests/test_a.py", "tests/test_b.py"):
        assert name not in together or (root / name).is_file()
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("import time\ndef test_it(): time.sleep(0.1)\n")
    arguments = ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder", "tests"]
    command = ["pytest", "-v", "-p", "no:myst_doctest", "-c", "pytest.ini", *arguments]
    done = PYTEST.run(command, tmp_path, {"PATH": "/usr/bin:/bin"})
    ran = re.findall(r"^\[(gw\d)\] .*PASSED (\S+)::", done.stdout, re.MULTILINE)
    assert {name for _, name in ran} == {*together, "tests/test_a.py", "tests/test_b.py"}
    assert len({worker for worker, name in ran if name in together}) == 1
    assert len({worker for worker, _ in ran}) == 3


def test_what_never_ran_is_judged_by_its_folder() -> None:
    """In a fresh clone, what asks a browser comes first."""
    files = ["tests/site/pages/test_x.py", "docs/start/x.md", "tests/live_cells/pack/test_x.py"]
    assert sorted(files, key=assumed, reverse=True) == files
    assert assumed("README.md") == 1
