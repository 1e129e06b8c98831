"""A page as a notebook."""

from __future__ import annotations

import json

from myst_doctest.running.runner import Segment
from tutorial_site.downloads.notebook import notebook
from tutorial_site.downloads.page_export import ExportedCell, PageExport


def test_notebook_shows_outputs_as_jupyter_has_them() -> None:
    """Streams with their line ends, the log behind its gutter, values with their pictures."""
    shown = [
        Segment("stdout", "one"),
        Segment("sql", "BEGIN\n\nSELECT 1\n"),
        Segment("warning", "UserWarning: ä"),
        Segment("result", "<A picture>", {"image/svg+xml": "<svg/>"}),
        Segment("error", "KeyError: a: b"),
    ]
    cell = ExportedCell("code", "", [], shown)
    text = notebook(PageExport(["a", 0, "b"], [cell]), "Note")
    assert text.endswith("}\n")
    assert "UserWarning: ä" in text
    cells = json.loads(text)["cells"]
    assert [each["id"] for each in cells] == ["note", "text-1", "cell-1", "text-3"]
    out, err, value, error = cells[2]["outputs"]
    assert (out["name"], out["text"]) == ("stdout", "one\n│ BEGIN\n│\n│ SELECT 1\n")
    assert (err["name"], err["text"]) == ("stderr", "UserWarning: ä\n")
    assert value["data"] == {"image/svg+xml": "<svg/>", "text/plain": "<A picture>"}
    assert (error["ename"], error["evalue"]) == ("KeyError", "a: b")
    assert error["traceback"] == ["KeyError: a: b"]


def test_notebook_holds_every_cell() -> None:
    """Also one that the page does not show; ids are counters, tags and names are kept."""
    shown = ExportedCell("1 / 0", "", ["raises-exception"], [Segment("error", "E: e")], "1 / 0")
    hidden = ExportedCell("left_out = 1", "out", ["remove-cell"], [])
    page = PageExport.of(["a", 0], [shown, hidden])
    cells = json.loads(notebook(page, "Note"))["cells"][2:]
    assert [each["id"] for each in cells] == ["cell-1", "cell-2"]
    assert cells[0]["metadata"] == {"tags": ["raises-exception"]}
    assert cells[0]["outputs"][0]["traceback"][0] == "----> 1 / 0"
    assert cells[1]["metadata"] == {"name": "out", "tags": ["remove-cell"]}
    assert cells[1]["source"] == "left_out = 1"
