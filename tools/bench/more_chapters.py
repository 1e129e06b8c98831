"""Copy this checkout to a new folder, with copies of chapters in it until it has PAGES pages.

``python -m tools.bench.more_chapters FOLDER PAGES``; then ``make html`` or ``make test`` there
shows what the commands cost when the tutorial has grown. The copy shares this checkout's pack
(``_build/live-cells``).
"""

import re
import sys
from itertools import count
from pathlib import Path

from tools.bench.checkouts import ROOT, copied

REFERENCE = "reference"
"""The folder of docs/ whose pages are no chapters."""
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
NAME = re.compile(r"^:name: (\S+)$", re.MULTILINE)


def add_chapters(docs: Path, pages: int) -> None:
    """Copy chapters, one after the other, beside themselves and in the table of contents."""
    chapters = [page for page in sorted(docs.glob("*/*.md")) if page.parent.name != REFERENCE]
    missing = pages - len(list(docs.rglob("*.md")))
    copies = ((number, page) for number in count(2) for page in chapters)
    for (number, page), _ in zip(copies, range(missing), strict=False):
        copy = page.with_stem(f"{page.stem}-{number}")
        copy.write_text(renamed(page.read_text("utf-8"), number), encoding="utf-8")
        index = docs / "index.md"
        entry = page.relative_to(docs).with_suffix("").as_posix()
        contents = index.read_text("utf-8")
        assert f"\n{entry}\n" in contents, f"{entry} is not in {index}"
        contents = contents.replace(f"\n{entry}\n", f"\n{entry}\n{entry}-{number}\n")
        index.write_text(contents, encoding="utf-8")


def renamed(text: str, number: int) -> str:
    """A chapter under another title, its cells under other names."""
    text = TITLE.sub(rf"# \1, copy {number}", text, count=1)
    for name in NAME.findall(text):
        text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", f"{name}-{number}", text)
    return text


if __name__ == "__main__":
    add_chapters(copied(ROOT, Path(sys.argv[1])).root / "docs", int(sys.argv[2]))
