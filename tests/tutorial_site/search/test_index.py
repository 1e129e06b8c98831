"""The index of the search: what is read of a page, and how it comes into the site."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup

from tests.kit import needs
from tutorial_site.search import extension
from tutorial_site.search.html_sections import Part, Section, sections

PAGE = """
<nav><section id="aside"><h2>Aside</h2></section></nav>
<article role="main"><section id="top"><h1>Top<a class="headerlink" href="#top">¶</a></h1>
<p>Words<br data-pagefind-ignore>of <em>pr</em>ose.<button>Press</button></p>
<div>A box</div>beside. <h4>No title</h4>
<svg><title>Drawn</title></svg><script>run</script><style>a{}</style>
<template>t<section id="hidden"><h2>Hidden</h2></section></template>
<section id="cell"><h2>Cell <code>add()</code></h2>
<div class="cell" id="sess-add">
<div class="cell_input"><pre><span>a</span>.<span>b</span></pre></div>
<div class="live-tools">Run</div>
<div class="cell_output"><details class="log"><summary>SQL</summary><pre>BEGIN</pre>
<span class="log-word">word</span><div class="log-about">What it means</div></details>
<pre>seen</pre>
<div class="error"><p class="output-note">Line 1</p><pre>E: &lt;x&gt;</pre></div></div></div>
<details class="hide"><summary>Show</summary><p>folded</p></details>
<details><summary>Content</summary></details></section>
<p>After<span data-pagefind-ignore>chrome</span></p>
<dl><dt id="term-flush">flush</dt><dd><p>To send. <a href="p.html#x">See</a></p></dd>
<dt id="term-row">row</dt><dd>A record.</dd></dl><p>End.</p></section>
<section id="nameless"><p>Words without a title.</p></section></article>
<footer>foot</footer>"""


def test_sections_hold_what_a_reader_sees_by_its_kind() -> None:
    """Code, SQL, outputs and errors are told apart; buttons, folds and chrome are left out."""
    top, cell, flush, row = sections(PAGE)
    assert (top.anchor, top.title, top.level) == ("", "Top", 1)
    assert top.parts == [Part("prose", "Words of prose. A box beside. No title After End.")]
    assert (cell.anchor, cell.title, cell.level) == ("cell", "Cell add()", 2)
    assert cell.ids == ["cell", "sess-add"]
    assert cell.parts == [
        Part("code", "a.b"),
        Part("sql", "BEGIN"),
        Part("output", "seen"),
        Part("error", "E: <x>"),
        Part("prose", "folded Content"),
    ]
    assert (flush.anchor, flush.level, flush.links) == ("term-flush", 0, ["p.html#x"])
    assert (row.title, row.parts) == ("row", [Part("prose", "A record.")])


def test_what_pagefind_reads_of_a_section_is_its_words() -> None:
    """Signs of markup are words as others; what the section shows is found, and is not its text."""
    page = extension.Page("p.html", "A <page>", "Part")
    section = Section("x", 2, "A & <b>", [Part("error", "E: <x> &amp;"), Part("sql", "BEGIN")])
    read = BeautifulSoup(extension._document(page, section, ["a <thing>", "two"]), "html.parser")
    about = {each["data-pagefind-meta"]: each for each in read.select("[data-pagefind-ignore]")}
    assert {name: each.get_text() for name, each in about.items()} == {
        "title": "A & <b>",
        "page": "A <page>",
        "shows": "a <thing>. two",
    }
    body = {each["data-pagefind-weight"]: each.get_text() for each in read.select("p")[3:]}
    assert body == {"4": "E: <x> &amp;", "0.3": "BEGIN"}
    bare = BeautifulSoup(extension._document(page, Section("y", 2, "Bare"), []), "html.parser")
    assert [each.get_text() for each in bare.select("[data-pagefind-weight]")] == ["Bare"]


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("session.add(user)", "session \u2060.add \u2060(user)"),
        ("expire_on_commit=False", "expire_on_commit \u2060=False"),
        (
            "https://sqlalche.me/e/21/bhk3",
            "https \u2060://sqlalche \u2060.me \u2060/e \u2060/21 \u2060/bhk3",
        ),
        ("Session's end.", "Session's end."),
    ],
)
def test_names_in_code_are_words_of_their_own(text: str, apart: str) -> None:
    """What is joined by signs is put apart, such that it can be joined again."""
    assert extension._apart(text) == apart
    assert apart.replace(" \u2060", "") == text


def test_address_of_a_section_is_a_file_name_that_can_be_read_back() -> None:
    """Also where the anchor is longer than a file's name may be, or holds a slash."""
    page = extension.Page("part/page.html", "Page", "Part")
    for anchor in ("", "what-is-it", "a/b", "é" * 200):
        path = extension._file(page, Section(anchor, level=1))
        assert path.parts[:2] == ("part", "page.html")
        assert max(len(os.fsencode(name)) for name in path.parts) < 255
        name = "".join(path.parts[2:])
        assert name == f"~1~{quote(anchor, safe='')}~.html"


def test_a_build_that_is_interrupted_leaves_a_whole_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the new entry stands there, the old one and all that it names do."""
    old, new = (
        {
            f"index/{name}.pf_index": name.encode(),
            f"pagefind.{name}.pf_meta": name.encode(),  # comes after the entry by its name
            "pagefind-ui.js": b"of no use here",
            extension.ENTRY: json.dumps({"index": f"{name}.pf_index", "languages": {}}).encode(),
        }
        for name in "ab"
    )
    site = tmp_path / "site"
    extension._replace(site, extension._wanted(old))
    write = extension.write

    def full(path: Path, content: bytes) -> None:
        if path.name == extension.ENTRY:
            raise OSError(28, "No space left on device")
        write(path, content)

    monkeypatch.setattr(extension, "write", full)
    with pytest.raises(OSError, match="No space"):
        extension._replace(site, extension._wanted(new))
    assert (site / "pagefind.b.pf_meta").exists()
    named = json.loads((site / extension.ENTRY).read_text())["index"]
    assert (site / "index" / named).read_text() == "a"
    monkeypatch.undo()
    extension._replace(site, extension._wanted(new))
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert files == {extension.ENTRY, "index/b.pf_index", "pagefind.b.pf_meta"}


def test_no_pagefind_is_said_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A program of another machine, or none, is an error that names its cause."""
    wrong = tmp_path / "pagefind"
    wrong.write_bytes(b"\x7fELF of another machine")
    wrong.chmod(0o755)
    module = type("Package", (), {"get_executable": staticmethod(lambda: wrong)})
    monkeypatch.setattr(extension, "import_module", lambda name: module)
    with pytest.raises(extension.SearchError, match="does not run"):
        extension.program()
    wrong.write_text("#!/bin/sh\necho too old a machine\nexit 3\n")
    with pytest.raises(extension.SearchError, match="failed with status 3: too old a machine"):
        extension.program()


def test_index_is_the_same_each_time() -> None:
    """Two runs of Pagefind over the same sections give the same bytes, and all that is wanted."""
    try:
        program = extension.program()
    except extension.SearchError as error:
        needs.missing(str(error))
    pages = [extension.Page(f"p{number}.html", f"Page {number}", "Part") for number in range(30)]
    documents = [
        (extension._file(page, section), extension._document(page, section, ["a thing"]))
        for page in pages
        for section in sections(PAGE)
    ]
    one, two = (extension._wanted(extension._index(program, documents)) for _ in range(2))
    assert one == two
    kinds = {name.rpartition(".")[2] for name in one}
    assert kinds == {"json", "js", "pagefind", "pf_meta", "pf_index", "pf_fragment"}
    assert sum(name.endswith(".pf_fragment") for name in one) == len(documents)


def test_a_pagefind_that_ends_is_an_error(tmp_path: Path) -> None:
    """A program that says nothing, or ends at once, is told of, and nothing is waited for.

    Nor is anything left open: the clock that limits it would hold its pipes.
    """
    silent = tmp_path / "pagefind"
    silent.write_text("#!/bin/sh\nexit 0\n")
    silent.chmod(0o755)
    with pytest.raises(extension.SearchError, match="Pagefind ended at NewIndex"):
        extension._index(silent, [])
    assert not [each for each in threading.enumerate() if isinstance(each, threading.Timer)]


def test_an_answer_of_pagefind_that_is_an_error_is_told(tmp_path: Path) -> None:
    """Pagefind's own words come with the error."""
    try:
        program = extension.program()
    except extension.SearchError as error:
        needs.missing(str(error))
    with (
        extension.Pagefind(program) as pagefind,
        pytest.raises(extension.SearchError, match=r"failed: ."),
    ):
        pagefind.ask(type="AddFile", index_id=7, file_contents="", file_path="a.html", url=None)
