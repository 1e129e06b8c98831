"""Pages show values as a notebook does, without a kernel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.pytest_site import Site

THING = """\
class Thing:
    def __init__(self, **shown):
        self.shown = shown
    def __repr__(self):
        return "a thing"
    def _repr_mimebundle_(self, **_):
        return self.shown
"""
LOUD = """\
class Loud:
    def __getattr__(self, name):
        print(name)
    def __repr__(self):
        return "loud"
Loud()
"""


def thing(**shown: str) -> str:
    """A cell whose value is of these MIME types."""
    data = {name.replace("_", "/", 1): text for name, text in shown.items()}
    return f"Thing(**{data!r})"


def test_short_markup_is_recorded_as_it_is(site: Site) -> None:
    """HTML, LaTeX and Markdown of a value stand below its text, behind a gutter."""
    site.cells("page.md", THING, thing(text_latex="$x$"), thing(text_html="<b>\n</b>"))
    assert site.accept().code == 0
    assert site.recorded() == [
        "",
        "a thing\n┆ text/latex: $x$\n",
        "a thing\n┆ text/html:\n┆ <b>\n┆ </b>\n",
    ]
    assert site.pytest().code == 0


def test_what_is_published_is_what_a_notebook_shows(site: Site) -> None:
    """MyST-NB chooses by its rules among what a value is, and the text is no part of the page."""
    html = thing(text_latex="$x^2$", text_html="<b class='drawn'>bold</b>")
    site.cells("index.md", THING, html, thing(text_latex="$y^2$"), "class Plain:\n    pass\nPlain")
    assert site.accept().code == 0
    assert site.build().code == 0
    page = (site.root / "_build/html/index.html").read_text()
    assert "<b class='drawn'>bold</b>" in page
    assert page.count("math notranslate") == 1
    assert "┆" not in page


def test_plain_python_asks_nothing_of_a_value(site: Site) -> None:
    """A value that is only text is asked for its ``repr()`` and for nothing else."""
    site.cells("page.md", LOUD)
    assert site.accept().code == 0
    assert site.recorded() == ["loud\n"]


@pytest.mark.parametrize("source", ["from IPython.display import HTML", "display(1)", "_", "Out"])
def test_plain_python_has_no_display(site: Site, source: str) -> None:
    """What only a notebook knows needs the project's word for it."""
    site.cells("page.md", source)
    assert "a page is plain Python" in site.pytest().items["page.md::line-3"].report


def test_a_value_that_cannot_be_shown_fails(site: Site) -> None:
    """An exception in a representation is the cell's."""
    site.cells("page.md", "class A:\n    def _repr_html_(self):\n        return 1 / 0\nA()")
    assert "ZeroDivisionError" in site.pytest().items["page.md::line-3"].report


PLOTLY = """\
class Chart:
    def __repr__(self):
        return "a chart"
    def _repr_mimebundle_(self, **_):
        return {"application/vnd.plotly.v1+json": [1, 2], "text/html": "<div>3</div>"}
Chart()"""
"""What plotly's figures are, and bokeh's in their way: MyST-NB warns of the first type."""
IDS = """HTML(f'<i id="{uuid4()}"></i><i id="T_{uuid4().hex[:5]}_1"></i>')"""
"""What bokeh and pandas' Styler draw by chance."""
DRAWN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=T_)[0-9a-f]{5}")
NOTEBOOK = {
    "display": ("display('a', 2)", "'a'\n2\n"),
    "classes": (
        "from IPython.display import HTML\ndisplay(HTML('<b>x</b>'))",
        "<IPython.core.display.HTML object>\n┆ text/html: <b>x</b>\n",
    ),
    "update": (
        "shown = display('a', display_id='x')\ndisplay('b')\nshown.update('c')",
        "'c'\n'b'\n",
    ),
    "clear": (
        "from IPython.display import clear_output\nprint(1)\nclear_output()\nprint(2)",
        "2\n",
    ),
    "semicolon": ("1 + 1;", ""),
    "semicolon-in-a-comment": ("1 + 1  # ;", "2\n"),
    "set": ("{'b', 'a', 'c'}", "{'a', 'b', 'c'}\n"),
    "glue": (
        "from myst_nb import glue\nglue('answer', 42)\nglue('quiet', 7, display=False)",
        "42\n┆ glue: answer\n┆ glue: quiet\n┆ text/plain: 7\n",
    ),
    "its-own-display": (
        "class A:\n    def _ipython_display_(self):\n        print('shown')\nA()",
        "shown\n",
    ),
    "shell": ("get_ipython() is not None", "True\n"),
    "latex": ("%%latex\n$x$", "<IPython.core.display.Latex object>\n┆ text/latex: $x$\n"),
    "markdown": (
        "%%markdown\n*a*",
        "<IPython.core.display.Markdown object>\n┆ text/markdown: *a*\n",
    ),
    "javascript": (
        "%%javascript\nlet a = 1",
        "<IPython.core.display.Javascript object>\n┆ application/javascript: let a = 1\n",
    ),
    "html": ("%%html\n<b>x</b>", "<IPython.core.display.HTML object>\n┆ text/html: <b>x</b>\n"),
    "captured": ("%%capture kept\nprint('a')\ndisplay(HTML('<i>k</i>'))\n3", ""),
    "captured-again": (
        "kept()",
        "a\n<IPython.core.display.HTML object>\n┆ text/html: <i>k</i>\n3\n",
    ),
    "captured-output": (
        "kept.outputs[0]",
        "<IPython.core.display.HTML object>\n┆ text/html: <i>k</i>\n",
    ),
    "captured-text": ("kept.stdout, kept.outputs[1]", "('a\\n', 3)\n"),
    "number": ("6 * 7", "42\n"),
    "last": ("_", "42\n"),
    "last-but-one": ("_, __", "(42, 42)\n"),
    "out": ("Out[len(In) - 2], In[-4:-2]", "((42, 42), ['6 * 7', '_'])\n"),
    "colours": ("print('\\x1b[31mred\\x1b[0m')", "red\n┆ colours: \\x1b[31mred\\x1b[0m\n"),
    "coloured-value": (
        "class C:\n    def __repr__(self):\n        return '\\x1b[1mbold\\x1b[0m'\nC()",
        "bold\n┆ colours: \\x1b[1mbold\\x1b[0m\n",
    ),
    "coloured-error": (
        ":tags: [raises-exception]\nraise ValueError('\\x1b[31mbad\\x1b[0m')",
        "ValueError: bad\n",
    ),
    "progress": ("for n in range(3):\n    print(n, end='\\r')\nprint('done')", "done\n"),
    "progress-of-a-command": ("!printf '1\\r2\\r3\\n'", "3\n"),
    "plotly": (
        PLOTLY,
        "a chart\n┆ application/vnd.plotly.v1+json: [1, 2]\n┆ text/html: <div>3</div>\n",
    ),
    "drawn-ids": (
        f"from uuid import uuid4\n{IDS}",
        '<IPython.core.display.HTML object>\n┆ text/html: <i id="ID"></i><i id="T_ID_1"></i>\n',
    ),
    "names": ("mine = 1\n%who int", "mine\t n\n"),
}


@pytest.fixture(scope="module")
def book(new_site: Callable[[], Site]) -> Site:
    """A page with a cell for each, recorded and built."""
    site = new_site()
    site.settings(compatibility="jupyter")
    site.cells("index.md", *(source for source, _ in NOTEBOOK.values()))
    done = site.accept()
    assert done.code == 0, done.output
    built = site.build()
    assert built.code == 0, built.output
    return site


@pytest.mark.parametrize("name", NOTEBOOK)
def test_jupyter(book: Site, name: str) -> None:
    """With ``compatibility = "jupyter"`` a cell knows what a notebook's does."""
    shown = dict(zip(NOTEBOOK, book.recorded("index.md"), strict=True))
    assert DRAWN.sub("ID", shown[name]) == NOTEBOOK[name][1]


def test_text_in_colours_is_published_in_colours(book: Site) -> None:
    """As MyST-NB shows it."""
    page = (book.root / "_build/html/index.html").read_text()
    assert '<span class=" -Color -Color-Red">red</span>' in page
    assert '<span class=" -Color -Color-Bold">bold</span>' in page
    assert "colours:" not in page
    assert "<div>3</div>" in page


def test_an_update_of_an_earlier_cell_is_said(site: Site) -> None:
    """Its output was recorded already."""
    site.settings(compatibility="jupyter")
    site.cells("page.md", "shown = display('a', display_id='x')", "x = 1\nshown.update('b')")
    report = site.pytest().items["page.md::line-7"].report
    assert report.startswith("docs/page.md:9: it updates what an earlier cell displayed: display")


def test_what_is_glued_is_pasted(site: Site) -> None:
    """MyST-NB's roles find what a page glued."""
    site.settings(compatibility="jupyter")
    path = site.cells("index.md", "from myst_nb import glue\nglue('answer', 42, display=False)")
    path.write_text(path.read_text() + "\nThe answer is {glue:text}`answer`.\n")
    assert site.accept().code == 0
    done = site.build()
    assert done.code == 0, done.output
    page = (site.root / "_build/html/index.html").read_text()
    assert 'The answer is <span class="pasted-text">42</span>' in page
