"""Each page to take away: as a notebook, as a script, as Markdown; and all for language models.

A page that is written leaves a :class:`Document` beside Sphinx's own doctrees; when the build
ends, the files are made of these, those that are there already compared, and those of pages that
are gone removed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError
from sphinx.util.osutil import relative_uri

from built_site.builders import is_site
from built_site.files import write
from myst_doctest.checking.verdicts import Verdict
from myst_doctest.page_store import PageStore
from myst_doctest.pages.page import Page
from myst_doctest.settings import Settings
from myst_doctest.sphinx_extension import CHECKED
from myst_doctest.static_files import publish
from tutorial_site.contents import first_paragraph, reading_order, tutorial_parts
from tutorial_site.downloads import llms_txt
from tutorial_site.downloads.markdown_writer import Writer, escaped
from tutorial_site.downloads.notebook import notebook
from tutorial_site.downloads.page_export import Address, Document, TakenCell
from tutorial_site.downloads.script import script
from tutorial_site.downloads.sheet import sheet
from tutorial_site.downloads.wheel import Wheel, WheelError

__all__ = ["setup"]

STYLE = "downloads.css"
SCRIPT = "downloads.js"
FOLDER = "_downloads"
CELLS = PageStore[list[TakenCell]]("taken_cells")

BESIDE = "the support package, a download of the page,"
AGAIN = """\
Run it in an empty folder: some pages write a database there.
Run again, it looks different in places: SQLAlchemy writes its log itself, with the time and the
logger's name, Jupyter lays out long values anew, and dates and addresses are those of your run.\
"""


class Downloads:
    """The downloads of one build."""

    def __init__(self) -> None:
        self.wheel: Wheel | None = None

    def begin(self, app: Sphinx) -> None:
        """Read what the support package is."""
        config, root = app.config, Path(app.confdir)
        if is_site(app.builder) and config.downloads_package:
            needs = tuple(config.downloads_requirements)
            try:
                self.wheel = Wheel.of(root, root / config.downloads_package, needs)
            except WheelError as error:
                raise ConfigError(f"downloads_package: {error}") from error

    def write_anew(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """The pages that have left no document, or whose build was interrupted."""
        if not is_site(app.builder):
            return []
        return sorted(name for name in env.all_docs if not _kept(app, name).is_file())

    def finish_page(
        self,
        app: Sphinx,
        name: str,
        template: str,
        context: dict[str, Any],
        doctree: nodes.document | None,
    ) -> None:
        """Keep a page for its downloads, and give it their menu."""
        if doctree is None or not is_site(app.builder):
            return
        page = _document(app, name, doctree)
        file = _kept(app, name)
        write(file, page.dumps().encode())
        context["page_menu"] = self._menu(page, context["pathto"])
        markdown = escape(context["pathto"](f"{name}.md", 1))
        link = f'<link rel="alternate" type="text/markdown" href="{markdown}">'
        context["metatags"] = f"{context.get('metatags', '')}{link}\n"

    def _menu(self, page: Document, pathto: Any) -> str:
        in_markdown, in_jupyter, in_python = _downloads(page.name)
        files = [(in_markdown, "Markdown (.md)", "")]
        if page.cells:
            with_cells = [(in_jupyter, "Notebook (.ipynb)"), (in_python, "Script (.py)")]
            files = [*((file, words, " download") for file, words in with_cells), *files]
        if self.wheel and _imports(page, self.wheel):
            files.append((f"{FOLDER}/{self.wheel.name}", "Support package (.whl)", " download"))
        items = "".join(
            f'<li><a href="{escape(pathto(file, 1))}"{how}>{words}</a></li>'
            for file, words, how in files
        )
        return (
            '<nav class="page-menu" aria-label="Downloads"><details>'
            f"<summary>Download</summary><ul>{items}</ul></details></nav>"
        )

    def finish(self, app: Sphinx, exception: Exception | None) -> None:
        """Put the downloads of all pages into the site, and take those of no page out of it."""
        if exception is not None or not is_site(app.builder):
            return
        out, files = Path(app.outdir), dict(self._files(app))
        for name, data in files.items():
            write(out / name, data)
        old = [name for page in _known(app) for name in _downloads(page)]
        old += [f"{FOLDER}/{wheel.name}" for wheel in (out / FOLDER).glob("*.whl")]
        for name in old:
            if name not in files and not _is_extra(app, name):
                (out / name).unlink(missing_ok=True)
        _forget(app)

    def _files(self, app: Sphinx) -> Iterator[tuple[str, bytes]]:
        """The downloads by their paths in the site."""
        pages = {
            name: Document.loads(_kept(app, name).read_text(encoding="utf-8"))
            for name in reading_order(app.env)
            if _kept(app, name).is_file()
        }
        if self.wheel:
            yield f"{FOLDER}/{self.wheel.name}", self.wheel.data()
        base = _base(app)
        for page in pages.values():
            in_markdown, in_jupyter, in_python = _downloads(page.name)
            yield in_markdown, self._sheet(page, base).encode()
            if page.cells:
                note = self._note(app, page, base)
                yield in_jupyter, notebook(page, note, base).encode()
                yield in_python, script(page, note, base).encode()
        yield from self._for_models(app, pages, base)

    def _sheet(self, page: Document, base: Address) -> str:
        """The page's Markdown, its links seen from itself where the site has no address."""
        return sheet(page, lambda path: base(path) or _seen_from(_downloads(page.name)[0], path))

    def _note(self, app: Sphinx, page: Document, base: Address) -> str:
        """What a reader of the file has to know, above all else."""
        wheel = self.wheel if self.wheel and _imports(page, self.wheel) else None
        address = base(f"{FOLDER}/{wheel.name}") if wheel else ""
        pins = list(self.wheel.requires) if self.wheel else []
        given = [*pins, *([address or f"./{wheel.name}"] if wheel else [])]
        title, home = escaped(page.title), base(app.builder.get_target_uri(page.name))
        name = f"[{title}]({home})" if home else title
        beside = "" if address or not wheel else f"put {BESIDE} beside this file and "
        words = " ".join(f'"{each}"' for each in given)
        blocks = [
            f"**{name}**, a page of *{escaped(app.config.project)}*, with its recorded outputs.",
            f"To run it, {beside}install what it imports:\n\n```\npip install {words}\n```",
            AGAIN,
        ]
        if not given:
            del blocks[1]
        return "\n\n".join(blocks)

    def _for_models(
        self, app: Sphinx, pages: dict[str, Document], base: Address
    ) -> Iterator[tuple[str, bytes]]:
        root = pages.get(app.config.root_doc)
        title, words = app.config.project, root.about if root else ""
        pins = ", ".join(self.wheel.requires) if self.wheel else ""
        sections = {
            title: [pages[name] for name in names if name in pages]
            for title, names in _sections(app.env)
        }
        known = {title: found for title, found in sections.items() if found}
        text = llms_txt.contents(title, words, pins, known, lambda path: base(path) or path)
        yield "llms.txt", text.encode()
        yield (
            "llms-full.txt",
            llms_txt.full(title, words, pins, list(pages.values()), base).encode(),
        )


def _document(app: Sphinx, name: str, doctree: nodes.document) -> Document:
    builder: Any = app.builder
    writer = Writer(builder.get_target_uri(name), builder.images)
    parts = writer.parts(doctree)
    title = app.env.titles[name].astext()
    about = writer.about or next(iter(first_paragraph(doctree)), "")
    return Document.of(name, title, about, parts, CELLS.of(app.env).get(name, []))


def _downloads(page: str) -> tuple[str, str, str]:
    """The paths of a page's Markdown, notebook and script; one without cells has the first."""
    return f"{page}.md", f"{page}.ipynb", _script_name(page)


def _script_name(page: str) -> str:
    """The path of a page's script, under a name that is no module's.

    Python looks for modules in a script's folder first: beside a script ``dataclasses.py``, no
    program would find the one of the standard library.

    >>> _script_name("start/dataclasses")
    'start/page-dataclasses.py'
    """
    folder, slash, name = page.rpartition("/")
    return f"{folder}{slash}page-{name}.py"


def _imports(page: Document, wheel: Wheel) -> bool:
    name = re.compile(rf"\b{re.escape(wheel.package.name)}\b")
    return any(name.search(cell.source) for cell in page.cells)


def _base(app: Sphinx) -> Address:
    """Addresses that hold wherever they are read; empty where the site's own is not known."""
    home = app.config.html_baseurl
    if not home:
        return lambda path: ""
    return lambda path: f"{home.rstrip('/')}/{path}"


def _seen_from(page: str, path: str) -> str:
    file, mark, anchor = path.partition("#")
    return (relative_uri(page, file) or "./") + mark + anchor


def _kept(app: Sphinx, name: str) -> Path:
    """Where a page is kept for its downloads: its addresses are those of one builder."""
    return Path(app.doctreedir) / "downloads" / app.builder.name / f"{name}.json"


def _known(app: Sphinx) -> list[str]:
    """The pages that are kept, also those that are gone since."""
    folder = _kept(app, "index").parent
    found = (file.relative_to(folder).with_suffix("") for file in folder.rglob("*.json"))
    return sorted(name.as_posix() for name in found)


def _is_extra(app: Sphinx, name: str) -> bool:
    """Whether the author brought a file of this name, by ``html_extra_path``: it is not ours."""
    brought = [Path(app.confdir, path) for path in app.config.html_extra_path]
    return any((path / name).is_file() or path.name == name for path in brought)


def _forget(app: Sphinx) -> None:
    """Remove what is kept of pages that are gone."""
    for name in _known(app):
        if name not in app.env.all_docs:
            _kept(app, name).unlink()


def _sections(env: BuildEnvironment) -> Iterator[tuple[str, Sequence[str]]]:
    """The first page, the parts of the tutorial, and the pages of none, in the order of reading."""
    root = env.config.root_doc
    parts = tutorial_parts(env)
    yield "About", [root]
    yield from ((part.title, part.names) for part in parts)
    listed = {root, *(name for part in parts for name in part.names)}
    yield "More", [name for name in reading_order(env) if name not in listed]


def _note_cells(
    app: Sphinx, docname: str, page: Page, verdicts: Sequence[Verdict], settings: Settings
) -> None:
    CELLS.of(app.env)[docname] = [TakenCell.of(verdict) for verdict in verdicts]


def _digest() -> str:
    """A digest of what makes the downloads: pages are read anew when it is another."""
    files = [
        Path(__file__).with_name(f"{name}.py")
        for name in ("page_export", "extension", "markdown_writer")
    ]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register this part; it stands alone too, as ``tutorial_site.downloads.extension``."""
    app.setup_extension("myst_doctest")
    app.add_config_value("downloads_package", "", "html", str)
    app.add_config_value("downloads_requirements", [], "html", list)
    app.add_config_value("downloads_made_by", _digest(), "env", str)
    downloads = Downloads()
    app.connect("builder-inited", downloads.begin)
    app.connect(CHECKED, _note_cells)
    CELLS.connect(app)
    app.connect("env-updated", downloads.write_anew)
    app.connect("html-page-context", downloads.finish_page)
    app.connect("build-finished", downloads.finish)
    publish(app, Path(__file__).parent / "static", STYLE, SCRIPT)
    app.add_css_file(STYLE)
    app.add_js_file(SCRIPT, loading_method="defer")
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
