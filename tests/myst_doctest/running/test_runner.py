"""What cells show: recorded with ``pytest --accept``, then read from the page."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.kit.pytest_site import Site

RAISES = ":tags: [raises-exception]\n\n"
THING = """\
import weakref
class Thing:
    def __repr__(self):
        return "Thing()"
def watched(thing):
    global last
    last = weakref.ref(thing)
    return thing
"""

# A name, the cells, and what each of them records.
CASES: dict[str, tuple[list[str], list[str]]] = {
    "a-value": (
        ["1 + 1", "'text'", "None", "x = 3", "x; x", "if x:\n    x", "# nothing", ""],
        ["2\n", "'text'\n", "", "", "3\n", "", "", ""],
    ),
    "one-namespace": (
        ["x = 1", "x += 1\nx", "__name__", "import __main__\n__main__.x"],
        ["", "2\n", "'__main__'\n", "2\n"],
    ),
    "order": (
        [
            (
                "import os, subprocess, sys, warnings\n"
                "print('one')\n"
                "print('two', file=sys.stderr)\n"
                "warnings.warn('three')\n"
                "done = subprocess.run(['echo', 'four'])\n"
                "done = os.write(2, b'five\\n')\n"
                "print('six')\n"
                "'seven'"
            ),
            RAISES + "print('one')\nprint('two', file=sys.stderr)\nraise ValueError('three')",
        ],
        [
            "one\ntwo\nUserWarning: three\nfour\nfive\nsix\n'seven'\n",
            "one\ntwo\nValueError: three\n",
        ],
    ),
    "print-without-newline": (
        ["print('a', end='')\nprint('b', end='')\n1", "print('a', end='')"],
        ["ab\n1\n", "a\n"],
    ),
    "bytes": (
        [
            "import sys\nprint('one')\ndone = sys.stdout.buffer.write(b'two \\xff\\n')",
            "import subprocess\ndone = subprocess.run(['echo', 'three'], stdout=sys.stdout)",
        ],
        ["one\ntwo \\udcff\n", "three\n"],
    ),
    "subprocess": (
        [
            "import subprocess\ndone = subprocess.run(['echo', 'hello'])",
            "done = subprocess.run('echo out; echo err >&2; echo out', shell=True)",
            "done = subprocess.run(['cat'])\n'cat read nothing'",
        ],
        # Two files take the two streams of another process: each keeps its own order.
        ["hello\n", "out\nout\nerr\n", "'cat read nothing'\n"],
    ),
    "fork": (
        [
            (
                "import os\n"
                "if os.fork() == 0:\n"
                "    print('child')\n"
                "    os._exit(0)\n"
                "done = os.wait()\n"
                "print('parent')"
            ),
            "pid = os.fork()\nif pid:\n    done = os.waitpid(pid, 0)\nelse:\n    print('leaves')",
            "pid > 0",
        ],
        ["child\nparent\n", "leaves\n", "True\n"],
    ),
    "warnings": (
        [
            (
                "import warnings\n"
                "def warn():\n"
                "    warnings.warn('again', FutureWarning)\n"
                "for _ in range(2):\n"
                "    warn()"
            ),
            "warn()",
            "warnings.warn('old', DeprecationWarning)",
            "class Odd(UserWarning):\n    pass\nwarnings.warn(Odd('of its own class'))",
        ],
        [
            "FutureWarning: again\nFutureWarning: again\n",
            "FutureWarning: again\n",
            "DeprecationWarning: old\n",
            "Odd: of its own class\n",
        ],
    ),
    "exceptions": (
        [
            RAISES + "1 / 0",
            RAISES + "raise ValueError",
            RAISES + "error = KeyError('x')\nerror.add_note('a note')\nraise error",
            RAISES + "def broken(:",
            RAISES + "class Bad(Exception):\n    def __str__(self):\n        1 / 0\nraise Bad",
            RAISES + "return 1",
        ],
        [
            "ZeroDivisionError: division by zero\n",
            "ValueError\n",
            "KeyError: 'x'\na note\n",
            "SyntaxError: invalid syntax\n",
            "Bad: <its message raised ZeroDivisionError>\n",
            "SyntaxError: 'return' outside function\n",
        ],
    ),
    "weak-value": (
        [THING, "watched(Thing())", "last() is None"],
        ["", "Thing()\n", "True\n"],
    ),
    "weak-cycle": (
        [THING, "thing = watched(Thing())\nthing.me = thing", "del thing", "last() is None"],
        ["", "", "", "True\n"],
    ),
    "weak-exception": (
        [
            THING,
            "class Trouble(Exception):\n    pass",
            RAISES + "thing = Thing()\ndef fail(held):\n    raise watched(Trouble('no'))\n"
            "fail(Thing())",
            "last() is None",
        ],
        ["", "", "Trouble: no\n", "True\n"],
    ),
    "bound-value-stays": (
        [THING, "thing = watched(Thing())", "last() is thing"],
        ["", "", "True\n"],
    ),
    "annotations-are-the-cells-own": (
        ["def f(x: int): ...\nf.__annotations__"],
        ["{'x': <class 'int'>}\n"],
    ),
    "future-imports-hold-from-their-cell-on": (
        [
            "x = 1",
            "from __future__ import annotations",
            "def f(x: Undefined): ...\nf.__annotations__",
        ],
        ["", "", "{'x': 'Undefined'}\n"],
    ),
    "traceback-shows-the-cell": (
        [
            "def fail():\n    raise ValueError('no')",
            (
                "import traceback\n"
                "try:\n"
                "    fail()\n"
                "except ValueError:\n"
                "    print(traceback.format_exc().count('raise ValueError'))"
            ),
        ],
        ["", "1\n"],
    ),
    "pickle": (
        [
            "import pickle\nclass Thing:\n    pass",
            "type(pickle.loads(pickle.dumps(Thing()))) is Thing",
        ],
        ["", "True\n"],
    ),
    "redirected": (
        [
            (
                "import contextlib, io\n"
                "text = io.StringIO()\n"
                "with contextlib.redirect_stdout(text):\n"
                "    print('kept')\n"
                "text.getvalue()"
            ),
            (
                "with warnings.catch_warnings(record=True) as caught:\n    warnings.warn('kept')\n"
                "len(caught)"
            ),
        ],
        ["'kept\\n'\n", "1\n"],
    ),
    "standard-input": (
        ["import sys\nsys.stdin.read()", "sys.stdout.encoding, sys.stdout.isatty()"],
        ["''\n", "('utf-8', False)\n"],
    ),
    "descriptors-closed": (
        ["import os\nos.close(1)\nos.close(2)", "print('still here')"],
        ["", "still here\n"],
    ),
}
CASES["redirected"][0].insert(0, "import warnings")
CASES["redirected"][1].insert(0, "")


@pytest.fixture(scope="module")
def accepted(new_site: Callable[[], Site]) -> Site:
    """A page a case, their output recorded."""
    site = new_site()
    for name, (sources, _) in CASES.items():
        site.cells(f"{name}.md", *sources)
    site.accept()
    return site


@pytest.mark.parametrize("name", CASES)
def test_recorded(accepted: Site, name: str) -> None:
    """A cell records what it shows, in the order in which it came."""
    assert accepted.recorded(f"{name}.md") == CASES[name][1]


def test_second_run(accepted: Site) -> None:
    """What was recorded is what a second run shows."""
    done = accepted.pytest()
    assert set(done.states().values()) == {"passed"}, done.output
    assert done.code == 0


# Runs the cells that are given as JSON; prints where each of the last one's segments came from.
LINES = """
import json, os, sys
from myst_doctest.running.runner import Runner

out, drained = os.fdopen(os.dup(1), "w"), []

def drain():
    yield from drained
    drained.clear()

runner = Runner(drain=drain)
runner.install()
runner.module.publish, runner.module.drained = runner.publish, drained
for number, source in enumerate(json.loads(sys.argv[1]), 1):
    run = runner.run(source, f"<cell {min(number, 2)}>")
out.write(json.dumps([[each.text, each.line] for each in run.segments]))
out.flush()
os._exit(0)
"""
FROM: dict[str, tuple[list[str], list[tuple[str, int]]]] = {
    "lines-of-a-loop": (
        ["for n in range(2):\n    publish('sql', 'a')\n    print(n)"],
        [("a", 2), ("0\n", 3), ("a", 2), ("1\n", 3)],
    ),
    "one-line-twice-is-one-text": (
        ["for n in range(2):\n    print(n)\nprint('x', end='')\nprint('y')\nprint('z')"],
        [("0\n1\n", 2), ("xy\n", 3), ("z\n", 5)],
    ),
    "a-function-of-the-cell": (
        ["def send():\n    publish('sql', 'a')\n\nsend()\nlist(map(lambda _: send(), 'x'))[1:]"],
        [("a", 2), ("a", 2), ("[]", 5)],
    ),
    "a-function-of-an-earlier-cell": (
        ["def send():\n\n\n    publish('sql', 'a')", "x = 1\nsend()"],
        [("a", 2)],
    ),
    "a-function-of-an-earlier-run-of-the-cell": (
        ["", "\n\n\ndef send():\n    publish('sql', 'a')", "x = 1\nsend()"],
        [("a", 2)],
    ),
    "a-call-of-several-lines": (["x = 1\npublish(\n    'sql',\n    'a',\n)"], [("a", 2)]),
    "the-end-of-a-with-block": (
        [
            (
                "from contextlib import contextmanager\n"
                "@contextmanager\ndef sending():\n    yield\n    publish('sql', 'a')"
            ),
            "with sending():\n    x = 1",
        ],
        [("a", 1)],
    ),
    "a-value-that-sends-when-it-is-shown": (
        ["class Lazy:\n    def __repr__(self):\n        publish('sql', 'a')\n        return 'lazy'",
         "lazy = Lazy()\n(\n    lazy\n)"],
        [("a", 2), ("lazy", 2)],
    ),
    "warnings-and-errors": (
        ["import warnings\nwarnings.warn('x')\ndef fail():\n    1 / 0\nfail()"],
        [("UserWarning: x", 2), ("ZeroDivisionError: division by zero", 5)],
    ),
    "an-error-in-a-class": (
        ["class A:\n    x = 1\n    class B:\n        y = 1 / 0"],
        [("ZeroDivisionError: division by zero", 4)],
    ),
    "an-error-in-a-function-that-a-class-calls": (
        ["def f():\n    1 / 0\nclass A:\n    x = f()"],
        [("ZeroDivisionError: division by zero", 4)],
    ),
    "another-thread": (
        [
            "import threading as t\nt.Thread(target=publish, args=('sql', 'a')).start()",
        ],
        [("a", 0)],
    ),
    "what-was-written-below-python": (
        ["drained.append(('stdout', 'below\\n'))\nprint('above')"],
        [("below\n", 0), ("above\n", 2)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FROM)
def test_each_segment_knows_its_line(name: str) -> None:
    """It is that of the innermost frame of the cell that runs; 0 where nobody knows it."""
    cells, expected = FROM[name]
    command = [sys.executable, "-c", LINES, json.dumps(cells)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [tuple(each) for each in json.loads(done.stdout)] == expected


def test_builtins_are_the_module_that_they_are_in_a_program() -> None:
    """A page about names looks at it."""
    from myst_doctest.running.runner import Runner

    assert not Runner().run("assert __builtins__.max is max", "<cell 1>").raised
