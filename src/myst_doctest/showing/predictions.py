"""Predictions on a page: a question below a cell's code, and the output in a fold below that.

All of it is folds, which a browser opens without a script: an option's is its feedback, the cell's
holds its output and the explanation. ``predictions.js`` adds that a choice opens the cell's fold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any, ClassVar

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from myst_doctest.checking.compare import GUTTER
from myst_doctest.pages.predictions import OPTIONS, Option, Prediction, Text
from myst_doctest.running.used_files import digest_of
from myst_doctest.showing.cells import CellNode, cell_of

__all__ = [
    "DrawPredictions",
    "PredictDirective",
    "add_nodes",
    "answers",
    "asked_output",
    "prediction",
    "prediction_answer",
    "predictions_of",
    "question",
    "revealed",
]

VERDICTS = {True: "Right.", False: "Not quite."}


DIGITS = 6
"""So much of a digest tells scripts whether a question, or a task, is the one that it was."""


class prediction(nodes.General, nodes.Element):  # noqa: N801  (docutils names nodes so)
    """A ``question`` and, as its last children, the options; ``digest`` is that of its source."""


class prediction_option(nodes.Part, nodes.Element):  # noqa: N801  (docutils names nodes so)
    """An option: its ``literal`` output, or a paragraph, and below it the feedback."""


class prediction_answer(nodes.General, nodes.Element):  # noqa: N801  (docutils names nodes so)
    """What is shown with the cell's output: the explanation."""


class asked_output(nodes.General, nodes.Element):  # noqa: N801  (docutils names nodes so)
    """The fold with a cell's output and the answer."""


class PredictDirective(SphinxDirective):
    """``{predict}``, whose form :mod:`myst_doctest.pages.predictions` has checked."""

    has_content = True
    option_spec: ClassVar[dict[str, Any]] = OPTIONS

    def run(self) -> list[nodes.Node]:
        """The question with its options, and what is to be shown with the answer."""
        config = self.env.myst_config  # type: ignore[attr-defined]
        asked = Prediction.of(list(self.content), 0, self.options, config)
        source = "\n".join(self.content)
        shown = prediction(
            "",
            *self._parsed(asked.question),
            digest=digest_of(source.encode())[:DIGITS],
        )
        shown["question"] = " ".join(shown.astext().split())
        shown += [self._option(option) for option in asked.options if option.label]
        return [shown, prediction_answer("", *self._parsed(asked.explanation))]

    def _option(self, option: Option) -> prediction_option:
        shown = prediction_option(right=option.is_right, literal=option.literal)
        if option.literal is None:
            shown += self._parsed(Text([option.label], option.line))
        else:
            shown["literal"] = _readable(option.literal)
        said = [nodes.strong("", VERDICTS[option.is_right]), nodes.Text(" ")]
        first, *others = self._parsed(option.feedback) or [nodes.paragraph()]
        if isinstance(first, nodes.paragraph):
            shown += nodes.paragraph("", "", *said, *first.children)
        else:
            shown += [nodes.paragraph("", "", *said), first]
        shown += others
        return shown

    def _parsed(self, text: Text) -> list[nodes.Node]:
        box = nodes.container()
        self.state.nested_parse(StringList(text.lines), self.content_offset + text.line, box)
        return list(box.children)


def _readable(literal: str) -> str:
    r"""A literal output without gutters; statements alone are a row.

    >>> _readable("│ BEGIN\n│ SELECT"), _readable("│ SELECT\nTrue")
    ('BEGIN → SELECT', 'SELECT\nTrue')
    """
    lines = literal.split("\n")
    is_log = all(line.startswith(GUTTER) for line in lines)
    shown = (line.removeprefix(GUTTER).removeprefix(" ") for line in lines)
    return (" → " if is_log else "\n").join(shown)


class DrawPredictions(SphinxPostTransform):
    """Put predictions into their cells; for builders that fold nothing, answers behind them."""

    default_priority = 890  # before lanes are drawn through what is between cells

    def run(self, **kwargs: Any) -> None:
        """Go through the page's predictions."""
        for asked, cell in list(predictions_of(self.document)):
            answer = next(each for each in _below(asked) if isinstance(each, prediction_answer))
            if self.app.builder.format != "html":
                _spread(asked, answer, cell)
            elif cell:
                _fold(asked, answer, cell)


Unseen = prediction_answer | nodes.Invisible
"""What may be between a prediction and its cell."""


def predictions_of(document: nodes.Element) -> Iterator[tuple[prediction, CellNode | None]]:
    """The predictions of a page as it was read, each with the cell that it is about."""
    for asked in document.findall(prediction):
        seen = (each for each in _below(asked) if not isinstance(each, Unseen))
        yield asked, cell_of(next(seen, asked))


def _below(asked: prediction) -> list[nodes.Node]:
    return asked.parent.children[asked.parent.index(asked) + 1 :]


def _fold(asked: prediction, answer: prediction_answer, cell: CellNode) -> None:
    """Put the question below a cell's code, and the output with the explanation into a fold."""
    asked.parent.remove(asked)
    answer.parent.remove(answer)
    asked["classes"] += cell.lane_classes("before")
    output = cell.output
    if output is None:
        words = nodes.paragraph("", "No output.", classes=["variant-words"])
        output = nodes.container("", words, nb_element="cell_code_output")
        if cell.variants or cell.only_on:  # there is an output elsewhere
            output["classes"].append("cell_output")
        cell.node.append(output)
    fold = asked_output()
    output.parent.replace(output, fold)
    fold += [output, answer]
    part: nodes.Element = fold  # a tag may have put the output into a fold of its own
    while part.parent is not cell.node:
        part = part.parent
    cell.node.insert(cell.node.index(part), asked)


def _spread(asked: prediction, answer: prediction_answer, cell: CellNode | None) -> None:
    """Leave the options in a list, and put the answers behind the cell, or right there."""
    answer.parent.remove(answer)
    place = cell.node if cell else asked
    index = place.parent.index(place) + 1
    place.parent[index:index] = [*answers(asked), *answer.children]
    asked.replace_self(question(asked))


def question(asked: prediction) -> list[nodes.Node]:
    """A question and a list of its options, in plain nodes."""
    title = nodes.paragraph("", "", nodes.strong("", "Predict."))
    asking = [each for each in asked.children if not isinstance(each, prediction_option)]
    return [title, *_copies(asking), _list(_label(each) for each in _options(asked))]


def answers(asked: prediction) -> list[nodes.Node]:
    """What is to be said of each option, in plain nodes."""
    items = (_label(each) + _copies(_feedback(each)) for each in _options(asked))
    return [nodes.paragraph("", "", nodes.strong("", "Answers.")), _list(items)]


def _options(asked: nodes.Element) -> list[prediction_option]:
    return [each for each in asked.children if isinstance(each, prediction_option)]


def _feedback(option: prediction_option) -> Sequence[nodes.Node]:
    return option.children if option["literal"] is not None else option.children[1:]


def _label(option: prediction_option) -> list[nodes.Node]:
    literal = option["literal"]
    if literal is None:
        return _copies(option.children[:1])
    if "\n" in literal:
        return [nodes.literal_block(literal, literal, language="none")]
    return [nodes.paragraph("", "", nodes.literal(literal, literal))]


def _list(items: Iterable[list[nodes.Node]]) -> nodes.bullet_list:
    return nodes.bullet_list("", *(nodes.list_item("", *item) for item in items))


def _copies(originals: Iterable[nodes.Node]) -> list[nodes.Node]:
    return [each.deepcopy() for each in originals]


def revealed(box: nodes.Element) -> None:
    """Take the questions out of cells that are shown for their output, and open their folds."""
    for asked in list(box.findall(prediction)):
        asked.parent.remove(asked)
    for fold in list(box.findall(asked_output)):
        fold.parent.replace(fold, fold.children)


def _visit_prediction(self: Any, node: prediction) -> None:
    about = {"role": "group", "aria-label": "Prediction", "data-digest": node["digest"]}
    self.body.append(self.starttag(node, "div", CLASS="predict", **about))
    self.body.append('<p class="predict-title">Predict</p>\n')


def _depart_prediction(self: Any, node: prediction) -> None:
    self.body.append("</ul>\n</div>\n" if _options(node) else "</div>\n")


def _visit_option(self: Any, node: prediction_option) -> None:
    is_first = _options(node.parent)[0] is node
    right = ' class="right"' if node["right"] else ""
    self.body.append(f"{'<ul>' if is_first else ''}\n<li{right}><details><summary>")
    if node["literal"] is not None:
        self.body.append(f'<code class="literal notranslate">{escape(node["literal"])}</code>')
    else:
        self.body.append("<span>")
        for each in node[0].children:
            each.walkabout(self)
        self.body.append("</span>")
    self.body.append("</summary>\n")
    for each in _feedback(node):
        each.walkabout(self)
    self.body.append("</details></li>\n")
    raise nodes.SkipNode


def _visit_fold(self: Any, node: asked_output) -> None:
    ways = (("collapsed", "Show the output"), ("expanded", "Hide the output"))
    words = "".join(f'<span class="{name}">{each}</span>' for name, each in ways)
    self.body.append(f'<details class="asked"><summary>{words}</summary>\n')


def _depart_fold(self: Any, node: asked_output) -> None:
    self.body.append("</details>\n")


def _visit_answer(self: Any, node: prediction_answer) -> None:
    if not node.children:
        raise nodes.SkipNode
    self.body.append(self.starttag(node, "div", CLASS="predict-answer"))


def _depart_answer(self: Any, node: prediction_answer) -> None:
    self.body.append("</div>\n")


def add_nodes(app: Sphinx) -> None:
    """Register how Sphinx's HTML writer writes predictions."""
    app.add_node(prediction, html=(_visit_prediction, _depart_prediction))
    app.add_node(prediction_option, html=(_visit_option, None))
    app.add_node(asked_output, html=(_visit_fold, _depart_fold))
    app.add_node(prediction_answer, html=(_visit_answer, _depart_answer))
