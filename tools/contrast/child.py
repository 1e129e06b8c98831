"""The older version's side: runs one page's cells with the site's own runner.

``python -P child.py SOURCES DESCRIPTOR MODULE...``, by the interpreter that has the older version:
``SOURCES`` holds ``myst_doctest``, whose part that runs cells needs the standard library alone.
The modules are imported first, as they are in a build.
"""

from __future__ import annotations

import contextlib
import importlib
import socket
import sys

sys.path.insert(0, sys.argv[1])

from myst_doctest.running.page_process import serve  # found by the line above

for name in sys.argv[3:]:
    with contextlib.suppress(ImportError):  # the older version may not have it
        importlib.import_module(name)
serve(socket.socket(fileno=int(sys.argv[2])))
