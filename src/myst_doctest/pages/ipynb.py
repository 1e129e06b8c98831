"""A notebook's file as a page: where its cells and their outputs are, and how it records them.

Outputs are read as the segments of a run, and written in the place of the old ones: every other
byte of the file stays.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import nbformat
from nbformat import NotebookNode

from myst_doctest.checking.bundles import evened, inscribed, plain_text
from myst_doctest.checking.compare import GUTTER, recorded_form
from myst_doctest.checking.pictures import is_picture
from myst_doctest.pages.fences import Block
from myst_doctest.running.runner import PLAIN, CellRun, Kind, Segment
from myst_doctest.running.terminal_text import has_colours, settle

SUFFIX = ".ipynb"
BLANK = re.compile(r"[ \t\n\r]*")
LEVELS = 3
"""How deep the keys of a cell are in the file."""


@dataclass(frozen=True)
class CodeCell:
    """A code cell of a notebook's file; lines are the file's, from 0."""

    node: NotebookNode
    line: int
    code_line: int
    block: Block | None


def read(text: str) -> NotebookNode:
    """The notebook that a file's text holds, in the newest form. Raises what nbformat raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of cells without an id, which older notebooks have
        notebook: NotebookNode = nbformat.reads(text, as_version=4)
    for number, cell in enumerate(notebook.cells, 1):
        cell.setdefault("id", f"cell-{number}")
    language = notebook.metadata.get("kernelspec", {}).get("language", "python")
    notebook.metadata.setdefault("language_info", {"name": language})
    return notebook


def code_cells(notebook: NotebookNode, text: str) -> Iterator[CodeCell]:
    """The code cells of a notebook, and where they are in its text.

    Raises PictureError where an output is a picture that cannot be looked at.
    """
    number = 0
    for cell, spans in zip(notebook.cells, cell_spans(text), strict=True):
        if cell.cell_type == "code":
            start, _ = spans["source"]
            first = next(_items(text, start), (start, 0))[0] if text[start] == "[" else start
            line = _line(text, spans["outputs"][0])
            segments = [*segments_of(cell.outputs)]
            is_loose = bool(cell.metadata.get("ellipsis"))
            block = Block(
                recorded_of(segments, number),
                line,
                line + 1,
                line + 1,
                ellipsis=is_loose,
                bundles=tuple(each.bundle for each in segments if each.bundle),
            )
            number += 1
            yield CodeCell(
                cell, _line(text, start), _line(text, first), block if cell.outputs else None
            )


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place)


def cell_spans(text: str) -> list[dict[str, tuple[int, int]]]:
    """For each cell, where in the file's text the values of its keys begin and end."""
    top = {key: start for key, start, _ in _members(text, text.index("{"))}
    return [
        {key: (start, end) for key, start, end in _members(text, place)}
        for place, _ in _items(text, top["cells"])
    ]


def _members(text: str, place: int) -> Iterator[tuple[str, int, int]]:
    """The keys of an object that begins at a place, and where their values begin and end."""
    place = _skip(text, place + 1)
    while text[place] != "}":
        key, place = json.JSONDecoder().raw_decode(text, place)
        place = _skip(text, _skip(text, place) + 1)
        _, end = json.JSONDecoder().raw_decode(text, place)
        yield key, place, end
        place = _next(text, end)


def _items(text: str, place: int) -> Iterator[tuple[int, int]]:
    """Where the items of a list that begins at a place begin and end."""
    place = _skip(text, place + 1)
    while text[place] != "]":
        _, end = json.JSONDecoder().raw_decode(text, place)
        yield place, end
        place = _next(text, end)


def _skip(text: str, place: int) -> int:
    found = BLANK.match(text, place)
    return found.end() if found else place


def _next(text: str, place: int) -> int:
    place = _skip(text, place)
    return _skip(text, place + 1) if text[place] == "," else place


def recorded_of(segments: Sequence[Segment], number: int) -> str:
    """The text that outputs of a code cell, by its number, would have on another page."""
    run = evened(CellRun([*segments]), number)
    files = [{} for _ in segments]  # type: list[dict[str, str]]
    return recorded_form(inscribed(run, datetime.now(UTC), files).segments)


def segments_of(outputs: Iterable[Mapping[str, Any]]) -> Iterator[Segment]:
    """What a cell's outputs show, as a run would have given it."""
    for output in outputs:
        if output["output_type"] == "stream":
            name: Kind = "stderr" if output["name"] == "stderr" else "stdout"
            segment = Segment(name, output["text"])
        elif output["output_type"] == "error":
            words = [word for word in (output["ename"], output["evalue"]) if word]
            segment = Segment("error", ": ".join(words))
        else:
            segment = _value_of(output)
        settle(segment)
        yield segment


def _value_of(output: Mapping[str, Any]) -> Segment:
    data = dict(output["data"])
    text = data.get(PLAIN, "")
    lines = text.split("\n")
    if all(line.startswith(GUTTER) for line in lines):
        plain = "\n".join(line.removeprefix(GUTTER).removeprefix(" ") for line in lines)
        return Segment("sql", plain)
    metadata = dict(output.get("metadata", {}))
    is_text = set(data) == {PLAIN} and "scrapbook" not in metadata
    bundle = {} if is_text else {"data": data, "metadata": metadata}
    return Segment("result", text, bundle=bundle)


def outputs_of(segments: Iterable[Segment]) -> list[dict[str, Any]]:
    """What a run showed, as a cell's outputs."""
    outputs: list[dict[str, Any]] = []
    for segment in segments:
        text = _shown_text(segment).encode(errors="backslashreplace").decode()
        if segment.kind in ("stdout", "stderr", "warning"):
            name = "stdout" if segment.kind == "stdout" else "stderr"
            text = f"{text.removesuffix(chr(10))}\n"
            if outputs and outputs[-1].get("name") == name:
                outputs[-1]["text"] += text.splitlines(keepends=True)
            else:
                lines = text.splitlines(keepends=True)
                outputs.append({"name": name, "output_type": "stream", "text": lines})
        elif segment.kind == "error":
            name, _, value = text.partition(": ")
            outputs.append(
                {"ename": name, "evalue": value, "output_type": "error", "traceback": [text]}
            )
        else:
            if segment.kind == "sql":
                text = recorded_form([segment]).removesuffix("\n")
            plain = {PLAIN: text} if text or not segment.bundle else {}
            data = {**segment.bundle.get("data", {}), **plain, **segment.rich}
            outputs.append(
                {
                    "data": {mime: _as_kept(mime, each) for mime, each in data.items()},
                    "execution_count": None,
                    "metadata": segment.bundle.get("metadata", {}),
                    "output_type": "execute_result",
                }
            )
    return outputs


def _shown_text(segment: Segment) -> str:
    """A segment's text as a notebook keeps it: in colours, and without the lines below it."""
    if not segment.bundle:
        return segment.text
    coloured = segment.bundle["data"].get(PLAIN, "")
    return coloured if has_colours(coloured) else plain_text(segment.text)


def _as_kept(mime: str, content: Any) -> Any:
    """What an output is of a type, as a notebook's file keeps it: text as a list of its lines."""
    is_text = isinstance(content, str) and not is_picture(mime)
    return content.splitlines(keepends=True) if is_text else content


def rewritten(data: bytes, shown: Mapping[int, Sequence[Segment]]) -> bytes:
    """A file's bytes with what these code cells, by their numbers, showed as their outputs."""
    text = data.decode()
    kinds = code_spans(text)
    for number, segments in sorted(shown.items(), reverse=True):
        start, end = kinds[number]["outputs"]
        text = f"{text[:start]}{_written(outputs_of(segments), text, start)}{text[end:]}"
    return text.encode()


def code_spans(text: str) -> list[dict[str, tuple[int, int]]]:
    """Those of :func:`cell_spans` that are of code."""
    return [spans for spans in cell_spans(text) if _value(text, spans["cell_type"]) == "code"]


def _value(text: str, span: tuple[int, int]) -> Any:
    return json.loads(text[slice(*span)])


def _written(outputs: list[dict[str, Any]], text: str, place: int) -> str:
    """JSON of outputs, laid out as the rest of the file is."""
    margin = margin_of(text, place)
    if not margin:
        return json.dumps(outputs, ensure_ascii=False)
    laid_out = json.dumps(outputs, ensure_ascii=False, indent=step_of(margin), sort_keys=True)
    ending = "\r\n" if "\r\n" in text else "\n"
    return laid_out.replace("\n", f"{ending}{margin}")


def margin_of(text: str, place: int) -> str:
    """The blanks before a cell's key; none where the file is not laid out."""
    before = text[text.rfind("\n", 0, place) + 1 : place]
    return before[: len(before) - len(before.lstrip(" \t"))]


def step_of(margin: str) -> str:
    """How far the file indents each level."""
    return margin[: max(len(margin) // LEVELS, 1)]
