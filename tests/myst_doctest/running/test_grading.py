"""Grading: what the author of an attempt is told, recorded with ``pytest --accept``."""

from __future__ import annotations

import gc
import re
import sys
from typing import TYPE_CHECKING

from myst_doctest.running.grading import Assignment, Grader
from myst_doctest.running.runner import Runner
from tests.kit.exercise_page import TWICE, exercise, page, part

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.kit.pytest_site import Done, Site

CHECK = """\
import os

assert raised is None or raised.name != "KeyError", f"Line {raised.line} asks for a key."
assert not printed, f"It printed {printed!r}."
assert not log, f"It did {log}."
assert os.listdir(".") == ["given.txt"], "The folder is not its own."
assert __name__ == "__main__" and "leftover" not in globals(), "The module is not its own."
assert numbers == [1, 2], f"The numbers are {numbers}."
assert twice(numbers[-1]) == 4, f"twice(2) is {twice(2)}."
"""
GIVEN = """\
numbers = [1, 2]
with open("given.txt", "w") as file:
    file.write("given")
leftover = "the answer's module has it"
del leftover
"""
# What is tried, and what its author is told.
TOLD = {
    "def twice(n):\n    return n\n": "twice(2) is 2.",
    f"{TWICE}print('a')": "It printed 'a\\n'.",
    "twice = lambda n: n * 2\nnumbers.append(3)": "The numbers are [1, 2, 3].",
    f"numbers = [7]\n{TWICE}twice = lambda n: 1 / 0":
        "Line 4 raised ZeroDivisionError: division by zero",
    f"{TWICE}import log": "It did ['log'].",
    f"{TWICE}open('mine.txt', 'w').close()": "The folder is not its own.",
    f"{TWICE}import os\nos.remove('given.txt')\nos.mkdir('sub')\nos.chdir('sub')":
        "The folder is not its own.",
    "x = {}\nx['a']": "Line 2 asks for a key.",
    "x = 1\nx.y": "Line 2 raised AttributeError: 'int' object has no attribute 'y'",
    "# nothing": "`twice` isn't defined. Use that name, so that it can be checked.",
    "": "There is nothing here yet. Define `twice`.",
    f"{TWICE}import sys\nsys.exit()":
        "Line 4 ends the program, so nothing could be checked. Leave that out.",
    "def twice(n):\n    raise SystemExit":
        "Line 2 ends the program, so nothing could be checked. Leave that out.",
    "raise KeyboardInterrupt":
        "It was stopped before its end. Is there a loop that never ends?",
    "def twice(n):\n    return 'a' * n * 10**18": "Line 2 needs more memory than there is.",
    "input()": "Line 1: input() has nobody to ask, which an exercise can't use.",
    "from decimal import Number":
        "Line 1 raised ImportError: cannot import name 'Number' from 'decimal'",
    "def twice(n):\n    assert n > 2, 'mine'": "Line 2 raised AssertionError: mine",
}  # fmt: skip
LOG = """\
import contextlib
import sys

@contextlib.contextmanager
def watch():
    log = Log()
    yield lambda: {"log": log}

class Log(list):
    def __bool__(self):
        return sys.modules.pop("log", None) is not None
    def __repr__(self):
        return "['log']"
"""


def graded(site: Site, **parts: str) -> tuple[Done, list[str]]:
    """The verdicts that are recorded of a page whose check sees ``log``."""
    (site.root / "numbers_log.py").write_text(LOG)
    (site.root / "log.py").write_text("")
    site.settings(pythonpath=["."], watch="numbers_log:watch", memory=512)
    wrong = [part("wrong", code) for code in TOLD]
    own = {"check": CHECK, **parts}
    site.page("index.md", page(exercise(part("given", GIVEN), *wrong, **own)))
    done = site.accept()
    return done, re.findall(r"\{verdict\}\n(.*)", site.read("index.md").decode())


def test_what_the_author_of_an_attempt_is_told(site: Site) -> None:
    """Each attempt has its own module, folder and what is given; an exception names its line."""
    _, told = graded(site)
    told = [words.partition(" (/")[0] for words in told[1:]]  # where a module lies is said, too
    assert dict(zip(TOLD, told, strict=True)) == TOLD


def test_a_check_that_raises_names_itself(site: Site) -> None:
    """Nothing is recorded then: the report is about the check, at its line."""
    done, told = graded(site, check='assert twice(2) == 4, "No."\n{}["a"]\n')
    lines = site.read("index.md").decode().split("\n")
    line = lines.index('{}["a"]') + 1
    report = done.items["index.md::twice[solution]"].report
    assert f"index.md:{line}: the solution cannot be graded: the check raised KeyError" in report
    assert 'at `{}["a"]`; have the check say by an assert' in report
    assert "No." in told


KEEPS = """\
from typing import Generic, TypeVar

T = TypeVar("T")


class Box(Generic[T]):
    pass


class Mine:
    pass


boxes: Box[Mine]
"""


def test_nothing_of_an_attempt_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nor by ``typing``, whose caches keep classes: who tries often would run slower each time."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.chdir(tmp_path)
    grade = Grader(Runner()).attempt(Assignment("keeps", "", ["boxes"], ""), f"{KEEPS}boxes = 1")
    assert grade.passed, grade.words
    gc.collect()
    kept = [each for each in gc.get_objects() if isinstance(each, type)]
    assert "Mine" not in {each.__name__ for each in kept}


def test_the_attempts_beginning_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is given has run by then, and nothing of the attempt."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.chdir(tmp_path)
    runner = Runner()
    seen: list[set[str]] = []
    grader = Grader(runner, begun=lambda: seen.append({"given", "own"} & {*vars(runner.module)}))
    grade = grader.attempt(Assignment("begins", "given = 1", [], "assert own"), "own = 2")
    assert (grade.passed, seen) == (True, [{"given"}])
    grader.attempt(Assignment("breaks", "1 / 0", [], ""), "own = 2")
    assert len(seen) == 1, "what is given raised"
