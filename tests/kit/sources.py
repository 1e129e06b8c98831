"""Copies of the site's sources: whole, or with a few pages that have all that the site has."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.kit.contents import DOCS, chapters
from tests.kit.full_site import ROOT
from tests.kit.sample import EVERYTHING, FULL

SOURCES = (
    "conf.py",
    "deploy",
    "docs",
    "packages",
    "pyproject.toml",
    "README.md",
    "requirements",
    "src",
    "tools",
)
LINK = re.compile(r"\[(?P<words>[^\]]+)\]\((?!\w+:)(?P<page>[^)#]+\.md)(?:#[^)]*)?\)")
TOCTREE = re.compile(r"^```\{toctree\}\n(?:.*\n)*?```\n", re.MULTILINE)
SINK = "reference/kitchen-sink"
APART = """\
---
build-only: it needs a database server
---

# Apart

```{code-cell} python
:name: apart
print(1)
```

```{output}
1
```
"""
PLAYGROUND = """\
# Playground

```{code-cell} python
:name: play-setup
:tags: [hide-input]
given = 1
```

```{code-cell} python
:name: play
given
```

```{output}
1
```
"""
SETUP = re.compile(r"^(?:setup = .*|watch = .*|preload = \[[^]]*\])\n", re.MULTILINE)
MARKER = re.compile(r"^% shows: (.+) -> ", re.MULTILINE)


def copy_sources(root: Path) -> None:
    """Copy all that a build reads."""
    for source in SOURCES:
        path = ROOT / source
        if path.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(path, root / source, ignore=ignored, symlinks=True)
        else:
            shutil.copy2(path, root / source)


def small_set() -> list[str]:
    """Pages with all kinds of cells, pictures and directives that the site has."""
    texts = {name: (DOCS / f"{name}.md").read_text(encoding="utf-8") for name in chapters()}
    # Exercises on another database, and a cell's record of another SQLAlchemy: the fewest attempts.
    needed = "\nvariants:", "{exercise}", "{output} sqlalchemy-2.0"
    fit = [name for name, text in texts.items() if all(each in text for each in needed)]
    chapter = min(fit, key=lambda name: texts[name].count("{wrong}"))
    return ["index", chapter, *FULL, "reference/glossary", "reference/coverage"]


def copy_small(root: Path) -> None:
    """Copy all but most pages; with `make test-all`, copy all."""
    copy_sources(root)
    if not EVERYTHING:
        keep(root / "docs", small_set())


def copy_plain_cells(root: Path) -> None:
    """Copy all but the pages: of the kitchen sink what is above its SQL; one for the build alone.

    No SQLAlchemy is imported for its cells, which takes half as long as all else of a start.
    """
    copy_sources(root)
    sink = (DOCS / f"{SINK}.md").read_text(encoding="utf-8").partition("\n## SQL\n")[0]
    pages = {
        SINK: sink,
        "reference/apart": APART,
        "playground": PLAYGROUND,
        "index": f"# Cells\n\n```{{toctree}}\n{SINK}\nreference/apart\nplayground\n```\n",
    }
    for page in (root / "docs").rglob("*.md"):
        page.unlink()
    (root / "docs" / "reference" / "coverage.toml").write_text("")  # nothing is owed
    for name, text in pages.items():
        (root / "docs" / f"{name}.md").write_text(text, encoding="utf-8")
    _forget_differences(root / "docs")
    with (root / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write("live_cells_preload = []\n")
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    (root / "pyproject.toml").write_text(SETUP.sub("", project), encoding="utf-8")


def keep(docs: Path, names: Iterable[str]) -> None:
    """Remove all pages but these, and what leads to the others."""
    kept = {(docs / f"{name}.md").resolve() for name in names}
    for file in docs.rglob("*.md"):
        page = file.with_name(f"{file.name.partition('.')[0]}.md")  # a variant's record is beside
        if page.resolve() not in kept:
            file.unlink()
    for page in kept:
        text = LINK.sub(_plain_where_gone(page), page.read_text(encoding="utf-8"))
        page.write_text(TOCTREE.sub(_shorter(docs), text), encoding="utf-8")
    _forget_unmarked(docs)
    _forget_differences(docs)


def _plain_where_gone(page: Path) -> Callable[[re.Match[str]], str]:
    """Links to pages that are gone are words."""
    return lambda link: link[0] if (page.parent / link["page"]).exists() else link["words"]


def _shorter(docs: Path) -> Callable[[re.Match[str]], str]:
    """The pages that are gone are in no table of contents; a part without pages is none."""

    def shorter(toctree: re.Match[str]) -> str:
        lines = toctree[0].splitlines(keepends=True)
        names = [line for line in lines[1:-1] if line.strip() and not line.startswith(":")]
        gone = [line for line in names if not (docs / f"{line.strip()}.md").exists()]
        return "".join(line for line in lines if line not in gone) if gone != names else ""

    return shorter


def _forget_unmarked(docs: Path) -> None:
    """Nothing is owed that only a page showed which is gone."""
    pages = (page.read_text(encoding="utf-8") for page in docs.rglob("*.md"))
    marked = {item for text in pages for each in MARKER.findall(text) for item in each.split()}
    table = docs / "reference" / "coverage.toml"
    lines, kind = [], ""
    for line in table.read_text(encoding="utf-8").splitlines(keepends=True):
        head = re.match(r"\[(\w+)", line)
        kind = head[1] if head else kind
        item = re.match(r'"?([\w-]+)"? = "', line)
        is_item = item and item[1] != "title"
        if not is_item or {f"{kind}{item[1]}", f"{kind}:{item[1]}"} & marked:
            lines.append(line)
    table.write_text("".join(lines), encoding="utf-8")


def _forget_differences(docs: Path) -> None:
    """No page that is gone shows something else in a browser."""
    table = docs / "differences.toml"
    found = tomllib.loads(table.read_text(encoding="utf-8"))
    lines = []
    for page, names in found.items():
        if (docs / f"{page}.md").exists():
            lines.append(f'["{page}"]\n')
            lines += (f'"{name}" = {words!r}\n' for name, words in names.items())
    table.write_text("".join(lines), encoding="utf-8")
