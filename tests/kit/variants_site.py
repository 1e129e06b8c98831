"""Pages with variants on a small foreign site: two versions of a package, and what a test adds."""

from __future__ import annotations

import json

from tests.kit.pytest_site import Site

OLD = {"title": "Thing 1", "setup": "old_thing:install"}
SETUP = """\
import sys
from pathlib import Path

def install(publish):
    sys.path.insert(0, str(Path(__file__).parent / "thing-1"))
"""
VERSION = "from thing import version\nversion()"


def variants(site: Site, **tables: dict[str, object]) -> None:
    """Add the tables of variants to a site's pyproject.toml, and the modules that they name."""
    (site.root / "src").mkdir(exist_ok=True)
    (site.root / "src/old_thing.py").write_text(SETUP)
    for folder, version in (("src", 2), ("src/thing-1", 1)):
        (site.root / folder).mkdir(exist_ok=True)
        (site.root / folder / "thing.py").write_text(f"def version():\n    return {version}\n")
    site.settings(pythonpath=["src"])
    with (site.root / "pyproject.toml").open("a") as file:
        for name, table in tables.items():
            file.write(f'\n[tool.myst_doctest.variants."{name}"]\n')
            for key, value in table.items():
                shown = json.dumps(value)
                if isinstance(value, dict):
                    pairs = (f"{json.dumps(k)} = {json.dumps(v)}" for k, v in value.items())
                    shown = f"{{ {', '.join(pairs)} }}"
                file.write(f"{key} = {shown}\n")


def page(*cells: str, names: str = "old") -> str:
    """A page that asks for variants."""
    head = f"---\nvariants: [{names}]\n---\n\n" if names else ""
    return f"{head}# A page\n\n" + "\n".join(cells)


def cell(code: str, *blocks: str) -> str:
    """A cell and its blocks: what each records, after the name of a variant and a colon."""
    text = f"```{{code-cell}} python\n{code}\n```\n"
    for block in blocks:
        name, _, shown = block.partition(":")
        text += f"\n```{{output}}{' ' * bool(name)}{name}\n{shown}\n```\n"
    return text
