"""What is another output in each run, and what to do about it."""

from __future__ import annotations

import re

from myst_doctest.checking.bundles import GUTTER, plain_text

NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")
DRAWN = re.compile(r"[-+]?\d+(?:\.\d*)?(?:e[+-]?\d+)?|\s+")
"""What is different where the numbers of an array are."""
HEX = re.compile(r"0x[0-9a-fA-F]+")
WORDS = re.compile(r"[^\s,;:()\[\]{}]+")
_TEXT = r"""b?(?:'[^'\n]*'|"[^"\n]*")"""
SET = re.compile(rf"\{{{_TEXT}(?:, {_TEXT})+\}}")
"""A set of strings."""
ORDER = "the same in another order, as of a set or a folder: sort it"
MANY = 9
"""Digits of an integer from which on it is probably an address, or a hash."""


def kinds(recorded: str) -> set[str]:
    """The MIME types of what a block records besides text.

    >>> kinds("42\\n┆ image/png: 10x10\\n┆ 3+fn")
    {'image/png'}
    """
    return {*re.findall(rf"^{GUTTER} ([a-z]+/[\w.+-]+): ", recorded, re.MULTILINE)}


def advice(first: str, second: str) -> str:
    """What to do about a cell that shows one text in one run and another in the next.

    >>> advice("{'a', 'b'}\\n", "{'b', 'a'}\\n").split(":")[0]
    'the same in another order, as of a set or a folder'
    """
    if plain_text(first) == plain_text(second):
        what = " and ".join(sorted(kinds(first))) or "picture"
        return f"another {what}: seed what draws it, or give the cell `:varies: the reason`"
    if sorted(first) == sorted(second):
        return ORDER
    if HEX.sub("", first) == HEX.sub("", second):
        return "an address: put `...` in its place, under `:ellipsis:`"
    if DRAWN.sub("", first) == DRAWN.sub("", second):
        numbers = {*NUMBER.findall(first)} ^ {*NUMBER.findall(second)}
        if all(len(each) >= MANY and each.isdigit() for each in numbers):
            return "an id() or a hash: show something else"
        return (
            "numbers: seed what draws them; for a time or a size of this machine put `...` in its"
            " place, under `:ellipsis:`"
        )
    return "another text: make it the same, or put `...` in its place, under `:ellipsis:`"


def is_another_order(first: str, second: str) -> bool:
    """Whether two texts have the same words, and nothing else is different.

    >>> is_another_order("{'a', 'b'}", "{'b', 'a'}"), is_another_order("12", "21")
    (True, False)
    """
    words = [sorted(WORDS.findall(text)) for text in (first, second)]
    return first != second and words[0] == words[1] and sorted(first) == sorted(second)


def has_set(text: str) -> bool:
    """Whether text shows a set of strings, which has another order by another hash seed.

    >>> has_set("frozenset({'a', 'b'})"), has_set("{'a': 'b'}"), has_set("{'a'}")
    (True, False, False)
    """
    return SET.search(text) is not None
