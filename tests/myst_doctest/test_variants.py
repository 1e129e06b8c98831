"""Variants: other versions, Pythons and services in which a page's cells run too."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from myst_doctest.settings import Settings, SettingsError
from myst_doctest.variants import Variant, VariantError
from tests.kit.variants_site import OLD, cell, page, variants

if TYPE_CHECKING:
    from tests.kit.pytest_site import Site


REPLACED = {"title": "The other", "replace": {'"x"': '"y"'}, "environment": {"OTHER": "1"}}


def test_replaced_code_is_shown(site: Site) -> None:
    """What a page shows on a variant is what ran there."""
    variants(site, other=REPLACED)
    site.page("index.md", page(cell('import os\n"x", os.getenv("OTHER")'), names="other"))
    assert site.accept().code == 0
    assert "\n('y', '1')\n" in site.read("index.other.md").decode()
    assert site.build().code == 0
    text = re.sub("<[^>]+>", "", (site.root / "_build/html/index.html").read_text())
    assert '"y", os.getenv("OTHER")' in text


def test_a_cell_that_raises_on_a_variant_alone(site: Site) -> None:
    """The report names the option that would allow it."""
    variants(site, old=OLD)
    site.page("page.md", page(cell("from thing import version\nx = 1 / (version() - 1)")))
    output = site.accept().output
    assert "docs/page.md:9: on Thing 1: ZeroDivisionError: division by zero" in output
    assert "no option `:raises-on: [old]`" in output


@pytest.mark.parametrize(
    ("table", "line", "message"),
    [
        ('title = "T"\nbogus = 1', 3, "bogus: no such key; there are title, replace"),
        ('setup = "a:b"', 1, "title: is missing"),
        ("title = 1", 2, "title: must be a string, not 1"),
        ('title = "T"\nreplace = { "a" = "b\\nc" }', 3, "replace: must be a table of strings"),
        ('title = "T"\n\nservice = "serve"', 4, "service: must be a string, module:function"),
        ('title = "T"\nrequired = "yes"', 3, "required: must be true or false"),
    ],
)
def test_wrong_keys(tmp_path: Path, table: str, line: int, message: str) -> None:
    """A message has the file and the line of the key, or of its table."""
    file = tmp_path / "pyproject.toml"
    file.write_text(f'[tool.myst_doctest.variants."a-1.0"]\n{table}\n')
    with pytest.raises(SettingsError, match=re.escape(f"{file}:{line}: ")) as raised:
        Settings.find(tmp_path)
    assert f"tool.myst_doctest.variants.a-1.0.{message}" in str(raised.value)


@pytest.mark.parametrize("name", ["main", "A", "a b", "a/b", ".a", ""])
def test_wrong_names(name: str) -> None:
    """A name is a part of file names and of test names."""
    with pytest.raises(VariantError):
        Variant.of(name, {"title": "T"})
