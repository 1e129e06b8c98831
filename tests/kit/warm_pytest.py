"""Imported by a process that forks for pytest: a run of pytest, whose plugins are kept.

They cannot be imported by name: pytest warns of a plugin that it has not imported itself.
"""

import tempfile
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

PAGE = "```{code-cell} python\n1\n```\n"

with tempfile.TemporaryDirectory() as folder, chdir(folder), redirect_stdout(StringIO()):
    Path("docs").mkdir()
    Path("docs", "conf.py").touch()
    Path("docs", "page.md").write_text(PAGE)
    Path("pyproject.toml").write_text('[tool.myst_doctest]\nconfdir = "docs"\n')
    pytest.main(["-p", "no:anyio", "-p", "no:cacheprovider", "docs"])
tempfile.tempdir = None  # else no fork would ask for TMPDIR
