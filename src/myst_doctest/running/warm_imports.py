"""What takes long to import, once for all pages that import it: libraries that survive a fork.

The parent reads from a page's code which of them it wants (:func:`wanted`). The fork server has a
process with these, in which such pages begin: a page has what it asks for and nothing else,
whatever other pages ask for.
Standard library alone, as all that the fork server imports.
"""

from __future__ import annotations

import contextlib
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myst_doctest.running.runner import ALL, reset_warnings

if TYPE_CHECKING:
    from myst_doctest.running.page_process import Request

NOTEBOOK = "myst_doctest.running.notebook_values"
"""What shows values as a notebook does, with IPython."""
MODULES = (NOTEBOOK, "numpy", "matplotlib.pyplot", "pandas", "sympy")
"""Those that import each other in this order."""
IMPORT = re.compile(r"\b(?:from\s+([\w.]+)\s+)?import\b([^\n;#]*)")
HIDDEN = re.compile(
    r"__import__|import_module|\b(?:eval|exec)\b|pickle|runpy|(?<!_)_repr_|_ipython_"
)
"""What brings in a library without an ``import``, or a value that a notebook shows in its way."""
DECIDES = re.compile(r"environ|putenv|%env|matplotlibrc|\bsys\.(?:path|modules|meta_path)\b")
"""What could decide how a library is imported, since it comes before the import."""
_filters: list[Any] = []
"""Those that the imported libraries set up for warnings, in their order."""


def wanted(request: Request, preload: Sequence[str] = ()) -> int:
    """The modules that a page wants, the first one as 1, the next one as 2, and so on."""
    code = "\n".join(_codes(request))
    names = {name for found in IMPORT.findall(code) for name in _names(*found)}
    roots = {name.partition(".")[0] for name in names}
    chosen = set()
    if not (request.setup or request.environment or _finds_settings(request, code)):
        chosen = (names | roots) & {*MODULES}
        if chosen & {"matplotlib.pyplot", "pandas"}:
            chosen.add("numpy")  # which they import: it is there once
    if ALL in request.rich and (
        (request.is_jupyter or request.setup or preload)
        or (roots - sys.stdlib_module_names or HIDDEN.search(code))
    ):
        chosen.add(NOTEBOOK)
    return sum(1 << number for number, name in enumerate(MODULES) if name in chosen)


def _codes(request: Request) -> Iterator[str]:
    for _, source, _, code in request.cells:
        yield code or source
    if request.assignment:
        yield from map(str, request.assignment.values())
    yield from request.attempts


def _names(package: str, imported: str) -> Iterator[str]:
    """The modules that an import could name: ``from a import b`` is ``a`` and ``a.b``."""
    if package:
        yield package
    for part in re.findall(r"[\w.]+", re.sub(r"\bas\s+\w+", "", imported)):
        yield f"{package}.{part}" if package else part


def _finds_settings(request: Request, code: str) -> bool:
    """Whether what a library reads when it is imported may be the page's own."""
    beside = request.beside and Path(request.beside, "matplotlibrc").exists()
    return bool(beside or any("matplotlibrc" in name for name in request.data)) or bool(
        DECIDES.search(code)
    )


def import_silently(name: str) -> bool:
    """Import a module; False where a page's own import fails or has something to say."""
    with warnings.catch_warnings(record=True) as shown:
        reset_warnings()
        own = [*warnings.filters]
        try:
            exec(f"import {name}", {"__name__": "__main__"})  # where a page's cell would
        except Exception:
            return False
        _filters.extend(each for each in reversed(warnings.filters) if each not in own)
    return not shown


def begin_page() -> None:
    """Have a page begin as if it had imported the modules itself."""
    for action, message, category, module, line in _filters:
        texts = (pattern.pattern if pattern else "" for pattern in (message, module))
        warnings.filterwarnings(action, next(texts), category, next(texts), line)
    with contextlib.suppress(KeyError):
        sys.modules["numpy.random"].seed()  # else all pages draw the same numbers
