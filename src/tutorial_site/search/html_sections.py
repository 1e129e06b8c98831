"""The sections of a built page, as a search shows them: each with its words and its address.

Read from the HTML, since only there all that a reader sees stands in its place: the outputs, the
SQL and the error messages too. What is no content is left out: see ``CHROME``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import groupby
from operator import attrgetter
from typing import Literal, NamedTuple

__all__ = ["Part", "Section", "sections"]

Kind = Literal["prose", "code", "sql", "output", "error"]

IGNORED = "data-pagefind-ignore"
"""The attribute that keeps an element out of the search; Pagefind's own name for it."""

CHROME = frozenset(
    {
        "headerlink",
        "live-tools",  # the buttons of a cell
        "log-about",  # what a word of a log means, and what a term means: said in its own place
        "log-word",
        "output-note",  # repeats the code's line
    }
)
SILENT = frozenset({"button", "script", "style", "svg", "template"})
VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
INLINE = frozenset(
    {"a", "abbr", "b", "cite", "code", "em", "i", "kbd", "mark", "q", "s", "small", "span"}
    | {"strong", "sub", "sup", "u", "var"}
)
KINDS: Mapping[str, Kind] = {
    "cell_input": "code",
    "log": "sql",
    "cell_output": "output",
    "error": "error",
}
BLANKS = re.compile(r"\s+")


class Part(NamedTuple):
    """A stretch of a section's text, of one kind."""

    kind: Kind
    text: str


@dataclass
class Section:
    """A heading, or an entry of a list of definitions, and what stands below it.

    ``anchor`` is empty for a page's first section: its address is that of the page. ``ids`` are
    those of the elements that stand in it, ``links`` where its links lead. The level is that of
    the heading, or 0 for an entry.
    """

    anchor: str
    level: int = 0
    title: str = ""
    parts: list[Part] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def add(self, kind: Kind, text: str) -> None:
        """Go on with a text of this kind."""
        self.parts.append(Part(kind, text))


class _Open(NamedTuple):
    """An element that is open: what it says of the text in it."""

    tag: str
    kind: Kind = "prose"
    silent: bool = False
    folds: bool = False
    section: Section | None = None


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Section] = []
        self._open: list[_Open] = []
        self._title: Section | None = None  # whose title is being read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if not self._open:
            if given.get("role") == "main":
                self._open.append(_Open(tag))
            return
        if tag not in INLINE:
            self._break()
        if tag not in VOID:
            self._open.append(self._element(tag, given))

    def _element(self, tag: str, given: Mapping[str, str]) -> _Open:
        above, classes = self._open[-1], given.get("class", "").split()
        # The words with which the parts of a cell fold; a summary in the prose is content.
        fold = tag == "summary" and (above.folds or above.kind != "prose")
        chrome = tag in SILENT or IGNORED in given or not CHROME.isdisjoint(classes)
        if above.silent or fold or chrome:
            return _Open(tag, silent=True)
        section = self._begun(tag, given) or above.section
        if section and "id" in given:
            section.ids.append(given["id"])
        if section and tag == "a" and "href" in given:
            section.links.append(given["href"])
        if section and tag in HEADINGS and not section.title:
            self._title, section.level = section, int(tag[1])
        kind = next((KINDS[name] for name in classes if name in KINDS), above.kind)
        return _Open(tag, kind, folds="hide" in classes, section=section)

    def _begun(self, tag: str, given: Mapping[str, str]) -> Section | None:
        """The section that begins with this element, if one does."""
        if tag == "section" and "id" in given:
            self.found.append(Section(given["id"] if self.found else ""))
        elif tag == "dt" and "id" in given:
            self._title = Section(given["id"])
            self.found.append(self._title)
        else:
            return None
        return self.found[-1]

    def handle_endtag(self, tag: str) -> None:
        if not any(each.tag == tag for each in self._open):
            return
        while (closed := self._open.pop()).tag != tag:
            pass  # HTML lets some elements end without a tag
        if tag in HEADINGS or tag == "dt":
            self._title = None
        if tag == "dt":
            # What is defined stands in the <dd> that follows, in the same <dl>.
            self._open[-1] = self._open[-1]._replace(section=closed.section)
        if tag not in INLINE:
            self._break()

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1].silent:
            return
        if self._title is not None:
            self._title.title += data
        elif section := self._open[-1].section:
            section.add(self._open[-1].kind, data)

    def _break(self) -> None:
        """Words on both sides of a block's edge are two."""
        self.handle_data("\n")


def sections(markup: str) -> list[Section]:
    """The sections of a page's main part, in their order, without those that have no title."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    for section in reader.found:
        section.title = _plain(section.title)
        section.parts = list(_joined(section.parts))
    return [section for section in reader.found if section.title]


def _joined(parts: list[Part]) -> Iterator[Part]:
    """One part for what stands together and is of one kind."""
    for kind, run in groupby(parts, key=attrgetter("kind")):
        text = _plain("".join(part.text for part in run))
        if text:
            yield Part(kind, text)


def _plain(text: str) -> str:
    return BLANKS.sub(" ", text).strip()
