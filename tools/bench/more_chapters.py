"""Copy this checkout to a new folder, with copies of chapters in it until it has PAGES pages.

``python -m tools.bench.more_chapters FOLDER PAGES``; then ``make html`` or ``make test`` there
shows what the commands cost when the tutorial has grown. The copy shares this checkout's pack
(``_build/live-cells``).
"""

import re
import sys
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from tools.bench.checkouts import ROOT, copied

REFERENCE = "reference"
"""The folder of docs/ whose pages are no chapters."""
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
NAME = re.compile(r"^(?::name: |\()([\w.-]+)(?:\)=)?$", re.MULTILINE)
"""The name of a cell, or a label."""


def add_chapters(docs: Path, pages: int) -> None:
    """Copy chapters, one after the other, beside themselves and in the table of contents."""
    chapters = [page for page in sorted(_pages(docs)) if page.parent.parent == docs]
    chapters = [page for page in chapters if page.parent.name != REFERENCE]
    missing = pages - len(_pages(docs))
    copies = ((number, page) for number in count(2) for page in chapters)
    for (number, page), _ in zip(copies, range(missing), strict=False):
        copy = page.with_stem(f"{page.stem}-{number}")
        names = NAME.findall(page.read_text("utf-8"))
        for file in (page, *page.parent.glob(f"{page.stem}.*.md")):
            beside = file.with_name(copy.stem + file.name.removeprefix(page.stem))
            beside.write_text(renamed(file.read_text("utf-8"), number, names), encoding="utf-8")
        index = docs / "index.md"
        entry = page.relative_to(docs).with_suffix("").as_posix()
        contents = index.read_text("utf-8")
        assert f"\n{entry}\n" in contents, f"{entry} is not in {index}"
        contents = contents.replace(f"\n{entry}\n", f"\n{entry}\n{entry}-{number}\n")
        index.write_text(contents, encoding="utf-8")


def _pages(docs: Path) -> list[Path]:
    """The pages, without the files beside them that hold a variant's outputs."""
    return [page for page in docs.rglob("*.md") if "." not in page.stem]


def renamed(text: str, number: int, names: Iterable[str]) -> str:
    """A chapter, or what it records of a variant, under another title, with other names in it."""
    text = TITLE.sub(rf"# \1, copy {number}", text, count=1)
    for name in names:
        text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", f"{name}-{number}", text)
    return text


if __name__ == "__main__":
    add_chapters(copied(ROOT, Path(sys.argv[1])).root / "docs", int(sys.argv[2]))
