"""Tests of :mod:`myst_doctest.showing.output_nodes`: outputs in the built site."""

from __future__ import annotations

import pytest

from tests.kit.small_site import Built, Site, cell

MODULE = """
import html

publish = None


def setup(function):
    global publish
    publish = function


def log(text):
    publish("sql", text)


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
    "blank": cell("print()\nprint(1)", "\n\n1"),
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
    """It could not be published the same on two days; nothing else on the site is wrong."""
    (warning,) = built.warnings
    assert warning.startswith("docs/secret.md:3: WARNING: its picture holds 0x")
    assert built.status == 1


def test_markup_is_published_as_text(built: Built) -> None:
    """Nothing that a cell shows becomes an element of the page."""
    assert built.outputs("markup") == [MARKUP, MARKUP]
    assert built.body("markup").select("img") == []


def test_a_log_stands_apart(built: Built) -> None:
    """Logged lines are in a log, without their gutter, between what was shown before and after."""
    (output,) = built.body("log").select(".executed")
    (log,) = output.select(".log")
    entries = [entry.get_text().split("\n") for entry in log.select(".log-entry")]
    lines = [[line for line in entry if line] for entry in entries]
    assert lines == [
        ["SELECT name", "FROM person", "generated('Dave', 3)"],
        ["[other] SELECT 2"],
    ]
    assert log.summary.get_text() == "SQL: 2 statements"
    (before, after), (result,) = output.select(".stdout"), output.select(".result")
    texts = [each.get_text().strip("\n") for each in (before, log, after, result)]
    assert output.get_text().split() == "\n".join(texts).split()
    assert texts[2:] == ["│ printed", "'value'"]


def test_parameters_of_a_statement_are_told_from_it(built: Built) -> None:
    """Statements are highlighted as SQL, a line of parameters as Python."""
    (log,) = built.body("log").select(".log")
    assert [each.get_text() for each in log.select(".k")] == ["SELECT", "FROM", "SELECT"]
    assert [each.get_text() for each in log.select(".s1")] == ["'Dave'"]


def test_streams_and_warnings_have_their_classes(built: Built) -> None:
    """A reader sees what went to stderr and what was a warning."""
    (output,) = built.body("streams").select(".executed")
    found = {name: output.select(f".{name}") for name in ("stdout", "stderr", "warning")}
    texts = {name: [each.get_text().strip() for each in some] for name, some in found.items()}
    assert texts == {"stdout": ["out"], "stderr": ["err"], "warning": ["UserWarning: careful"]}


def test_an_error_shows_its_failing_line_and_live_links(built: Built) -> None:
    """Its links lead where they say, without the full stop or the bracket behind them."""
    (error,) = built.body("error").select(".error")
    (note,) = error.select(".output-note")
    assert note.get_text() == "Line 3: raise ValueError(message)"
    links = [link["href"] for link in error.select("pre a")]
    assert links == ["https://example.org/e/a-1", "https://example.org/e/b"]
    assert "ValueError: gone <b>, see" in error.get_text()


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
    (output,) = built.body("blank").select(".executed pre")
    assert output.get_text().removesuffix("\n") == "\n1"


def test_other_formats_show_the_text_of_a_picture(site: Site) -> None:
    """Markup is for HTML alone."""
    text = site.build(builder="text").page("pictures.txt")
    assert "Picture as text" in text
    assert "Table as text" in text
    assert "drawn" not in text.replace("'drawn'", "")
