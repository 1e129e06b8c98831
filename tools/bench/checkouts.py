"""Copies of this site to measure: as it is, without pictures, for stock MyST-NB, not executed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from myst_doctest import sphinx_config
from myst_doctest.pages.page import Page
from orm_tutorial.show import __all__ as show

__all__ = ["PARTS", "ROOT", "Site", "copies", "pages"]

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = ROOT / "_build" / "live-cells"
COPIED = (
    *("deploy", "docs", "requirements", "src", "tools"),
    *("conf.py", "pyproject.toml", "README.md"),
)
FRONT_MATTER = """---
file_format: mystnb
kernelspec:
  name: python3
language_info:
  name: python
---
"""


@dataclass(frozen=True)
class Site:
    """A copy of the site in a folder of its own, and how to build it."""

    name: str
    root: Path

    def command(self, python: str) -> list[str]:
        """A build without warnings as errors: stock MyST-NB warns of cells that fail."""
        build = self.root / "_build"
        return [
            *(python, "-m", "sphinx", "-q", "-Q"),
            *(["-D", f"live_cells_cache={PARTS}"] if self.name == "own" else []),
            *("-c", str(self.root), "-d", str(build / "doctrees")),
            *(str(self.root / "docs"), str(build / "html")),
        ]

    def clean(self) -> None:
        shutil.rmtree(self.root / "_build", ignore_errors=True)

    def edit(self, number: int) -> None:
        """Change the code of one page's first cell."""
        page = self.root / "docs" / "session" / "unit-of-work.md"
        text = page.read_text(encoding="utf-8")
        old = (
            f"engine = create_engine(  # edit {number - 1}\n"
            if number
            else "engine = create_engine("
        )
        new = f"engine = create_engine(  # edit {number}\n"
        assert old in text
        page.write_text(text.replace(old, new, 1), encoding="utf-8")


def pages(root: Path) -> list[Page]:
    """The site's pages that have cells."""
    config = sphinx_config.parser_config(sphinx_config.read(root))
    read = [Page.read(path, config) for path in sorted((root / "docs").rglob("*.md"))]
    return [page for page in read if page.cells]


def copies(folder: Path) -> dict[str, Site]:
    """The site four times: ``own``, ``plain``, ``stock`` (kernels) and ``off`` (no execution)."""
    sites = {name: Site(name, folder / name) for name in ("own", "plain", "stock", "off")}
    for site in sites.values():
        site.root.mkdir(parents=True)
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, site.root / name)
    _make_plain(sites["plain"])
    for name, mode in (("stock", "force"), ("off", "off")):
        _make_stock(sites[name], mode)
    return sites


def _make_plain(site: Site) -> None:
    """Leave out what makes pictures: the cells that call one, and the hook that publishes SQL."""
    settings = site.root / "pyproject.toml"
    lines = settings.read_text(encoding="utf-8").split("\n")
    kept = [line for line in lines if not line.startswith('setup = "')]
    settings.write_text("\n".join(kept), encoding="utf-8")
    for page in pages(site.root):
        _cut(page, [(c.start, c.end) for c in page.cells if any(f"{f}(" in c.source for f in show)])


def _cut(page: Page, spans: list[tuple[int, int]]) -> None:
    """Take lines out of a page's file."""
    lines = page.path.read_text(encoding="utf-8").split("\n")
    for start, end in reversed(spans):
        del lines[start:end]
    page.path.write_text("\n".join(lines), encoding="utf-8")


def _make_stock(site: Site, mode: str) -> None:
    """Leave the pages' cells to MyST-NB alone, and take the recorded outputs out."""
    conf = site.root / "conf.py"
    text = conf.read_text(encoding="utf-8").replace("myst_doctest", "myst_nb")
    for own in ("live_cells", "tutorial_site"):
        text = text.replace(f'    "{own}",\n', "")
    conf.write_text(f'{text}nb_execution_mode = "{mode}"\n', encoding="utf-8")
    for page in pages(site.root):
        _cut(page, [(cell.block.start, cell.block.end) for cell in page.cells if cell.block])
        text = page.path.read_text(encoding="utf-8")
        page.path.write_text(FRONT_MATTER + text, encoding="utf-8")
