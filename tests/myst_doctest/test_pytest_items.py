"""A test for each cell and variant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.kit.variants_site import OLD, VERSION, cell, page, variants

if TYPE_CHECKING:
    from tests.kit.pytest_site import Site


def test_a_test_for_each_cell_and_variant(site: Site) -> None:
    """Named as parameters are, and chosen by them or by --variant."""
    variants(site, old=OLD)
    blocks = [cell(VERSION, ":2", "old:1"), cell("1", ":1"), cell("version() + 1", ":3", "old:2")]
    site.page("index.md", page(*blocks))
    cells = ["line-7", "line-20", "line-28"]
    states = site.pytest().states("index.md")
    assert list(states) == [*cells, *(f"{name}[old]" for name in cells)]
    assert set(states.values()) == {"passed"}
    assert set(site.pytest("docs/index.md::line-7[old]").states()) == {"index.md::line-7[old]"}
    assert len(site.pytest("--variant", "old").states()) == 3
    assert "[" not in str(site.pytest("--variant", "main").states())
    done = site.pytest("--variant", "odl")
    assert (done.code, "--variant odl: there are main, old" in done.output) == (4, True)


def test_a_block_asks_for_one_cell(site: Site) -> None:
    """The page runs as far as that cell; what the others do there is not looked at."""
    variants(site, old=OLD)
    cells = [cell(VERSION), cell("if version() < 2:\n    raise ValueError"), cell(VERSION, "old:")]
    site.page("index.md", page(*cells, cell("1 / (version() - 1)"), names=""))
    assert site.accept().code == 0
    assert [name for name in site.pytest().states() if "[" in name] == ["index.md::line-17[old]"]
    assert not (site.docs / "index.old.md").exists()
    assert "```{output} old\n1\n```\n" in site.read("index.md").decode()


@pytest.mark.parametrize("key", ["python", "service"])
def test_a_variant_that_cannot_run_here(site: Site, key: str) -> None:
    """Its tests are skipped with the reason; the build publishes what is recorded, and says so."""
    value, why = {
        "python": ("no-python", "pyproject.toml:10: no-python cannot be run: No such file"),
        "service": (["no-command"], "FileNotFoundError"),
    }[key]
    variants(site, old=OLD)
    for name in ("index.md", "other.md"):
        site.page(name, page(cell(VERSION)) + ("\n```{toctree}\nother\n```\n" * (name[0] == "i")))
    assert site.accept().code == 0
    variants(site, old={**OLD, key: value})
    done = site.pytest("-v")
    assert done.code == 0
    assert "2 passed, 2 skipped" in done.output
    assert "variants not checked" in done.output
    assert why in done.output
    before = site.read("index.old.md")
    assert site.accept().code == 0
    assert site.read("index.old.md") == before
    chosen = site.pytest("--variant", "old")
    assert chosen.code == 1
    assert "docs/index.md:7: variant old cannot run here: " in chosen.output
    built = site.build()
    assert (built.code, built.output.count("its recorded outputs are published")) == (0, 1)
    text = re.sub("<[^>]+>", "", (site.root / "_build/html/index.html").read_text())
    assert re.search(r"Thing 1\s+1\n", text)
    variants(site, old={**OLD, key: value, "required": True})
    assert site.pytest().code == 1
    built = site.build("-E")
    assert (built.code, why in built.output) == (1, True)
    assert f"{site.root}/pyproject.toml:10: WARNING: variant old: " in built.output
