"""Each page as a notebook, as a script and as Markdown; the site for language models.

A page's files are written with the page, on ``html-page-context``, by whichever process writes it.
``build-finished`` adds what belongs to all pages (``llms.txt``, ``llms-full.txt``, the exercises as
a program) and the wheel of the package that pages import.
"""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from built_site.builders import is_site
from built_site.files import write
from myst_doctest.checking.verdicts import Verdict
from myst_doctest.page_store import PageStore
from myst_doctest.pages.exercises import Exercise
from myst_doctest.pages.page import Page
from myst_doctest.settings import Settings
from myst_doctest.showing.cells import cells_of
from myst_doctest.showing.exercise_cards import EXERCISES
from myst_doctest.sphinx_extension import CHECKED
from tutorial_site.contents import first_paragraph, reading_order, tutorial_parts
from tutorial_site.downloads import llms_txt
from tutorial_site.downloads.exercises_archive import NAME, exercises_archive
from tutorial_site.downloads.markdown_writer import Writer, escaped, page_markdown
from tutorial_site.downloads.notebook import notebook
from tutorial_site.downloads.page_export import ExportedCell, PageExport
from tutorial_site.downloads.script import script
from tutorial_site.downloads.support_package import Wheel, build_wheel
from tutorial_site.page.assets import load_on_all_pages

FOLDER = "_downloads"
CELLS = PageStore[list[ExportedCell]]("exported_cells")

BESIDE = "the support package, a download of the page,"
AGAIN = """\
Run it in an empty folder: some pages write a database there.
Run again, it looks different in places: SQLAlchemy writes its log itself, with the time and the
logger's name, Jupyter breaks long values elsewhere, and dates and addresses are those of your run.\
"""


class Downloads:
    """The downloads of one build."""

    def __init__(self) -> None:
        self.building: Future[Wheel] | None = None
        self.wheel: Wheel | None = None
        self.about: dict[str, str] = {}

    def prepare(self, app: Sphinx) -> None:
        """``builder-inited``: build the wheel in a thread while Sphinx reads pages."""
        if is_site(app.builder) and app.config.downloads_package:
            thread = ThreadPoolExecutor(1)
            folder = Path(app.confdir, app.config.downloads_package)
            self.building = thread.submit(build_wheel, folder)
            thread.shutdown(wait=False)

    def await_wheel(self, app: Sphinx, env: BuildEnvironment) -> None:
        """``env-updated``: wait for the wheel, whose name pages give."""
        if self.building is not None:
            self.wheel = self.building.result()

    def note_about(self, app: Sphinx, doctree: nodes.document, docname: str) -> None:
        """``doctree-resolved``, always in the main process: keep a sentence for ``llms.txt``."""
        self.about[docname] = _about(doctree)

    def write_page(
        self, app: Sphinx, name: str, _: str, context: dict[str, Any], tree: nodes.document | None
    ) -> None:
        """``html-page-context``: write the page's files, and give the page their menu."""
        if tree is None or not is_site(app.builder):
            return
        writer = Writer(app.builder.get_target_uri(name), _base(app))
        cells = CELLS.of(app.env).get(name, [])
        page = PageExport.of(writer.parts(tree), cells, cells_of(tree) if cells else ())
        files = {"Markdown (.md)": (f"{name}.md", page_markdown(page))}
        if page.cells:
            note = self._note(app, name, page)
            is_graded = any(each == name for each, _ in _exercises(app.env))
            grader = self.wheel.package if self.wheel and is_graded else ""
            files = {
                "Notebook (.ipynb)": (f"{name}.ipynb", notebook(page, note, grader)),
                "Script (.py)": (_script_name(name), script(page, note)),
                **files,
            }
        for path, text in files.values():
            write(Path(app.outdir, path), text.encode())
        links = {words: path for words, (path, _) in files.items()}
        if wheel := self._needed(page):
            links["Support package (.whl)"] = f"{FOLDER}/{wheel.file}"
        if name in EXERCISES.of(app.env):
            links["All exercises (.pyz)"] = f"{FOLDER}/{NAME}"
        addresses = {words: context["pathto"](quote(path), 1) for words, path in links.items()}
        context["page_menu"] = _menu(addresses)
        markdown = escape(addresses["Markdown (.md)"])
        link = f'<link rel="alternate" type="text/markdown" href="{markdown}">'
        context["metatags"] = f"{context.get('metatags', '')}{link}\n"

    def _needed(self, page: PageExport) -> Wheel | None:
        """The wheel, if the page imports its package."""
        name = re.compile(rf"\b{re.escape(self.wheel.package)}\b") if self.wheel else None
        return self.wheel if name and any(name.search(cell.source) for cell in page.cells) else None

    def _note(self, app: Sphinx, name: str, page: PageExport) -> str:
        """What a reader of the notebook or script has to know before running it."""
        base, wheel = _base(app), self._needed(page)
        given = self._to_install(app, wheel)
        title = escaped(app.env.titles[name].astext())
        link = f"[{title}]({base}{app.builder.get_target_uri(name)})" if base else title
        beside = f"put {BESIDE} beside this file and " if wheel and not base else ""
        blocks = [
            f"**{link}**, a page of *{escaped(app.config.project)}*, with its recorded outputs.",
            f"To run it, {beside}install what it imports:\n\n```\npip install {given}\n```",
            AGAIN,
        ]
        if not given:
            del blocks[1]
        return "\n\n".join(blocks)

    def finish(self, app: Sphinx, exception: Exception | None) -> None:
        """``build-finished``: write the wheel, and the files for language models."""
        if exception is not None or not is_site(app.builder):
            return
        out, config = Path(app.outdir), app.config
        archive = self._write_exercises(app)
        if self.wheel:
            wheel = self.wheel.with_file(NAME, archive) if archive else self.wheel.data
            write(out / FOLDER / self.wheel.file, wheel)
        pages = [name for name in reading_order(app.env) if (out / f"{name}.md").is_file()]
        entries = {name: self._entry(app, name) for name in pages}
        about = entries[config.root_doc].about if config.root_doc in entries else ""
        head = llms_txt.head(config.project, about, self.wheel.requires if self.wheel else ())
        sections = {
            title: [entries[name] for name in names if name in entries]
            for title, names in _sections(app)
        }
        texts = ((out / f"{name}.md").read_text(encoding="utf-8") for name in pages)
        write(out / "llms.txt", llms_txt.contents(head, sections).encode())
        write(out / "llms-full.txt", llms_txt.full(head, texts).encode())

    def _write_exercises(self, app: Sphinx) -> bytes:
        """Write the program that has all exercises of the tutorial, where there are some."""
        exercises = [
            (name, f"{_base(app)}{app.builder.get_target_uri(name)}", exercise)
            for name, exercise in _exercises(app.env)
        ]
        if not exercises:
            return b""
        given = self._to_install(app, self.wheel)
        settings = Settings.find(Path(app.confdir))
        data = exercises_archive(exercises, settings, f"pip install {given}")
        write(Path(app.outdir, FOLDER, NAME), data)
        return data

    def _to_install(self, app: Sphinx, wheel: Wheel | None) -> str:
        """What pip installs: what the package needs, and the package itself, if it is needed."""
        base = _base(app)
        given = list(self.wheel.requires) if self.wheel else []
        if wheel:
            given.append(f"{base}{FOLDER}/{wheel.file}" if base else f"./{wheel.file}")
        return " ".join(f'"{each}"' for each in given)

    def _entry(self, app: Sphinx, name: str) -> llms_txt.Entry:
        # An increment resolves only the pages that it writes.
        about = self.about.get(name) or _about(app.env.get_doctree(name))
        address = f"{_base(app)}{quote(name)}.md"
        return llms_txt.Entry(app.env.titles[name].astext(), address, about)


def _exercises(env: BuildEnvironment) -> Iterator[tuple[str, Exercise]]:
    """The exercises of the tutorial, each with its page, in their order."""
    found = EXERCISES.of(env)
    for part in tutorial_parts(env):
        for name in part.names:
            for exercise in found.get(name, ()):
                yield name, exercise


def _about(doctree: nodes.document) -> str:
    """A page's description in its front matter, or the first line of its first paragraph."""
    given = (str(meta["content"]) for meta in doctree.findall(nodes.meta)
             if meta.get("name") == "description")  # fmt: skip
    return next(given, "") or next(iter(first_paragraph(doctree)), "")


def _menu(addresses: dict[str, str]) -> str:
    """The menu of a page's files; Markdown is shown by the browser, all else is saved."""
    items = "".join(
        f'<li><a href="{escape(address)}"{"" if words.startswith("Markdown") else " download"}>'
        f"{words}</a></li>"
        for words, address in addresses.items()
    )
    return (
        '<nav class="page-menu" aria-label="Downloads"><details>'
        f"<summary>Download</summary><ul>{items}</ul></details></nav>"
    )


def _script_name(page: str) -> str:
    """The path of a page's script, under a name that is no module's.

    Python looks for modules in a script's folder first: beside a script ``dataclasses.py``, no
    program would find the one of the standard library.

    >>> _script_name("start/dataclasses")
    'start/page-dataclasses.py'
    """
    folder, slash, name = page.rpartition("/")
    return f"{folder}{slash}page-{name}.py"


def _base(app: Sphinx) -> str:
    """The address of the site's root, with a slash at its end; empty if it is not known."""
    return f"{app.config.html_baseurl.rstrip('/')}/" if app.config.html_baseurl else ""


def _sections(app: Sphinx) -> Iterator[tuple[str, Sequence[str]]]:
    """The first page, the parts of the tutorial, and all other pages, in the order of reading."""
    root, parts = app.config.root_doc, tutorial_parts(app.env)
    yield "About", [root]
    yield from ((part.title, part.names) for part in parts)
    listed = {root, *(name for part in parts for name in part.names)}
    yield "More", [name for name in reading_order(app.env) if name not in listed]


def _note_cells(
    app: Sphinx, docname: str, page: Page, verdicts: Sequence[Verdict], settings: Settings
) -> None:
    """``myst-doctest-checked``: keep the page's cells until it is written."""
    CELLS.of(app.env)[docname] = [ExportedCell.of(verdict) for verdict in verdicts]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the downloads, which need ``myst_doctest``."""
    app.setup_extension("myst_doctest")
    app.add_config_value("downloads_package", "", "html", str)
    downloads = Downloads()
    CELLS.connect(app)
    app.connect("builder-inited", downloads.prepare)
    app.connect("env-updated", downloads.await_wheel)
    app.connect(CHECKED, _note_cells)
    app.connect("doctree-resolved", downloads.note_about)
    app.connect("html-page-context", downloads.write_page)
    app.connect("build-finished", downloads.finish)
    load_on_all_pages(app, Path(__file__).parent / "static", "downloads.css", "downloads.js")
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
