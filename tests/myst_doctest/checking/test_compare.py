"""Normalising, comparing and merging outputs: pure functions, and the same by ``pytest``."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from myst_doctest.checking.compare import (
    Moment,
    counterparts,
    difference,
    matches,
    merged,
    normalise,
    recorded_form,
)
from myst_doctest.running.runner import Segment

if TYPE_CHECKING:
    from tests.kit.pytest_site import Site

NOW = datetime(2030, 6, 15, 12, 30, 15, 250_000, tzinfo=UTC)
RUN = Moment(NOW.timestamp())

# A text that is hard on a page, and the form in which the page holds it.
NASTY: dict[str, tuple[str, str]] = {
    "backticks": ("```\ncode\n````\n", "```\ncode\n````\n"),
    "backticks-indented": ("   ```\n", "   ```\n"),
    "cell-fence": ("```{code-cell} python\n1\n```\n", "```{code-cell} python\n1\n```\n"),
    "output-fence": ("```{output}\n", "```{output}\n"),
    "colons": (":::{note}\nhidden\n:::\n", ":::{note}\nhidden\n:::\n"),
    "tildes": ("~~~\n~~~~\n", "~~~\n~~~~\n"),
    "option": (":ellipsis:\nx\n", ":ellipsis:\nx\n"),
    "option-below-blank": ("\n:ellipsis:\nx\n", "\n:ellipsis:\nx\n"),
    "front-matter": ("---\na: 1\n---\n", "---\na: 1\n---\n"),
    "html": ("<b>&amp;</b><script>alert(1)</script>\n",) * 2,
    "comment": ("% comment\n<!-- comment -->\n+++\n",) * 2,
    "ansi": ("\x1b[31mred\x1b[0m\n", "\\x1b[31mred\\x1b[0m\n"),
    "crlf": ("a\r\nb\r\n", "a\\x0d\nb\\x0d\n"),
    "carriage-return": ("50%\r100%\n", "50%\\x0d100%\n"),
    "tabs": ("\ta\tb\t\n", "\ta\tb\n"),
    "null": ("a\0b\n", "a\\x00b\n"),
    "form-feed": ("a\fb\vc\n", "a\\x0cb\\x0bc\n"),
    "line-separators": ("a\u2028b\u2029c\x85d\n", "a\\u2028b\\u2029c\\x85d\n"),
    "file-separators": ("a\x1cb\x1dc\x1ed\n", "a\\x1cb\\x1dc\\x1ed\n"),
    "surrogates": ("a\ud800b\udfffc\n", "a\\ud800b\\udfffc\n"),
    "right-to-left": ("a\u202eb\u2066c\u200fd\n", "a\\u202eb\\u2066c\\u200fd\n"),
    "arabic": ("\u0645\u0631\u062d\u0628\u0627\n",) * 2,
    "emoji": ("\U0001f469\u200d\U0001f4bb\n",) * 2,
    "no-break-space": ("a\u00a0\n\ufeffb\n",) * 2,
    "trailing-blanks": ("a  \n \t \nb\n", "a\n\nb\n"),
    "blank-lines": ("\n\n\n", "\n\n\n"),
    "leading-blank-lines": ("\n\na\n\n", "\n\na\n\n"),
    "no-newline": ("a", "a\n"),
    "gutter": ("│ SELECT 1\n│\n│x\n", "\\│ SELECT 1\n\\│\n\\│x\n"),
    "gutter-with-backslash": ("\\│ x\n\\\\│\n", "\\\\│ x\n\\\\\\│\n"),
    "gutter-inside": ("a │ b\n │ c\n", "a │ b\n │ c\n"),
    "backslashes": ("\\x1b \\u2028\n", "\\x1b \\u2028\n"),
    "ellipsis": ("...\n", "...\n"),
    "delete": ("a\x7fb\x9fc\n", "a\\x7fb\\x9fc\n"),
}


@pytest.mark.parametrize("name", NASTY)
def test_recorded_form(name: str) -> None:
    """Text gets the form in which a page can hold it, and made safe again it stays."""
    text, form = NASTY[name]
    assert recorded_form([Segment("stdout", text)]) == form
    assert normalise(normalise(text)) == normalise(text)
    assert matches(form, form, RUN)


def test_nasty_outputs_are_recorded(site: Site) -> None:
    """Each is recorded in its form, passes afterwards, and is not accepted a second time."""
    prints = [_printing(text) for text, _ in NASTY.values()]
    site.cells("page.md", *prints)
    _accept_check_accept(site)
    assert site.recorded() == [form for _, form in NASTY.values()]


def test_random_outputs_are_recorded(site: Site) -> None:
    """Random text of the nastiest characters survives being recorded and read back."""
    chance = random.Random(20300615)
    texts = [_random_text(chance) for _ in range(150)]
    site.cells("page.md", *map(_printing, texts))
    _accept_check_accept(site)
    forms = [recorded_form([Segment("stdout", text)]) if text else "" for text in texts]
    assert site.recorded() == forms


def _printing(text: str) -> str:
    """A cell that prints this text, in plain ASCII and without a fence."""
    literal = ascii(text).replace("`", "\\x60")
    return f"print({literal}, end='')"


def _random_text(chance: random.Random) -> str:
    pieces = [
        *("\n", "\n", " ", "\t", "`", "```", "~~~", ":::", "{output}", "{code-cell}", "│", "\\"),
        *("\r", "\0", "\f", "\x1b[1m", "\u2028", "\ud83d", "\udc00", "\u202e", "\x85", "..."),
        *(
            "a",
            "é",
            "<b>",
            "&",
            "%",
            "#",
            ":a:",
            ":ellipsis:",
            "---",
            "\u00a0",
            "\ufeff",
            "> ",
            "1.",
        ),
    ]
    return "".join(chance.choices(pieces, k=chance.randrange(12)))


def _accept_check_accept(site: Site) -> None:
    assert site.accept().code == 0
    page = site.read()
    checked = site.pytest()
    assert set(checked.states().values()) == {"passed"}, checked.output
    again = site.accept()
    assert again.code == 0
    assert "accepted output" not in again.output
    assert site.read() == page


ADDRESS = ("<A object at 0x7f0000000000>", "<A object at 0x7fab12cd34ef>")
LAST_YEAR = NOW - timedelta(days=380)
SOON = NOW + timedelta(hours=20)
TWO_DAYS = NOW + timedelta(days=2)
FORMS: dict[str, Callable[[datetime], str]] = {
    "datetime": lambda day: repr(day.replace(tzinfo=None)),
    "datetime-with-zone": repr,
    "datetime-without-microsecond": lambda day: repr(day.replace(tzinfo=None, microsecond=0)),
    "datetime-at-second-0": lambda day: repr(day.replace(tzinfo=None, second=0, microsecond=0)),
    "date": lambda day: repr(day.date()),
    "iso-datetime": lambda day: day.replace(tzinfo=None).isoformat(),
    "iso-datetime-with-zone": lambda day: day.isoformat(),
    "iso-datetime-without-microsecond": lambda day: day.replace(microsecond=0).isoformat(),
    "sql-datetime": lambda day: str(day.replace(tzinfo=None)),
    "iso-date": lambda day: str(day.date()),
}


@pytest.mark.parametrize("form", FORMS)
def test_date_of_the_run(form: str) -> None:
    """A date that a run shows within a day of itself matches any recorded one of its form."""
    shown = FORMS[form]
    for recorded in (LAST_YEAR, NOW, TWO_DAYS, datetime(1999, 1, 2, 3, 4, 5, 6, tzinfo=UTC)):
        for got in (NOW, SOON, NOW - timedelta(hours=20)):
            assert matches(f"x={shown(recorded)}!\n", f"x={shown(got)}!\n", RUN)


@pytest.mark.parametrize("form", FORMS)
def test_other_date(form: str) -> None:
    """A date that a run shows more than a day from itself is exact."""
    shown = FORMS[form]
    for got in (TWO_DAYS, NOW - timedelta(days=2, minutes=1), LAST_YEAR):
        assert matches(f"{shown(got)}\n", f"{shown(got)}\n", RUN)
        assert not matches(f"{shown(NOW)}\n", f"{shown(got)}\n", RUN)
        assert not matches(f"{shown(got + timedelta(days=1))}\n", f"{shown(got)}\n", RUN)


def test_date_at_second_0() -> None:
    """A datetime at second 0 prints a field fewer, and matches one that does not."""
    short, long = FORMS["datetime-at-second-0"](NOW), FORMS["datetime"](LAST_YEAR)
    assert short == "datetime.datetime(2030, 6, 15, 12, 30)"
    assert matches(f"{long}\n", f"{short}\n", RUN)
    assert matches(f"{short}\n", f"{FORMS['datetime'](NOW)}\n", RUN)


def test_date_of_another_form() -> None:
    """A date matches none of another form, and none that is no date."""
    assert not matches(f"{NOW.date()!r}\n", f"{NOW.date()}\n", RUN)
    assert not matches(f"{FORMS['datetime'](NOW)}\n", f"{NOW.date()!r}\n", RUN)
    assert not matches("2030-13-45\n", f"{NOW.date()}\n", RUN)
    assert not matches("datetime.date(2030, 13, 45)\n", f"{NOW.date()!r}\n", RUN)


@pytest.mark.parametrize(
    ("recorded", "got", "same"),
    [
        (*ADDRESS, True),
        ("x at 0x7f0000000000", "x at 0x7f0000000001", True),
        ("0x7f0000000000", "0x7f0000000001", False),
        ("x at 0xff", "x at 0xfe", False),
        ("<A at 0x7f0000000000>", "<B at 0x7f0000000000>", False),
        ("done in 0.5s", "done in 12.25s", True),
        ("cached since 0.5s ago", "cached since 3.0s ago", True),
        ("in 5s", "in 6s", False),
        ("took 0.5s", "took 0.6s", False),
        ("in 0.5s", "since 0.5s", False),
        ("x at 0x7f0000000000", "x in 0.5s", False),
        ("x", "y", False),
        ("x", "x ", False),
    ],
)
def test_values(recorded: str, got: str, *, same: bool) -> None:
    """Addresses and timings match by form; all else is exact."""
    assert matches(f"{recorded}\n", f"{got}\n", RUN) is same


@pytest.mark.parametrize(
    ("recorded", "got", "same"),
    [
        ("a ... z\n", "a b\nc z\n", True),
        ("...\n", "anything\nat all\n", True),
        ("a...\n", "b\n", False),
        ("a ... b ... c\n", "a 1 b 2 c\n", True),
        ("a ... b ... c\n", "a 1 c 2 b\n", False),
        ("a...a\n", "a\n", False),
        (f"{ADDRESS[0]} ... z\n", f"{ADDRESS[1]} y z\n", True),
        ("a.c\n", "abc\n", False),
    ],
)
def test_ellipsis(recorded: str, got: str, *, same: bool) -> None:
    """An ellipsis stands for any text where the block opts in, and for itself elsewhere."""
    assert matches(recorded, got, RUN, ellipsis=True) is same
    assert not matches(recorded, got, RUN)


def test_merged_keeps_lines() -> None:
    """Lines that differ in volatile values alone keep the recorded ones; others are the run's."""
    recorded = f"1\n{ADDRESS[0]}\n{LAST_YEAR.date()}\nold\nin 0.5s\n"
    got = f"{ADDRESS[1]}\nnew\n{NOW.date()}\nin 0.7s\n3\n"
    kept = merged(recorded, got, RUN)
    assert kept == f"{ADDRESS[0]}\nnew\n{LAST_YEAR.date()}\nin 0.5s\n3\n"
    assert matches(kept, got, RUN)


def test_difference_shows_what_differs() -> None:
    """The diff is unified, names its place, and passes over volatile values."""
    diff = difference(f"{ADDRESS[0]}\nold\n", f"{ADDRESS[1]}\nnew\n", RUN, "page.md:7")
    assert diff.split("\n") == [
        "--- page.md:7 (recorded)",
        "+++ this run",
        "@@ -1,2 +1,2 @@",
        f" {ADDRESS[0]}",
        "-old",
        "+new",
    ]


def test_counterparts() -> None:
    """Each volatile value of a run has the recorded one in its place."""
    recorded, got = f"{ADDRESS[0]} {LAST_YEAR.date()}\n", f"{ADDRESS[1]} {NOW.date()}\n"
    pairs = {"0x7fab12cd34ef": "0x7f0000000000", str(NOW.date()): str(LAST_YEAR.date())}
    assert counterparts(recorded, got, RUN) == pairs


def test_recorded_long_ago(site: Site) -> None:
    """A page whose dates were recorded years ago passes; one of a day long gone does not."""
    cell = "```{{code-cell}} python\nimport datetime\n{}\n```\n\n```{{output}}\n{}\n```\n"
    fixed = "datetime.date(2001, 2, 3)"
    site.page("now.md", cell.format("datetime.date.today()", "datetime.date(2001, 2, 5)"))
    site.page("then.md", cell.format(fixed, fixed))
    site.page("other.md", cell.format(fixed, "datetime.date(2001, 2, 5)"))
    assert site.pytest().states() == {
        "now.md::line-1": "passed",
        "then.md::line-1": "passed",
        "other.md::line-1": "failed",
    }
