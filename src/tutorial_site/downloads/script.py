"""A page as a Python script, in the percent format that editors read as cells.

The format is https://jupytext.readthedocs.io/en/latest/formats-scripts.html.
A script runs from its begin to its end: what a notebook would show of a cell's last line is
printed, and a cell that is meant to raise prints what it raised.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from tutorial_site.downloads.page_export import Address, Document, TakenCell, linked

__all__ = ["script"]

SYNTAX = frozenset({"IndentationError", "SyntaxError", "TabError"})


def script(page: Document, note: str, address: Address) -> str:
    """The text of the page's ``.py``; ``note`` comes first, in Markdown."""
    names = {name for cell in page.cells for name in _names(cell.source)}
    error = next(name for name in _free("error") if name not in names)
    cells = [_comment(note)]
    for part in page.parts:
        if isinstance(part, str):
            cells.append(_comment(linked(part, address)))
        else:
            cells.append(f"# %%\n{_code(page.cells[part], error)}\n")
    return "\n".join(cells)


def _free(name: str) -> Iterator[str]:
    while True:
        yield name
        name += "_"


def _names(source: str) -> set[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set()
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _comment(text: str) -> str:
    lines = [f"# {line}".rstrip() for line in text.split("\n")]
    return "\n".join(["# %% [markdown]", *lines, ""])


def _code(cell: TakenCell, error: str) -> str:
    try:
        code = _printing(cell)
    except SyntaxError:  # the cell is meant to be no Python, and would keep the script from it
        code = f"exec({cell.source!r})"
    if cell.error is None:
        return code
    name, _, message = cell.error.text.partition(": ")
    return "\n".join(
        [
            "try:",
            _indented(code),
            f"except {_caught(name)} as {error}:  # {name}",
            f"    print({_words(name, message, error)})",
        ]
    )


def _words(name: str, message: str, error: str) -> str:
    """What prints an exception as a page records it: its class, and its message if there is one."""
    if not message:
        return f"type({error}).__name__"
    text = f"{error}.msg" if name in SYNTAX else error  # else it would name a file
    return f'f"{{type({error}).__name__}}: {{{text}}}"'


def _printing(cell: TakenCell) -> str:
    r"""The cell's code; where the page shows its last line's value, that is printed.

    >>> from tutorial_site.downloads.page_export import Output
    >>> _printing(TakenCell("a = 1\na  # one", "", [], [Output("result", "1")]))
    'a = 1\nprint(repr(a))  # one'
    >>> _printing(TakenCell("1, 2", "", [], [Output("result", "(1, 2)")]))
    'print(repr((1, 2)))'
    >>> _printing(TakenCell("a = 1\na", "", [], []))
    'a = 1\na'
    """
    tree = ast.parse(cell.source)
    last = tree.body[-1] if tree.body else None
    shown = any(output.kind == "result" for output in cell.outputs)
    if not shown or not isinstance(last, ast.Expr):
        return cell.source
    lines = [line.encode() for line in cell.source.split("\n")]  # ast counts bytes
    start, end = last.lineno - 1, (last.end_lineno or last.lineno) - 1
    after = last.end_col_offset or 0
    opening, closing = "print(repr(", "))"
    if not _is_one_argument(last.value):
        opening, closing = f"{opening}(", f"){closing}"
    lines[end] = lines[end][:after] + closing.encode() + lines[end][after:]
    before = last.col_offset
    lines[start] = lines[start][:before] + opening.encode() + lines[start][before:]
    return b"\n".join(lines).decode()


def _is_one_argument(value: ast.expr) -> bool:
    """Whether an expression can stand between a call's parentheses: ``a, b`` would be two."""
    return not isinstance(value, ast.Tuple)


def _caught(name: str) -> str:
    """The class to catch: an exception of a page need not be one that a program catches."""
    kind = getattr(builtins, name, Exception)
    return "Exception" if issubclass(kind, Exception) else "BaseException"


def _indented(code: str) -> str:
    """Code four blanks further in, but for what stands inside of a string of several lines.

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
