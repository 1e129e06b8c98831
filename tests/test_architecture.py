"""ARCHITECTURE.md is true: rooms, who may know whom, the list of hooks, and the files it names."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
DOCUMENT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
TRAVELLERS = (
    "checking/compare.py",
    "running/grading.py",
    "running/runner.py",
    "showing/lanes.py",
    "showing/log_lines.py",
    "showing/log_panel.py",
    "showing/output_tree.py",
    "showing/sql_layout.py",
    "showing/tree.py",
)

TRAVELLING = {f"myst_doctest.{name.removesuffix('.py').replace('/', '.')}" for name in TRAVELLERS}


def imported(file: Path) -> set[str]:
    """The modules that a file imports, relative ones by their name in the package."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or ""))
    return names


def foreign(names: set[str]) -> set[str]:
    """The modules that are no part of the standard library."""
    return {name for name in names if name.split(".")[0] not in sys.stdlib_module_names}


def packages(room: str) -> set[str]:
    """The top-level packages that a room imports."""
    files = (SRC / room).rglob("*.py")
    return {name.split(".")[0] for file in files for name in imported(file)} - {""}


def test_support_package_knows_sqlalchemy_and_the_standard_library_alone() -> None:
    """orm_tutorial travels into the browser: it imports nothing but these two, and itself."""
    assert packages("orm_tutorial") <= sys.stdlib_module_names | {"sqlalchemy", "orm_tutorial"}


def test_myst_doctest_knows_nothing_of_sqlalchemy_or_this_tutorial() -> None:
    """The checker would serve any MyST-NB site; its code and its words say so."""
    for file in (SRC / "myst_doctest").rglob("*"):
        if file.suffix in {".py", ".css"}:
            words = file.read_text(encoding="utf-8").lower()
            assert "sqlalchemy" not in words, file
            assert "orm_tutorial" not in words, file


@pytest.mark.parametrize("name", TRAVELLERS)
def test_what_travels_into_the_browser_imports_the_standard_library_alone(name: str) -> None:
    """What runs and compares a cell needs no package; what shows SQL needs Pygments beside."""
    allowed = {"pygments"} if name == "showing/log_lines.py" else set()
    names = foreign(imported(SRC / "myst_doctest" / name))
    assert {each for each in names if each.split(".")[0] not in allowed} <= TRAVELLING


def test_page_in_the_browser_imports_what_travels() -> None:
    """The module that runs a page there imports nothing that stays with the builder."""
    assert foreign(imported(SRC / "live_cells" / "browser.py")) <= TRAVELLING


def test_live_cells_know_nothing_of_this_tutorial() -> None:
    """Live cells would serve any site that myst_doctest checks."""
    for file in (SRC / "live_cells").rglob("*"):
        if file.suffix in {".py", ".css", ".js", ".mjs"}:
            words = file.read_text(encoding="utf-8").lower()
            assert "sqlalchemy" not in words, file
            assert "orm_tutorial" not in words, file


def test_myst_doctest_does_not_know_live_cells() -> None:
    """The checker stands without the browser."""
    assert "live_cells" not in packages("myst_doctest") | packages("orm_tutorial")


def test_built_site_knows_neither_cells_nor_tutorial() -> None:
    """The built folder and who serves it: no page's content is its business."""
    others = {"live_cells", "myst_doctest", "orm_tutorial", "tutorial_site", "myst_nb"}
    assert not packages("built_site") & others


def test_pages_import_the_support_package_alone() -> None:
    """No page imports the checker."""
    for page in (ROOT / "docs").rglob("*.md"):
        assert "myst_doctest" not in page.read_text(encoding="utf-8"), page


def test_what_this_site_needs_of_sphinx_stays_out_of_the_other_rooms() -> None:
    """tutorial_site joins the general tools with this tutorial; nobody but conf.py knows it."""
    ours = {"built_site", "live_cells", "myst_doctest", "orm_tutorial", "tutorial_site"}
    allowed = {"docutils", "sphinx", "furo", *ours}
    allowed |= {"sphinx_codeautolink"}  # which finds what names in code are
    assert packages("tutorial_site") <= sys.stdlib_module_names | allowed
    for room in ("orm_tutorial", "myst_doctest", "live_cells"):
        assert "tutorial_site" not in packages(room), room


# ---------- what ARCHITECTURE.md says ----------


def table(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, without its head; code marks are taken off."""
    section = DOCUMENT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line for line in section.split("\n") if line.startswith("|")]
    return [
        [cell.strip().replace("`", "") for cell in row.strip("|").split("|")] for row in rows[2:]
    ]


def test_each_room_is_in_the_table_and_knows_whom_it_says() -> None:
    """Folders of src/ and their imports, by the table of rooms."""
    rooms = {path.name for path in SRC.iterdir() if (path / "__init__.py").is_file()}
    said = {row[0].strip("/"): set(re.findall(r"\w+", row[1])) - {"none"} for row in table("Rooms")}
    assert said.keys() == rooms
    for room, known in said.items():
        assert packages(room) & rooms - {room} == known, room


def hooks() -> Iterator[tuple[str, str, str]]:
    """Event, priority and module of each ``connect()`` and each transform in the sources."""
    for file in sorted(SRC.rglob("*.py")):
        module = ".".join(file.relative_to(SRC).with_suffix("").parts)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                yield from transforms(node, module)
            elif isinstance(node, ast.Call) and is_connect(node):
                priority = [k.value for k in node.keywords if k.arg == "priority"]
                event = ast.unparse(node.args[0]).strip("'")
                yield event, ast.unparse(priority[0]) if priority else "500", module


def is_connect(node: ast.Call) -> bool:
    """Whether a call is ``app.connect(event, handler)``."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    return name == "connect" and len(node.args) > 1


def transforms(node: ast.ClassDef, module: str) -> Iterator[tuple[str, str, str]]:
    """A transform has its priority as a class's attribute."""
    for line in node.body:
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "default_priority":
            yield ast.unparse(node.bases[0]), ast.unparse(line.value), module


def test_the_list_of_hooks_is_whole() -> None:
    """Each event that a module listens to is in the table, with its priority, and no other."""
    said = sorted((row[0], row[1], row[2]) for row in table("Hooks"))
    assert said == sorted(hooks())


def test_hooks_are_listed_in_the_order_in_which_they_run() -> None:
    """Rows of one event are sorted by priority."""
    rows = table("Hooks")
    events = list(dict.fromkeys(row[0] for row in rows))
    assert [(row[0], int(row[1])) for row in rows] == sorted(
        ((row[0], int(row[1])) for row in rows), key=lambda row: (events.index(row[0]), row[1])
    )


def test_files_that_the_document_names_are_there() -> None:
    """Paths in code marks, from the root; and each name of a module or script, wherever it is."""
    paths = re.findall(r"`((?:src|tests|tools|deploy|docs|packages)/[\w./-]*)`", DOCUMENT)
    assert len(paths) > 20
    assert [path for path in paths if not (ROOT / path).exists()] == []
    here = {path.name for room in ("src", "tests", "tools", ".") for path in files_of(room)}
    assert set(re.findall(r"[\w-]+\.(?:py|js)\b", DOCUMENT)) - here == set()


def files_of(folder: str) -> Iterator[Path]:
    return (ROOT / folder).glob("*") if folder == "." else (ROOT / folder).rglob("*")
