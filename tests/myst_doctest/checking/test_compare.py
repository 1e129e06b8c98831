"""Normalising, comparing and merging outputs: pure functions, and the same by ``pytest``."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from myst_doctest.checking.compare import (
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
    assert matches(form, form, NOW)


def test_nasty_outputs_are_recorded(site: Site) -> None:
    """Each is recorded in its form, passes afterwards, and is not accepted a second time."""
    site.settings(rich=[])  # else colours and carriage returns show as in a notebook
    prints = [_printing(text) for text, _ in NASTY.values()]
    site.cells("page.md", *prints)
    _accept_check_accept(site)
    assert site.recorded() == [form for _, form in NASTY.values()]


def test_random_outputs_are_recorded(site: Site) -> None:
    """Random text of the nastiest characters survives being recorded and read back.

    So it does where it shows as in a notebook, without colours.
    """
    site.settings(rich=[])
    chance = random.Random(20300615)
    texts = [_random_text(chance) for _ in range(150)]
    site.cells("page.md", *map(_printing, texts))
    _accept_check_accept(site)
    forms = [recorded_form([Segment("stdout", text)]) if text else "" for text in texts]
    assert site.recorded() == forms
    site.settings()
    _accept_check_accept(site)
    assert site.recorded() != forms


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
            assert matches(f"x={shown(recorded)}!\n", f"x={shown(got)}!\n", NOW)


@pytest.mark.parametrize("form", FORMS)
def test_other_date(form: str) -> None:
    """A date that a run shows more than a day from itself is exact."""
    shown = FORMS[form]
    for got in (TWO_DAYS, NOW - timedelta(days=2, minutes=1), LAST_YEAR):
        assert matches(f"{shown(got)}\n", f"{shown(got)}\n", NOW)
        assert not matches(f"{shown(NOW)}\n", f"{shown(got)}\n", NOW)
        assert not matches(f"{shown(got + timedelta(days=1))}\n", f"{shown(got)}\n", NOW)


def test_date_at_second_0() -> None:
    """A datetime at second 0 prints a field fewer, and matches one that does not."""
    short = FORMS["datetime-at-second-0"](NOW)
    long = FORMS["datetime-without-microsecond"](LAST_YEAR)
    assert short == "datetime.datetime(2030, 6, 15, 12, 30)"
    assert matches(f"{long}\n", f"{short}\n", NOW)
    assert matches(f"{short}\n", f"{FORMS['datetime-without-microsecond'](NOW)}\n", NOW)


def test_fraction_without_zeros() -> None:
    """A fraction of a second has one to six digits, as PostgreSQL writes it, with a zone too."""
    recorded = "x=2026-11-22 13:32:58.12!\n"
    for fraction in ("1", "12", "123456"):
        got = f"x={NOW:%Y-%m-%d %H:%M:%S}.{fraction}!\n"
        assert matches(recorded, got, NOW)
        assert matches(recorded.replace("!", "+00"), got.replace("!", "+00"), NOW)
        assert merged(recorded, got, NOW) == recorded
        assert not matches(recorded, got, TWO_DAYS)
    assert not matches(recorded, f"x={NOW:%Y-%m-%d %H:%M:%S}.1234567!\n", NOW)
    assert not matches(recorded, f"x={NOW:%Y-%m-%d %H:%M:%S}.!\n", NOW)


TODAY = {name: form(NOW) for name, form in FORMS.items()}


@pytest.mark.parametrize(
    ("recorded", "got"),
    [
        ("datetime.datetime(2026, 011, 22, 1, 2, 3, 4)", TODAY["datetime"]),
        ("datetime.date(2026, 011, 2)", TODAY["date"]),
        ("datetime.datetime(2026, 11, 22, 1, 2, 3)", TODAY["datetime"]),
        (TODAY["iso-datetime"].replace("T", " "), TODAY["iso-datetime"]),
        (TODAY["iso-datetime"].partition(".")[0], TODAY["iso-datetime"]),
        (TODAY["iso-datetime"], TODAY["iso-datetime-without-microsecond"][:19]),
        ("0001-01-01", TODAY["iso-date"]),
        ("datetime.date(9999, 12, 31)", TODAY["date"]),
        ("<A at 0x000000000000>", "<A at 0x7fab12cd34ef>"),
    ],
)
def test_what_no_run_shows(recorded: str, got: str) -> None:
    """A recorded value of a form that the run's has not, or that no run can show, differs."""
    assert not matches(f"{recorded}\n", f"{got}\n", NOW)
    assert merged(f"{recorded}\n", f"{got}\n", NOW) == f"{got}\n"


def test_one_object_has_one_address() -> None:
    """What a run shows twice is not recorded as two objects, nor two as one."""
    one, two, other = "x at 0x7f0000000001\n", "x at 0x7f0000000002\n", "x at 0x7f0000000003\n"
    assert matches(one + two + one, two + other + two, NOW)
    assert not matches(one + two, other + other, NOW)
    assert not matches(one + one, two + other, NOW)
    assert merged(one + two, other + other, NOW) == other + other
    assert "-x at 0x7f0000000002\n" in difference(one + two, other + other, NOW, "page.md:3")
    assert merged(one, f"new\n{two}{two}", NOW) == f"new\n{one}{one}"


@pytest.mark.parametrize(
    ("recorded", "got", "shown"),
    [
        ("0\n" * 29_999, "0\n" * 29_999 + "1\n", ["+1"]),
        ("0\n" * 29_999 + "2\n", "0\n" * 29_999 + "1\n", ["-2", "+1"]),
        *(
            (
                "".join(f"{n} at 0x7f{n:010}\n" for n in range(1, 5000)),
                "".join(f"{n} at 0x7e{n:010}\n" for n in range(start, start + 5000)),
                last,
            )
            for start, last in (
                (2, ["+5000 at 0x7e0000005000", "+5001 at 0x7e0000005001"]),
                (9000, ["(cut: 4999 lines are recorded, this run gave 5000)"]),
            )
        ),
        (
            "0\n1\n" * 5000,
            "1\n2\n" * 5000,
            ["(cut: 10000 lines are recorded, this run gave 10000)"],
        ),
    ],
    ids=["one-more", "another-last", "shifted-addresses", "other-addresses", "all-other"],
)
def test_long_outputs(recorded: str, got: str, shown: list[str]) -> None:
    """The report on a long output, and what accepting makes of it, take no minutes."""
    before = time.process_time()
    report = difference(recorded, got, NOW, "page.md:3").split("\n")
    assert matches(merged(recorded, got, NOW), got, NOW)
    assert time.process_time() - before < 10
    assert report[-len(shown) :] == shown
    assert len(report) < 1000


@pytest.mark.parametrize(
    ("recorded", "got", "kept"),
    [
        ("a ... c\nold\n", "a b c\nnew\n", "a ... c\nnew\n"),
        ("a\n...\nz 1\n", "a\nb\nc\nz 2\n", "a\n...\nz 2\n"),
        ("a\n...\nz\nold\n", "a\nb\nc\nz\nnew\n", "a\n...\nz\nnew\n"),
        ("<A at 0x...>\nold\n", "<A at 0x7fab12cd34ef>\nnew\n", "<A at 0x...>\nnew\n"),
        ("a ... d\n", "a b c\n", "a b c\n"),
    ],
)
def test_merged_keeps_wildcards(recorded: str, got: str, kept: str) -> None:
    """Lines that match keep their ``...``, and the report shows the others alone."""
    assert merged(recorded, got, NOW, ellipsis=True) == kept
    assert matches(kept, got, NOW, ellipsis=True)
    report = difference(recorded, got, NOW, "page.md:3", ellipsis=True)
    marked = [line[1:] for line in report.split("\n")[3:] if line[0] in "-+"]
    assert "".join(f"{line}\n" for line in marked) in ("old\nnew\n", "z 1\nz 2\n", recorded + got)


def test_date_of_another_form() -> None:
    """A date matches none of another form, and none that is no date."""
    assert not matches(f"{NOW.date()!r}\n", f"{NOW.date()}\n", NOW)
    assert not matches(f"{FORMS['datetime'](NOW)}\n", f"{NOW.date()!r}\n", NOW)
    assert not matches("2030-13-45\n", f"{NOW.date()}\n", NOW)
    assert not matches("datetime.date(2030, 13, 45)\n", f"{NOW.date()!r}\n", NOW)


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
    assert matches(f"{recorded}\n", f"{got}\n", NOW) is same


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
        ("<A at 0x...>\n", "<A at 0x7fab12cd34ef>\n", True),
        ("took in 0...s\n", "took in 0.12s\n", True),
        ("datetime.datetime(...)\n", f"{NOW.replace(tzinfo=None)!r}\n", True),
        ("20...\n", f"{NOW.date()}\n", True),
        (f"{LAST_YEAR.date()} ...\n", f"{NOW.date()} x\n", True),
        (f"{LAST_YEAR.date()} ...\n", f"{TWO_DAYS.date()} x\n", False),
    ],
)
def test_ellipsis(recorded: str, got: str, *, same: bool) -> None:
    """An ellipsis stands for any text where the block opts in, and for itself elsewhere."""
    assert matches(recorded, got, NOW, ellipsis=True) is same
    assert not matches(recorded, got, NOW)


def test_merged_keeps_lines() -> None:
    """Lines that differ in volatile values alone keep the recorded ones; others are the run's."""
    recorded = f"1\n{ADDRESS[0]}\n{LAST_YEAR.date()}\nold\nin 0.5s\n"
    got = f"{ADDRESS[1]}\nnew\n{NOW.date()}\nin 0.7s\n3\n"
    kept = merged(recorded, got, NOW)
    assert kept == f"{ADDRESS[0]}\nnew\n{LAST_YEAR.date()}\nin 0.5s\n3\n"
    assert matches(kept, got, NOW)


def test_difference_shows_what_differs() -> None:
    """The diff is unified, names its place, and passes over volatile values."""
    diff = difference(f"{ADDRESS[0]}\nold\n", f"{ADDRESS[1]}\nnew\n", NOW, "page.md:7")
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
    assert counterparts(recorded, got, NOW) == pairs


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
