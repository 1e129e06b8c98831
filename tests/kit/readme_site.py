"""The site that the checker's README shows to those who want one."""

import re
from pathlib import Path

import myst_doctest

README = (Path(myst_doctest.__file__).parent / "README.md").read_text(encoding="utf-8")
FILE = re.compile(r"^`([\w/]+\.\w+)`:\n\n(`{3,})\w+\n(.*?)^\2$", re.MULTILINE | re.DOTALL)
FILES = {name: text for name, _, text in FILE.findall(README)}
"""Its files: their texts by their names."""
