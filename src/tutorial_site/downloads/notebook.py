"""A page as a Jupyter notebook, executed: the outputs are those that the page shows.

The form is nbformat 4.5, https://nbformat.readthedocs.io/en/latest/format_description.html.
"""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from myst_doctest.checking.compare import recorded_form
from myst_doctest.running.runner import Segment
from tutorial_site.downloads.markdown_writer import cell_markdown, variants_markdown
from tutorial_site.downloads.page_export import ExportedCell, PageExport, Starter

STREAMS = {"stdout": "stdout", "sql": "stdout", "stderr": "stderr", "warning": "stderr"}
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook(page: PageExport, note: str, exercises: str = "") -> str:
    """The text of the page's ``.ipynb``; ``note`` is its first cell, in Markdown.

    ``exercises`` is the package that grades the page's exercises; without one they are text.
    """
    cells = [_markdown("note", note)]
    for number, part in enumerate(page.parts, 1):
        if exercises and isinstance(part, Starter):
            cells += _exercise(number, part, exercises)
        elif isinstance(part, str):
            cells.append(_markdown(f"text-{number}", part))
        elif page.cells[part].left_out:
            cells.append(_markdown(f"cell-{part + 1}", cell_markdown(page.cells[part])))
        else:
            cells.append(_code(part, page.cells[part]))
            if others := variants_markdown(page.cells[part]):
                cells.append(_markdown(f"variants-{part + 1}", "\n\n".join(others)))
    whole = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _markdown(name: str, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}


def _exercise(number: int, starter: Starter, package: str) -> Iterator[dict[str, Any]]:
    """A cell for the reader's answer, and one that grades what has been run there."""
    name = starter.exercise
    answer = f"""\
from {package}.exercises import check, start
start("{name}")  # leave these two lines: below is your answer

{starter.code}"""
    for what, source in (("answer", answer), ("check", f'check("{name}")')):
        yield {
            "cell_type": "code",
            "execution_count": None,
            "id": f"{what}-{number}",
            "metadata": {},
            "outputs": [],
            "source": source,
        }


def _code(number: int, cell: ExportedCell) -> dict[str, Any]:
    metadata = {"name": cell.name, "tags": cell.tags}
    return {
        "cell_type": "code",
        "execution_count": number + 1,
        "id": f"cell-{number + 1}",
        "metadata": {key: value for key, value in metadata.items() if value},
        "outputs": list(_outputs(number + 1, cell)),
        "source": cell.source,
    }


def _outputs(count: int, cell: ExportedCell) -> Iterator[dict[str, Any]]:
    for stream, segments in groupby(cell.outputs, key=lambda each: STREAMS.get(each.kind, "")):
        if stream:
            text = "".join(map(_lines, segments))
            yield {"output_type": "stream", "name": stream, "text": text}
        else:
            for segment in segments:
                yield _error(segment, cell) if segment.kind == "error" else _value(segment, count)


def _error(segment: Segment, cell: ExportedCell) -> dict[str, Any]:
    name, _, message = segment.text.partition(": ")
    trace = [f"----> {cell.line}"] if cell.line else []
    trace.append(segment.text)
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": trace}


def _value(segment: Segment, count: int) -> dict[str, Any]:
    data = {**segment.rich, "text/plain": segment.text}
    return {
        "output_type": "execute_result",
        "execution_count": count,
        "data": data,
        "metadata": {},
    }


def _lines(segment: Segment) -> str:
    """What a stream shows; the SQL log as the page records it, behind a gutter."""
    return recorded_form([segment]) if segment.kind == "sql" else f"{segment.text}\n"
