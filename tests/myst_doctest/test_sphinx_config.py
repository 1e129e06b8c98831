"""Which files are pages of a site, by its ``conf.py``."""

from __future__ import annotations

from pathlib import Path

import pytest

from myst_doctest.settings import Settings
from myst_doctest.sphinx_config import page_files, read

TOC = """\
format: jb-book
root: index
parts:
- chapters:
  - file: a.md
    sections:
    - file: deep/b
  - glob: posts/*
"""


@pytest.mark.parametrize(
    ("only_toc", "expected"),
    [
        (True, ["a.md", "deep/b.md", "index.md", "posts/c.md"]),
        (False, ["README.md", "a.md", "deep/b.md", "index.md", "posts/c.md"]),
    ],
)
def test_a_books_pages_are_those_of_its_contents(
    tmp_path: Path, only_toc: bool, expected: list[str]
) -> None:
    """Where it builds these alone, another file is none of them."""
    (tmp_path / "_toc.yml").write_text(TOC, "utf-8")
    conf = f"external_toc_path = '_toc.yml'\nexternal_toc_exclude_missing = {only_toc}\n"
    (tmp_path / "conf.py").write_text(conf, "utf-8")
    for name in ("index.md", "README.md", "a.md", "deep/b.md", "posts/c.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("# A\n", "utf-8")
    files = page_files(read(tmp_path), Settings(tmp_path, pages=(".",), confdir="."))
    assert sorted(each.relative_to(tmp_path).as_posix() for each in files) == expected
