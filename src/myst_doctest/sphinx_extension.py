"""The Sphinx extension: a build runs the pages that it reads, and publishes what was recorded."""

from __future__ import annotations

import functools
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from myst_parser.config.main import MdParserConfig
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError, ExtensionError
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from myst_doctest import __version__, label_order
from myst_doctest.checking.claims import wrong_claims
from myst_doctest.checking.compare import normalise
from myst_doctest.checking.exercise_proofs import Grading
from myst_doctest.checking.verdicts import Verdict, judge, recorded
from myst_doctest.page_store import PageStore
from myst_doctest.pages.exercises import OPTIONS, Exercise, Prose
from myst_doctest.pages.includes import KIND
from myst_doctest.pages.ipynb import SUFFIX
from myst_doctest.pages.page import Page
from myst_doctest.pages.predictions import Text
from myst_doctest.pages.rules import Rules
from myst_doctest.pages.variations import OPTIONS as TRY_OPTIONS
from myst_doctest.pages.variations import Variation
from myst_doctest.running.kept_runs import KeptServer
from myst_doctest.running.page_runs import ExecutionError, PageRun, Server, UnavailableError
from myst_doctest.running.runner import CellRun
from myst_doctest.running.used_files import digest, digest_of
from myst_doctest.settings import Settings, SettingsError
from myst_doctest.showing import (
    cell_labels,
    changed_lines,
    exercise_cards,
    predictions,
    variants,
    variations,
)
from myst_doctest.showing.cells import cells_of
from myst_doctest.showing.lanes import Lanes
from myst_doctest.showing.lanes_between_cells import LanesThroughText
from myst_doctest.showing.nested_cells import AnyOptions, add_nested, draw_nested, not_drawn
from myst_doctest.showing.output_nodes import (
    add_nodes,
    drawn_here,
    has_panel,
    notebook_outputs,
    output_of,
    page_explanations,
    variants_of,
)
from myst_doctest.sphinx_config import (
    EXECUTION_MODE,
    no_pages,
    notes_of,
    page_files,
    page_suffixes,
    refuse_execution,
)
from myst_doctest.static_files import publish
from myst_doctest.variants import MAIN, Variant

LOGGER = logging.getLogger(__name__)
STYLES = ("myst-doctest.css", "exercises.css")
SCRIPTS = ("log-panels.js", "variants.js")
LATER = ("lines.js", "lane-ends.js", "predictions.js")
"""The scripts that ``log-panels.js`` loads."""
BEFORE_PAINT = (
    "try{const is=(key,on)=>localStorage.getItem(`myst-doctest-${key}`)===on,"
    "{dataset}=document.documentElement;"
    'if(is("log","folded"))dataset.log="folded";if(is("values","filled"))dataset.values=""}catch{}'
)
"""Panels that the reader has folded are never seen open, and values come in their places.

In the page itself, since a file in the head would keep all else waiting. Every page has the same
text, and so the same hash in a policy.
"""
USED = PageStore[dict[str, str]]("myst_doctest_used")
"""The digests of a page and of the files that it used, when it ran."""
UNCHECKED = PageStore[int]("myst_doctest_unchecked")
"""How many cells of a page are not checked."""
OTHERS = PageStore[str]("myst_doctest_others")
"""Why nothing here reads a page that MyST-NB reads by a format of its own."""
CODE = '"cell_type": "code"'
"""What each code cell of a notebook's file has."""
READER = f"{__name__}.read_page"
CHECKED = "myst-doctest-checked"
"""Sphinx event: ``(app, docname, page, verdicts, settings)`` of the page that was just checked."""


def _warn(message: str, place: str | tuple[str, int], kind: str) -> None:
    LOGGER.warning(message, location=place, type="myst_doctest", subtype=kind)


class Build:
    """The pages of one build, their runs, and the one that Sphinx is reading."""

    current: Build | None = None
    """The build in progress: MyST-NB gives a reader a page's text and nothing else."""

    def __init__(self, app: Sphinx, server: Server) -> None:
        self.app = app
        self.server = server
        self.variants = server.settings.variants
        self.docname = ""
        self.suffixes = {".md"}
        self.others: set[str] = set()
        """The suffixes of what MyST-NB reads without us."""
        self.rules = Rules()
        self.pages: dict[str, Page] = {}
        self.running: dict[tuple[str, str], Future[PageRun]] = {}
        self.grading: dict[tuple[str, str], Grading] = {}
        """The attempts at exercises that are listed on pages, by page and exercise."""
        self.trying: dict[tuple[str, str], Future[PageRun]] = {}
        """What readers may try, by page and name."""
        self.missing: set[str] = set()

    def configure(self, app: Sphinx, config: Config) -> None:
        """Read pages here, and have MyST-NB execute nothing (``config-inited``)."""
        try:
            if EXECUTION_MODE in config._raw_config:
                refuse_execution(config.nb_execution_mode)
            settings = self.server.settings
            if Path(app.confdir) == (settings.root / settings.confdir).resolve():
                page_files(config, settings)  # names a folder without pages
            for note in notes_of(config._raw_config, Path(app.confdir), settings):
                LOGGER.info(note)
        except SettingsError as error:
            raise ConfigError(str(error)) from None
        config.nb_execution_mode = "off"
        self.suffixes = page_suffixes(config._raw_config, self.server.settings)
        self.others = {SUFFIX, *config.nb_custom_formats} - self.suffixes
        readers = dict.fromkeys(self.suffixes, READER)
        config.nb_custom_formats = {**config.nb_custom_formats, **readers}
        patterns = no_pages(self.server.settings)
        config.exclude_patterns = [*config.exclude_patterns, *patterns]

    def prefetch(self, app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
        """Start all pages that Sphinx is about to read (``env-before-read-docs``)."""
        self.rules = Rules.of(self.server.settings, app.config._raw_config)
        self.pages.clear()
        self.running.clear()
        self.grading.clear()
        self.trying.clear()
        for name in list(docnames):
            path = Path(env.doc2path(name))
            if path.suffix in self.suffixes:
                config: MdParserConfig = env.myst_config  # type: ignore[attr-defined]
                page = Page.read(path, config, self.variants, self.rules)
                if page.unreadable:
                    self._leave_out(env, docnames, name, page)
                else:
                    self._start(name, page)
        if app.parallel > 1:
            # Sphinx's readers are forked from this process: wait before, and say things once.
            for key in self.running:
                self._run(*key)
            for graded in self.grading.values():
                graded.run.exception()
            for tried in self.trying.values():
                tried.exception()

    def _say_unread(self, env: BuildEnvironment, name: str, path: Path) -> None:
        """Count, or warn of, what has cells that nothing here runs."""
        if path.suffix == SUFFIX:  # it has outputs of its own, which are published
            UNCHECKED.of(env)[name] = path.read_text("utf-8", "replace").count(CODE)
        elif reason := self.rules.reason(path):
            OTHERS.of(env)[name] = reason
        else:
            message = f"nothing runs the cells of {path.suffix} files: name it in `unchecked`"
            _warn(message, str(path), "page")

    def _start(self, name: str, page: Page) -> None:
        """Start a page's cells, which run while the next page is parsed."""
        self.pages[name] = page
        if page.unchecked:
            return
        for variant in ("", *page.asked) if page.cells else ():
            self.running[name, variant] = self.server.run(page, variant=variant)
        for label, tried in page.variations.items():
            self.trying[name, label] = self.server.run(tried)
        for each in page.exercises:
            self.grading[name, each.name] = Grading(each, self.server)

    def _leave_out(self, env: BuildEnvironment, docnames: list[str], name: str, page: Page) -> None:
        """Warn of a page that Sphinx itself could not read: it would stop there."""
        docnames.remove(name)
        env.clear_doc(name)
        env.found_docs.discard(name)
        for problem in (*page.problems, *page.notes):
            _warn(problem.message, f"{page.path}:{problem.line}", "page")

    def note_current(self, app: Sphinx, docname: str, content: list[str]) -> None:
        """Note which page is read next (``source-read``)."""
        Build.current = self
        self.docname = docname
        path = Path(app.env.doc2path(docname))
        if path.suffix in self.others:
            self._say_unread(app.env, docname, path)

    def look_for_nested(self, app: Sphinx, doctree: nodes.document) -> None:
        """Warn of cells in directives that did not read their content (``doctree-read``)."""
        page = self.pages.get(app.env.docname)
        for index in not_drawn(doctree, page.nested if page and not page.problems else ()):
            assert page is not None
            message = "a {code-cell} that its directive does not show: put it at the top level"
            self._report(page.cells[index].line, message, "page")

    def dismiss(self, app: Sphinx, env: BuildEnvironment) -> None:
        """Let the servers end while pages are written, and count (``env-updated``)."""
        self.server.dismiss()
        if isinstance(self.server, KeptServer):
            LOGGER.info("myst_doctest: %s", self.server.told())
        if counts := [count for count in UNCHECKED.of(env).values() if count]:
            message = f"{sum(counts)} cells on {len(counts)} pages are published unchecked"
            sys.stderr.write(f"myst_doctest: {message}\n")  # with -q too, and no error with -W
        if others := len(OTHERS.of(env)):
            what = "pages in other formats are" if others > 1 else "page in another format is"
            sys.stderr.write(f"myst_doctest: {others} {what} published without being run\n")

    def close(self, app: Sphinx, exception: Exception | None) -> None:
        """End the server (``build-finished``, which comes twice where a handler of it raises)."""
        self.server.close()
        Build.current = None

    def read(self, text: str) -> nbformat.NotebookNode:
        """The notebook of the page that is being read, with its cells' outputs in it."""
        run = self._run(self.docname) or PageRun()
        page = self.pages.get(self.docname)
        if page is None:
            page = Page.parse(text, Path(self.docname), self.app.env.myst_config)  # type: ignore[attr-defined]
        self._say_what_is_found(page)
        verdicts = judge(page, run)
        used = run.files | {str(page.path): digest_of(page.data)}
        lanes = {"": _lanes(page, run)}
        for variant in page.asked if not page.unchecked else ():
            other = self._run(self.docname, variant)
            _take_variant(page, other, variant, verdicts)
            used |= self._check_records(page, variant) | (other.files if other else {})
            lanes[variant] = _lanes(page, other, variant) if other else _replayed(verdicts, variant)
        for verdict in verdicts:
            for variant, each in {"": verdict, **verdict.others}.items():
                if not each.is_good:
                    self._report(each.line, each.report, "output", each.file)
                for problem in wrong_claims(each, variant):
                    self._report(problem.line, problem.message, "prediction")
        kept = (page.path.parent / name for verdict in verdicts for name in verdict.pictures)
        used |= {str(file): digest(str(file)) for file in kept}
        used |= self._prove(page.exercises) | self._take_variations(page)
        if self.docname in self.pages:
            USED.of(self.app.env)[self.docname] = used
        if page.asked and not page.unchecked:
            titles = ((name, self.variants[name].title) for name in page.asked)
            variants.PAGE_VARIANTS.of(self.app.env)[self.docname] = [
                (MAIN, self.server.settings.title),
                *titles,
            ]
        self.app.emit(CHECKED, self.docname, page, verdicts, self.server.settings)
        notebook = _notebook(page, verdicts, lanes)
        if run.widgets:
            notebook.metadata["widgets"] = nbformat.from_dict(run.widgets)
        # Else MyST-NB would execute it: its metadata win over conf.py.
        notebook.metadata.get(self.app.config.nb_metadata_key, {}).pop("execution_mode", None)
        return notebook

    def _say_what_is_found(self, page: Page) -> None:
        for problem in page.problems:
            self._report(problem.line, problem.message, "page")
        for note in page.notes:
            LOGGER.info("%s:%s: %s", self.docname, note.line, note.message)
        unchecked = [cell for cell in page.cells if cell.unchecked]
        UNCHECKED.of(self.app.env)[self.docname] = len(unchecked)

    def _prove(self, exercises: list[Exercise]) -> dict[str, str]:
        """Report what is wrong with exercises, and give the files that attempts used."""
        if exercises:
            exercise_cards.EXERCISES.of(self.app.env)[self.docname] = exercises
        used: dict[str, str] = {}
        for exercise in exercises:
            grading = self.grading.get((self.docname, exercise.name))
            if grading is None:  # the page is not checked, or was not begun
                continue
            try:
                run = grading.run.result()
            except ExecutionError as error:
                raise ExtensionError(str(error)) from None
            for proof in grading.proofs(exercise, run):
                for problem in proof.problems:
                    self._report(problem.line, problem.message, "exercise")
            used |= run.files
        return used

    def _take_variations(self, page: Page) -> dict[str, str]:
        """Report what is wrong with what readers may try, and give the files that it used."""
        used: dict[str, str] = {}
        checked = []
        for name, tried in page.variations.items() if self.trying else ():
            try:
                run = self.trying[self.docname, name].result()
            except ExecutionError as error:
                raise ExtensionError(str(error)) from None
            verdict = judge(tried, run)[-1]
            if not verdict.is_good:
                self._report(verdict.line, verdict.report, "output")
            output = output_of(verdict, _lanes(tried, run))
            output = drawn_here(output) if output else None
            own = page.cells[verdict.cell.index].variations
            number = next(n for n, each in enumerate(own) if each.start == verdict.cell.start)
            checked.append(
                variations.CheckedVariation(own[number], verdict.cell.index, number, output)
            )
            used |= run.files
        if checked:
            variations.VARIATIONS.of(self.app.env)[self.docname] = checked
        return used

    def _check_records(self, page: Page, variant: str) -> dict[str, str]:
        """Report what is wrong with the file that records a variant, and give its digest."""
        if variant not in page.records:
            return {}
        beside = page.records[variant]
        for problem in (*beside.problems, *beside.stale(page.cells, variant)):
            self._report(problem.line, problem.message, "page", beside.path)
        return {str(beside.path): digest(str(beside.path))}

    def _run(self, docname: str, variant: str = "") -> PageRun | None:
        """What a page's cells did; None without cells, and on a variant that cannot run here."""
        if (docname, variant) not in self.running:
            return None
        try:
            return self.running[docname, variant].result()
        except UnavailableError as error:
            self._say_missing(self.variants[variant], str(error))
            return None
        except ExecutionError as error:
            raise ExtensionError(str(error)) from None

    def _say_missing(self, variant: Variant, why: str) -> None:
        if variant.name in self.missing:
            return
        self.missing.add(variant.name)
        message = (
            f"variant {variant.name}: its recorded outputs are published unchecked, since it"
            f" cannot run here: {why}"
        )
        if variant.required:
            place = why.partition(": ")[0]  # pyproject.toml:10
            _warn(message, str(self.server.settings.root / place), "variant")
        else:
            sys.stderr.write(f"{message}\n")  # with -q too, and no error with -W

    def _report(self, line: int, message: str, kind: str, file: Path | None = None) -> None:
        place = f"{file}:{line}" if file else (self.docname, line)
        _warn(normalise(message), place, kind)
        # Else the next build would not read the page, and pass, or take what it did, and fail.
        self.app.env.note_reread()
        if isinstance(self.server, KeptServer):
            self.server.forget(self._runs_of(self.docname))

    def _runs_of(self, docname: str) -> Iterator[Future[PageRun]]:
        """All that a page has run."""
        graded = {key: each.run for key, each in self.grading.items()}
        runs = chain(self.running.items(), self.trying.items(), graded.items())
        return (run for (name, _), run in runs if name == docname)


def _take_variant(
    page: Page, run: PageRun | None, variant: str, verdicts: Sequence[Verdict]
) -> None:
    """Add the verdicts on a variant to those without one."""
    others = recorded(page, variant, verdicts) if run is None else judge(page, run, None, variant)
    for verdict in others:
        verdicts[verdict.cell.index].others[variant] = verdict


def _lanes(page: Page, run: PageRun, variant: str = "") -> Lanes:
    """The lanes of a run, in which a page's cells need not all have run."""
    runs = [CellRun() for _ in page.cells]
    for cell, done in zip(page.cells_on(variant), run.cells, strict=False):
        runs[cell.index] = done
    return Lanes(runs)


def _replayed(verdicts: Sequence[Verdict], variant: str) -> Lanes:
    """The lanes of what is recorded of a variant, and of the main run where nothing is."""
    shown = [(verdict.others.get(variant) or verdict).shown for verdict in verdicts]
    return Lanes([CellRun(segments) for segments in shown])


def _notebook(
    page: Page, verdicts: Sequence[Verdict], lanes: Mapping[str, Lanes]
) -> nbformat.NotebookNode:
    if page.notebook is None:
        title = f"# {page.path.name}\n\nThis page could not be read; the build's report says why."
        cell = nbformat.v4.new_markdown_cell(title, id="cell-1")
        return nbformat.v4.new_notebook(cells=[cell])
    for cell, verdict in zip(page.codes, verdicts, strict=True):
        index = verdict.cell.index
        cell.metadata["index"] = index
        main = lanes[""]
        cell.metadata["lanes"] = main.around(index)
        cell.metadata["lanes_on"] = {
            name: each.around(index)
            for name, each in lanes.items()
            if name in page.variants and each.around(index) != main.around(index)
        }
        cell.metadata["variants"] = variants_of(verdict, page.known, lanes)
        cell.outputs = notebook_outputs(verdict, main)
    add_nested(page.notebook, page.nested)
    return page.notebook


def read_page(text: str) -> nbformat.NotebookNode:
    """Read a page for MyST-NB (``nb_custom_formats``)."""
    if Build.current is None:
        raise ExtensionError("myst_doctest reads pages during a Sphinx build only")
    return Build.current.read(text)


def _outdated(app: Sphinx, env: BuildEnvironment, *_: set[str]) -> list[str]:
    """The pages that must run again, since a file is not what it was (``env-get-outdated``)."""
    now = functools.cache(digest)
    used = USED.of(env)
    return [
        docname
        for docname, files in used.items()
        if any(now(name) != before for name, before in files.items())
    ]


def _environment(settings: Settings) -> str:
    """What every page depends on; when it changes, every page is read again."""
    modules = {module.split(".")[0] for module in settings.preload}
    folders = [settings.root / folder for folder in settings.pythonpath]
    own = {path.stem for folder in folders for path in folder.iterdir()}
    # What is of no distribution would be searched for slowly.
    names = sorted(modules - sys.stdlib_module_names - own)
    versions = [f"{name} {_version(name)}" for name in names]
    table = [f"{key}={value!r}" for key, value in sorted(vars(settings).items()) if key != "root"]
    return "; ".join([platform.python_version(), __version__, *versions, *table])


def _version(module: str) -> str:
    try:
        return version(module)
    except PackageNotFoundError:  # its distribution has another name: a slower way to find it
        return ", ".join(map(version, packages_distributions().get(module, ())))


class Misplaced(SphinxDirective):
    """A cell or a block that no reader took out of its page, so that nothing runs or checks it.

    Where a page has problems the reader has said so; here it is said of included files, of what
    a substitution or another parser brings, and of documents that are no pages.
    """

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Warn, and leave the directive out."""
        if not self._is_said():
            what = "in an included file" if self.is_included else "that nothing runs or checks"
            message = f"{{{self.name}}} {what}: put it at the top level of a page"
            _warn(message, self.get_location(), "page")
            self.env.note_reread()
        return []

    def _is_said(self) -> bool:
        """Whether the page's reader has said it."""
        kinds = {problem.kind for problem in self.page.problems} if self.page else set()
        return KIND in kinds if self.is_included else bool(kinds)

    @property
    def is_included(self) -> bool:
        """Whether it is in another file than the page."""
        source, _ = self.get_source_info()
        return Path(source) != Path(self.env.doc2path(self.env.docname))

    @property
    def page(self) -> Page | None:
        """The page that is being read; None for a document that is no page."""
        return Build.current.pages.get(self.env.docname) if Build.current else None


class NestedCell(Misplaced):
    """A ``{code-cell}`` in a list or in a directive, where MyST-NB's reader does not look."""

    option_spec: ClassVar[dict[str, Any]] = AnyOptions()

    def run(self) -> list[nodes.Node]:
        """Draw it, as MyST-NB draws cells at the top level."""
        renderer = getattr(self.state, "_renderer", None)  # MyST's alone has one
        is_ours = not self.is_included and self.page is not None and not self.page.problems
        if renderer is not None and is_ours:
            drawn = draw_nested(renderer, "\n".join(self.content), self.lineno)
            if drawn is not None:
                return drawn
        if is_ours and self.page and self.page.unchecked:
            return [nodes.literal_block(text := "\n".join(self.content), text, language="python")]
        return super().run()


class Exercises(Misplaced):
    """``{exercise}``, whose parts were read from the page's text."""

    option_spec: ClassVar[dict[str, Any]] = dict.fromkeys(OPTIONS["exercise"], directives.unchanged)

    def run(self) -> list[nodes.Node]:
        """The exercise's card."""
        found = exercise_cards.EXERCISES.of(self.env).get(self.env.docname, [])
        name = self.options.get("name", "")
        exercise = next((each for each in found if each.name == name), None)
        if exercise is None:
            return super().run()
        title, messages = self.state.inline_text(exercise.title, self.lineno)
        known = self.page.known if self.page else {}
        there = [known[name] for name in exercise.also_on]
        card = exercise_cards.card(exercise, title, self._parse, there)
        self.state.document.note_explicit_target(card, card)
        return [card, *messages]

    def _parse(self, prose: Prose, parent: nodes.Element) -> None:
        source, _ = self.get_source_info()
        lines = StringList(prose.text.split("\n"), source)
        self.state.nested_parse(lines, prose.line - 1 - self.lineno, parent)


class Given(Exercises):
    """``{given}``: shown by each exercise that names it."""

    def run(self) -> list[nodes.Node]:
        """Nothing."""
        return []


class Predict(predictions.PredictDirective, Misplaced):
    """A prediction, where a page has it; misplaced anywhere else."""

    optional_arguments = 0

    def run(self) -> list[nodes.Node]:
        """Draw it, or warn."""
        if self.is_included or self.page is None:
            return Misplaced.run(self)
        return super().run()


class Try(Misplaced):
    """``{try}``, which was read from the page's text."""

    option_spec: ClassVar[dict[str, Any]] = TRY_OPTIONS

    def run(self) -> list[nodes.Node]:
        """The fold with the changed cell."""
        config = self.env.myst_config  # type: ignore[attr-defined]
        form = Variation.of(list(self.content), 0, config)
        found = variations.VARIATIONS.of(self.env).get(self.env.docname, [])
        asked = form.sentence.lines, form.code
        for each in found:
            if (each.form.sentence.lines, each.form.code) == asked:
                return [each.node(self._parsed(form.sentence), self._parsed(form.about))]
        return super().run()

    def _parsed(self, text: Text) -> list[nodes.Node]:
        box = nodes.container()
        self.state.nested_parse(StringList(text.lines), self.content_offset + text.line, box)
        return list(box.children)


class NameCells(SphinxTransform):
    """Give a cell with a ``:name:`` that anchor."""

    default_priority = 210

    def apply(self, **kwargs: Any) -> None:
        """Add each name that the page has not used yet."""
        used = set()
        for cell in cells_of(self.document):
            if cell.name and cell.name not in used:
                used.add(cell.name)
                cell.node["names"].append(nodes.fully_normalize_name(cell.name))
                self.document.note_explicit_target(cell.node, cell.node)


def _finish_page(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Explain the panels' words; fold panels and choose the variant before the first paint.

    On ``html-page-context``.
    """
    if doctree is None:
        return
    if head := variants.head(doctree):
        context["metatags"] = f"{context.get('metatags', '')}{head}"
    if has_panel(doctree):
        context["metatags"] = f"{context.get('metatags', '')}<script>{BEFORE_PAINT}</script>\n"
        context["body"] = f"{context['body']}{page_explanations(doctree)}"


def setup(app: Sphinx, server: Server) -> dict[str, Any]:
    """Register the extension, whose pages run on ``server``; it brings MyST-NB with it."""
    app.setup_extension("myst_nb")
    environment = _environment(server.settings)
    app.add_config_value("myst_doctest_environment", environment, "env", str)
    app.add_event(CHECKED)
    build = Build(app, server)
    app.connect("config-inited", build.configure, priority=400)  # before MyST-NB reads its formats
    USED.connect(app)
    UNCHECKED.connect(app)
    OTHERS.connect(app)
    app.connect("env-get-outdated", _outdated)
    app.connect("env-before-read-docs", build.prefetch)
    app.connect("source-read", build.note_current)
    app.connect("env-updated", build.dismiss)
    app.connect("build-finished", build.close)
    app.connect("html-page-context", _finish_page)
    publish(app, Path(__file__).parent / "static", *STYLES, *SCRIPTS, *LATER)
    add_nodes(app)
    cell_labels.add_nodes(app)
    exercise_cards.EXERCISES.connect(app)
    predictions.add_nodes(app)
    variants.add_nodes(app)
    variations.add_nodes(app)
    variations.VARIATIONS.connect(app)
    variants.PAGE_VARIANTS.connect(app)
    label_order.connect(app)
    app.add_directive("output", Misplaced)
    if "sphinx_exercise" not in app.config.extensions:
        exercise_cards.add_nodes(app)
        app.add_directive("exercise", Exercises)
        app.add_directive("given", Given)
    app.add_directive("code-cell", NestedCell, override=True)
    app.connect("doctree-read", build.look_for_nested)
    app.add_directive("predict", Predict)
    app.add_directive("try", Try)
    app.add_transform(NameCells)
    app.add_post_transform(predictions.DrawPredictions)
    app.add_post_transform(changed_lines.MarkChanges)
    app.add_post_transform(LanesThroughText)
    app.add_post_transform(cell_labels.NameParts)
    app.add_post_transform(variants.DrawVariants)
    for style in STYLES:
        app.add_css_file(style)
    for script in SCRIPTS:
        app.add_js_file(script, loading_method="defer")
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}
