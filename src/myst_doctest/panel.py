"""The panel in which a page shows what a library logged: SQL, statement by statement."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from typing import Any

from docutils import nodes
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers.python import PythonLexer
from pygments.lexers.sql import SqlLexer
from pygments.token import Keyword, Name
from sphinx.application import Sphinx

from .runner import Segment

__all__ = ["add_nodes", "explanations", "log_panel", "panel"]

MORE_KEYWORDS = frozenset({"CONFLICT", "PRAGMA", "RELEASE", "RETURNING", "SAVEPOINT"})
# One word in brackets, or more, and values: ``[generated] ('Dave',)``. A statement may have a
# word in brackets too, which names its source.
PARAMETERS = re.compile(r"(?:\[[^\]\n]*\] )+[(\[{]")
ENDS = {"begin": "BEGIN", "commit": "COMMIT", "rollback": "ROLLBACK"}


class log_panel(nodes.General, nodes.Element):  # noqa: N801  (docutils names nodes so)
    """What was logged in one go; ``summary`` says what is in it."""


class log_entry(nodes.container):  # noqa: N801
    """A statement and its parameters."""


class log_statement(nodes.literal_block):  # noqa: N801
    """A logged statement."""


class log_parameters(nodes.literal_block):  # noqa: N801
    """A statement's parameters, behind the ``word`` in brackets and what it is ``about``."""


def panel(
    segments: Sequence[Segment], lanes: Sequence[list[str]], *, stays_open: bool
) -> log_panel:
    """The panel of consecutive logged segments, each with the classes of its lanes.

    ``stays_open`` says whether a lane goes on below the panel.
    """
    summary = f"SQL: {', '.join(_summary(segments))}"
    box = log_panel(
        summary=f"{summary} (transaction open)" if stays_open else summary,
        lanes=[name.removesuffix("-end") for name in lanes[0] if not name.endswith("-begin")],
    )
    entry = log_entry()
    for segment, classes in zip(segments, lanes, strict=True):
        if _part(segment) != "parameters" or not entry.children:
            entry = log_entry(classes=["log-entry", *classes])
            box += entry
        entry += _line(segment)
    return box


def _summary(segments: Sequence[Segment]) -> Iterator[str]:
    parts = [part for part in map(_part, segments) if part != "parameters"]
    for part, group in groupby(parts):
        if part in ENDS:
            yield from (ENDS[part] for _ in group)
        else:
            count = len(list(group))
            yield f"{count} statement{'s' if count > 1 else ''}"


def _part(segment: Segment) -> str:
    """What a message says that it is; by its look where it says nothing."""
    guess = "parameters" if PARAMETERS.match(segment.text) else "statement"
    return segment.meta.get("part", guess)


def _line(segment: Segment) -> nodes.literal_block:
    engine = segment.meta.get("engine", "")
    text = segment.text.removeprefix(f"[{engine}] ") if engine else segment.text
    if _part(segment) != "parameters":
        return log_statement(text, text, language="sql", force=True, engine=engine)
    word, _, text = text.removeprefix("[").partition("]")
    text = text.lstrip(" ")
    about = segment.meta.get("about", "")
    return log_parameters(text, _one_a_line(text), language="python", word=word, about=about)


def _one_a_line(text: str) -> str:
    """Each set of parameters on a line of its own, where there are several."""
    if not text.startswith("[("):
        return text
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError:  # a value's repr() need not be Python
        return text
    if not isinstance(tree, ast.List) or len(tree.elts) < 2:
        return text
    return "\n".join(ast.get_source_segment(text, element) or "" for element in tree.elts)


class _Sql(SqlLexer):
    """SQL with words that Pygments does not take for keywords."""

    def get_tokens_unprocessed(self, text: str, *more: Any) -> Iterator[tuple[int, Any, str]]:
        for index, kind, value in super().get_tokens_unprocessed(text, *more):
            known = kind is Name and value.upper() in MORE_KEYWORDS
            yield index, Keyword if known else kind, value


# Sphinx makes a formatter for each block of code, which takes longer than to use it.
FORMATTER = HtmlFormatter(nowrap=True)
SQL = _Sql(stripnl=False)
PYTHON = PythonLexer(stripnl=False)


def _visit_panel(self: Any, node: log_panel) -> None:
    lanes = " ".join(node["lanes"])
    self.body.append(f'<details class="log" open><summary class="{lanes}">')
    self.body.append(f"{escape(node['summary'])}</summary>\n")


def _depart_panel(self: Any, node: log_panel) -> None:
    self.body.append("</details>\n")


def _visit_entry(self: Any, node: log_entry) -> None:
    self.body.append(f'<div class="{" ".join(node["classes"])}">\n')


def _depart_entry(self: Any, node: log_entry) -> None:
    self.body.append("</div>\n")


def _visit_statement(self: Any, node: log_statement) -> None:
    chip = f'<span class="log-engine">{escape(node["engine"])}</span> ' if node["engine"] else ""
    code = highlight(node.astext(), SQL, FORMATTER).rstrip("\n")
    self.body.append(f'<div class="highlight log-statement"><pre>{chip}{code}</pre></div>\n')
    raise nodes.SkipNode


def _visit_parameters(self: Any, node: log_parameters) -> None:
    code = highlight(node.astext(), PYTHON, FORMATTER).rstrip("\n")
    self.body.append('<div class="highlight log-parameters">')
    self.body.append(_word(node["word"], node["about"]))
    self.body.append(f"<pre>{code}</pre></div>\n")
    raise nodes.SkipNode


def _word(word: str, about: str) -> str:
    """The word in brackets: a button that shows what it means, where that is known."""
    if not about:
        return f'<span class="log-word">{escape(word)}</span>'
    name = _name(word)
    return f'<button type="button" class="log-word" popovertarget="{name}">{escape(word)}</button>'


def _name(word: str) -> str:
    return "word-" + re.sub(r"\W+", "-", word).strip("-")


def explanations(doctree: nodes.document) -> str:
    """What a page's words mean, each once; for the page's end, where no fold hides them."""
    known = {node["word"]: node["about"] for node in doctree.findall(log_parameters)}
    return "".join(
        f'<div popover id="{_name(word)}" class="log-about"><p>{escape(about)}</p></div>\n'
        for word, about in known.items()
        if about
    )


def _pass(self: Any, node: nodes.Element) -> None:
    """For writers that know no panels: what is in it is shown as it comes."""


def _visit_literal(self: Any, node: nodes.Element) -> None:
    self.visit_literal_block(node)


def _depart_literal(self: Any, node: nodes.Element) -> None:
    self.depart_literal_block(node)


def add_nodes(app: Sphinx) -> None:
    """Tell each of Sphinx's writers how to write the panel."""
    plain, literal = (_pass, _pass), (_visit_literal, _depart_literal)
    others = ("latex", "text", "man", "texinfo")
    for node, html, other in (
        (log_panel, (_visit_panel, _depart_panel), plain),
        (log_entry, (_visit_entry, _depart_entry), plain),
        (log_statement, (_visit_statement, None), literal),
        (log_parameters, (_visit_parameters, None), literal),
    ):
        writers: dict[str, Any] = dict.fromkeys(others, other)
        app.add_node(node, html=html, **writers)
