"""Plain Markdown of a page, from the document that Sphinx makes of it.

Unlike the page's source, the document has its directives carried out, its references resolved
and its included files in place.

The Markdown is CommonMark with GitHub's tables, as Jupyter shows it too; dollars are escaped,
because Jupyter shows what is between two of them as a formula.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any
from urllib.parse import urljoin, urlsplit

from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging

from myst_doctest.showing.cells import cell_of
from myst_doctest.showing.output_tree import CellOutput
from myst_doctest.showing.predictions import answers, prediction, prediction_answer, question
from tutorial_site.downloads.page_export import ExportedCell, PageExport, Starter

LOGGER = logging.getLogger(__name__)
Block = str | int
"""Lines of Markdown, or the number of a cell."""
WITHIN_LINES = (nodes.Text, nodes.Inline)
APART = (nodes.raw, nodes.image, nodes.Invisible)
"""Nodes that may be within a line; outside of a paragraph each of these is a block of its own."""

_CONTROLS = re.compile(r"[\x00-\x08]")
_MARKS = re.compile(r"[\\`*\[\]<$]|~(?=~)|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|&(?=#?\w+;)")
# What begins a heading, a list, a quotation or a line at a line's begin.
_BEGINS = re.compile(r"(?m)^((?:#{1,6}|[-+])(?=[ \t]|$)|>|=+[ \t]*$|-{2,}[ \t]*$|~~~)")
_NUMBER = re.compile(r"(?m)^(\d{1,9})([.)])(?=[ \t]|$)")


def escaped(text: str) -> str:
    r"""Text as Markdown that shows just that.

    >>> escaped("a *b* [c] <d> $5 user_id _x_ &amp; R&D")
    'a \\*b\\* \\[c\\] \\<d> \\$5 user_id \\_x\\_ \\&amp; R&D'
    """
    return _MARKS.sub(r"\\\g<0>", _CONTROLS.sub("", text))


def code_span(text: str) -> str:
    """Text as code within a line.

    >>> code_span("a `b`")
    '`` a `b` ``'
    """
    text = _CONTROLS.sub("", " ".join(text.split("\n")))
    ticks = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}" if text else ""


def fence(text: str, language: str) -> str:
    r"""Lines as a block of code, whose fence is longer than any in them.

    >>> fence("1\n", "python")
    '```python\n1\n```'
    """
    longest = max(map(len, re.findall("`{3,}", text)), default=2)
    ticks = "`" * (longest + 1)
    return "\n".join([f"{ticks}{language}", text.removesuffix("\n"), ticks])


def page_markdown(page: PageExport) -> str:
    """The text of the page's ``.md``."""
    blocks = [
        part if isinstance(part, str) else cell_markdown(page.cells[part]) for part in page.parts
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def cell_markdown(cell: ExportedCell) -> str:
    """A cell as the page shows it: its code, and below it what it showed."""
    blocks = [fence(cell.source, "python")] if cell.shows("input") else []
    if cell.left_out:
        blocks.append(f"Left out of the main run: {escaped(cell.left_out)}")
    if cell.shows("output"):
        blocks += _shown("Output:", CellOutput(cell.outputs))
    return "\n\n".join([*blocks, *variants_markdown(cell)])


def variants_markdown(cell: ExportedCell) -> list[str]:
    """The blocks that tell what is different of a cell on variants."""
    blocks = []
    for each in cell.variants:
        title = escaped(each.title)
        if each.reason:
            blocks.append(f"Not run on {title}: {escaped(each.reason)}")
            continue
        if each.code is not None and cell.shows("input"):
            lines = each.code.split("\n")
            code = "\n".join(lines[number - 1] for number in each.lines)
            blocks += [f"Code that differs on {title}:", fence(code, "python")]
        output = each.output or CellOutput([])
        if cell.shows("output") and output.blocks() != CellOutput(cell.outputs).blocks():
            blocks += _shown(f"Output on {title}:", output) or [f"No output on {title}."]
    return blocks


def _shown(title: str, output: CellOutput) -> list[str]:
    """Blocks of what a cell showed below a title; none where it showed nothing."""
    blocks = [fence(text, {"none": "text"}.get(kind, kind)) for kind, text in output.blocks()]
    return [title, *blocks] if blocks else []


class Writer:
    """Writes the document of one page, on ``html-page-context`` or later.

    By then Sphinx's own writer has given admonitions their titles, and pictures their addresses.
    A node is written by the method that is named after its class, or else after the nearest of its
    base classes: for a class that is named nowhere here, the text of its children is written.

    Args:
        page: The page's address, seen from the site's root.
        base: The address of the site's root. If it is empty, because nobody gave it, a link into
            the site becomes its words alone: an address that is seen from the page leads nowhere
            from the place to which the text is copied.
    """

    def __init__(self, page: str, base: str) -> None:
        self.page = page
        self.base = base
        self.level = 0

    def parts(self, document: nodes.document) -> list[Block]:
        """Markdown and the numbers of cells, in the page's order."""
        parts: list[Block] = []
        for block in self.blocks(document):
            if parts and type(block) is type(parts[-1]) is str:
                parts[-1] = f"{parts[-1]}\n\n{block}"
            else:
                parts.append(block)
        return parts

    def _written(self, how: str, node: nodes.Node) -> Any:
        names = (f"_{how}_{kind.__name__}" for kind in type(node).__mro__)
        return next(getattr(self, name) for name in names if hasattr(self, name))(node)

    # Blocks

    def blocks(self, parent: nodes.Node) -> list[Block]:
        """The blocks of an element's children."""
        found: list[Block] = []
        line: list[nodes.Node] = []  # text outside of a paragraph
        for child in parent.children:
            if isinstance(child, WITHIN_LINES) and not isinstance(child, APART):
                line.append(child)
                continue
            found += self._paragraph(line)
            line = []
            found += [block for block in self._written("block", child) if block != ""]
        return found + self._paragraph(line)

    _block_Element = _block_compact_paragraph = blocks  # noqa: N815

    def _texts(self, parent: nodes.Node) -> list[str]:
        """The blocks of an element that holds no cells."""
        return [block for block in self.blocks(parent) if isinstance(block, str)]

    def _paragraph(self, line: Sequence[nodes.Node]) -> list[Block]:
        text = "".join(map(self.inline, line)).strip()
        return [_guarded(text)] if text else []

    def _block_TextElement(self, node: nodes.Element) -> list[Block]:  # noqa: N802
        return self._paragraph(node.children)

    def _block_Invisible(self, node: nodes.Element) -> list[Block]:  # noqa: N802
        return []

    def _block_container(self, node: nodes.Element) -> list[Block]:
        cell = cell_of(node)
        if "exercise-starter" in node["classes"]:  # without the strip of its buttons
            code = next(iter(node.findall(nodes.literal_block))).astext()
            return [Starter(fence(code, "python"), node.parent["name"], code)]
        if cell is None:
            return self.blocks(node)
        boxes = [box for box in node.findall(nodes.container) if "variant" in box["classes"]]
        shown: list[Block] = [cell.index, *map(self._variant, boxes)]
        for asked in node.findall(prediction):
            explained = [each for part in node.findall(prediction_answer) for each in part.children]
            above, below = question(asked), [*answers(asked), *explained]
            shown = [*self._apart(above), *shown, *self._apart(below)]
        return shown

    def _apart(self, several: Sequence[nodes.Node]) -> list[Block]:
        return self.blocks(nodes.container("", *(each.deepcopy() for each in several)))

    def _variant(self, box: nodes.Element) -> str:
        """What a cell is on a variant, under its title."""
        title, *texts = self._texts(box)
        return _quoted([f"**{title}**", *texts])

    def _block_variant_choice(self, node: nodes.Element) -> list[Block]:
        main, *others = [escaped(title) for _, title in node["options"]]
        words = f"The cells of this page were run on {main}, and also on {' and '.join(others)}."
        return [words] if "note" in node else []

    def _block_exercise_title(self, node: nodes.Element) -> list[Block]:
        return [f"**Exercise ({escaped(node['kind']).lower()}): {self._line(node)}**"]

    def _block_exercise_fold(self, node: nodes.Element) -> list[Block]:
        """What a page folds, in a fold: GitHub and Jupyter show it as one."""
        texts = "\n\n".join(self._texts(node))
        return [f"<details><summary>{escape(node['words'])}</summary>\n\n{texts}\n\n</details>"]

    def _block_variant_fold(self, node: nodes.Element) -> list[Block]:
        """What an exercise starts from on a variant."""
        return [f"**{escaped(node['words'])}**", *self.blocks(node)]

    def _block_variation_fold(self, node: nodes.Element) -> list[Block]:
        """What readers may try, apart from the page's own cells: a notebook does not run it."""
        words, box, *about = node.children
        code, *output = box.children
        shown = ["Output:", *self._apart(output)] if output else []
        texts = [f"**Try this:** {self._line(words)}", *self._apart([code]), *shown]
        return [_quoted([*map(str, texts), *map(str, self._apart(about))])]

    def _block_section(self, node: nodes.Element) -> list[Block]:
        self.level += 1
        found = self.blocks(node)
        self.level -= 1
        return found

    def _block_title(self, node: nodes.Element) -> list[Block]:
        words = " ".join(self._line(node).split())
        if isinstance(node.parent, nodes.section):
            return [f"{'#' * min(self.level, 6)} {words}"]
        return [f"**{words}**"]

    def _block_rubric(self, node: nodes.Element) -> list[Block]:
        return [f"**{self._line(node)}**"]

    _block_caption = _block_rubric

    def _block_literal_block(self, node: nodes.Element) -> list[Block]:
        language = str(node.get("language", "default"))
        if language in {"none", "default"}:
            language = "python" if str(node.get("source", "")).endswith(".py") else "text"
        return [fence(node.astext(), language)]

    def _block_doctest_block(self, node: nodes.Element) -> list[Block]:
        return [fence(node.astext(), "pycon")]

    def _block_transition(self, node: nodes.Element) -> list[Block]:
        return ["---"]

    def _block_block_quote(self, node: nodes.Element) -> list[Block]:
        return [_quoted(self._texts(node))]

    _block_Admonition = _block_topic = _block_sidebar = _block_block_quote  # noqa: N815

    def _block_footnote(self, node: nodes.Element) -> list[Block]:
        label, *texts = self._texts(node)
        text = _indented("\n\n".join(texts), 4)
        return [f"[^{label}]: {text}"]

    def _block_label(self, node: nodes.Element) -> list[Block]:
        return [escaped(node.astext())]  # not guarded, as a paragraph's number is

    def _block_bullet_list(self, node: nodes.Element) -> list[Block]:
        return [_items([self._texts(item) for item in node.children])]

    def _block_enumerated_list(self, node: nodes.Element) -> list[Block]:
        return [_items([self._texts(item) for item in node.children], node.get("start", 1))]

    def _block_definition_list(self, node: nodes.Element) -> list[Block]:
        return [_items([self._named(item) for item in node.children])]

    _block_field_list = _block_definition_list

    def _named(self, item: nodes.Node) -> list[str]:
        """An item of a list of names and their definitions."""
        *names, body = item.children
        words = ", ".join(map(self.inline, names))
        words += ":" if isinstance(item, nodes.field) else ""
        return [f"**{words}**", *self._texts(body)]

    def _block_desc(self, node: nodes.Element) -> list[Block]:
        texts: list[str] = []
        for child in node.children:
            if isinstance(child, addnodes.desc_signature):
                texts.append(f"**{code_span(' '.join(child.astext().split()))}**")
            else:
                texts += self._texts(child)
        return [_items([texts])]

    def _block_table(self, node: nodes.Element) -> list[Block]:
        caption = [f"**{self._line(c)}**" for c in node.children if isinstance(c, nodes.title)]
        heads = [row for head in node.findall(nodes.thead) for row in head.findall(nodes.row)]
        bodies = [row for body in node.findall(nodes.tbody) for row in body.findall(nodes.row)]
        rows = [[self._entry(each) for each in row.children] for row in [*heads, *bodies]]
        width = max(map(len, rows), default=0)
        if not heads:
            rows.insert(0, [""] * width)
        rows.insert(1, ["---"] * width)
        return [*caption, "\n".join(f"| {' | '.join(row)} |" for row in rows)]

    def _entry(self, entry: nodes.Node) -> str:
        if isinstance(entry, nodes.Element) and {"morecols", "morerows"} & entry.attributes.keys():
            message = "a page's Markdown cannot hold a table's cell that spans others"
            LOGGER.warning(message, location=entry, type="tutorial_site", subtype="markdown")
        lines = [" ".join(text.split("\n")) for text in self._texts(entry)]
        return "<br>".join(lines).replace("|", "\\|")

    def _block_raw(self, node: nodes.Element) -> list[Block]:
        return [self.inline(node)]

    _block_image = _block_raw

    # Within a line

    def inline(self, node: nodes.Node) -> str:
        """A node within a line."""
        return str(self._written("inline", node))

    def _line(self, parent: nodes.Node) -> str:
        return self._inline_Element(parent).strip()

    def _inline_Text(self, node: nodes.Text) -> str:  # noqa: N802
        return escaped(node.astext())

    def _inline_Element(self, node: nodes.Node) -> str:  # noqa: N802
        return "".join(map(self.inline, node.children))

    # Of a type in a signature, each bracket is a node of its own: no asterisks around it.
    _inline_literal_emphasis = _inline_Element

    def _inline_comment(self, node: nodes.Element) -> str:
        return ""

    def _inline_raw(self, node: nodes.Element) -> str:
        """HTML as it is, since Markdown may hold it; nothing of other formats."""
        return node.astext().strip("\n") if "html" in node["format"].split() else ""

    def _inline_subscript(self, node: nodes.Element) -> str:
        return f"<sub>{self._inline_Element(node)}</sub>"

    def _inline_superscript(self, node: nodes.Element) -> str:
        return f"<sup>{self._inline_Element(node)}</sup>"

    def _inline_literal(self, node: nodes.Element) -> str:
        return code_span(node.astext())

    def _inline_emphasis(self, node: nodes.Element) -> str:
        return _marked("*", self._inline_Element(node))

    def _inline_strong(self, node: nodes.Element) -> str:
        return _marked("**", self._inline_Element(node))

    def _inline_footnote_reference(self, node: nodes.Element) -> str:
        return f"[^{escaped(node.astext())}]"

    def _inline_reference(self, node: nodes.Element) -> str:
        words = self._line(node)
        target = f"#{node['refid']}" if "refid" in node else str(node.get("refuri", ""))
        if not words or not target:
            return words
        return self._link(words, target)

    def _link(self, words: str, target: str) -> str:
        """A link to an address seen from the page; its words alone if that leads nowhere."""
        scheme, host, *_ = urlsplit(target)
        if not scheme and not host:
            if not self.base:
                return words
            target = self.base + urljoin(self.page, target)
        return f"[{words}]({_destination(target)})"

    def _inline_image(self, node: nodes.Element) -> str:
        words = escaped(str(node.get("alt", "")))
        picture = self._link(words, str(node["uri"]))
        return picture if picture == words else f"!{picture}"


def _marked(mark: str, text: str) -> str:
    """Text between marks, which hold on to it: blanks stay outside."""
    words = text.strip()
    start, _, end = text.partition(words) if words else (text, "", "")
    return f"{start}{mark}{words}{mark}{end}" if words else text


def _guarded(text: str) -> str:
    """A paragraph none of whose lines begins something else."""
    text = "\n".join(line.strip() for line in text.split("\n"))
    return _NUMBER.sub(r"\1\\\2", _BEGINS.sub(r"\\\1", text))


def _quoted(texts: Iterable[str]) -> str:
    lines = "\n\n".join(texts).split("\n")
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _items(items: Sequence[Sequence[str]], first: int | None = None) -> str:
    """A list, from its first number on; tight if each item is a paragraph, with a list at most."""
    marks = ["-" if first is None else f"{first + n}." for n in range(len(items))]
    tight = all(all(map(_is_list, texts[1:])) for texts in items)
    gap = "\n" if tight else "\n\n"
    return gap.join(
        f"{mark} {_indented(gap.join(texts), len(mark) + 1)}"
        for mark, texts in zip(marks, items, strict=True)
    )


def _is_list(text: str) -> bool:
    return re.match(r"(?:-|\d+\.) ", text) is not None


def _indented(text: str, size: int) -> str:
    """Text whose lines below the first are indented; empty lines stay empty."""
    first, *rest = text.split("\n")
    return "\n".join([first, *(f"{' ' * size}{line}" if line else "" for line in rest)])


def _destination(address: str) -> str:
    """An address as a link's target."""
    quoted = {" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E"}
    return "".join(quoted.get(char, char) for char in address)
