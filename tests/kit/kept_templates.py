"""Imported by a process that forks: templates are compiled once, and not by each small site.

They are kept in _build by what they hold: to compile them takes half of a small site's build.
"""

from functools import partial
from pathlib import Path

import sphinx.jinja2glue
from jinja2.bccache import FileSystemBytecodeCache
from jinja2.sandbox import SandboxedEnvironment

FOLDER = Path(__file__).resolve().parents[2] / "_build" / "templates"
FOLDER.mkdir(parents=True, exist_ok=True)
KEPT = FileSystemBytecodeCache(str(FOLDER))
sphinx.jinja2glue.SandboxedEnvironment = partial(SandboxedEnvironment, bytecode_cache=KEPT)
