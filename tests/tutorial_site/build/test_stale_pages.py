"""A build after a change in one page: all that other pages show of it is what it is now."""

from __future__ import annotations

import filecmp
from pathlib import Path

import pytest

from tests.kit.small_site import Built, Site

CONF = """\
project = copyright = "A site"
extensions = ["myst_parser", "tutorial_site.build.stale_pages"]
html_theme = "basic"
"""
TARGETS = """\
(bare)=
{index}`a word; of two` Words with a name.

```{glossary}
flush
  To send it.
```

```{eval-rst}
.. py:function:: run
```
"""
LABEL = "(here)=\n## A heading\n\nAlone.\n\n### Below it\n"
SHOWS = """\
# Shows

{index}`of all; the others`
{ref}`here`, {ref}`this <bare>`, {term}`flush`, {py:func}`run`.
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path, CONF)
    made.pages(one=f"# One\n\n{LABEL}\n{TARGETS}", shows=SHOWS, three="# Three\n")
    return made


def build(site: Site, *arguments: str) -> Built:
    built = site.build(*arguments)
    assert (built.status, built.said) == (0, "")
    return built


def change(site: Site, what: str) -> None:
    """Change the page, or move a part of it to another one."""
    page = site.root / "docs" / "one.md"
    text = page.read_text()
    changed = {
        "a title": text.replace("# One", "# Another one"),
        "a heading": text.replace("## A heading", "## Another heading"),
        "a heading without a label": text.replace("### Below it", "### Beneath"),
        "words": text.replace("Alone.", "With nobody."),
    }
    if what in changed:
        page.write_text(changed[what])
    elif what == "the order":
        site.write("docs/index.md", "# Index\n\n```{toctree}\nthree\nshows\none\n```\n")
    else:
        start, end = {
            "a name": ("(bare)=", "```{glossary}"),
            "a term": ("```{glossary}", "```{eval-rst}"),
            "a function": ("```{eval-rst}", None),
        }[what]
        place = text.index(start)
        moved = text[place : text.index(end) if end else None]
        page.write_text(text.replace(moved, ""))
        site.write("docs/three.md", f"# Three\n\n{moved}")


@pytest.mark.parametrize(
    "what",
    [
        *("a title", "a heading", "a heading without a label", "words", "the order"),
        *("a name", "a term", "a function"),
    ],
)
def test_what_others_show_of_a_page_is_written_anew(site: Site, what: str) -> None:
    """To the byte what a clean build gives: pages, indexes and what Sphinx's search reads."""
    build(site)
    change(site, what)
    again = build(site)
    kept = again.folder.rename(again.folder.with_name("kept"))
    clean = build(site, "-E").folder
    names = sorted(
        path.relative_to(clean).as_posix() for path in clean.rglob("*") if path.is_file()
    )
    assert filecmp.cmpfiles(kept, clean, names, shallow=False) == (names, [], [])
