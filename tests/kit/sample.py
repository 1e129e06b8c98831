"""The pages that are looked at in full: together they have every component of the site.

A component is what a style sheet or a script can tell from others: a tag with its classes, its role
and the landmark that it is in. What a block of code and a drawing are made of differs in colours
alone, which are looked at on all pages.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.kit.contents import chapters

EVERYTHING = bool(os.environ.get("TEST_ALL"))
"""Whether all is looked at in full, as `make test-all` wants it: no sample."""

FULL = ("reference/kitchen-sink", "reference/show")
"""The pages that are made to have as many components as they can."""

LANDMARKS = {
    "aside": "complementary",
    "dialog": "dialog",
    "footer": "contentinfo",
    "header": "banner",
    "main": "main",
    "nav": "navigation",
}
INSIDE = frozenset({"noscript", "pre", "script", "style", "svg", "template"})
"""What is one component, whatever is in it."""

OF_ONE_PLACE = re.compile(r"\d|^lane$|^(lane|tag|highlight)[-_]|/$")
"""Classes that say where something is, and not what: in a transaction, or on which variants.

What they draw, a lane in the margin, is a component by itself.
"""

LANE = re.compile(r"lane-\d+-")

STOP = re.compile(
    rf"(?:(?:{'|'.join(LANDMARKS.values())}) )?"
    r"(?:a|area|button|input|label|select|summary|textarea)\b|.*\[\w+\]$"
)
"""Components that Tab may come to: those with a role scroll, or are made of others."""


OF_WORDS = re.compile(r" (colwidths-auto|container|coverage|docutils)\b|(?<= show-column) show-\w+")
"""Classes of a stop that say what its words are of: Tab and the ring of the focus know none."""

LEADS_ON = 'http-equiv="refresh"'

Kind = Callable[[Iterable[str]], frozenset[str]]
"""Chooses some of the components, and may give them other names."""


def of_sections(html: str) -> dict[str, set[str]]:
    """The components of a page, by the id of the section that they are in; empty: of none."""
    body = LexborHTMLParser(html).body
    assert body is not None
    sections: dict[str, set[str]] = {"": set()}
    _collect(body, sections, "", "", 0)
    return sections


def _collect(
    parent: LexborNode, sections: dict[str, set[str]], landmark: str, section: str, around: int
) -> None:
    """Collect what is in an element, which is in as many sections; that of the page is around all.

    ``landmark`` and ``section`` are what the element is in.
    """
    for node in parent.iter():
        tag, given = node.tag or "", node.attributes
        role, inside, deeper = given.get("role") or "", section, around + (tag == "section")
        if deeper > around and around <= 1:
            inside = given.get("id") or "" if around else ""
        found = sections.setdefault(inside, set())
        names = (given.get("class") or "").split()
        found |= {re.sub(r"\d+", "0", name) for name in names if LANE.match(name)}
        kept = sorted(name for name in names if not OF_ONE_PLACE.search(name))
        found.add(" ".join([landmark, tag, *kept, role and f"[{role}]"]).strip())
        if tag not in INSIDE:
            own = role if role in LANDMARKS.values() else LANDMARKS.get(tag, landmark)
            _collect(node, sections, own, inside, deeper)


def components(html: str) -> frozenset[str]:
    """The components of a page."""
    return frozenset().union(*of_sections(html).values())


def cover(
    pages: Mapping[str, frozenset[str]],
    first: tuple[str, ...],
    costs: Mapping[str, int] | None = None,
) -> list[str]:
    """Pages that have all components: the first ones, and each that has most of what they lack.

    Where pages have costs, it is the one that has most of it for its cost.
    """
    chosen = [name for name in first if name in pages]
    missing = frozenset().union(*pages.values()).difference(*(pages[name] for name in chosen))
    while missing:
        best = max(
            sorted(pages),
            key=lambda name: len(pages[name] & missing) / (costs[name] if costs else 1),
        )
        chosen.append(best)
        missing -= pages[best]
    return chosen


@cache
def of_all_pages(site: Path) -> dict[str, frozenset[str]]:
    """The components of each page of a built site, by the page's name."""
    return {
        file.relative_to(site).as_posix().removesuffix(".html"): components(
            file.read_text(encoding="utf-8")
        )
        for file in sorted(site.rglob("*.html"))
    }


def all_that_stay(site: Path) -> list[str]:
    """The names of all pages but those that lead to another at once, while one looks at them."""
    names = of_all_pages(site)
    return [name for name in names if LEADS_ON not in (site / f"{name}.html").read_text("utf-8")]


def sample(site: Path) -> list[str]:
    """The names of the pages to look at in full."""
    return all_that_stay(site) if EVERYTHING else cover(of_all_pages(site), FULL)


def nothing_new(html: str, seen: Iterable[str], of: Kind = frozenset) -> list[str]:
    """The ids of the sections of a page that are not needed to see all that it has of a kind."""
    sections = {name: of(found) for name, found in of_sections(html).items()}
    known = sections.pop("").union(seen)
    needed = cover({name: found - known for name, found in sections.items()}, ())
    return [name for name in sections if name not in needed]


def seen_elsewhere(site: Path, names: Iterable[str], of: Kind = frozenset) -> dict[str, list[str]]:
    """Pages that are looked at one after the other; of each, the sections that show nothing new."""
    pages = of_all_pages(site)
    seen: set[str] = set()
    found = {}
    for name in names:
        html = (site / f"{name}.html").read_text(encoding="utf-8")
        found[name] = [] if EVERYTHING or name in FULL else nothing_new(html, seen, of)
        seen |= of(pages[name])
    return found


def made_full(site: Path) -> list[str]:
    """The names of the pages that axe looks at on a narrow screen, too."""
    return all_that_stay(site) if EVERYTHING else list(FULL)


def sample_of_stops(site: Path) -> list[str]:
    """The names of the pages to go through by Tab: they have each kind of stop."""
    pages = of_all_pages(site)
    of_stops = {name: stops(found) for name, found in pages.items()}
    return all_that_stay(site) if EVERYTHING else cover(of_stops, FULL, sizes(site))


def stops(found: Iterable[str]) -> frozenset[str]:
    """The kinds of stops among components."""
    return frozenset(OF_WORDS.sub("", each) for each in found if STOP.match(each))


def sizes(site: Path) -> dict[str, int]:
    """The bytes of each page of a built site."""
    return {name: (site / f"{name}.html").stat().st_size for name in of_all_pages(site)}


def some_chapters(number: int = 1) -> list[str]:
    """The first chapters of the tutorial; with `make test-all`, each of them."""
    return chapters() if EVERYTHING else chapters()[:number]
