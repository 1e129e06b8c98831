"""A page's Python as the browser runs it, without the browser."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from myst_doctest.showing.tree import html

# The page takes over its process, as it does in the browser: each test has one of its own.
DRIVER = """
import json, os, signal, sys, threading
from live_cells import browser

sys.path.append(sys.argv[2])
steps, browser.FOLDER = json.loads(sys.argv[1]), sys.argv[2] + "/page"
out = os.fdopen(os.dup(1), "w")
sent = []
page = browser.Page(json.dumps(steps["page"]), lambda: json.dumps(steps["written"].pop(0)
                    if steps["written"] else []), lambda text: sent.append(json.loads(text)),
                    lambda: threading.Timer(0.05, signal.raise_signal, [signal.SIGINT]).start())
for number, source in steps["run"]:
    act = page.grade if isinstance(number, str) else page.answer
    out.write(json.dumps({**json.loads(act(number, source)), "sent": sent}) + "\\n")
    sent.clear()
out.flush()
os._exit(0)
"""


def book(*recorded: str, raises: bool = False) -> list[dict[str, Any]]:
    return [
        {"name": f"cell-{number}", "recorded": text, "ellipsis": False, "raises": raises}
        for number, text in enumerate(recorded)
    ]


def shown(answer: dict[str, Any]) -> list[str]:
    """The lines of an output, as the page shows them."""
    page = BeautifulSoup(html(answer["tree"]), "html.parser")
    boxes = page.select("summary, pre, .output-note")
    return [line for box in boxes for line in box.get_text().split("\n")]


@pytest.fixture
def answers(tmp_path: Path) -> Any:
    def run(
        cells: list[dict[str, Any]],
        *steps: tuple[int | str | None, str],
        written: list[Any] | None = None,
        **page: Any,
    ) -> list[dict[str, Any]]:
        data = {
            "rich": [],
            "max_output": 1000,
            "setup": "",
            "preload": [],
            "tokens": {},
            "pages": {},
            "exercises": {},
            "watch": "",
            **page,
            "cells": cells,
        }
        given = json.dumps({"page": data, "run": steps, "written": written or []})
        command = [sys.executable, "-c", DRIVER, given, str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run


def test_an_exception_leads_to_its_page(answers: Any) -> None:
    """Where the page's data name one for its class."""
    pages = {"ZeroDivisionError": "../e/zero-division-error.html"}
    here, other = answers(book("", ""), (0, "1 / 0"), (1, "{}[1]"), pages=pages)
    links = [BeautifulSoup(html(each["tree"]), "html.parser").a for each in (here, other)]
    assert [link and link["href"] for link in links] == ["../e/zero-division-error.html", None]


def test_output_is_compared_with_the_book(answers: Any) -> None:
    """The same output is said to be the book's; another one is not; a scratch cell is neither."""
    same, other, scratch = answers(book("2\n", "2\n"), (0, "1 + 1"), (1, "1 + 2"), (None, "1"))
    assert [same["same"], other["same"], scratch["same"]] == [True, False, None]
    assert shown(same) == ["2"]


def test_cell_that_ran_before_says_so(answers: Any) -> None:
    """A second run may rightly show something else; the page is told that it is one."""
    first, second = answers(book("1\n"), (0, "n = 1\nn"), (0, "n += 1\nn"))
    assert [first["again"], second["again"]] == [False, True]
    assert [first["same"], second["same"]] == [True, False]


def test_exception_without_leave_is_not_the_book(answers: Any) -> None:
    """A cell that raises, though its text is the recorded one, is not what the book shows."""
    (answer,) = answers(book("KeyError: 1\n"), (0, "x = 1\n{}[1]"))
    assert answer["same"] is False
    first, second, *_, last = answer["raised"].pop("trace").strip().split("\n")
    assert first == "Traceback (most recent call last):"
    assert second == '  File "<cell cell-0>", line 2, in <module>'
    assert last == "KeyError: 1"
    assert answer["raised"] == {"line": 2, "text": "KeyError: 1"}
    assert shown(answer) == ["KeyError: 1", "Line 2: {}[1]"]


def test_exception_with_leave_is_the_book(answers: Any) -> None:
    """A cell that is meant to raise, and does, is as in the book."""
    (answer,) = answers(book("KeyError: 1\n", raises=True), (0, "{}[1]"))
    assert answer["same"] is True


def test_folder_is_not_shown(answers: Any) -> None:
    """Where the page's files lie in the browser is nobody's business."""
    printed, raised = answers(
        book("", ""),
        (0, "import os\nprint(os.getcwd())"),
        (1, "raise ValueError(os.getcwd())"),
    )
    assert shown(printed) == ["."]
    assert raised["raised"]["text"] == "ValueError: ."


def test_what_a_file_descriptor_got_stands_in_its_place(answers: Any) -> None:
    """Bytes that were written below Python come where they were written, decoded."""
    (answer,) = answers(
        book(""), (0, "print('a')\nprint('b')"), written=[[], [], [["stdout", "\u00c3\u00a9\n"]]]
    )
    assert shown(answer) == ["a", "é", "b"]


def test_long_output_is_cut(answers: Any) -> None:
    """No cell floods the page: its output ends at the limit, and the page is told."""
    (answer,) = answers(book(""), (0, "print('x' * 5000)"), max_output=100)
    assert answer["cut"] is True
    assert shown(answer) == ["x" * 100, "The output is cut here."]


def test_what_a_running_cell_shows_is_sent(answers: Any) -> None:
    """Each piece at once, without values; of a flood, some in one go, and no more than is shown."""
    few, flood = answers(
        book("", ""),
        (0, "import os\nprint('a', os.getcwd())\n1"),
        (1, "for n in range(900): print('x')"),
    )
    assert few["sent"] == [[["stdout", text]] for text in ("a", " ", ".", "\n")]
    assert 200 <= len(flood["sent"]) < 1000
    assert all(len(pieces) == 1 for pieces in flood["sent"][:200])
    sent = "".join(text for pieces in flood["sent"] for _, text in pieces)
    assert ("x\n" * 500).startswith(sent)  # max_output


def test_interrupt_ends_the_cell_and_nothing_else(answers: Any) -> None:
    """Stop ends the running cell; names stay, and an interrupt between cells is nothing."""
    stop = f"import os; os.kill(os.getpid(), {int(signal.SIGINT)})"
    code = f"n = 1\n{stop}\nn = 2"
    stopped, after = answers(book("", "1\n"), (0, code), (1, "n"))
    assert stopped["interrupted"] is True
    assert stopped["raised"]["text"] == "KeyboardInterrupt"
    assert after["same"] is True
    assert after["interrupted"] is False


def test_ending_changes_the_lanes_of_cells_above(answers: Any, tmp_path: Path) -> None:
    """A transaction that a later cell ends is told to the cell in which it began."""
    log = "import builtins\ndef setup(publish):\n    builtins.log = publish\n"
    (tmp_path / "logs.py").write_text(log)
    first, second = answers(
        book("", ""),
        (0, "log('sql', 'BEGIN', part='begin', lane='0')"),
        (1, "log('sql', 'COMMIT', part='commit', lane='0')"),
        setup="logs:setup",
    )
    assert shown(first) == ["SQL: BEGIN (transaction open)", "BEGIN"]
    lanes = {}
    for name, tree in (("first", first["tree"]), ("relaned", second["relane"]["0"])):
        (entry,) = BeautifulSoup(html(tree), "html.parser").select(".log-entry")
        lanes[name] = entry["class"][2:]
    assert lanes == {
        "first": ["lane", "lane-0-open-begin"],
        "relaned": ["lane", "lane-0-commit-begin"],
    }


def test_words_of_a_log_are_explained(answers: Any, tmp_path: Path) -> None:
    """The page gets what a word means beside the output that shows it."""
    log = "import builtins\ndef setup(publish):\n    builtins.log = publish\n"
    (tmp_path / "logs.py").write_text(log)
    code = "log('sql', '[cached] (1,)', part='parameters', about='Seen before.')"
    (answer,) = answers(book(""), (0, code), setup="logs:setup")
    (about,) = map(html, answer["explanations"])
    start = '<div popover="" id="word-cached" class="log-about">'
    assert about == f"{start}<p><b>cached</b>: Seen before.</p></div>"


def test_calls_without_end_are_an_error_of_the_cell(answers: Any) -> None:
    """Endless recursion ends in RecursionError, long before a worker's stack does."""
    code = "def down(n):\n    return down(n + 1)\ndown(0)"
    ended, after = answers(book("", "1\n"), (0, code), (1, "1"))
    assert ended["raised"]["text"] == "RecursionError: maximum recursion depth exceeded"
    assert after["same"] is True


TWICE = "def twice(n):\n    print('asked')\n    return n + n"


def test_an_attempt_is_graded_and_leaves_the_page_as_it_was(answers: Any) -> None:
    """It has its own names and folder, and what it showed is shown; nothing is sent meanwhile."""
    exercise = {
        "name": "double",
        "given": "print('given')\nnumber = 2",
        "asks": ["twice"],
        "check": "assert twice(number) == 4, f'twice(2) is {twice(2)}.'",
    }
    before, wrong, right, raised, after = answers(
        book("", ""),
        (0, "number = 1"),
        ("double", TWICE.replace("n + n", "n")),
        ("double", f"number = 5\nopen('file', 'w').close()\n{TWICE}"),
        ("double", "1 / 0"),
        (1, "import os\nnumber, __name__, os.listdir()"),
        exercises={"double": exercise},
    )
    assert (wrong["passed"], wrong["words"]) == (False, "twice(2) is 2.")
    assert (right["passed"], right["words"], right["sent"]) == (True, "", [])
    assert shown(wrong) == ["asked", "asked"]
    assert raised["words"] == "Line 1 raised ZeroDivisionError: division by zero"
    assert "ZeroDivisionError: division by zero" in shown(raised)
    assert before["same"] is True
    assert shown(after) == ["(1, '__main__', [])"]


IN_A_LOOP = """import time
end = time.monotonic() + 5
while time.monotonic() < end: pass
'not stopped'"""
STOPS = f"os.kill(os.getpid(), {int(signal.SIGINT)})\n"
DROPPED = f"""import os
class Dying:
    def __del__(self):
        {STOPS}
{{}}Dying()
"""


@pytest.mark.parametrize(
    ("cell", "about"),
    [
        (DROPPED.format("") + IN_A_LOOP, "Python drops what is raised while an object dies"),
        (DROPPED.format("own = ") + "own.own = own\ndel own\n", "and while garbage is collected"),
    ],
)
def test_a_stop_that_python_drops_comes_again(answers: Any, cell: str, about: str) -> None:
    """It is no output either."""
    found = answers(book("", ""), (0, cell), (1, IN_A_LOOP))
    last = found[0] if IN_A_LOOP in cell else found[1]
    assert last["interrupted"], about
    assert last["raised"]["text"] == "KeyboardInterrupt"
    assert shown(last)[0] == "KeyboardInterrupt"


def test_a_stop_waits_for_the_code_that_it_is_meant_for(answers: Any, tmp_path: Path) -> None:
    """It may come just before a cell begins, or an attempt, which is not marked as running yet."""
    early = f"import gc, os\ndef stop(*_):\n    gc.callbacks.clear()\n    {STOPS}"
    watch = "def watch():\n    stop()\n    return contextlib.nullcontext(dict)\n"
    (tmp_path / "early.py").write_text(f"import contextlib\n{early}{watch}")
    code = "import gc, early\ngc.callbacks.append(early.stop)"
    exercise = {"name": "double", "given": "", "asks": [], "check": ""}
    begun, stopped, graded, after = answers(
        book("", "", "1\n"),
        (0, code),
        (1, IN_A_LOOP),
        ("double", IN_A_LOOP),
        (2, "1"),
        exercises={"double": exercise},
        watch="early:watch",
    )
    assert [each["interrupted"] for each in (begun, stopped, after)] == [False, True, False]
    assert stopped["raised"]["text"] == "KeyboardInterrupt"
    assert graded["words"] == "It was stopped before its end. Is there a loop that never ends?"
    assert after["same"]


def test_words_of_an_exception_can_be_stopped(answers: Any) -> None:
    """Its class makes them, and may not come to an end."""
    error = f"import os\nclass Wordy(Exception):\n    def __str__(self):\n        {STOPS}"
    code = f"{error}        return ''\nraise Wordy"
    exercise = {"name": "double", "given": "", "asks": [], "check": "raise Wordy"}
    run, graded, after = answers(
        book("", "1\n"),
        (0, code),
        ("double", code.removesuffix("raise Wordy")),
        (1, "1"),
        exercises={"double": exercise},
    )
    words = "Wordy: <its message raised KeyboardInterrupt>"
    assert (run["interrupted"], run["raised"]["text"]) == (True, words)
    assert words in graded["words"]
    assert after["same"]


def test_an_attempt_can_be_stopped(answers: Any) -> None:
    """Stop interrupts it; the next one is graded."""
    exercise = {"name": "double", "given": "", "asks": [], "check": "assert x == 1, 'No.'"}
    stop = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nwhile True: pass"
    stopped, right = answers(
        book(""), ("double", stop), ("double", "x = 1"), exercises={"double": exercise}
    )
    assert stopped["words"] == "It was stopped before its end. Is there a loop that never ends?"
    assert right["passed"]
