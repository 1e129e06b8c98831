"""The one style sheet and the one script of all pages: what is in them, and what stays apart."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from live_cells.pack.node import executable
from tests.kit.full_site import PARTS
from tests.kit.small_site import Built, Site

CONF = f"""\
project = copyright = "A site"
version = "1"
extensions = ["myst_nb", "tutorial_site.page.asset_bundle"]
live_cells_cache = {str(PARTS)!r}
html_theme = "furo"
html_static_path = ["static"]
far = ("https://example.org/far.css", {{"priority": 100}})
html_css_files = ["deep/own.css", "unlisted.css", far]
html_js_files = ["fails.js", "own-0123.js", ("later.js", {{"async": "async"}})]
asset_bundle_styles = [
    "styles/furo.css", "tokens.css", "layout.css", "cells.css", "furniture.css",
    "styles/furo-extensions.css", "deep/own.css", "not-registered.css",
]
asset_bundle_scripts = ["scripts/furo.js", "fails.js", "own-*.js"]

def add(app, name, template, context, doctree):
    if name == "apart":
        app.add_css_file("apart.css")
        app.add_js_file("apart.js")

def setup(app):
    app.connect("html-page-context", add)
"""
SPHINX = ["documentation_options.js", "doctools.js", "sphinx_highlight.js"]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path, CONF)
    picture = 'url("data:image/svg+xml,%3Csvg/%3E")'
    site.write("static/deep/own.css", f".own {{ color: #010203; background: {picture} }}\n")
    site.write("static/fails.js", '"use strict"; undefinedName = 1;')
    site.write("static/own-0123.js", "const own = true; console.log(`own // ${own}`) // the end")
    for name in ("unlisted.css", "apart.css", "later.js", "apart.js"):
        site.write(f"static/{name}", "/* apart */\n")
    head = "---\norphan: true\n---\n"
    site.pages(one=f"{head}# One\n", apart=f"{head}# Apart\n")
    return site


def built(site: Site, *arguments: str) -> Built:
    done = site.build(*arguments)
    assert (done.status, done.said) == (0, "")
    return done


def assets(done: Built, name: str) -> list[str]:
    """What a page loads, in its order, without hashes."""
    page = BeautifulSoup(done.page(f"{name}.html"), "html.parser")
    sheets = [link["href"] for link in page.select('link[rel="stylesheet"]')]
    scripts = [script["src"] for script in page.select("script[src]")]
    found = [re.sub(r"-[0-9a-f]{12}|\?v=\w+", "", address) for address in [*sheets, *scripts]]
    return [address.removeprefix("_static/") for address in found]


def bundle(done: Built, kind: str) -> Path:
    (file,) = (done.folder / "_static").glob(f"first*.{kind}")
    return file


def test_listed_files_are_one_sheet_and_one_script(site: Site) -> None:
    """What is not listed, is elsewhere or is added by a page alone stays as it was."""
    done = built(site)
    assert assets(done, "one") == [
        *("https://example.org/far.css", "first.css", "unlisted.css"),
        *("first.js", "later.js"),
    ]
    assert set(assets(done, "apart")) - set(assets(done, "one")) == {"apart.css", "apart.js"}
    style, script = (bundle(done, kind).name for kind in ("css", "js"))
    assert re.fullmatch(r"first-[0-9a-f]{12}\.css", style)
    assert re.fullmatch(r"first-[0-9a-f]{12}\.js", script)


def test_other_forms_of_the_site_keep_their_files(site: Site) -> None:
    """A site on one page, as an EPUB, is no view that a reader waits for."""
    done = site.build(builder="singlehtml")
    assert (done.status, done.said) == (0, "")
    assert list(done.folder.rglob("first*")) == []


def test_pages_that_come_from_no_document_keep_sphinxs_scripts(site: Site) -> None:
    """The search and the indexes do not work without; other pages have no use for them."""
    done = built(site)
    assert [name for name in assets(done, "search") if name in SPHINX] == SPHINX
    assert not set(SPHINX) & set(assets(done, "one"))


def test_bundle_holds_the_sheets_in_their_order(site: Site) -> None:
    """As listed: who comes later wins; the dark colours are there, those of code among them."""
    text = bundle(built(site), "css").read_text()
    words = (".sidebar-tree", "--code-keyword", ".cell_input", ".own{")
    places = [text.index(word) for word in words]
    assert places == sorted(places)
    assert re.search(r"""\.own\{color:#010203;background:url\(['"]?data:image/svg""", text)
    for name in ("--text", "--code-keyword"):
        assert re.search(rf"{name}:\s*light-dark\(#\w+,\s*#\w+\)", text)
    assert re.search(r"body\[data-theme=\"?dark\"?\]\{color-scheme:dark", text)


def test_script_that_fails_takes_no_other_with_it(site: Site) -> None:
    """What it raised is reported as ever, and the next one runs."""
    script = bundle(built(site), "js").read_text()
    world = """
    const nothing = new Proxy(function () {}, {
      get: (_, name) => (name === Symbol.toPrimitive ? () => "" : nothing),
      apply: () => nothing, construct: () => nothing,
    });
    globalThis.reportError = (error) => console.log(error.message);
    globalThis.window = globalThis.document = globalThis.localStorage = nothing;
    globalThis.location = { search: "" };
    """
    command = [str(executable()), "--input-type=commonjs", "-e", world + script]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "undefinedName is not defined\n" in said
    assert said.endswith("own // true\n")


def test_a_file_that_cannot_be_bundled_ends_the_build(site: Site) -> None:
    """The message names it and what is wrong."""
    site.write("static/own-0123.js", "const = 1;")
    done = site.build()
    assert done.status != 0
    assert "asset_bundle: " in done.said
    assert "own-0123.js:1:" in done.said


def test_a_changed_sheet_reaches_pages_that_are_not_written_again(site: Site) -> None:
    """While the site is served, the bundle's name stays, and its content is what it is now."""
    served = ("-D", "asset_bundle_hash=0")
    built(site, *served)
    before = (site.root / "_build/html/one.html").read_bytes()
    site.write("static/deep/own.css", ".own { color: #0a0b0c }\n")
    again = built(site, *served)
    assert (again.folder / "one.html").read_bytes() == before
    assert "first.css" in assets(again, "one")
    assert "#0a0b0c" in (again.folder / "_static" / "first.css").read_text()
