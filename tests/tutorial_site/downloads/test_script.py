"""A page as a script: what it prints where readers run it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys

import pytest

from myst_doctest.running.runner import Segment
from tutorial_site.downloads.page_export import ExportedCell, PageExport
from tutorial_site.downloads.script import script


def written(*parts: ExportedCell | str) -> str:
    """The script of a page."""
    cells = [part for part in parts if isinstance(part, ExportedCell)]
    numbers = iter(range(len(cells)))
    blocks = [part if isinstance(part, str) else next(numbers) for part in parts]
    return script(PageExport(blocks, cells), "Note")


def run_script(*cells: ExportedCell, encoding: str = "utf-8") -> str:
    """What a script of these cells prints, where Python believes in an encoding."""
    done = subprocess.run(
        [sys.executable, "-c", written(*cells)],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": encoding},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def value(source: str, text: str) -> ExportedCell:
    return ExportedCell(source, "", [], [Segment("result", text)])


def raising(source: str, text: str) -> ExportedCell:
    return ExportedCell(source, "", ["raises-exception"], [Segment("error", text)])


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("error = '''a\n  b'''\nraise LookupError(error)", "LookupError: a\n  b"),
        ("f'''{\n1}\n  x'''.lost", "AttributeError: 'str' object has no attribute 'lost'"),
        ("raise LookupError", "LookupError"),
        ("raise KeyboardInterrupt('stop')", "KeyboardInterrupt: stop"),
        ("total = (1 +", "SyntaxError: '(' was never closed"),
        ("return 1", "SyntaxError: 'return' outside function"),
        ("if True:\n    1 / 0", "ZeroDivisionError: division by zero"),
        ("class Stop(BaseException): ...\nraise Stop('enough')", "Stop: enough"),
    ],
)  # fmt: skip
def test_script_goes_on_after_a_cell_that_raises(source: str, text: str) -> None:
    """Whatever it raises and however it is written; the message is the page's."""
    after = ExportedCell("error = 'ä'; error, 1", "", [], [Segment("result", "('ä', 1)")])
    assert run_script(raising(source, text), after) == f"{text}\n('ä', 1)\n"


def test_script_takes_no_name_from_the_page() -> None:
    """What a page calls `error` is there after a cell that raises."""
    named = ExportedCell("error = 1", "", [], [])
    value = ExportedCell("error", "", [], [Segment("result", "1")])
    assert run_script(named, raising("raise KeyError", "KeyError"), value) == "KeyError\n1\n"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_script_prints_what_a_terminal_cannot_show(encoding: str) -> None:
    """A sign that the terminal's encoding lacks, and one that no encoding has."""
    cell = ExportedCell("print('→', '\\ud800')", "", [], [Segment("stdout", "→ \\ud800")])
    assert run_script(cell, encoding=encoding) == "→ \\ud800\n"


def test_import_from_the_future_holds_for_what_follows_it() -> None:
    """In any cell, and however it is written: the script has it at its top."""
    leaf = "class Leaf:\n    parent: Node\n\nLeaf.__annotations__"
    future = ExportedCell("from __future__ import annotations  # ä\nnow = 1", "", [], [])
    shown = value(leaf, "{'parent': 'Node'}")
    assert run_script(value("'ä'", "'ä'"), future, shown) == "'ä'\n{'parent': 'Node'}\n"


def test_script_is_python_that_editors_read_as_cells() -> None:
    """It parses, each cell has its marker, and no line ends in blanks."""
    text = written("Text.\n\nMore.", value("1", "1"), "Last.", raising("1 / 0", "E: e"))
    ast.parse(text)
    assert not re.search(r"(?m)[ \t]$", text)
    marked = "# %% [markdown]"
    heads = [line for line in text.split("\n") if line.startswith("# %%")]
    assert heads == [marked, "# %%", marked, "# %%", marked, "# %%"]
