"""The search's index: Pagefind's program reads copies of the finished pages and writes its bundle.

The copies hold what readers need not see: which heading an address leads to, and how much words
count. The program is run by its public command line, from its package for Python.
"""

import gzip
import json
import re
import shutil
import subprocess
import sys
import zlib
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from sphinx.errors import SphinxError

from tutorial_site.search.words import SearchWords

WEIGHTS = {"cell_input": 0.2, "cell_output": 0.05, "error": 5}
"""How much a word counts by the class around it: the same SQL is below cell after cell."""
READERS_WORDS = 10
"""How much a word counts that readers have for a section, and the section has not."""

LEFT_OUT = (
    *("button", ".live-tools", ".cell summary", "[data-pagefind-ignore]"),
    *(".log-about", ".log-word"),  # explanations of a log's words
    ".output-note",  # repeats a line of the code
    ".predict > ul",  # the options of a prediction, wrong ones among them
    *(".variant-choice", ".variant-note", ".variant > summary"),  # names, at cell after cell
    # What a cell shows on a variant is mostly what it shows without one; its errors are searched.
    *(".cell_input .variant", ".variant .no-error"),
)
"""CSS selectors of what is no content of a page."""

MAIN = re.compile(r'(<article\b[^>]*) role="main"')
WEIGHED = re.compile(rf'class="({"|".join(WEIGHTS)})(?=[ "])')
SECTION = re.compile(r'<section id="([^"]+)">((?:\s*<span id="[^"]*"></span>)*\s*)<(h[2-6])\b')
LETTER = re.compile(r"<(h[2-6]\b[^>]*)>(?=\w</h)")
PERMALINK = re.compile(r'<a class="headerlink".*?</a>', re.DOTALL)
ENTRY = re.compile(r'<dt\b([^>]*) id="([^"]+)">(.*?)</dt>', re.DOTALL)
NOT_LOADED = ("pagefind-ui.*", "pagefind-modular-ui.*", "pagefind-highlight.js")
"""What Pagefind writes for other user interfaces than its component UI."""
TIME_LIMIT = 600  # seconds


class SearchError(SphinxError):
    """Pagefind did not write a whole index."""

    category = "Search"


def as_indexed(
    page: str, weight: float = 1, words: Mapping[str, Sequence[str]] | None = None
) -> str:
    """A page's HTML as Pagefind reads it; ``weight`` is how much its words count.

    ``words`` are those that readers have for its sections, by their anchors. Raises SearchError for
    a section that the page does not have.

    Pagefind finds a part of a page by a heading that has an id. Sphinx gives the id to the section
    around the heading, and a definition list's entries are no headings. A letter as a heading would
    be found for each unknown word that begins with it.
    """
    page = PERMALINK.sub("", page).replace("<wbr>", "")
    counts = "" if weight == 1 else f' data-pagefind-weight="{weight}"'
    page = MAIN.sub(rf'\1 role="main" data-pagefind-body{counts}', page)
    page = WEIGHED.sub(lambda at: f'data-pagefind-weight="{WEIGHTS[at[1]]}" {at[0]}', page)
    page = SECTION.sub(r'<section>\2<\3 id="\1"', page)
    page = LETTER.sub(r"<\1 data-pagefind-ignore>", page)
    for section, others in (words or {}).items():
        said = f'<p data-pagefind-weight="{READERS_WORDS}">Also: {escape(", ".join(others))}.</p>'
        heading = re.compile(rf'<(h[2-6]) id="{re.escape(section)}".*?</\1>', re.DOTALL)
        found = heading.search(page)
        if found is None:
            raise SearchError(f"search_words: no section {section!r} on the page that it names")
        page = page[: found.end()] + said + page[found.end() :]
    return ENTRY.sub(r'<h6\1 id="\2">\3</h6>', page)


def write_index(
    pages: Mapping[str, str],
    folder: Path,
    weights: Mapping[str, float] | None = None,
    words: SearchWords | None = None,
) -> None:
    """Write the bundle of Pagefind for these pages, HTML by file name, into ``folder``.

    ``weights`` says how much the words of a page count, by a pattern for file names; ``words`` are
    those that readers have for sections.
    Raises SearchError where Pagefind fails, leaves out a page or writes a part of a file.
    """
    shutil.rmtree(folder, ignore_errors=True)
    with TemporaryDirectory(prefix="search-") as name:
        for file, page in sorted(pages.items()):
            copy = Path(name, file)
            copy.parent.mkdir(parents=True, exist_ok=True)
            weight = next((w for at, w in (weights or {}).items() if fnmatch(file, at)), 1)
            others = words.on(file.removesuffix(".html")) if words else {}
            copy.write_text(as_indexed(page, weight, others), encoding="utf-8")
        _run_pagefind("--site", name, "--output-path", str(folder))
    _check(folder, len(pages))
    for pattern in NOT_LOADED:
        for unused in folder.glob(pattern):
            unused.unlink()


def _run_pagefind(*arguments: str) -> None:
    selectors = (word for selector in LEFT_OUT for word in ("--exclude-selectors", selector))
    try:
        subprocess.run(
            [sys.executable, "-m", "pagefind", "--quiet", *selectors, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIME_LIMIT,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise SearchError(f"Pagefind did not end within {TIME_LIMIT} seconds") from error
    except subprocess.CalledProcessError as error:
        words = error.stdout.decode(errors="replace").strip().rpartition("\n")[-1]
        message = f"Pagefind failed with status {error.returncode}: {words or 'no reason given'}"
        raise SearchError(message) from error


def _check(folder: Path, pages: int) -> None:
    """Raise SearchError unless the index has all pages and each of its files is whole.

    Pagefind ends with status 0 where it could not read a page, and where the disk was full.
    """
    try:
        entry = json.loads((folder / "pagefind-entry.json").read_bytes())
        found = sum(language["page_count"] for language in entry["languages"].values())
        for file in folder.rglob("*.pf_*"):
            gzip.decompress(file.read_bytes())
    except (OSError, ValueError, KeyError, EOFError, zlib.error) as error:
        raise SearchError(f"Pagefind left no whole index in {folder}: {error}") from error
    if found != pages:
        raise SearchError(f"Pagefind indexed {found} of {pages} pages")
