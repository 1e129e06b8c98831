"""Which edits Python does not see: of comments and empty lines, and of nothing else."""

from __future__ import annotations

import json
from pathlib import Path

from live_cells.pack.node import node

SCRIPT = """
import { isSameCode } from "%s";
const pairs = JSON.parse(process.argv[2]);
console.log(JSON.stringify(pairs.map((pair) => isSameCode(...pair))));
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
    ("x = '''\n# a'''", "x = '''\n# b'''"),
]


def test_comments_and_empty_lines_are_no_other_code(tmp_path: Path) -> None:
    """A # in a string, of whatever kind, begins no comment; blanks at a line's start count."""
    script = tmp_path / "script.mjs"
    script.write_text(SCRIPT % MODULE.as_uri())
    found = json.loads(node(script, json.dumps([*SAME, *OTHER])))
    assert found == [*([True] * len(SAME)), *([False] * len(OTHER))]
