"""A cell's output on its way through Sphinx: an output of the notebook, then a docutils node.

The notebook that MyST-NB gets holds each cell's output as one MIME type of our own, for which this
module is the renderer (entry point ``myst_nb.mime_renderers``).
"""

import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from html import escape
from importlib.metadata import entry_points
from typing import Any, ClassVar, Self

import nbformat
from docutils import nodes
from sphinx.application import Sphinx

from myst_doctest.checking.bundles import DRAWN_HERE, is_about, plain_text
from myst_doctest.checking.compare import normalise
from myst_doctest.checking.pictures import is_picture
from myst_doctest.checking.verdicts import Outcome, Verdict
from myst_doctest.running.runner import PLAIN, Segment, line_of
from myst_doctest.running.terminal_text import COLOUR, has_colours
from myst_doctest.showing.html_nodes import add_html_node
from myst_doctest.showing.lanes import Lanes
from myst_doctest.showing.output_tree import CellOutput
from myst_doctest.showing.tree import html, with_links
from myst_doctest.variants import Variant

OF_LIBRARIES = re.compile(r"application/vnd\.(?!jupyter\.widget-|myst-doctest)")
"""Types that a library has for its own front end, as plotly and bokeh do, beside HTML."""
MIME = "application/vnd.myst-doctest+json"


class shown_output(nodes.General, nodes.Element):  # noqa: N801  (docutils names nodes so)
    """What a cell showed.

    ``tree`` is what the HTML writer prints, ``explanations`` are the trees of the words that its
    logs explain; ``names_lines`` is what :func:`names_lines` says. ``pages`` are addresses of
    pages that explain exceptions, by the classes' names: who has such pages sets it on
    ``doctree-resolved``. The children are literal blocks with the same as plain text, for all other
    writers.
    """

    @classmethod
    def of(cls, output: CellOutput) -> Self:
        """The node of an output."""
        node = cls(
            tree=output.tree(),
            explanations=output.explanations(),
            names_lines=names_lines(output),
        )
        for language, text in output.blocks():
            node.append(nodes.literal_block(text, text, language=language, force=True))
        return node


def names_lines(output: CellOutput) -> bool:
    """Whether a statement of an output names the line that sent it."""
    return any(each.kind == "sql" and each.line for each in output.segments)


def notebook_outputs(verdict: Verdict, lanes: Lanes) -> list[nbformat.NotebookNode]:
    """The outputs of a cell's notebook cell: ours, and between them values for MyST-NB to show."""
    cell = verdict.cell
    output = output_of(verdict, lanes)
    if output is None:
        return []
    if not any(segment.bundle for segment in output.segments):
        text = cell.recorded if verdict.outcome is Outcome.PASSED else verdict.got
        return [_our_output(output, text)]
    # Of a figure with a caption MyST-NB makes one of each output that is no stream.
    form = _stream if cell.is_figure else _our_output
    note = [_our_output(replace(output, segments=[]), "")] if output.differs else []
    if cell.is_figure or not output.segments[0].bundle:
        note = []  # the first part has it
    return note + [
        _values_output(part.segments[0])
        if part.segments and part.segments[0].bundle
        else form(part, "\n".join(text for _, text in part.blocks()))
        for part in _parts(output)
    ]


def _our_output(output: CellOutput, text: str) -> nbformat.NotebookNode:
    # As text: MyST-NB writes the notebook, and would write each item on a line of its own.
    data = {MIME: json.dumps(asdict(output)), PLAIN: text}
    # Not made by nbformat.v4.new_output, which validates each against the whole schema.
    return nbformat.from_dict({"output_type": "display_data", "data": data, "metadata": {}})


def _stream(output: CellOutput, text: str) -> nbformat.NotebookNode:
    return nbformat.from_dict({"output_type": "stream", "name": "stdout", "text": text})


def _values_output(segment: Segment) -> nbformat.NotebookNode:
    """What a notebook shows of a value, among which MyST-NB chooses."""
    bundle = segment.bundle
    data = {mime: content for mime, content in bundle["data"].items() if not is_about(mime)}
    data = {mime: data[mime] for mime in _known(data)}
    if PLAIN in data:
        is_coloured = has_colours(data[PLAIN])
        data[PLAIN] = _in_colours(data[PLAIN]) if is_coloured else plain_text(segment.text)
    metadata = bundle["metadata"]
    return nbformat.from_dict({"output_type": "display_data", "data": data, "metadata": metadata})


def _in_colours(text: str) -> str:
    """Text in colours, with escapes for all other characters that a page cannot hold."""
    pieces = COLOUR.split(text)
    plain = [normalise(f"{piece}|")[:-1] for piece in pieces]  # a blank before a colour stays
    return "".join(map(str.__add__, plain, [*COLOUR.findall(text), ""]))


def _known(data: Mapping[str, Any]) -> list[str]:
    """The types that MyST-NB knows, which warns of others; all of them where it knows none.

    It may know more than these where another extension draws outputs.
    """
    if _others():
        return [*data]
    return [mime for mime in data if not OF_LIBRARIES.match(mime)] or [*data]


@functools.cache
def _others() -> bool:
    """Whether there is a renderer of outputs beside ours and MyST-NB's example."""
    found = (each.value for each in entry_points(group="myst_nb.mime_renderers"))
    return any(not name.startswith(("myst_nb.", "myst_doctest.")) for name in found)


def _parts(output: CellOutput) -> Iterator[CellOutput]:
    """An output in parts, of which each value that MyST-NB shows is one."""
    logs = [number for number, each in enumerate(output.segments) if each.kind == "sql"]
    last, start = max(logs, default=-1), 0
    values = {number for number, each in enumerate(output.segments) if each.bundle}
    for end in range(1, len(output.segments) + 1):
        if end in values or end - 1 in values or end == len(output.segments):
            yield replace(
                output,
                segments=output.segments[start:end],
                lanes=output.lanes[start:end],
                stays_open=output.stays_open and start <= last < end,
                differs=output.differs and not start,
            )
            start = end


def output_of(verdict: Verdict, lanes: Lanes) -> CellOutput | None:
    """What a checked cell showed; None where it showed nothing."""
    cell, differs = verdict.cell, verdict.outcome is Outcome.DIFFERS
    if not verdict.shown and not differs:
        return None
    return CellOutput(
        verdict.shown,
        lanes.along(cell.index, len(verdict.shown)),
        stays_open=bool(lanes.before(cell.index + 1)),
        line=verdict.failing_line,
        code=line_of(cell.source, verdict.failing_line),
        differs=differs,
    )


def drawn_here(output: CellOutput) -> CellOutput:
    """An output with the markup of its values, where MyST-NB does not see it."""
    return replace(output, segments=[_drawn(segment) for segment in output.segments])


def _drawn(segment: Segment) -> Segment:
    if not segment.bundle:
        return segment
    text, data = plain_text(segment.text), segment.bundle["data"]
    mime = next((each for each in DRAWN_HERE if each in data), "")
    rich = {mime: data[mime]} if mime else {}
    if is_picture(mime):
        source = f"data:{mime};base64,{data[mime].strip()}"
        rich = {"text/html": f'<img alt="{escape(text)}" src="{source}">'}
    return replace(segment, text=text, rich=rich, bundle={})


def variants_of(
    verdict: Verdict, known: Mapping[str, Variant], lanes: Mapping[str, Lanes]
) -> list[dict[str, Any]]:
    """What a cell is on variants where it is something else, for a :class:`CellVariant` each."""
    found = []
    for name, other in verdict.others.items():
        old, new = verdict.cell.source, other.cell.source
        pairs = enumerate(zip(old.split("\n"), new.split("\n"), strict=True), 1)
        is_left_out = other.outcome is Outcome.LEFT_OUT
        lines = [] if is_left_out else [number for number, (a, b) in pairs if a != b]
        # Of a time of day alone, as each run has another, a page shows one.
        has_block = other.cell.block is not None and other.words != verdict.words
        is_alone = verdict.outcome is Outcome.LEFT_OUT
        if lines or has_block or is_left_out != is_alone or not other.is_good:
            is_same = other.outcome is Outcome.PASSED and other.words == verdict.words
            output = output_of(verdict if is_same else other, lanes[name])
            output = drawn_here(output) if output else None
            found.append(
                {
                    "name": name,
                    "title": known[name].title,
                    "code": new if lines else None,
                    "lines": lines,
                    "output": asdict(output) if output else None,
                    "reason": other.report if is_left_out else "",
                    "checked": other.outcome is not Outcome.UNCHECKED,
                }
            )
    return found


class OutputRenderer:
    """MyST-NB's renderer for :data:`MIME`."""

    mime_priority_overrides: ClassVar[Sequence[tuple[str, str, int | None]]] = [("*", MIME, 0)]

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Element] | None:
        """The nodes of an output of our type; None leaves other types to other renderers."""
        if inline or data.mime_type != MIME:
            return None
        return [shown_output.of(CellOutput.of(json.loads(data.content)))]


def has_panel(doctree: nodes.document) -> bool:
    """Whether a page shows what was logged, in a fold."""
    trees = [node["tree"] for node in doctree.findall(shown_output)]
    return any(child[0] == "details" for tree in trees for child in tree[2:])


def page_explanations(doctree: nodes.document) -> str:
    """What the words of a page's panels mean, each once, as HTML."""
    found = [tree for node in doctree.findall(shown_output) for tree in node["explanations"]]
    return "".join({tree[1]["id"]: f"{html(tree)}\n" for tree in found}.values())


def _print(self: Any, node: shown_output) -> None:
    self.body.append(f"{html(with_links(node['tree'], node.get('pages', {})))}\n")
    raise nodes.SkipNode


def add_nodes(app: Sphinx) -> None:
    """Register how each of Sphinx's writers writes an output."""
    add_html_node(app, shown_output, _print, None)
