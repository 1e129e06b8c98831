"""A stranger's site: what README.md says, done in an empty folder."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

import myst_doctest
from myst_doctest.running.page_process import FILE_LIMIT
from myst_doctest.settings import Settings
from tests.kit.small_site import Site

README = (Path(myst_doctest.__file__).parent / "README.md").read_text(encoding="utf-8")
FILE = re.compile(r"^`([\w/]+\.\w+)`:\n\n(`{3,})\w+\n(.*?)^\2$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site that holds the files which README.md shows, and nothing else."""
    site = Site(tmp_path_factory.mktemp("stranger"), confdir="docs")
    for name, _, text in FILE.findall(README):
        site.write(name, text)
    return site


def test_the_readme_shows_the_files_of_a_site() -> None:
    """Two pages, a configuration, the tool's table and a module."""
    assert [name for name, _, _ in FILE.findall(README)] == [
        "docs/conf.py",
        "pyproject.toml",
        "docs/index.md",
        "src/numbers_log.py",
        "docs/shapes.md",
    ]


def test_a_strangers_pages_pass(stranger: Site) -> None:
    """Each cell is a test, by name or line, also where plugins do not load by themselves."""
    stranger.environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    status, said = stranger.pytest("-v", "docs")
    assert status == 0, said
    named = re.findall(r"pytest (docs/index\.md::\S+)", README)
    assert len(named) == 2
    for test in [*named, "docs/shapes.md::line-3"]:
        assert f"{test} PASSED" in said
    assert stranger.pytest(*named)[0] == 0


def test_a_strangers_site_is_built(stranger: Site) -> None:
    """It shows the recorded outputs and the log, and its links resolve."""
    built = stranger.build()
    assert (built.status, built.said) == (0, "")
    plain, _ = built.body("index").select(".cell_output")
    _, error = built.outputs("index")
    assert [part.get_text().strip() for part in plain.select("pre")] == ["2", "3"]
    assert error.split("\n") == ["Line 1: numbers[7]", "IndexError: list index out of range"]
    (log,) = built.body("shapes").select(".log")
    assert log.pre.get_text() == "SELECT shape"
    assert "<__main__.Shape object at 0x7f0000000001>" in built.outputs("shapes")[0]


def test_a_stranger_records_outputs(tmp_path: Path, stranger: Site) -> None:
    """Accepting brings back the blocks that README.md shows, byte for byte."""
    site = Site(tmp_path, confdir="docs")
    for path in stranger.root.rglob("*"):
        if path.suffix in (".md", ".py", ".toml"):
            site.write(str(path.relative_to(stranger.root)), path.read_bytes())
    page = site.root / "docs/index.md"
    recorded = page.read_text(encoding="utf-8")
    without = re.sub(r"\n```\{output\}\n.*?```\n", "", recorded, flags=re.DOTALL)
    assert without.count("{output}") == 0
    page.write_text(without, encoding="utf-8")
    assert site.pytest("docs")[0] == 1
    assert site.build().status == 1
    site.pytest("--accept", "docs")
    assert page.read_text(encoding="utf-8") == recorded
    assert site.pytest("docs")[0] == 0


def test_the_readme_names_every_key_with_its_default() -> None:
    """The table of keys is that of the code."""
    keys = README.partition("### The keys")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| `(.*?)` \|", keys, re.MULTILINE)
    defaults = {
        field.name: str(list(field.default) if isinstance(field.default, tuple) else field.default)
        for field in fields(Settings)
        if field.name not in ("root", "variants")
    }
    shown = {key: value.strip('"').replace('"', "'") for key, value in rows}
    assert shown == defaults


def test_the_readme_names_the_limit_of_a_file() -> None:
    """It is no setting, but stands in the table of limits."""
    assert f"| {FILE_LIMIT // 1024**2} MiB |" in README
