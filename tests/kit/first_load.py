"""What a browser loads of a page before its reader does anything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.kit.traffic import Asked, Traffic

LIMIT = 60_000
"""Bytes of a chapter's first view, compressed as a host sends them: 60 KB."""


def first_view(browser: Any, address: str, name: str) -> list[Asked]:
    """All that a page asks for by itself, until it asks for nothing more; nothing is cached."""
    context = browser.new_context()
    traffic = Traffic(context)
    page = context.new_page()
    page.goto(f"{address}/{name}.html")
    traffic.settle(page)
    asked = traffic.asked()
    context.close()
    return asked


def weight(asked: Iterable[Asked], *kinds: str) -> int:
    """The bytes of these kinds of files; of all where none is named."""
    return sum(each.sent for each in asked if not kinds or each.kind in kinds)
