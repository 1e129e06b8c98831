"""What is compared: this checkout, another one, and copies of both that may be edited."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from myst_doctest import sphinx_config
from myst_doctest.pages.page import Page
from myst_doctest.settings import Settings
from tests.kit.chromium import program
from tools.bench.figures import THIS

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = ROOT / "_build" / "live-cells"
CHAPTER = "session/session"
"""The chapter that is edited, whose cells run, and that Lighthouse looks at."""
FIRST_CELL = re.compile(r"^```\{code-cell\}.*?(?=^```$)", re.MULTILINE | re.DOTALL)
VARIANTS = re.compile(
    r"^(variants: |:(not-on|only-on|raises-on|raises-not-on): ).*\n", re.MULTILINE
)
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "_build", "__pycache__", ".*_cache")
FRONT_MATTER = """---
file_format: mystnb
kernelspec:
  name: python3
language_info:
  name: python
---
"""


class BenchError(Exception):
    """Something cannot be measured; the message says what to do."""


def checkouts(base: Path | None) -> dict[str, Path]:
    """This checkout and the other one; each has a built site."""
    found = {THIS: ROOT, **({"base": base.resolve()} if base else {})}
    for checkout in found.values():
        if not (checkout / "_build" / "html" / "index.html").is_file():
            raise BenchError(f"no built site in {checkout}: run `make html` there first")
    return found


def chromium() -> str:
    """The browser's program."""
    if found := program():
        return found
    raise BenchError("no Chromium (say where it is: CHROMIUM=...)")


def run(command: Sequence[str], folder: Path) -> tuple[float, str]:
    """The seconds that a command takes in a folder, and what it prints."""
    ours = {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "MAKEFLAGS": ""}
    begun = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=os.environ | ours, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - begun
    if done.returncode:
        words = " ".join(command)
        raise BenchError(f"{words} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return seconds, done.stdout


def say_round(part: str, number: int, rounds: int) -> None:
    """Tell who waits how far it is."""
    print(f"{part}: round {number + 1} of {rounds}", file=sys.stderr)


@dataclass(frozen=True)
class Site:
    """A copy of a checkout's sources, built by that checkout's code and with its pack."""

    root: Path
    checkout: Path

    def build(self) -> float:
        """The seconds of a build in one process; what an earlier one left is built upon.

        Without warnings as errors: stock MyST-NB warns of cells that fail.
        """
        makefile = (self.checkout / "Makefile").read_text(encoding="utf-8")
        options = " ".join(re.findall(r"-D \S+=\S+", makefile)).split()  # those of `make serve`
        sphinx = [f"{self.checkout}/.venv/bin/python", "-m", "sphinx", "-q", "-Q", *options]
        folders = ["-c", ".", "-d", "_build/doctrees", "docs", "_build/html"]
        return run([*sphinx, *folders], self.root)[0]

    def clean(self) -> None:
        """Remove what was built."""
        for name in ("html", "doctrees"):
            shutil.rmtree(self.root / "_build" / name, ignore_errors=True)

    def edit(self) -> None:
        """Add a line to the code of the chapter's first cell."""
        page = self.root / "docs" / f"{CHAPTER}.md"
        text, found = FIRST_CELL.subn(r"\g<0># edited\n", page.read_text(encoding="utf-8"), count=1)
        assert found, page
        page.write_text(text, encoding="utf-8")


def copied(checkout: Path, root: Path) -> Site:
    """A copy in a new folder."""
    shutil.copytree(checkout, root, ignore=NOT_COPIED)
    (root / "_build").mkdir()
    for part in ("live-cells", "sqlalchemy-2.0"):
        if (checkout / "_build" / part).exists():
            (root / "_build" / part).symlink_to(checkout / "_build" / part)
    return Site(root, checkout)


def pages(root: Path) -> list[Page]:
    """The site's pages that have cells."""
    config = sphinx_config.parser_config(sphinx_config.read(root))
    variants = Settings.find(root).variants
    read = [Page.read(path, config, variants) for path in sorted((root / "docs").rglob("*.md"))]
    return [page for page in read if page.cells]


def without_variants(root: Path) -> Site:
    """A copy of this checkout whose pages ask for no variant."""
    site = copied(ROOT, root)
    for page in pages(root):
        lines = page.path.read_text(encoding="utf-8").split("\n")
        for cell in reversed(page.cells):
            for block in sorted(cell.own.values(), key=lambda block: -block.start):
                del lines[block.start : block.end]
            if not cell.places.have(""):
                del lines[cell.start : cell.end]
        page.path.write_text(VARIANTS.sub("", "\n".join(lines)), encoding="utf-8")
        for beside in page.records.values():
            beside.path.unlink(missing_ok=True)
    return site


def stock(root: Path) -> Site:
    """A copy of this checkout whose cells are MyST-NB's alone, without recorded outputs."""
    site = without_variants(root)
    conf = root / "conf.py"
    text = conf.read_text(encoding="utf-8").replace('"myst_doctest"', '"myst_nb"')
    for own in ("live_cells", "tutorial_site"):
        text = text.replace(f'    "{own}",\n', "")
    conf.write_text(f'{text}nb_execution_mode = "force"\n', encoding="utf-8")
    for page in pages(root):
        lines = page.path.read_text(encoding="utf-8").split("\n")
        for block in reversed([cell.block for cell in page.cells if cell.block]):
            del lines[block.start : block.end]
        text = "\n".join(lines).removeprefix("---\n---\n")
        page.path.write_text(FRONT_MATTER + text, encoding="utf-8")
    return site
