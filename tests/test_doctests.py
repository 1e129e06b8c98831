"""Doctests are looked for where there is one."""

from __future__ import annotations

from pathlib import Path

from tests.kit.warm_process import PYTEST

ROOT = str(Path(__file__).resolve().parent.parent)
FILES = {
    "pytest.ini": "[pytest]\n",
    "conftest.py": f"""
import sys
sys.path.insert(0, {ROOT!r})
from tests.kit import doctests
def pytest_configure(config):
    config.pluginmanager.register(doctests)
""",
    "without.py": "raise ImportError\n",
    "with_one.py": '"""One.\n\n>>> 1\n1\n"""\n',
    "test_both.py": '"""Two.\n\n>>> 2\n2\n"""\ndef test_a(): pass\n',
    "test_none.py": "def test_b(): pass\n",
}


def test_a_module_without_a_doctest_is_not_imported_for_one(tmp_path: Path) -> None:
    """One that has some is, and tests are collected from both."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    command = ["pytest", "-v", "-p", "no:myst_doctest", "-c", "pytest.ini", "--doctest-modules"]
    done = PYTEST.run(command, tmp_path, {"PATH": "/usr/bin:/bin"})
    assert done.code == 0, done.stdout + done.stderr
    passed = [line.split()[0] for line in done.stdout.splitlines() if "PASSED" in line]
    assert sorted(passed) == [
        "test_both.py::test_a",
        "test_both.py::test_both",
        "test_none.py::test_b",
        "with_one.py::with_one",
    ]


LEAVES_ONE_OPEN = '''"""An engine.

>>> from conftest import kept
>>> from sqlalchemy import create_engine
>>> engine = create_engine("sqlite:///one.db")
>>> engine.connect().close()
>>> kept.append(engine)
"""
'''
LOOKS = "import conftest\ndef test_it(): assert conftest.kept[0].pool.checkedin() == 0\n"


def test_a_doctest_leaves_no_connection_open(tmp_path: Path) -> None:
    """Else a later test hears of it, once it is garbage."""
    files = {
        "pytest.ini": FILES["pytest.ini"],
        "conftest.py": f"{FILES['conftest.py']}kept = []\n",
        "a.py": LEAVES_ONE_OPEN,
        "test_b.py": LOOKS,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    command = ["pytest", "-q", "-p", "no:myst_doctest", "-c", "pytest.ini", "--doctest-modules"]
    done = PYTEST.run(command, tmp_path, {"PATH": "/usr/bin:/bin"})
    assert done.code == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
