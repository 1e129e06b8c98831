"""Variants on a page: what differs, in folds beside what everybody sees, and the reader's choice.

``variants.js`` shows the variant that the reader has chosen in the place of the main run. Without
it the folds are there, and a sentence at the page's top says so.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from myst_doctest.page_store import PageStore
from myst_doctest.showing.cell_labels import label_of, output_box
from myst_doctest.showing.cells import CellNode, CellVariant, cells_of
from myst_doctest.showing.html_nodes import add_html_node
from myst_doctest.showing.output_nodes import shown_output
from myst_doctest.showing.output_tree import CellOutput
from myst_doctest.showing.quotes import curly
from myst_doctest.variants import MAIN

Options = Sequence[tuple[str, str]]
"""Names and titles; the first is the main run's."""
PAGE_VARIANTS = PageStore[Options]("myst_doctest_page_variants")
"""What the cells of a page run on, for pages that have a variant."""
BEFORE_PAINT = """\
(()=>{try{
const root=document.documentElement,key="myst-doctest-variant",sheet=new CSSStyleSheet,\
names=document.querySelector("meta[name=variants]").content.split(" "),\
given=new URLSearchParams(location.search).get("on");
if(names.includes(given))try{localStorage.setItem(key,given)}catch{}
const show=(name)=>{
const on=root.dataset.variant=names.includes(name)?name:"main",has=`:has(>[data-variant="${on}"])`;
sheet.replaceSync(`.variant[data-variant="${on}"]{display:block}${has}>.variant-main{display:none}\
.variant-choice${has}>[data-variant="${on}"],.variant-choice:not(${has})>[data-variant=main]\
{color:var(--variant-on);border-color:currentColor;font-weight:600}`)};
let kept=given;try{kept=localStorage.getItem(key)}catch{}
show(kept);
document.adoptedStyleSheets.push(sheet);
document.addEventListener("variant-chosen",({detail})=>show(detail.name))
}catch{}})()"""
"""The reader's choice holds before anything is painted.

Every page has the same text, and so the same hash in a policy.
"""


REFERRING = re.compile(
    r"""(\b(?:id|name|for|href|aria-(?:labelledby|describedby|controls|owns)|fill|stroke|mask|filter|clip-path|marker-\w+)=)"""
    r"""("[^"]*"|'[^']*')"""
)
"""Attributes that hold an id or refer to one."""


class variant_fold(nodes.General, nodes.Element):  # noqa: N801  (docutils names nodes so)
    """What is another on a variant: its ``name``, the ``words`` of the fold, if it is ``open``."""


class variant_choice(nodes.General, nodes.Element):  # noqa: N801  (docutils names nodes so)
    """Radio buttons: ``options``, a ``group`` that no other has on the page, and a ``label``.

    Those at the page's top have a ``note`` too, for readers without JavaScript.
    """


class DrawVariants(SphinxPostTransform):
    """Draw what differs on each of a page's variants."""

    default_priority = 995  # after the transforms that look for a cell's one output
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Go through the page's cells, if the page has a variant."""
        options = PAGE_VARIANTS.of(self.env).get(self.env.docname)
        if not options:
            return
        for cell in cells_of(self.document):
            if cell.variants or cell.only_on:
                _draw(cell, options)
        for words in self.document.findall(nodes.paragraph):
            if "variant-words" in words["classes"]:
                words[:] = [nodes.Text(curly(words.astext(), self.config))]
        self._begin(options)

    def _begin(self, options: Options) -> None:
        """Put the choice below the page's title."""
        titles = " and ".join(title for _, title in options[1:])
        note = (
            f"The cells of this page were also run on {titles}; "
            "folds below the cells show what differs there."
        )
        choice = variant_choice(
            options=options, group="variant", label="Run on", note=note, classes=["variant-choice"]
        )
        for title in self.document.findall(nodes.title):
            title.parent.insert(title.parent.index(title) + 1, choice)
            return
        self.document.insert(0, choice)


def _draw(cell: CellNode, options: Options) -> None:
    """Draw a cell's folds, and its choice: above its code where that differs, or its output."""
    names = {MAIN, *(each.name for each in cell.variants)}
    choice = variant_choice(
        options=[option for option in options if option[0] in names],
        group=f"variant-{cell.index + 1}",
        label=f"{label_of(cell).capitalize()}: run on",
        classes=["variant-choice", *cell.lane_classes("before")],
    )
    folds = [] if "remove-output" in cell.tags else _output_folds(cell)
    is_silent = not cell.output and not cell.only_on
    if folds and is_silent and all(each.reason for each in cell.variants):
        # Neither the main run nor a variant shows anything: there is nothing to choose.
        lanes = _passing_lanes(cell)
        cell.node.extend(_note(_left_out(each), *lanes) for each in cell.variants)
        folds = []
    output = _draw_output(cell, folds, options[0][1]) if folds else None
    differs = [each for each in cell.variants if each.code is not None]
    if differs and cell.code:
        _draw_code(cell.code, differs)
        cell.code.parent.insert(cell.code.parent.index(cell.code), choice)
    elif output is not None:
        output.parent.insert(output.parent.index(output), choice)


def _output_folds(cell: CellNode) -> list[nodes.Node]:
    """The folds of outputs that are not the main one."""
    main = cell.output
    printed = [node["tree"] for node in main.findall(shown_output)] if main else []
    return [
        _output_fold(cell, each)
        for each in cell.variants
        if each.reason or (each.output and each.output.tree()) not in (printed or [None])
    ]


def _draw_output(cell: CellNode, folds: list[nodes.Node], title: str) -> nodes.Node:
    """Put folds below a cell's output, or below a word that there is none; returns the output."""
    main = cell.output
    reason = next(iter(cell.only_on.values()), "")
    words = f"Not run on {title}: {reason}" if reason else "No output."
    if main is None:
        main = _box(cell, _note(words), title)
        cell.node.append(main)
    elif reason:  # a prediction has said that there is no output
        main.children = [_note(words)]
    main["classes"].append("variant-main")
    below = main.parent.index(main) + 1
    main.parent[below:below] = folds
    return main


def _draw_code(box: nodes.container, variants: Sequence[CellVariant]) -> None:
    """Put the code of variants into the box of the cell's code, their replaced lines marked."""
    block = next(iter(box.findall(nodes.literal_block)))
    for number, each in enumerate(variants, block.parent.index(block) + 1):
        text, marked = each.code or "", {"hl_lines": list(each.lines)}
        code = nodes.literal_block(text, text, language=block["language"], highlight_args=marked)
        fold = variant_fold("", code, name=each.name, words=f"Code on {each.title}")
        block.parent.insert(number, fold)
    block["classes"].append("variant-main")


def _output_fold(cell: CellNode, variant: CellVariant) -> variant_fold:
    if variant.reason:
        shown: nodes.Node = _note(_left_out(variant))
    elif variant.output is None:
        shown = _note("No output.")
    else:
        shown = shown_output.of(_with_own_ids(variant.output, variant.name))
    box = _box(cell, shown, variant.title)
    if variant.output and not any(each.kind == "error" for each in variant.output.segments):
        box["classes"].append("no-error")
    if variant.output is None:
        box["classes"] += _passing_lanes(cell)
    return variant_fold("", box, name=variant.name, words=f"On {variant.title}")


def _with_own_ids(output: CellOutput, prefix: str) -> CellOutput:
    """An output whose pictures share no id with those of the main run, which counts them too."""
    segments = [
        replace(each, rich={kind: own_ids(markup, prefix) for kind, markup in each.rich.items()})
        for each in output.segments
    ]
    return replace(output, segments=segments)


def own_ids(markup: str, prefix: str) -> str:
    """HTML or SVG with a prefix before each id, each name of a group, and what refers to them.

    >>> own_ids('<b id="a" class="a">a</b><use href="#a"/><i aria-labelledby="a-1 a">', "x")
    '<b id="x-a" class="a">a</b><use href="#x-a"/><i aria-labelledby="a-1 x-a">'
    >>> own_ids('<b id="a">a</b><a href="page.html#a">', "x")
    '<b id="x-a">a</b><a href="page.html#a">'
    """
    names = set(re.findall(r"\b(?:id|name)=[\"']([^\"']+)", markup))
    name = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, names))})(?![\w.-])")

    def renamed(attribute: re.Match[str]) -> str:
        if attribute[1] == "href=" and attribute[2][1:2] != "#":
            return attribute[0]  # a place of another page
        return attribute[1] + name.sub(lambda found: f"{prefix}-{found[0]}", attribute[2])

    def inside(tag: re.Match[str]) -> str:
        return REFERRING.sub(renamed, tag[0])

    return re.sub(r"<[^>]*>", inside, markup) if names else markup


def _box(cell: CellNode, shown: nodes.Node, title: str) -> output_box:
    label = f"Output of {label_of(cell)} on {title}"
    return output_box("", shown, label=label, classes=["cell_output"])


def _left_out(variant: CellVariant) -> str:
    return f"Not run on {variant.title}: {variant.reason}"


def _passing_lanes(cell: CellNode) -> list[str]:
    after = cell.lane_classes("after")
    return [name for name in cell.lane_classes("before") if name in after]


def _note(words: str, *classes: str) -> nodes.paragraph:
    return nodes.paragraph("", words, classes=["variant-words", *classes])


def head(doctree: nodes.document) -> str:
    """The names of a page's variants and the script that chooses; empty for a page without."""
    choice = next(iter(doctree.findall(variant_choice)), None)
    if choice is None:
        return ""
    names = escape(" ".join(name for name, _ in choice["options"]))
    return f'<meta name="variants" content="{names}">\n<script>{BEFORE_PAINT}</script>\n'


def _visit_fold(self: Any, node: variant_fold) -> None:
    words, name = escape(node["words"]), escape(node["name"])
    tag = f'<details class="variant" data-variant="{name}"{" open" * bool(node.get("open"))}>'
    self.body.append(f"{tag}<summary>{words}</summary>\n")


def _depart_fold(self: Any, node: variant_fold) -> None:
    self.body.append("</details>\n")


def _visit_choice(self: Any, node: variant_choice) -> None:
    if note := node.get("note"):
        self.body.append(f'<p class="variant-note">{escape(note)}</p>\n')
    group = "".join(_radios(node["options"], node["group"]))
    words = f'<span aria-hidden="true">{escape(node["label"])}</span>' if note else ""
    attributes = {"role": "radiogroup", "aria-label": node["label"]}
    self.body.append(f"{self.starttag(node, 'div', '', **attributes)}{words}{group}</div>\n")
    raise nodes.SkipNode


def _radios(options: Options, group: str) -> Iterator[str]:
    for name, title in options:
        checked = " checked" if name == MAIN else ""
        radio = f'<input type="radio" name="{group}" value="{escape(name)}"{checked}>'
        yield f'<label data-variant="{escape(name)}">{radio}{escape(title)}</label>'


def add_nodes(app: Sphinx) -> None:
    """Register how Sphinx's HTML writer writes folds and choices."""
    # An exercise has one where any writer sees it; others come with the writer of HTML alone.
    add_html_node(app, variant_fold, _visit_fold, _depart_fold)
    app.add_node(variant_choice, html=(_visit_choice, None))
