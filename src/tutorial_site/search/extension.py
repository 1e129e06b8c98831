"""A search of the site by Pagefind, whose index and program are files of the site.

What is found is a section, not a page: a page holds twenty sections, and a reader who asks for one
thing wants the one that tells of it. The dialog puts the sections of a page together again.

On each page stands only a script that waits for a key (``search.js``); the dialog, its worker and
Pagefind are loaded when the search is first opened. Sphinx's own search stays where it is, for
readers whose browser does not run WebAssembly, and for a machine that does not run Pagefind.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from html import escape
from importlib import import_module
from pathlib import Path
from threading import Timer
from typing import Any, Self
from urllib.parse import quote, urljoin

from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError

from built_site.builders import is_site
from built_site.files import write
from tutorial_site.content import coverage_table
from tutorial_site.contents import tutorial_parts
from tutorial_site.search import html_sections as reader
from tutorial_site.search.html_sections import Kind, Part, Section

__all__ = ["setup"]

STYLE = "search.css"
BOOT = "search.js"
ON_DEMAND = ("search-dialog.js", "search-dialog.css", "search-worker.js")
INDEX = "_static/pagefind"
WORDS = "words.json"
ENTRY = "pagefind-entry.json"
"""The file from which Pagefind starts: it names the others, which have hashes for names."""

WEIGHTS: Mapping[Kind, float] = {"prose": 1, "code": 1, "sql": 0.3, "output": 0.5, "error": 2}
"""How much a word counts by where it stands: the same SQL stands under cell after cell."""
MEANT = 2
"""How much more an error counts where a marker says that the section is about something shown."""

JOINT = " \N{WORD JOINER}"
"""Stands in the index where one word of code meets the next; the worker takes it out again.

Pagefind takes ``session.add(user)`` for a single word, and would not find ``session.add`` in it.
"""
JOINTS = re.compile("(?<=\\w)(?!['\N{RIGHT SINGLE QUOTATION MARK}]\\w)(?=[^\\w\\s]+\\w)")
WORD = re.compile(r"(?!0x)[^\W\d]\w{1,39}|\d\w*[^\W\d]\w*")
PATIENCE = 600  # seconds, after which Pagefind hangs
SEGMENT = 100  # characters of a name of a file; an anchor may be longer than file systems allow


class SearchError(SphinxError):
    """Pagefind did not do what it should."""

    category = "Search"


@dataclass(frozen=True)
class Page:
    """A page that can be found: where it is, what it is called, and of which part it is."""

    address: str
    title: str
    part: str


def _document(page: Page, section: Section, shows: Sequence[str]) -> str:
    """What Pagefind reads of a section.

    ``page`` and ``shows`` are searched too, since they say what a section is about. What is not
    searched stands in the address or among the words: Pagefind would take it as a filter, and
    writes filters in another order each time.
    """
    about = {"title": section.title, "page": page.title, "shows": ". ".join(shows)}
    metadata = [_hidden(name, _apart(text)) for name, text in about.items() if text]
    weights = {**WEIGHTS, "error": WEIGHTS["error"] * (MEANT if shows else 1)}
    body = (
        f'<p data-pagefind-weight="{weights[part.kind]}">{escape(_apart(part.text))}</p>'
        for part in section.parts or [Part("prose", section.title)]
    )
    return f'<html lang="en"><body data-pagefind-body>{"".join((*metadata, *body))}</body></html>'


def _hidden(name: str, text: str) -> str:
    """A line that is no part of the text; Pagefind reads its data all the same."""
    return f'<p data-pagefind-ignore data-pagefind-meta="{name}">{escape(text)}</p>'


def _apart(text: str) -> str:
    return JOINTS.sub(JOINT, text)


def _file(page: Page, section: Section) -> Path:
    """The name that stands for a section's level and address: Pagefind makes its address of it."""
    anchor = quote(section.anchor, safe="")
    pieces = [anchor[start : start + SEGMENT] for start in range(0, len(anchor), SEGMENT)] or [""]
    pieces[0] = f"~{section.level}~{pieces[0]}"
    pieces[-1] += "~.html"
    return Path(page.address, *pieces)


def program() -> Path:
    """The program that comes with the package ``pagefind``, once it has shown that it runs.

    Raises SearchError where it is missing or made for another machine.
    """
    try:
        file: Path = import_module("pagefind_bin").get_executable()
    except (ImportError, FileNotFoundError) as error:
        raise SearchError(f"there is no Pagefind: {error}") from error
    _run(file, "--version")
    return file


class Pagefind:
    """Pagefind as a service: it reads documents one after the other, as they are given.

    It could read a folder by itself, but numbers the files as the file system lists them, which
    is not the same on any two. Its package for Python speaks to it as we do (``pagefind.service``
    1.5: requests and answers are JSON in base64, each with a comma at its end), and waits a tenth
    of a second for each of a thousand answers.
    """

    def __init__(self, file: Path) -> None:
        self.process = subprocess.Popen(
            [str(file), "--service"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.patience = Timer(PATIENCE, self.process.kill)

    def __enter__(self) -> Self:
        self.patience.start()
        try:
            self.index = self.ask(type="NewIndex", config=None)["index_id"]
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it, whatever it does, and the clock that limits it."""
        self.patience.cancel()
        self.patience.join()
        self.process.kill()
        self.process.communicate()

    def add(self, file: Path, text: str) -> None:
        """Let it read a document, whose address it makes of a file's name."""
        self.ask(
            type="AddFile",
            index_id=self.index,
            url=None,
            file_path=file.as_posix(),
            file_contents=text,
        )

    def files(self) -> dict[str, bytes]:
        """Its bundle. If it wrote that itself, it would answer before all was on the disk."""
        answer = self.ask(type="GetFiles", index_id=self.index)
        return {each["path"]: base64.b64decode(each["content"]) for each in answer["files"]}

    def ask(self, **request: Any) -> dict[str, Any]:
        """Its answer to a request.

        Raises SearchError where it has none, or answers with an error.
        """
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin
        assert stdout
        message = json.dumps({"message_id": 1, "payload": request}).encode()
        with suppress(BrokenPipeError):
            stdin.write(base64.b64encode(message) + b",")
            stdin.flush()
        said = b""
        while not said.endswith(b","):
            read = os.read(stdout.fileno(), 1 << 20)
            if not read:
                raise SearchError(f"Pagefind ended at {request['type']}")
            said += read
        answer: dict[str, Any] = json.loads(base64.b64decode(said[:-1]))["payload"]
        if answer["type"] == "Error":
            raise SearchError(f"Pagefind failed: {answer.get('message')}")
        return answer


def _index(file: Path, documents: Iterable[tuple[Path, str]]) -> dict[str, bytes]:
    """The bundle that Pagefind makes of documents, by the files' paths."""
    with Pagefind(file) as pagefind:
        for name, text in documents:
            pagefind.add(name, text)
        return pagefind.files()


def _run(file: Path, *arguments: str) -> None:
    try:
        done = subprocess.run(
            [str(file), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SearchError(f"Pagefind does not run: {error}") from error
    if done.returncode:
        words = done.stdout.decode(errors="replace").strip()
        raise SearchError(f"Pagefind failed with status {done.returncode}: {words}")


class Search:
    """The search of one build."""

    def __init__(self) -> None:
        self.program: Path | None = None

    def begin(self, app: Sphinx) -> None:
        """Look whether this machine runs Pagefind."""
        self.program = None
        if not is_site(app.builder):
            return
        try:
            self.program = program()
        except SearchError as error:
            # No warning: a site with Sphinx's own search is whole. It is said under -q too.
            print(f"search: left out: {error}", file=sys.stderr)  # noqa: T201
        else:
            app.add_css_file(STYLE)
            app.add_js_file(BOOT, loading_method="defer")

    def pages_to_write(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """All pages, where the site has a search and this build has none, or the reverse."""
        if not is_site(app.builder):
            return []
        built = Path(app.outdir, INDEX, ENTRY).exists()
        return sorted(env.found_docs) if built != (self.program is not None) else []

    def publish(self, app: Sphinx, builder: Builder) -> None:
        """Put the scripts where pages look; the first names the others as they are today."""
        static = Path(app.outdir, "_static")
        if self.program is None:
            for name in (STYLE, BOOT, *ON_DEMAND):
                (static / name).unlink(missing_ok=True)
            return
        static.mkdir(parents=True, exist_ok=True)
        sources = {name: _source(name) for name in ON_DEMAND}
        stamp = hashlib.sha256(b"".join(sources.values())).hexdigest()[:8]
        for name, text in {**sources, BOOT: _source(BOOT), STYLE: _source(STYLE)}.items():
            write(static / name, text.replace(b"@stamp@", stamp.encode()))

    def finish(self, app: Sphinx, exception: Exception | None) -> None:
        """Index what was built.

        Raises SearchError where Pagefind fails, or what it wrote cannot be put into the site.
        """
        if exception is not None or not is_site(app.builder):
            return
        folder = Path(app.outdir, INDEX)
        names = app.env.found_docs
        if not all(Path(app.builder.get_outfilename(name)).is_file() for name in names):  # type: ignore[attr-defined]
            print("search: left out, since not all pages were built", file=sys.stderr)  # noqa: T201
            return
        if self.program is None:
            _replace(folder, {})
            return
        found = _read(app)
        part = {docname: part.title for part in tutorial_parts(app.env) for docname in part.names}
        pages = {docname: _page(app, docname, part.get(docname, "")) for docname in found}
        index = _wanted(_index(self.program, _documents(app, pages, found)))
        index[WORDS] = _words(pages.values(), found).encode()
        try:
            _replace(folder, index)
        except OSError as error:
            raise SearchError(f"the index could not be written: {error}") from error


def _source(name: str) -> bytes:
    return (Path(__file__).parent / "static" / name).read_bytes()


def _documents(
    app: Sphinx, pages: Mapping[str, Page], found: Mapping[str, list[Section]]
) -> Iterator[tuple[Path, str]]:
    """What Pagefind reads: for each section of a page, a file."""
    shown = coverage_table.shown(app) if "coverage_items" in app.config else {}
    terms = _terms({pages[docname].address: sections for docname, sections in found.items()})
    for docname, sections in found.items():
        page = pages[docname]
        for section in sections:
            anchors = ["", *section.ids] if section is sections[0] else section.ids
            words = [word for name in anchors for word in shown.get(docname, {}).get(name, [])]
            words += (term for name in anchors for term in terms.get((page.address, name), []))
            yield _file(page, section), _document(page, section, list(dict.fromkeys(words)))


def _terms(found: Mapping[str, list[Section]]) -> dict[tuple[str, str], list[str]]:
    """The terms to which a glossary says where they are shown: by page and anchor."""
    terms: dict[tuple[str, str], list[str]] = {}
    for address, sections in found.items():
        for entry in (each for each in sections if each.anchor.startswith("term-")):
            for link in entry.links:
                place, _, anchor = urljoin(address, link).partition("#")
                if not anchor.startswith("term-"):
                    terms.setdefault((place, anchor), []).append(entry.title)
    return terms


def _words(pages: Iterable[Page], found: Mapping[str, list[Section]]) -> str:
    """How many sections there are, the pages' parts, and all words, the frequent ones first.

    By them the worker tells a name from words that stand beside each other, and mends what was
    misspelled; Pagefind does not say which words it knows.
    """
    sections = [section for several in found.values() for section in several]
    counts: Counter[str] = Counter()
    for section in sections:
        text = " ".join((section.title, *(part.text for part in section.parts)))
        counts.update(set(WORD.findall(text.lower())))
    words = sorted(counts, key=lambda word: (-counts[word], word))
    parts = {page.address: page.part for page in pages}
    known = {"sections": len(sections), "parts": parts, "words": words}
    return json.dumps(known, ensure_ascii=False)


def _page(app: Sphinx, docname: str, part: str) -> Page:
    address = app.builder.get_target_uri(docname)
    return Page(address, app.env.titles[docname].astext(), part)


def _read(app: Sphinx) -> dict[str, list[Section]]:
    """The sections of all pages that can be found; those that did not change are remembered."""
    notes = Path(app.doctreedir, "search.json")
    known = _remembered(notes)
    state: dict[str, tuple[str, list[Section]]] = {}
    for docname in sorted(app.env.found_docs - set(app.config.search_leave_out)):
        markup = Path(app.builder.get_outfilename(docname)).read_bytes()  # type: ignore[attr-defined]
        key = hashlib.sha256(_MAKER + markup).hexdigest()
        before = known.get(docname)
        again = before is None or before[0] != key
        state[docname] = (
            (key, reader.sections(markup.decode("utf-8"))) if again else before  # type: ignore[assignment]
        )
    text = {name: [key, [asdict(each) for each in found]] for name, (key, found) in state.items()}
    with suppress(OSError):  # they only save time
        write(notes, json.dumps(text).encode())
    return {name: found for name, (_, found) in state.items()}


_MAKER = hashlib.sha256(Path(reader.__file__).read_bytes()).digest()


def _remembered(notes: Path) -> dict[str, tuple[str, list[Section]]]:
    try:
        known = json.loads(notes.read_bytes())
        return {name: (key, [_section(each) for each in found])
                for name, (key, found) in known.items()}  # fmt: skip
    except (OSError, ValueError, TypeError, AttributeError):
        return {}  # none yet, or of another version


def _section(known: dict[str, Any]) -> Section:
    return Section(**known | {"parts": [Part(*each) for each in known["parts"]]})


def _wanted(bundle: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of Pagefind's bundle that our worker asks for: none of its own interfaces."""
    entry = json.loads(bundle[ENTRY])
    programs = {f"wasm.{each['wasm']}.pagefind" for each in entry["languages"].values()}
    kept = {ENTRY, "pagefind.js", *programs}
    return {
        name: data
        for name, data in bundle.items()
        if name in kept or name.endswith((".pf_meta", ".pf_index", ".pf_fragment"))
    }


def _replace(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder hold these files and no others, such that it holds a whole index all the time.

    Files that have hashes for names come first, then the entry that names them; what no entry names
    any more goes last. A build that is interrupted leaves the old index or the new one.
    """
    for name in sorted(files, key=lambda name: (name == ENTRY, name)):
        write(folder / name, files[name])
    for old in sorted(folder.rglob("*"), reverse=True):
        if old.is_dir():
            with suppress(OSError):  # it is not empty
                old.rmdir()
        elif old.relative_to(folder).as_posix() not in files:
            old.unlink()
    if not files and folder.is_dir():
        folder.rmdir()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register this part; it stands alone too, as ``tutorial_site.search.extension``."""
    app.add_config_value("search_leave_out", [], "", list)
    search = Search()
    app.connect("builder-inited", search.begin)
    app.connect("env-updated", search.pages_to_write)
    app.connect("write-started", search.publish)
    # After all that writes into finished pages.
    app.connect("build-finished", search.finish, priority=700)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
