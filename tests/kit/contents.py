"""The table of contents, as the sources have it: which pages there are, before a build."""

from __future__ import annotations

import re

import yaml

from tests.kit.full_site import ROOT

DOCS = ROOT / "docs"
TOCTREE = re.compile(
    r"^```\{toctree\}\n(?P<options>(?::[^\n]*\n)*)(?P<names>.*?)^```$", re.MULTILINE | re.DOTALL
)
CAPTION = re.compile(r"^:caption: (.+)$", re.MULTILINE)
FRONT_MATTER = re.compile(r"---\n(.*?)^---$", re.MULTILINE | re.DOTALL)
CELL = "```{code-cell}"
REFERENCE = "Reference"
"""The caption of the part whose pages are looked up, and not read in order."""


def parts() -> dict[str, list[str]]:
    """The names of each part's pages, in the order of reading, by the part's title."""
    found = {}
    for toctree in TOCTREE.finditer((DOCS / "index.md").read_text(encoding="utf-8")):
        caption = CAPTION.search(toctree["options"])
        found[caption[1] if caption else ""] = toctree["names"].split()
    return found


def chapters() -> list[str]:
    """The names of the chapters, in the order of reading."""
    named = parts().items()
    return [name for caption, names in named if caption != REFERENCE for name in names]


def variants(name: str) -> list[str]:
    """The variants that a page asks for."""
    head = FRONT_MATTER.match((DOCS / f"{name}.md").read_text(encoding="utf-8"))
    asked: list[str] = yaml.safe_load(head[1]).get("variants", []) if head else []
    return asked


def pages_with_cells() -> list[str]:
    """The names of all pages that have cells."""
    return [
        path.relative_to(DOCS).with_suffix("").as_posix()
        for path in sorted(DOCS.rglob("*.md"))
        if CELL in path.read_text(encoding="utf-8")
    ]
