"""Which edits Python does not see: of comments and empty lines, and of nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from live_cells.pack.node import node

SCRIPT = """
import { isSameCode, isSameText } from "%s";
const [asCode, asText] = JSON.parse(process.argv[2]);
const same = [asCode.map((pair) => isSameCode(...pair)), asText.map((pair) => isSameText(...pair))];
console.log(JSON.stringify(same));
"""
MODULE = Path(__file__).parents[2] / "src" / "live_cells" / "js" / "same_code.js"
SAME = [
    ("x = 1", "x = 1  # it's one"),
    ("x = 1\ny", "# a\n\nx = 1 # b\n   # c\n\ny\n# end"),
    ("x = 'a' # it's\ny = 'b'", "x = 'a'\ny = 'b' # don't"),
    ("if a:\n    b\n", "if a:\n\n  # c\n    b"),
    ("f\"{d['#']}\" # a", "f\"{d['#']}\" # b"),
    ("", "# a"),
]
OTHER = [
    ("x = '#a'", "x = '#b'"),
    ("if a:\n    b", "if a:\n  b"),
    ('x = """a\n\n# b\n"""', 'x = """a\n# b\n"""'),
    ('f"{d["#"]}"', 'f"{d["#x"]}"'),
    ("x = r'\\' # a'", "x = r'\\' # b'"),
    ("x", "  x"),
    ("x = 1 + \\\n    2", "x = 1 + \\ \n    2"),
    ("x = '''\n# a'''", "x = '''\n# b'''"),
]
SEEN_SAME = [("x = 1\ny", "x = 1 \t\ny\n"), ("x", "x "), ("x", "x\n \n")]
SEEN_OTHER = [
    ("x", "x # a"),
    ("x\ny", "x\n\ny"),
    ("x", " x"),
    ('x = """a\nb"""', 'x = """a \nb"""'),
    ("x = 1 + \\\n    2", "x = 1 + \\ \n    2"),
]


@pytest.fixture(scope="module")
def same(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[bool], list[bool]]:
    """Whether the pairs are the same code, and the same text."""
    script = tmp_path_factory.mktemp("same") / "script.mjs"
    script.write_text(SCRIPT % MODULE.as_uri())
    pairs = [[*SAME, *OTHER], [*SEEN_SAME, *SEEN_OTHER]]
    as_code, as_text = json.loads(node(script, json.dumps(pairs)))
    return as_code, as_text


def test_comments_and_empty_lines_are_no_other_code(same: tuple[list[bool], list[bool]]) -> None:
    """A # in a string, of whatever kind, begins no comment; blanks at a line's start count."""
    assert same[0] == [*([True] * len(SAME)), *([False] * len(OTHER))]


def test_blanks_that_nobody_sees_are_no_edit(same: tuple[list[bool], list[bool]]) -> None:
    """Those at the ends of lines, where Python does not see them either; a comment is an edit."""
    assert same[1] == [*([True] * len(SEEN_SAME)), *([False] * len(SEEN_OTHER))]
