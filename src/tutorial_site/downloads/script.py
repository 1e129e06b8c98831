"""A page as a Python script, in the percent format that editors read as cells.

The format is https://jupytext.readthedocs.io/en/latest/formats-scripts.html.
What a notebook would show of a cell's last line is printed, and a cell that is meant to raise
prints what it raised, so that a script runs to its end.
"""

import ast
import builtins
import re
import warnings
from collections.abc import Iterator
from dataclasses import replace

from tutorial_site.downloads.markdown_writer import cell_markdown
from tutorial_site.downloads.page_export import ExportedCell, PageExport

FUTURE = re.compile(r"(?m)^from __future__ import .+")
"""A script has these lines at its top, where Python wants them."""
SYNTAX = frozenset({"IndentationError", "SyntaxError", "TabError"})
ERROR = "_error"
"""The name of a caught exception, which Python deletes after: none that a page gives."""
OUTPUT = """\
import sys

if hasattr(sys.stdout, "reconfigure"):  # for terminals and files that are not in UTF-8
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
"""


def script(page: PageExport, note: str) -> str:
    """The text of the page's ``.py``; ``note`` comes first, in Markdown."""
    imports = dict.fromkeys(line for cell in page.cells for line in FUTURE.findall(cell.source))
    first = "\n".join([*imports, "", OUTPUT]) if imports else OUTPUT
    cells = [_comment(note), f"# %%\n{first}"]
    for part in page.parts:
        if isinstance(part, str):
            cells.append(_comment(part))
        elif page.cells[part].left_out:
            cells.append(_comment(cell_markdown(page.cells[part])))
        else:
            cells.append(f"# %%\n{_code(page.cells[part])}\n")
    return "\n".join(cells)


def _replaced(source: str, node: ast.stmt | ast.expr, text: str) -> str:
    """The source with other text in a node's place."""
    lines = [line.encode() for line in source.split("\n")]  # ast counts bytes
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    before, after = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
    lines[first : last + 1] = [before + text.encode() + after]
    return b"\n".join(lines).decode()


def _compiles(source: str) -> bool:
    """Whether a cell is Python: ``return 1`` has a tree, but is none."""
    with warnings.catch_warnings(action="ignore"):
        try:
            compile(source, "cell", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return False
    return True


def _comment(text: str) -> str:
    lines = [f"# {line}".rstrip() for line in text.split("\n")]
    return "\n".join(["# %% [markdown]", *lines, ""])


def _code(cell: ExportedCell) -> str:
    """A cell's code, which prints what the page shows."""
    cell = replace(cell, source=FUTURE.sub("pass", cell.source))
    # A cell that is meant to be no Python would keep the whole script from running.
    code = _printing(cell) if _compiles(cell.source) else f"exec({cell.source!r})"
    if cell.error is None:
        return code
    name, _, message = cell.error.text.partition(": ")
    return "\n".join(
        [
            "try:",
            _indented(code),
            f"except {_caught(name)} as {ERROR}:  # {name}",
            f"    print({_words(name, message)})",
        ]
    )


def _words(name: str, message: str) -> str:
    """What prints an exception as a page records it: its class, and its message if there is one."""
    if not message:
        return f"type({ERROR}).__name__"
    text = f"{ERROR}.msg" if name in SYNTAX else ERROR  # else it would name a file
    return f'f"{{type({ERROR}).__name__}}: {{{text}}}"'


def _printing(cell: ExportedCell) -> str:
    r"""The cell's code; where the page shows its last line's value, that is printed.

    >>> from myst_doctest.running.runner import Segment
    >>> _printing(ExportedCell("a = 1\na  # one", "", [], [Segment("result", "1")]))
    'a = 1\nprint(repr(a))  # one'
    >>> _printing(ExportedCell("1, 2", "", [], [Segment("result", "(1, 2)")]))
    'print(repr((1, 2)))'
    >>> _printing(ExportedCell("a = 1\na", "", [], []))
    'a = 1\na'
    """
    tree = ast.parse(cell.source)
    last = tree.body[-1] if tree.body else None
    shown = any(output.kind == "result" for output in cell.outputs)
    if not shown or not isinstance(last, ast.Expr):
        return cell.source
    value = ast.get_source_segment(cell.source, last) or ""
    if isinstance(last.value, ast.Tuple):  # would be several arguments
        value = f"({value})"
    return _replaced(cell.source, last, f"print(repr({value}))")


def _caught(name: str) -> str:
    """The class to catch; of a page's own exception only the name is known, not its bases."""
    kind = getattr(builtins, name, BaseException)
    return "Exception" if issubclass(kind, Exception) else "BaseException"


def _indented(code: str) -> str:
    """Code indented by four blanks, except inside of a string of several lines.

    >>> print(_indented("a = '''\\nb'''\\nc"))
        a = '''
    b'''
        c
    """
    inside = {
        line
        for text in _texts(ast.parse(code))
        for line in range(text.lineno + 1, (text.end_lineno or text.lineno) + 1)
    }
    return "\n".join(
        f"    {line}" if line and number not in inside else line
        for number, line in enumerate(code.split("\n"), 1)
    )


def _texts(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        text = isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))
        if isinstance(node, ast.expr) and (text or isinstance(node, ast.JoinedStr)):
            yield node
