"""Each private or undocumented name of another package that this project touches is still there.

An upgrade that takes one away fails here in one line that says what it was for, and not in
hundreds of tests. A private name that is touched and not listed fails too.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import furo
import myst_nb.core.render
import pagefind_bin
import psycopg
import pytest
import sphinx.builders.html as html_builder
import sphinx_autobuild.__main__ as autobuild
import sqlalchemy.log
from docutils import nodes
from myst_nb.core.read import read_myst_markdown_notebook
from myst_nb.sphinx_ import HideCodeCellNode
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.directives import parse_directive_text
from myst_parser.parsers.mdit import create_md_parser
from sphinx.config import Config
from sphinx.ext.intersphinx import InventoryAdapter
from sphinx.project import EXCLUDE_PATHS
from sphinx.util.tags import Tags
from sphinx.writers.html5 import HTML5Translator
from sphinx_codeautolink.extension import block, resolve
from sphinx_codeautolink.parse import ImportTrackerVisitor, Name
from sqlalchemy.dialects import mssql
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import InstanceState, Session

from live_cells.pack.downloads_cache import npm_packages
from myst_doctest.settings import Settings
from tests.kit.full_site import PARTS, ROOT
from tutorial_site.page.asset_bundle import AFTER_PAINT

FURO = Path(furo.__file__).parent / "theme" / "furo"
FURO_PAGE = "ad8bad98317b2e09e018cde7113e90a32b3a87e0440cfab385d1bb7ca1c9cd6d"


def takes(function: Callable[..., object], *names: str) -> bool:
    """Whether a function has parameters of these names."""
    return {*names} <= {*inspect.signature(function).parameters}


def says(module: ModuleType | type | Callable[..., object], *words: str) -> bool:
    """Whether the source of something has these words."""
    return all(word in inspect.getsource(module) for word in words)


def holds(file: Path, *words: str) -> bool:
    """Whether a file has these words."""
    text = file.read_text(encoding="utf-8")
    return all(word in text for word in words)


def names_of(code: str) -> list[tuple[object, ...]]:
    """What sphinx-codeautolink finds in code."""
    visitor = ImportTrackerVisitor(nodes.paragraph())
    visitor.visit(ast.parse(code))
    return [(n.import_components, n.code_str, n.lineno, n.end_lineno) for n in visitor.accessed]


def pyodide() -> Path:
    """The folder of the npm package."""
    return npm_packages(PARTS) / "pyodide"


def began(session: Session) -> object:
    """The outermost transaction of a Session."""
    return session.begin()


GUARDS: dict[str, tuple[Callable[[], object], str]] = {
    # Sphinx
    "Config._raw_config": (
        lambda: Config({"myst_x": 1})._raw_config["myst_x"] == 1,
        "myst_doctest reads what conf.py says of pages, before extensions have added values",
    ),
    "Config.read": (
        lambda: takes(Config.read, "confdir", "overrides", "tags") and Tags(),
        "sphinx_config.py reads conf.py without an application",
    ),
    "EXCLUDE_PATHS": (
        lambda: "**/_sources" in EXCLUDE_PATHS,
        "sphinx_config.py leaves out the pages that Sphinx leaves out",
    ),
    "asset.filename": (
        lambda: (
            html_builder._CascadingStyleSheet("a").filename == "a"
            and html_builder._JavaScript("a").filename == "a"
            and says(html_builder, "'css_files': self._css_files", "'script_files': self._js_files")
        ),
        "asset_bundle.py leaves out of a page what the bundle holds",
    ),
    "visit_literal_block": (
        lambda: says(HTML5Translator.visit_literal_block, "self.body.append", "nodes.SkipNode"),
        "code_blocks.py edits what Sphinx appended when it skips a code block",
    ),
    "current_docname": (
        lambda: says(html_builder, "self.current_docname = docname"),
        "code_links.py makes addresses that are seen from the page that is written",
    ),
    "InventoryAdapter": (
        lambda: isinstance(InventoryAdapter.main_inventory, property),
        "code_links.py knows what other sites document",
    ),
    "caption": (
        lambda: "ROLE='heading'" in inspect.getsource(HTML5Translator.visit_title),
        "accessibility.py makes no heading of the captions in the sidebar",
    ),
    "styles of indexes": (
        lambda: (
            holds(
                FURO / "genindex.html",
                *(' style="width: 100%"', ' style="width: 33%; vertical-align: top;"'),
            )
            and holds(FURO / "domainindex.html", ' style="display: none"')
        ),
        "templates/genindex.html and domainindex.html take them out, as the content policy wants",
    ),
    # Furo
    "page.html": (
        lambda: hashlib.sha256((FURO / "page.html").read_bytes()).hexdigest() == FURO_PAGE,
        "templates/furo-page.html was made from another one: look at what Furo changed",
    ),
    "furo.js": (
        lambda: holds(FURO / "static" / "scripts" / "furo.js", *AFTER_PAINT),
        "asset_bundle.py has it ask where things are once the page has been painted",
    ),
    "icons.html": (
        lambda: holds(
            FURO / "partials" / "icons.html", ' style="display: none;"', ' style="opacity: 50%"'
        ),
        "templates/partials/icons.html takes the styles out, as the content policy wants",
    ),
    "get_pygments_stylesheet": (
        lambda: takes(furo.get_pygments_stylesheet),
        "asset_bundle.py bundles the colours of code, which Furo writes only in the end",
    ),
    "furo_navigation_tree": (
        lambda: says(furo, 'context["furo_navigation_tree"]', 'context["furo_hide_toc"]'),
        "accessibility.py edits the sidebar's tree, and furo-page.html asks for both",
    ),
    "current-page": (
        lambda: says(furo.navigation, '"current-page"'),
        "accessibility.py marks the page in the sidebar's tree",
    ),
    # MyST-NB and MyST-Parser
    "cell_metadata, nb_element": (
        lambda: says(myst_nb.core.render, "cell_metadata", "nb_element", "cell_code_source"),
        "showing/cells.py finds cells in a doctree by them",
    ),
    "HideCodeCellNode": (
        lambda: issubclass(HideCodeCellNode, nodes.Element),
        "showing/cell_labels.py names folds",
    ),
    "read_myst_markdown_notebook": (
        lambda: takes(read_myst_markdown_notebook, "text", "config", "add_source_map"),
        "pages/page.py reads pages as MyST-NB does",
    ),
    "create_md_parser": (
        lambda: takes(create_md_parser, "config", "renderer") and takes(parse_directive_text),
        "pages/fences.py finds cells with MyST-NB's parser",
    ),
    "MdParserConfig.as_triple": (
        lambda: all(hasattr(each, "metadata") for _, _, each in MdParserConfig().as_triple()),
        "sphinx_config.py finds which of MyST's settings a conf.py may have",
    ),
    # pytest and sphinx-autobuild
    "_create_app": (
        lambda: takes(autobuild._create_app, "out_dir", "url_host"),
        "dev_server.py puts a host's headers around what `make serve` serves",
    ),
    # sphinx-codeautolink
    "ImportTrackerVisitor": (
        lambda: names_of("import a.b\n\na.b.c")[-1] == (["a", "b", "c"], "a.b.c", 3, 3),
        "code_links.py finds the names in code",
    ),
    "resolve_location": (
        lambda: (
            resolve.resolve_location(Name(["ast", "parse"], "", 0, 0), {}) == "ast.parse"
            and issubclass(resolve.CouldNotResolve, Exception)
        ),
        "code_links.py finds what a name is",
    ),
    "construct_name_pattern, clean_pycon": (
        lambda: (
            block.construct_name_pattern(Name([], "a", 1, 1, block.LinkContext.none))
            and block.clean_pycon(">>> 1") == (">>> 1", "1")
        ),
        "code_links.py finds where a name is in highlighted HTML, and code after prompts",
    ),
    # Pagefind and Pyodide
    "pagefind_bin": (
        lambda: callable(pagefind_bin.get_executable),
        "the search index is made by Pagefind's program",
    ),
    "loadPyodide": (
        lambda: holds(
            pyodide() / "pyodide.mjs",
            *("createPyodideModule", "checkAPIVersion", "stdLibURL", "lockFileContents"),
            "packageBaseUrl",
        ),
        "start_python.js starts Python by these options, of which some are not documented",
    ),
    "pyodide.asm.wasm": (
        lambda: (
            holds(pyodide() / "pyodide.mjs", "pyodide.asm.wasm", "instantiateStreaming")
            and (pyodide() / "pyodide.asm.mjs").is_file()
            and "info" in json.loads((pyodide() / "pyodide-lock.json").read_text(encoding="utf-8"))
        ),
        "worker.js answers Pyodide's request for it",
    ),
    "Py_EmscriptenSignalBuffer": (
        lambda: holds(
            pyodide() / "pyodide.asm.mjs",
            "let result=Module.Py_EmscriptenSignalBuffer[0];Module.Py_EmscriptenSignalBuffer[0]=0;",
        ),
        "stop.js is read, and then written to, as if it were shared memory",
    ),
    # psycopg
    "pq_ctypes": (
        lambda: says(psycopg.pq.import_from_libpq, '"PSYCOPG_IMPL"', "from . import pq_ctypes"),
        "psycopg_wasm stands where psycopg looks for the module that calls libpq",
    ),
    "pg2pyenc, strip_severity, connection_summary": (
        lambda: (
            psycopg._encodings.pg2pyenc(b"UTF8") == "utf-8"
            and psycopg.pq.misc.strip_severity("ERROR:  x\n") == "x"
            and takes(psycopg.pq.misc.connection_summary, "pgconn")
        ),
        "psycopg_wasm has the words of psycopg's own implementations",
    ),
    # SQLAlchemy
    "_add_default_handler": (
        lambda: takes(sqlalchemy.log._add_default_handler, "logger"),
        "sql_log.py replaces it, so that no statement is shown twice",
    ),
    "_connections, _deleted": (
        lambda: (
            (transaction := began(Session())) is not None
            and (transaction._connections, list(transaction._deleted)) == ({}, [])
        ),  # type: ignore[attr-defined]
        "sqlalchemy_private.py reads what a Session's transaction holds",
    ),
    "_transaction, _close_state": (
        lambda: (session := Session())._transaction is None and session._close_state.name,
        "sqlalchemy_private.py sees whether a Session was closed for good",
    ),
    "_soft_closed": (
        lambda: hasattr(IteratorResult, "_soft_closed"),
        "sqlalchemy_private.py sees whether a result was read to its end",
    ),
    "cursor_fetch_strategy, FullyBufferedCursorFetchStrategy": (
        lambda: (
            takes(FullyBufferedCursorFetchStrategy, "dbapi_cursor", "initial_buffer")
            and DefaultExecutionContext.cursor_fetch_strategy is not None
        ),
        "sqlalchemy_private.py counts the rows that a statement brought",
    ),
    "_setup_version_attributes": (
        lambda: takes(mssql.dialect._setup_version_attributes, "self"),
        "dialects.py compiles for the SQL Server of today",
    ),
    "committed_state, expired_attributes": (
        lambda: says(InstanceState, "self.committed_state", "expired_attributes"),
        "entity.py shows what was changed and what is to be loaded",
    ),
}
UNDERSCORED = {
    *("_raw_config", "_create_app", "_add_default_handler"),
    *("_connections", "_deleted", "_transaction", "_close_state", "_soft_closed"),
    "_setup_version_attributes",
}


@pytest.mark.parametrize("name", GUARDS)
def test_a_name_is_still_there(name: str) -> None:
    """Say what the name is for where it is gone."""
    there, reason = GUARDS[name]
    try:
        found = there()
    except Exception as error:
        found, reason = False, f"{reason} ({error!r})"
    assert found, f"{name} has changed: {reason}"


def test_no_other_private_name_is_touched() -> None:
    """What begins with an underscore and is not ours is in the list above."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources()}
    ours = {name for tree in trees.values() for name in defined(tree)}
    found = {(name, path.name) for path, tree in trees.items() for name in private(tree)}
    assert {(name, file) for name, file in found if name not in ours | UNDERSCORED} == set()
    assert {name for name in UNDERSCORED if name not in {name for name, _ in found}} == set()


def sources() -> Iterator[Path]:
    """Our own Python files, without tests."""
    yield ROOT / "conf.py"
    for folder in ("src", "tools"):
        yield from (ROOT / folder).rglob("*.py")


def defined(tree: ast.AST) -> Iterator[str]:
    """The names that a module defines for others to read as attributes."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) in {"self", "cls"}:
            yield node.attr


def private(tree: ast.AST) -> Iterator[str]:
    """The attributes with an underscore that a module reads of others, and its imports of such."""
    known = {"os._exit", "_replace"}  # both documented
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr[:1] == "_" != node.attr[1:2]:
            if ast.unparse(node.value) not in {"self", "cls"} and not known & {
                node.attr,
                ast.unparse(node),
            }:
                yield node.attr
        elif isinstance(node, ast.ImportFrom) and (node.module or "_")[:2] != "__":
            names = [node.module or "", *(alias.name for alias in node.names)]
            yield from (name for name in names if name[:1] == "_" != name[1:2])


def test_types_that_are_shown_as_pictures_are_there() -> None:
    """A name that is out of date leaves a picture's text, which pages record and checks expect."""
    named = [name for name in Settings.find(ROOT).rich if not name.startswith("__main__.")]
    assert named
    for name in named:
        kind = pkgutil.resolve_name(name)
        assert f"{kind.__module__}.{kind.__qualname__}" == name
        assert hasattr(kind, "_repr_svg_") or hasattr(kind, "_repr_html_")
