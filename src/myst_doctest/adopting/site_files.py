"""What a site's own configuration is to say so that the checker runs its cells, and nobody else.

``conf.py`` and a Jupyter Book's ``_config.yml`` are changed in the places that say something else,
and nowhere else; what comes of a change is read back, and what is not as it should be is told.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

import yaml

EXTENSION = "myst_doctest"
MODE = "nb_execution_mode"
ALLOWED = "nb_execution_allow_errors"
WANTED = {MODE: "off", ALLOWED: False}
"""What is to hold where ``conf.py`` says something of it: cells that raise are marked each."""


class SiteFileError(Exception):
    """A file cannot be changed; the message says what to write into it by hand."""


def conf_py(text: str) -> str:
    """The text of a ``conf.py`` with the extension, and without another's execution.

    Raises SiteFileError for one that is no Python.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise SiteFileError(f"conf.py:{error.lineno}: no Python: {error.msg}") from None
    data = text.encode()
    changes, below = _settled(tree, data)
    newline = "\r\n" if "\r\n" in text else "\n"
    extensions = _assigned(tree, "extensions")
    if not _names(text, EXTENSION):
        if isinstance(extensions, ast.List) and _is_last(tree, "extensions"):
            changes.append(_added(data, extensions, newline))
        else:
            below.append(f'extensions = [*extensions, "{EXTENSION}"]')
    for start, end, new in sorted(changes, reverse=True):
        data = data[:start] + new + data[end:]
    changed = data.decode()
    if below and not changed.endswith(newline.join(["", *below, ""])):
        changed = f"{changed.rstrip()}{newline}{newline}{newline.join(below)}{newline}"
    try:
        ast.parse(changed)
    except SyntaxError:
        todo = f'name "{EXTENSION}" in `extensions`, and set {MODE} = "off"'
        raise SiteFileError(f"conf.py: {todo}") from None
    return changed


def _settled(tree: ast.Module, data: bytes) -> tuple[list[tuple[int, int, bytes]], list[str]]:
    """Changes in places, by bytes, and lines to write below, for what is to hold."""
    changes, below = [], []
    for name, wanted in WANTED.items():
        value, written = _assigned(tree, name), f'"{wanted}"' if wanted else str(wanted)
        if isinstance(value, ast.Constant) and _is_last(tree, name):
            if value.value != wanted:
                changes.append((*_span(data, value), written.encode()))
        elif _assignments(tree, name):
            below.append(f"{name} = {written}")
    return changes, below


def _names(text: str, extension: str) -> bool:
    return bool(
        re.search(rf"^[^#\n]*([\"']){extension}(\.sphinx_extension)?\1", text, re.MULTILINE)
    )


def _assignments(tree: ast.Module, name: str) -> list[ast.stmt]:
    """The statements, wherever they are, that give a name a value."""
    found: list[ast.stmt] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets: Sequence[ast.expr] = (
                node.targets if isinstance(node, ast.Assign) else [node.target]
            )
            if any(isinstance(each, ast.Name) and each.id == name for each in targets):
                found.append(node)
    return found


def _is_last(tree: ast.Module, name: str) -> bool:
    """Whether nothing but one statement of the module gives the name a value."""
    return len(found := _assignments(tree, name)) == 1 and found[0] in tree.body


def _assigned(tree: ast.Module, name: str) -> ast.expr | None:
    for node in _assignments(tree, name):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            return node.value
    return None


def _span(data: bytes, node: ast.expr) -> tuple[int, int]:
    """Where an expression begins and ends, in bytes."""
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return (
        starts[node.lineno - 1] + node.col_offset,
        starts[node.end_lineno - 1] + node.end_col_offset,
    )


def _added(data: bytes, extensions: ast.List, newline: str) -> tuple[int, int, bytes]:
    """The change that adds the extension to a list, laid out as its last item is."""
    word = f'"{EXTENSION}"'.encode()
    if not extensions.elts:
        start, _ = _span(data, extensions)
        return start + 1, start + 1, word
    start, end = _span(data, extensions.elts[-1])
    line = data[data.rfind(b"\n", 0, start) + 1 : start]
    gap = newline.encode() + line if not line.strip() and b"\n" in data[:start] else b" "
    return end, end, b"," + gap + word


def book_config(text: str) -> str:
    """The text of a Jupyter Book's ``_config.yml``, changed in the same way.

    Raises SiteFileError where it cannot be.
    """
    try:
        before = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise SiteFileError(f"_config.yml:{line}: no YAML") from None
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").split("\n")
    execute = before.get("execute") or {}
    if execute.get("execute_notebooks") not in ("off", False):
        _set(lines, "execute_notebooks", '"off"')
    if execute.get("allow_errors"):
        _set(lines, "allow_errors", "false")
    if EXTENSION not in _extensions(before):
        _add_extension(lines)
    changed = newline.join(lines)
    try:
        after = yaml.safe_load(changed)
    except yaml.YAMLError:
        after = {}
    mode = (after.get("execute") or {}).get("execute_notebooks")
    if mode not in ("off", False) or _without(after) != _without(before):
        raise SiteFileError(
            f'_config.yml: add {EXTENSION} to extra_extensions, and set execute_notebooks: "off"'
        )
    return changed


def _extensions(config: dict[str, dict[str, list[str]]]) -> list[str]:
    return (config.get("sphinx") or {}).get("extra_extensions") or []


def _without(config: dict[str, dict[str, object]]) -> dict[str, object]:
    """All that is not to be changed, and the extensions but ours."""
    left: dict[str, object] = {
        key: value for key, value in config.items() if key not in ("execute", "sphinx")
    }
    execute = {**(config.get("execute") or {})}
    execute.pop("execute_notebooks", None)
    execute.pop("allow_errors", None)
    sphinx = {**(config.get("sphinx") or {})}
    extensions = sphinx.pop("extra_extensions", None) or []
    assert isinstance(extensions, list)
    return {**left, "x": [execute, sphinx, [each for each in extensions if each != EXTENSION]]}


def _set(lines: list[str], key: str, value: str) -> None:
    pattern = re.compile(rf"(\s*{key}\s*:\s*)([^\s#]+)")
    for number, line in enumerate(lines):
        if found := pattern.match(line):
            lines[number] = f"{found[1]}{value}{line[found.end() :]}"
            return
    _add_below(lines, "execute", f"{key}: {value}")


def _add_extension(lines: list[str]) -> None:
    for number, line in enumerate(lines):
        found = re.match(r"(\s*)extra_extensions\s*:\s*(\[.*\])?", line)
        if found is None:
            continue
        if found[2]:
            inner = found[2][1:-1].strip()
            items = f"[{inner}, {EXTENSION}]" if inner else f"[{EXTENSION}]"
            lines[number] = f"{line[: found.start(2)]}{items}{line[found.end(2) :]}"
            return
        item = next((each for each in lines[number + 1 :] if each.strip()), "")
        dash = re.match(r"\s*-\s*", item)
        lines.insert(number + 1, f"{dash[0] if dash else f'{found[1]}  - '}{EXTENSION}")
        return
    _add_below(lines, "sphinx", "extra_extensions:", f"  - {EXTENSION}")


def _add_below(lines: list[str], head: str, *added: str) -> None:
    """Add lines below a head at the margin, which is added too where there is none."""
    for number, line in enumerate(lines):
        if re.match(rf"{head}\s*:", line):
            below = next((each for each in lines[number + 1 :] if each.strip()), "")
            margin = below[: len(below) - len(below.lstrip(" "))] or "  "
            lines[number + 1 : number + 1] = [f"{margin}{each}" for each in added]
            return
    at_end = len(lines) - (not lines[-1])
    lines[at_end:at_end] = ["", f"{head}:", *(f"  {each}" for each in added)]
