"""The panel in which a page shows what a library logged: SQL, statement by statement."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from myst_doctest.showing.log_lines import Line, Log, Token

__all__ = ["add_nodes", "explanations", "log_panel", "panel"]


class log_panel(nodes.General, nodes.Element):  # noqa: N801  (docutils names nodes so)
    """What was logged in one go; ``summary`` says what is in it."""


class log_entry(nodes.container):  # noqa: N801
    """A statement and its parameters."""


class log_statement(nodes.literal_block):  # noqa: N801
    """A logged statement; ``line`` is the Line with it, and its text what other writers show."""


class log_parameters(nodes.literal_block):  # noqa: N801
    """A statement's parameters; ``line`` is the Line with them."""


def panel(log: Log) -> log_panel:
    """The panel that shows a log."""
    box = log_panel(summary=log.summary, lanes=log.through)
    for entry in log.entries:
        classes = ["log-entry", *entry.classes]
        box += log_entry("", *map(_line, entry.lines), classes=classes)
    return box


def _line(line: Line) -> nodes.literal_block:
    if line.part == "parameters":
        return log_parameters(line.text, line.text, language="python", force=True, line=line)
    return log_statement(line.text, line.text, language="sql", force=True, line=line)


def _code(tokens: Iterable[Token]) -> str:
    return "".join(
        f'<span class="{css}">{escape(text)}</span>' if css else escape(text)
        for css, text in tokens
    )


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
    line = node["line"]
    chip = f'<span class="log-engine">{escape(line.engine)}</span> ' if line.engine else ""
    code = f"<pre>{chip}{_code(line.tokens())}</pre>"
    self.body.append(f'<div class="highlight log-statement">{code}</div>\n')
    raise nodes.SkipNode


def _visit_parameters(self: Any, node: log_parameters) -> None:
    line = node["line"]
    code = f"{_word(line.word, line.about)}<pre>{_code(line.tokens())}</pre>"
    self.body.append(f'<div class="highlight log-parameters">{code}</div>\n')
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
    lines = [node["line"] for node in doctree.findall(log_parameters)]
    known = {line.word: line.about for line in lines}
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
