"""What the pictures share: safe text, cut values, ids."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from orm_tutorial.show import markup

EVIL = "<img src=x onerror=alert(1)> \"double\" 'single' &amp;"


def test_escaped_text_is_text_in_elements_and_attributes() -> None:
    """Markup made of any text holds that text and no element of it."""
    made = markup.element("p", markup.escape(EVIL), aria_label=EVIL, class_="show-x")
    paragraph = BeautifulSoup(made, "html.parser").p
    assert paragraph is not None
    assert paragraph.text == EVIL
    assert paragraph.attrs == {"aria-label": EVIL, "class": ["show-x"]}
    assert paragraph.find(True) is None


@pytest.mark.parametrize("text", ["\x00", "\x1b[1m", "\r", "\ud800", "\u202e", "\u2028"])
def test_what_does_not_print_is_written_as_an_escape(text: str) -> None:
    """A published page holds no control, no lone surrogate and no turn of direction."""
    assert markup.escape(text).encode().isascii()
    assert markup.escape(text).startswith("\\")


@pytest.mark.parametrize("size", [1, 2, 7, 80])
def test_cut_text_is_never_longer_than_said(size: int) -> None:
    """A cut text takes at most the stated length and shows that it was cut."""
    text = markup.cut("x" * 200, size)
    assert len(text) == size
    assert text.endswith("…")
    assert markup.cut("x" * size, size) == "x" * size


VOLATILE = [
    ("datetime.datetime(2026, 1, 2, 3, 4", "datetime.datetime(2026, 11, 22, 13, 44, 55, 123456"),
    ("datetime.date(2026, 1, 2", "datetime.date(2026, 11, 22"),
    ("0x7fea4e34", "0x7fea4e34d690"),
    ("2026-01-02 03:04:05", "2026-01-02 03:04:05.123456"),
    ("0.5s", "0.12345s"),
]


@pytest.mark.parametrize(("short", "long"), VOLATILE)
def test_nothing_depends_on_the_length_of_a_value_that_changes(short: str, long: str) -> None:
    """Two runs give the same text but for the value: where it is cut, and what it is padded by."""
    for size in range(1, 90):
        one, other = (
            markup.cut(f"ab at {value}) and what follows", size) for value in (short, long)
        )
        assert one.replace(short, "V") == other.replace(long, "V")
    rows = [(f"A at {value}", "next") for value in (short, long, "x" * 50)]
    after = [
        line.removeprefix(text)
        for line, (text, _) in zip(markup.aligned(rows, " "), rows, strict=True)
    ]
    assert after[0] == after[1]


def test_usual_values_are_counted_as_they_are() -> None:
    """The fixed number is that of the longest value that is common."""
    for text in ("<A at 0x7fea4e34d690>", "datetime.datetime(2026, 11, 22, 13, 44, 55)"):
        assert markup.width(text) - len(text) in {0, 1}


def test_value_with_a_broken_repr_is_named() -> None:
    """A value whose repr() raises is shown as such, and the exception goes no further."""

    class Broken:
        def __repr__(self) -> str:
            raise RuntimeError

    assert markup.shown(Broken(), 80) == "<Broken, whose repr() raised RuntimeError>"


def test_value_stands_on_one_line() -> None:
    """A repr() of several lines does not break a table."""
    assert markup.shown("a\nb", 80, str) == "a b"


def test_ids_are_unique_in_a_process() -> None:
    """No two pictures of a page share an id."""
    ids = {markup.unique("one") for _ in range(3)} | {markup.unique("two")}
    assert len(ids) == 4


def test_scrollable_box_is_reached_by_keyboard_and_named() -> None:
    """A box that scrolls has a tab stop, a role and a name."""
    box = BeautifulSoup(markup.scrollable("<b>wide</b>", EVIL), "html.parser").div
    assert box is not None
    assert (box["tabindex"], box["role"], box["aria-label"]) == ("0", "group", EVIL)
    assert box.b is not None
