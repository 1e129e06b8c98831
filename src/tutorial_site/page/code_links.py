"""Links from the names in Python code to their documentation.

sphinx-codeautolink parses the code of a page and finds out what each name in it is. Its own
extension is not set up: it would parse and rewrite every finished HTML file at ``build-finished``,
which took a third of a build. `code_blocks.py` calls this module while a page is written.
"""

import ast
import builtins
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment
from sphinx.ext.intersphinx import InventoryAdapter
from sphinx.util import logging
from sphinx_codeautolink.extension.block import clean_pycon, construct_name_pattern
from sphinx_codeautolink.extension.resolve import CouldNotResolve, closest_module, resolve_location
from sphinx_codeautolink.parse import ImportTrackerVisitor, Name

from myst_doctest.settings import Settings

logger = logging.getLogger(__name__)

PYTHON = frozenset({"default", "ipython3", "pycon", "py", "python", "python3"})
"""Names of Pygments lexers whose code is parsed; ``default`` may turn out to be no Python."""


class PageLinks:
    """The links in the code of one page.

    Builtins are not linked, a block links a name only where it first has it, and only the first
    link of a page to each address is in the tab order: else a page has some three hundred stops.
    """

    def __init__(self, document: nodes.document, builder: StandaloneHTMLBuilder) -> None:
        self.builder = builder
        self.names: dict[nodes.Node, list[Name]] = dict(_names(document))
        self.linked: set[str] = set()

    def add(self, block: nodes.Element, html: str) -> str:
        """Return the highlighted HTML of a code block with its links."""
        head, pre, code = html.rpartition("<pre")
        lines = code.split("\n")
        for name, address in self._addresses(block).values():
            begin, end = name.lineno - 1, name.end_lineno
            # A name may span lines, and a line may hold it twice, as in `a.b = a.b`: the
            # parser gives the last one first.
            text = "\n".join(lines[begin:end])
            found = list(re.finditer(construct_name_pattern(name), text))
            if not found:
                logger.warning("no place for the link of %r", name.code_str, location=block)
                continue
            start, stop = found[-1].start() + len(found[-1][1]), found[-1].end()
            link = f"{self._tag(address)}{text[start:stop]}</a>"
            lines[begin:end] = f"{text[:start]}{link}{text[stop:]}".split("\n")
        return head + pre + "\n".join(lines)

    def _addresses(self, block: nodes.Element) -> dict[str, tuple[Name, str]]:
        """The names of a block that can be linked, with addresses seen from this page."""
        found: dict[str, tuple[Name, str]] = {}
        documented = _documented(self.builder.env)
        for name in self.names.get(block, ()):
            target = _target(tuple(name.import_components), self.builder.env)
            if name.code_str and target and target not in found:
                where = documented[target]
                if isinstance(where, tuple):
                    docname, anchor = where
                    here = self.builder.current_docname
                    where = f"{self.builder.get_relative_uri(here, docname)}#{anchor}"
                found[target] = name, where
        return found

    def _tag(self, address: str) -> str:
        stop = ' tabindex="-1"' if address in self.linked else ""
        self.linked.add(address)
        return f'<a class="code-link" href="{escape(address)}"{stop}>'


def prepare(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """``env-before-read-docs``: do once what each of Sphinx's processes would do for itself.

    They are forked afterwards, with the modules that code names and the expressions of lexers.
    Modules with models have to be imported now in any case: once autodoc has documented a base, it
    has given ``DeclarativeBase`` annotations with which no other model can be made.
    """
    for name in Settings.find(Path(app.confdir)).preload:
        with suppress(CouldNotResolve):
            closest_module(tuple(name.split(".")))
    if app.parallel > 1 and isinstance(app.builder, StandaloneHTMLBuilder):
        app.builder.highlighter.highlight_block("pass", "ipython3")


def _names(document: nodes.document) -> Iterator[tuple[nodes.Node, list[Name]]]:
    """The code blocks of a page and the names in each; the page is read as one program."""
    program = ImportTrackerVisitor(document)
    for block in document.findall(_is_python):
        code = block.astext()
        if code.startswith(">>>"):
            _, code = clean_pycon(code)
        try:
            tree = ast.parse(code)
        except SyntaxError:  # a cell that shows one, or text without a language
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                # Of a relative import no module is imported, to find out its names.
                node.level |= not _is_documented(node.module or "", document.settings.env)
        before = len(program.accessed)
        program.visit(tree)
        yield block, program.accessed[before:]


def _is_python(node: nodes.Node) -> bool:
    if isinstance(node, nodes.doctest_block):
        return True
    return isinstance(node, nodes.literal_block) and node.get("language", "default") in PYTHON


@cache
def _documented(env: BuildEnvironment) -> dict[str, str | tuple[str, str]]:
    """Documented Python objects: elsewhere by address, on this site by document and anchor."""
    found: dict[str, str | tuple[str, str]] = {
        name: item.uri
        for kind, items in InventoryAdapter(env).main_inventory.items()
        if kind.startswith("py:")
        for name, item in items.items()
    }
    local = env.domains.python_domain.objects
    return found | {name: (each.docname, each.node_id) for name, each in local.items()}


@cache
def _top_level(env: BuildEnvironment) -> frozenset[str]:
    """The packages and modules of which something is documented; a builtin is none."""
    return frozenset(name.partition(".")[0] for name in _documented(env)) - set(dir(builtins))


def _is_documented(name: str, env: BuildEnvironment) -> bool:
    """Whether a name is of a documented module, the only ones that may be imported.

    sphinx-codeautolink imports what a name starts with, a builtin such as ``sum`` too: else the
    build would run any file of that name on ``sys.path``.
    """
    return name.partition(".")[0] in _top_level(env)


@cache
def _target(path: tuple[str, ...], env: BuildEnvironment) -> str:
    """The documented object that a chain of names leads to; empty if none, or a builtin."""
    if not _is_documented(path[0], env):
        return ""
    name = Name(list(path), "", 0, 0)
    try:
        target = resolve_location(name, _documented(env)) or ""
    except CouldNotResolve:
        return ""
    builtin = hasattr(builtins, target.split(".")[0])
    return "" if builtin or target not in _documented(env) else target
