"""The file beside a page that records what its cells show on one variant.

It holds the cells that show something else than the page records for everybody, and have no block
for the variant in the page: a heading with the cell's name, or its first line of code, and a block.
``pytest --accept`` writes it whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from myst_doctest.pages.fences import Block, Problem

if TYPE_CHECKING:
    from myst_doctest.pages.page import Cell

ENTRY = re.compile(r"### (.+)\n\n(`{3,})\{output\}\n(:ellipsis:\n)?((?:.*\n)*?)\2\n")


@dataclass
class Records:
    """The blocks of a file by their headings; none where there is no file."""

    path: Path
    data: bytes | None = None
    blocks: dict[str, Block] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> Records:
        """Read a file, if it is there."""
        records = cls(path)
        try:
            records.data = path.read_bytes()
            text = records.data.decode("utf-8").replace("\r\n", "\n")
        except FileNotFoundError:
            return records
        except (OSError, UnicodeDecodeError) as error:
            records.problems.append(Problem(1, f"cannot be read: {error}"))
            return records
        records._take(text)
        return records

    def _take(self, text: str) -> None:
        done = text.find("\n### ") + 1 or len(text)
        while done < len(text):
            line = text.count("\n", 0, done)
            entry = ENTRY.match(text, done)
            if entry is None or entry[1] in self.blocks:
                why = f"a second time {entry[1]}" if entry else "no heading with an {output} block"
                message = f"{why}: let `pytest --accept` write this file, after removing it"
                self.problems.append(Problem(line + 1, message))
                return
            done = entry.end() + (text[entry.end() : entry.end() + 1] == "\n")
            head = 3 + bool(entry[3]) + entry[4].startswith("\n")
            self.blocks[entry[1]] = Block(
                text=entry[4].removeprefix("\n"),
                start=line + 2,
                end=line + 2 + entry[0].count("\n") - 2,
                line=line + head + 1,
                ellipsis=bool(entry[3]),
                file=self.path,
            )

    def stale(self, cells: Iterable[Cell], variant: str) -> Iterator[Problem]:
        """Find entries that nothing is compared with: of no cell, or of one with its own block."""
        called = {cell.heading: cell for cell in cells}
        for heading, block in self.blocks.items():
            cell = called.get(heading)
            if cell is None or variant in cell.own:
                why = "has its own block for" if cell else "has no cell"
                message = f"the page {why} {heading!r}: `pytest --accept` removes the entry"
                yield Problem(block.start - 1, message)


def written(title: str, page: Path, blocks: Mapping[str, tuple[str, bool]]) -> bytes:
    """A file's bytes, from the text of each block and whether it has ``:ellipsis:``."""
    head = (
        f"# {page.name} on {title}\n\nWritten by `pytest --accept`:"
        f" what cells show there, where it is not what {page.name} records.\n"
    )
    return "".join([head, *(_entry(name, *block) for name, block in blocks.items())]).encode()


def _entry(heading: str, text: str, ellipsis: bool) -> str:
    return "\n" + "\n".join([f"### {heading}", "", *block_lines(text, ellipsis=ellipsis)]) + "\n"


def block_lines(text: str, fence: str = "```", variant: str = "", *, ellipsis: bool) -> list[str]:
    """The lines of an ``{output}`` block."""
    content = text.removesuffix("\n").split("\n") if text else []
    if content and (not content[0] or re.match(r":[\w-]+:", content[0])):
        content.insert(0, "")  # a blank line ends the options
    if ellipsis:
        content.insert(0, ":ellipsis:")
    fence = longer_fence(text, fence)
    return [f"{fence}{{output}}{' ' * bool(variant)}{variant}", *content, fence]


def longer_fence(text: str, fence: str) -> str:
    """The fence of a block, longer than any run of its mark in the text."""
    mark = fence[0]
    longest = max((len(run) for run in re.findall(f"{mark}+", text)), default=0)
    return mark * max(len(fence), longest + 1 if longest >= len(fence) else 0)


def headings(cells: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The headings of a page's cells, from their names and their code; each is another one."""
    used: set[str] = set()
    for name, source in cells:
        lines = (line.strip() for line in source.split("\n"))
        heading = plain = name or next((line for line in lines if line), "an empty cell")
        number = 1
        while heading in used:
            number += 1
            heading = f"{plain} ({number})"
        used.add(heading)
        yield heading
