"""Notebooks as pages: read, checked, recorded and published."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import v4

from myst_doctest.checking.compare import recorded_form
from myst_doctest.pages.ipynb import outputs_of, rewritten, segments_of
from myst_doctest.running.runner import Segment
from tests.kit.pytest_site import Site
from tests.kit.small_site import Site as BuiltSite

SHOWN = [
    Segment("stdout", "a\nb\n"),
    Segment("stdout", "c\n"),
    Segment("stderr", "err"),
    Segment("warning", "UserWarning: careful"),
    Segment("sql", "SELECT 1\nFROM a"),
    Segment("result", "[1,\n 2]"),
    Segment("error", "ValueError: no: 3\nmore"),
]


def notebook(*sources: str, **metadata: object) -> str:
    cells = [v4.new_markdown_cell("# T"), *map(v4.new_code_cell, sources)]
    for number, cell in enumerate(cells):
        cell.id = f"c{number}"
    text: str = nbformat.writes(v4.new_notebook(cells=cells, metadata=metadata))
    return text + "\n"


def test_outputs_are_read_as_they_were_written() -> None:
    """What a run showed is what the file records, and nbformat finds nothing wrong with it."""
    outputs = outputs_of(SHOWN)
    book = v4.new_notebook(cells=[v4.new_code_cell("1")])
    text = rewritten(nbformat.writes(book).encode(), {0: SHOWN}).decode()
    read = nbformat.reads(text, as_version=4)
    nbformat.validate(read)
    assert recorded_form(segments_of(read.cells[0].outputs)) == recorded_form(SHOWN)
    assert [each["output_type"] for each in outputs] == [
        *("stream", "stream", "execute_result", "execute_result", "error")
    ]


@pytest.mark.parametrize("indent", [None, 1, 2, "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_other_byte_stays(indent: int | str | None, ending: str) -> None:
    """Whatever the file's layout and its other keys; what was written has the same layout."""
    book = json.loads(notebook("1", "2"))
    book["cells"][1]["metadata"] = {"b": 1, "a": "\u00e9 \\u00e9 {", "outputs": [3]}
    book["other"] = {"cells": [1]}
    text = json.dumps(book, indent=indent).replace("\n", ending)
    new = rewritten(text.encode(), {1: [Segment("result", "x\u00e9")]}).decode()
    both = json.loads(new)
    assert both["cells"][2]["outputs"][0]["data"]["text/plain"] == ["x\u00e9"]
    both["cells"][2]["outputs"] = []
    assert both == book
    assert rewritten(new.encode(), {1: []}).decode() == text


def test_a_notebook_is_checked_and_recorded(site: Site) -> None:
    """Cells are tests; accept writes the outputs, and the next run passes."""
    site.settings(compatibility="jupyter")
    site.page("book.ipynb", notebook("%matplotlib inline\nx = 1", "print('a')\nx", "x += 1"))
    site.page("wrong.ipynb", "{}")
    first = site.pytest("docs/book.ipynb")
    assert first.states("book.ipynb") == {
        "cell-1": "passed",
        "cell-2": "failed",
        "cell-3": "passed",
    }
    done = site.accept("docs/book.ipynb")
    assert done.code == 0, done.output
    assert "added the output of cell-2" in done.output
    book = nbformat.reads(site.read("book.ipynb").decode(), as_version=4)
    assert [each.output_type for each in book.cells[2].outputs] == ["stream", "execute_result"]
    before = site.read("book.ipynb")
    assert site.accept("docs/book.ipynb").code == 0
    assert site.read("book.ipynb") == before
    assert "no notebook" in site.pytest("docs/wrong.ipynb").items["wrong.ipynb::page"].report


PIXEL = """\
import base64, struct, zlib
def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
def png(level):
    rows = (b"\\0" + bytes([level]) * 30) * 30
    head = struct.pack(">IIBBBBB", 30, 30, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    return b"\\x89PNG\\r\\n\\x1a\\n" + b"".join(parts)
class Picture:
    def __repr__(self):
        return "a picture"
    def _repr_png_(self):
        return png(40)
"""


def test_pictures_are_in_the_file(site: Site) -> None:
    """With tables and colours; another picture in the file fails, and one is published from it."""
    pytest.importorskip("PIL")
    site.settings(compatibility="jupyter")
    table = "from IPython.display import HTML\nHTML('<b>x</b> ' * 200)"
    colours = "print('\\x1b[31mred\\x1b[0m')"
    site.page("index.ipynb", notebook(PIXEL, "Picture()", table, colours))
    done = site.accept()
    assert done.code == 0, done.output
    text = site.read("index.ipynb").decode()
    nbformat.validate(book := nbformat.reads(text, as_version=4))
    picture, html, red = (cell.outputs[0] for cell in book.cells[2:])
    assert {*picture.data} == {"text/plain", "image/png"}
    assert picture.data["text/plain"] == "a picture"
    assert html.data["text/html"] == "<b>x</b> " * 200
    assert red.text == "\x1b[31mred\x1b[0m\n"
    assert site.pytest().code == 0
    before = site.read("index.ipynb")
    assert site.accept().code == 0
    assert site.read("index.ipynb") == before
    assert site.build().code == 0
    page = (site.root / "_build/html/index.html").read_text()
    assert "<b>x</b> <b>x</b>" in page
    assert ' src="_images/' in page
    scope: dict[str, Any] = {}
    exec(PIXEL, scope)
    drawn, other = (base64.b64encode(scope["png"](level)).decode() for level in (40, 90))
    assert drawn in text
    site.page("index.ipynb", text.replace(drawn, other))
    report = site.pytest().items["index.ipynb::cell-2"].report
    assert "the output differs from the recorded one" in report
    kept = text.replace('"metadata": {}', '"metadata": {"pictures": {"keep": true}}', 2)
    site.page("index.ipynb", kept)
    assert "a notebook keeps its pictures" in site.pytest().items["index.ipynb::page"].report


def test_what_is_wrong_has_a_line_of_the_file(site: Site) -> None:
    """That of the cell's code, and of what it records."""
    site.settings(compatibility="jupyter")
    path = site.page("book.ipynb", notebook("x = 1\n1 / 0", "x"))
    lines = path.read_text().split("\n")
    report = site.pytest().items["book.ipynb::cell-1"].report
    line = next(n for n, each in enumerate(lines, 1) if "1 / 0" in each)
    assert report.startswith(f"docs/book.ipynb:{line}: ZeroDivisionError")


def test_a_notebook_of_another_language_is_a_problem(site: Site) -> None:
    """Or has a reason not to be checked."""
    site.settings(compatibility="jupyter")
    julia = {"name": "julia", "display_name": "Julia", "language": "julia"}
    site.page("a.ipynb", notebook("3^2", kernelspec=julia))
    site.page("b.ipynb", notebook("3^2", kernelspec=julia, unchecked="Julia"))
    done = site.pytest()
    assert "a page of julia" in done.items["a.ipynb::page"].report
    assert "1 cell unchecked: Julia" in done.output


def test_a_build_publishes_what_was_checked(tmp_path: Path) -> None:
    """And reports what differs; without the compatibility a notebook is published as it is."""
    site = BuiltSite(tmp_path, table='compatibility = "jupyter"')
    site.write("docs/good.ipynb", rewritten(notebook("print(1)").encode(), {0: SHOWN[5:6]}))
    site.write("docs/index.md", "# I\n\n```{toctree}\ngood\n```\n")
    assert site.build().places("differs") == ["docs/good.ipynb:16"]
    shown = [Segment("stdout", "1\n")]
    site.write("docs/good.ipynb", rewritten(notebook("print(1)").encode(), {0: shown}))
    built = site.build()
    assert built.status == 0, built.said
    assert built.outputs("good") == ["1"]
    assert built.body("good").select(".executed")
    named = notebook("print(1)", language_info={"name": "python"})
    site.write("docs/good.ipynb", rewritten(named.encode(), {0: shown}))
    site.settings("")
    plain = site.build("-E")
    assert plain.status == 0, plain.said
    assert "1 cells on 1 pages are published unchecked" in plain.said
    assert not plain.body("good").select(".executed")
