"""The index of the search: what Pagefind reads of a page, and that it is whole."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tutorial_site.search import index
from tutorial_site.search.index import SearchError, as_indexed, write_index

PAGE = """<html lang="en"><body><nav><h2 id="aside">Aside</h2></nav>
<article role="main" id="furo-main-content"><section id="top"><h1>Top</h1>
<section id="cell">
<span id="an-old-name"></span><h2 class="lane lane-0">Cell <code>add<wbr>()</code></h2>
<div class="cell_output docutils"><details class="log"><summary>SQL</summary>BEGIN</details>
<div class="error docutils"><pre>Error: <a class="log-word">word</a></pre></div></div></section>
<dl><dt id="term-flush">flush</dt><dd>To send.</dd>
<dt class="sig" id="module.name"><code>name</code></dt><dd>A function.</dd></dl>
</section></article></body></html>"""


def test_each_section_and_entry_has_a_heading_with_its_id() -> None:
    """A page's own title has none: its address is the page."""
    read = BeautifulSoup(as_indexed(PAGE), "html.parser")
    headings = {each.get("id"): each.get_text() for each in read.select("article :is(h1, h2, h6)")}
    assert headings == {None: "Top", "cell": "Cell add()", "term-flush": "flush",
                        "module.name": "name"}  # fmt: skip
    assert [each["id"] for each in read.select("[data-pagefind-body]")] == ["furo-main-content"]


def test_a_letter_as_a_heading_is_left_out() -> None:
    """Pagefind finds it for an unknown word that begins with it; a longer heading stays."""
    read = BeautifulSoup(
        as_indexed(PAGE.replace(">flush<", ">f<").replace("Aside", "A")), "html.parser"
    )
    left_out = [each.get_text() for each in read.select("[data-pagefind-ignore]")]
    assert left_out == ["A"]


def test_words_count_by_where_they_are() -> None:
    """SQL and outputs less than prose, an error message more."""
    read = BeautifulSoup(as_indexed(PAGE), "html.parser")
    weights = {each["class"][0]: each["data-pagefind-weight"]
               for each in read.select("[data-pagefind-weight]")}  # fmt: skip
    assert weights == {"cell_output": "0.05", "error": "5"}


def test_a_page_may_count_less() -> None:
    """All of its words but those that count by where they are."""
    (article,) = BeautifulSoup(as_indexed(PAGE, 0.5), "html.parser").select("[data-pagefind-body]")
    assert article["data-pagefind-weight"] == "0.5"


def test_index_is_the_same_each_time_and_replaces_the_last_one(tmp_path: Path) -> None:
    """Two runs over the same pages give the same bytes; no file of another index stays."""
    pages = {f"part/p{number}.html": PAGE.replace("Top", f"Top {number}") for number in range(9)}
    written = []
    for name in ("one", "two"):
        write_index({"other.html": PAGE}, tmp_path / name)
        write_index(pages, tmp_path / name)
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        written.append(
            {path.relative_to(tmp_path / name).as_posix(): path.read_bytes() for path in files}
        )
    assert written[0] == written[1]
    assert sum(name.endswith(".pf_fragment") for name in written[0]) == len(pages)


def test_of_a_variant_errors_alone_are_indexed(tmp_path: Path) -> None:
    """Its name is beside cell after cell, and the rest is mostly what the page has already."""
    fold = '<details class="variant"><summary>On Postgres</summary>{}</details>'
    words = (
        '<p>Prose.</p><div class="variant-choice"><label>Postgres</label></div>'
        f'<div class="cell_input"><pre>code</pre>{fold.format("<pre>other</pre>")}</div>'
        + fold.format('<div class="cell_output no-error"><pre>again</pre></div>')
        + fold.format('<div class="cell_output"><pre>UniqueViolation</pre></div>')
    )
    write_index({"page.html": PAGE.replace("<h1>Top</h1>", f"<h1>Top</h1>{words}")}, tmp_path / "p")
    (fragment,) = (tmp_path / "p" / "fragment").iterdir()
    content = gzip.decompress(fragment.read_bytes()).decode()
    assert "Prose. code. UniqueViolation" in content
    assert not re.search("Postgres|again", content)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo wrong machine; exit 3", "Pagefind failed with status 3: wrong machine"),
        ("exit 1", "status 1: no reason given"),
        ("exit 0", "left no whole index in"),
    ],
)
def test_a_pagefind_that_fails_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, message: str
) -> None:
    """One line says what it said."""
    program = tmp_path / "pagefind"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", str(program))
    with pytest.raises(SearchError, match=message) as raised:
        write_index({"one.html": PAGE}, tmp_path / "index")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("damage", ["cut", "lost"])
def test_an_index_that_lacks_something_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    """A file that was written in part, or a page that Pagefind could not read, is noticed."""
    run = index._run_pagefind

    def damaged(*arguments: str) -> None:
        run(*arguments)
        folder = Path(arguments[-1])
        if damage == "cut":
            file = next(folder.rglob("*.pf_fragment"))
            file.write_bytes(file.read_bytes()[:-20])
        else:
            entry = folder / "pagefind-entry.json"
            known = json.loads(entry.read_bytes())
            known["languages"]["en"]["page_count"] = 0
            entry.write_text(json.dumps(known))

    monkeypatch.setattr(index, "_run_pagefind", damaged)
    with pytest.raises(SearchError, match="no whole index" if damage == "cut" else "0 of 1 pages"):
        write_index({"one.html": PAGE}, tmp_path / "index")
