"""Outputs in the built site, and in Sphinx's other formats."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import Tag

from myst_doctest.sphinx_extension import BEFORE_PAINT
from tests.kit.pytest_site import Site as PytestSite
from tests.kit.small_site import Built, Site, cell

MODULE = """
import html

publish = None


def setup(function):
    global publish
    publish = function


def log(text):
    publish("sql", text)


def word(values):
    publish("sql", f"[generated] {values}", part="parameters", about="Made <now>.")


class Picture:
    def __init__(self, text, markup):
        self.text, self.markup = text, markup

    def __repr__(self):
        return self.text

    def _repr_svg_(self):
        return f"<svg class='drawn'><text>{self.markup}</text></svg>"


class Table(Picture):
    _repr_svg_ = None

    def _repr_html_(self):
        return f"<table class='drawn'><tr><td>{self.markup}</td></tr></table>"


class Unlisted(Picture):
    pass


class Loop:
    def __repr__(self):
        return f"<Loop at {id(self):#x}>"

    def _repr_svg_(self):
        return f"<svg><text>{html.escape(repr(self))}</text></svg>"


class Secret(Loop):
    def __repr__(self):
        return "Secret"

    def _repr_svg_(self):
        return f"<svg><text>lives at {id(self):#x}</text></svg>"
"""
TABLE = """
pythonpath = ["src"]
setup = "mine:setup"
rich = ["mine.Picture", "mine.Table", "mine.Loop", "mine.Secret"]
"""
MARKUP = "<img src=x onerror=alert(1)>&amp;"
RAISES = ":tags: [raises-exception]"
LOG = r"""import mine

print("before")
mine.log("SELECT name\nFROM person")
mine.log("[generated] ('Dave', 3)")
mine.log("[other] SELECT 2")
print("\N{BOX DRAWINGS LIGHT VERTICAL} printed")
"value"
"""
RECORDED = r"""before
│ SELECT name
│ FROM person
│ [generated] ('Dave', 3)
│ [other] SELECT 2
\│ printed
'value'"""
STREAMS = """import sys
import warnings

print("out")
print("err", file=sys.stderr)
warnings.warn("careful", UserWarning)
"""
ERROR = """x = 1
message = "gone <b>, see https://example.org/e/a-1. More (https://example.org/e/b)"
raise ValueError(message)
"""
PAGES = {
    "markup": cell(f"print({MARKUP!r})", MARKUP)
    + cell(f"class A:\n    def __repr__(self):\n        return {MARKUP!r}\nA()", MARKUP),
    "log": cell(LOG.rstrip(), RECORDED),
    "streams": cell(STREAMS.rstrip(), "out\nerr\nUserWarning: careful"),
    "error": cell(
        ERROR.rstrip(),
        "ValueError: gone <b>, see https://example.org/e/a-1. More (https://example.org/e/b)",
        RAISES,
    ),
    "pictures": "".join(
        cell(f"import mine\nmine.{name}('{name} as text', 'drawn')", f"{name} as text")
        for name in ("Picture", "Table", "Unlisted")
    ),
    "printed": cell("print(mine := __import__('mine').Picture('text', 'drawn'))", "text"),
    "volatile": cell("import mine\nmine.Loop()", "<Loop at 0x7f0000000001>"),
    "secret": cell("import mine\nmine.Secret()", "Secret"),
    "words": cell(
        "import mine\nmine.word(\"('a', 1)\")\nmine.word(\"('b', 2)\")",
        "│ [generated] ('a', 1)\n│ [generated] ('b', 2)",
    ),
    "blank": cell("print()\nprint(1)", "\n\n1") + cell('print("\\n1")', "\n\n1"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("publish"), table=TABLE)
    site.write("src/mine.py", MODULE)
    site.pages(**{name: f"# {name}\n\n{text}" for name, text in PAGES.items()})
    return site


@pytest.fixture(scope="module")
def built(site: Site) -> Built:
    return site.build()


def test_a_picture_with_a_value_that_its_text_lacks_fails(built: Built) -> None:
    """It could not be published the same on two days."""
    assert built.status == 1
    secret = [each for each in built.warnings if "secret.md" in each]
    assert len(secret) == 1
    assert secret[0].startswith("docs/secret.md:3: WARNING: its picture holds 0x")


def test_a_value_that_the_list_does_not_name_is_said(built: Built) -> None:
    """Its markup is not published; nothing else on the site is wrong."""
    others = [each for each in built.warnings if "secret.md" not in each]
    (warning,) = others
    assert "the value's _repr_svg_() is not published, only its text: add 'mine.Unl" in warning
    assert warning.startswith("docs/pictures.md:")
    assert built.status == 1


def test_markup_is_published_as_text(built: Built) -> None:
    """Nothing that a cell shows becomes an element of the page."""
    assert built.outputs("markup") == [MARKUP, MARKUP]
    assert built.body("markup").select("img") == []


def test_a_log_is_apart_in_a_panel(built: Built) -> None:
    """Logged lines are in a panel, without their gutter, between what was shown above and below."""
    (output,) = built.body("log").select(".executed")
    boxes = output.find_all(recursive=False)
    assert [box.name for box in boxes] == ["div", "details", "div", "div"]
    (log,) = output.select("details.log")
    texts = [each.get_text() for each in log.select("summary, pre")]
    assert texts == [
        "SQL: 2 statements",
        "SELECT name FROM person  ('Dave', 3)",
        "[other] SELECT 2",
    ]
    own = [each.get_text() for each in output.select(".stdout, .result")]
    assert own == ["before", "│ printed", "'value'"]


def test_an_error_names_its_failing_line(built: Built) -> None:
    """The line's number in the cell, and its code, below the exception, whose class stands out."""
    (error,) = built.body("error").select(".error")
    (note,) = error.select(".output-note")
    assert note.get_text() == "Line 3: raise ValueError(message)"
    assert error.get_text().startswith("ValueError: gone <b>, see")
    assert error.b.get_text() == "ValueError"


def test_a_word_is_explained_once_on_a_page(built: Built) -> None:
    """Each word is a button for the one explanation at the page's end, which needs no script."""
    body = built.body("words")
    buttons = body.select("button.log-word")
    (about,) = body.select("[popover]")
    assert [button["popovertarget"] for button in buttons] == [about["id"]] * 2
    assert about.get_text() == "generated: Made <now>."
    assert about.find_parent("details") is None


def test_panels_are_folded_before_the_first_paint(built: Built) -> None:
    """A line in the head of pages with panels does it, and waits for no file."""
    heads = {name: built.page(f"{name}.html").split("</head>")[0] for name in ("words", "blank")}
    assert f"<script>{BEFORE_PAINT}</script>" in heads["words"]
    assert BEFORE_PAINT not in heads["blank"]
    assert 'defer="defer" src="_static/log-panels.js' in heads["words"]
    assert (built.folder / "_static" / "log-panels.js").is_file()


@pytest.mark.parametrize("name", [*PAGES])
def test_no_browser_translates_code_or_values(built: Built, name: str) -> None:
    """A page that its reader has translated keeps its SQL, its values and its exceptions."""
    body = built.body(name)
    shown = body.select(".executed :is(pre, code, .picture, .log-word)")
    assert shown
    assert not any(map(is_translated, shown)), shown
    assert all(map(is_translated, body.select("summary")))


def is_translated(element: Tag) -> bool:
    """What the nearest attribute says, of the element itself or of what it is in."""
    said = (each.get("translate") for each in (element, *element.parents))
    return next(filter(None, said), "yes") == "yes"


def test_listed_types_alone_are_published_as_markup(built: Built) -> None:
    """A type that the table does not list shows its text, and so does a printed value."""
    pictures, table, unlisted = built.body("pictures").select(".cell_output")
    assert [each.name for each in pictures.select(".drawn")] == ["svg"]
    assert [each.name for each in table.select(".drawn")] == ["table"]
    assert "as text" not in pictures.get_text() + table.get_text()
    assert (unlisted.select(".drawn"), unlisted.get_text().strip()) == ([], "Unlisted as text")
    assert built.outputs("printed") == ["text"]


def test_a_picture_holds_the_recorded_values(built: Built) -> None:
    """The address in the picture is the block's, not the run's."""
    assert [each.get_text() for each in built.body("volatile").select("svg")] == [
        "<Loop at 0x7f0000000001>"
    ]


def test_blank_lines_of_an_output_are_published(built: Built) -> None:
    """What was printed is not trimmed."""
    page, start = built.page("blank.html"), '<pre class="stdout literal-block"'
    lines = '<span data-line="1"></span>\n<span data-line="2">1</span>'
    assert f'{start} translate="no">{lines}</pre>' in page
    # HTML drops the first newline of a <pre>, where it is the first of all.
    assert f'{start} data-line="1" translate="no">\n\n1</pre>' in page


@pytest.mark.parametrize(
    ("builder", "file"),
    [("text", "pictures.txt"), ("latex", "asite.tex"), ("man", "asite.1"), ("xml", "pictures.xml")],
)
def test_other_formats_show_the_text_of_a_picture(site: Site, builder: str, file: str) -> None:
    """Markup is for HTML alone; what was logged and printed is in all formats."""
    done = site.build(builder=builder)
    text = done.page(file)
    assert "Picture as text" in text
    assert "Table as text" in text
    if builder != "xml":  # which holds all that a node knows
        assert "<svg" not in text
        assert "<table" not in text


def test_a_book_of_html_shows_what_the_site_shows(site: Site) -> None:
    """EPUB is HTML too."""
    done = site.build(builder="epub")
    text = done.page("log.xhtml")
    assert '<details class="log" open="" translate="no">' in text
    assert "lives at" not in text


THING = """\
import os
class Thing:
    def __init__(self, kind):
        self.kind = kind
    def __repr__(self):
        return "a thing"
    def _repr_mimebundle_(self, **_):
        return {self.kind: f"<b>{os.environ.get('ON', 'main')}</b>"}"""


def test_values_are_drawn_on_variants_and_in_a_try(site_of_cells: PytestSite) -> None:
    """As HTML or a picture; what MyST-NB alone can draw is a problem."""
    site = site_of_cells
    tried = "````{try}\nAnother.\n\n```{changed}\nThing('text/html'), 1\nThing('KIND')\n```\n````\n"
    parts = [
        "---\nvariants: [other]\n---\n# T\n",
        *(f"```{{code-cell}}\n{code}\n```\n" for code in (THING, "Thing('text/html')")),
        tried.replace("KIND", "text/html"),
        "```{code-cell}\nThing('text/latex') if 'ON' in os.environ else 1\n```\n",
        tried.replace("KIND", "text/latex"),
    ]
    site.page("index.md", "\n".join(parts))
    table = '\n[tool.myst_doctest.variants.other]\ntitle = "O"\nenvironment = { ON = "other" }\n'
    settings = site.root / "pyproject.toml"
    settings.write_text(settings.read_text() + table)
    site.accept()
    done = site.pytest()
    bad = {name: item.report for name, item in done.items.items() if item.state != "passed"}
    assert [*bad] == ["index.md::line-40[other]", "index.md::line-40[try]"]
    for report in bad.values():
        assert "text/latex is drawn neither on variants nor in a {try}" in report
    site.build()
    page = (site.root / "_build/html/index.html").read_text()
    assert page.count("<b>main</b>") == 2
    assert page.count("<b>other</b>") == 1
    assert "┆ text/html" not in page


@pytest.fixture
def site_of_cells(tmp_path: Path) -> PytestSite:
    """A project whose values show as in a notebook."""
    return PytestSite(tmp_path / "site")
