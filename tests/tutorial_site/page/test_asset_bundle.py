"""The bundles of a page's first view: what is in them, and that no build leaves an old one."""

from __future__ import annotations

import filecmp
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import furo
import pytest
import rjsmin
from bs4 import BeautifulSoup

from live_cells.pack.downloads_cache import npm_packages
from live_cells.pack.node import _executable
from tests.kit.full_site import PARTS, ROOT
from tests.kit.small_site import Built, Site
from tutorial_site.page.asset_bundle import bundled_script, bundled_style

SCRIPTS = [
    *sorted((ROOT / "src").glob("*/static/*.js")),
    Path(furo.__file__).parent / "theme" / "furo" / "static" / "scripts" / "furo.js",
]
CONF = """\
project = copyright = "A site"
version = "1"
extensions = ["myst_nb", "tutorial_site.page.asset_bundle"]
html_theme = "furo"
html_static_path = ["static"]
html_css_files = [
    "deep/own.css",
    ("print.css", {"media": "print"}),
    "imports.css",
    "charset.css",
    ("https://example.org/far.css", {"priority": 100}),
]
html_js_files = ["own.js", ("later.js", {"async": "async"})]

def add(app, name, template, context, doctree):
    if name == "apart":
        app.add_css_file("apart.css")
        app.add_js_file("apart.js")

def setup(app):
    app.connect("html-page-context", add)
"""


def small_site(root: Path) -> Site:
    site = Site(root, CONF)
    site.write("static/deep/own.css", ".own { color: #010203; background: url(a.png) }\n")
    site.write("static/print.css", ".printed { color: #040506 }\n")
    site.write("static/imports.css", '/* first */ @import "other.css"; .other { color: #070809 }\n')
    site.write("static/charset.css", '@charset "utf-8"; .fourth { color: #0b0c0d }\n')
    for name in ("own", "later", "apart"):
        site.write(f"static/{name}.js", f"// why\nglobalThis.{name} = true; // so\n")
    site.write("static/apart.css", ".apart { color: red }\n")
    head = "---\norphan: true\n---\n"
    site.pages(one=f"{head}# One\n", apart=f"{head}# Apart\n")
    return site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return small_site(tmp_path)


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
    (file,) = (done.folder / "_static").glob(f"first-*.{kind}")
    return file


def test_what_all_pages_load_is_one_sheet_and_one_script(site: Site) -> None:
    """What is elsewhere, imports others or is loaded in another way stays as it was."""
    done = built(site)
    first, *apart = ("https://example.org/far.css", "imports.css", "charset.css")
    assert assets(done, "one") == [first, "first.css", *apart, "first.js", "later.js"]


def test_other_forms_of_the_site_keep_their_files(site: Site) -> None:
    """A site on one page, as an EPUB, is no view that a reader waits for."""
    done = site.build(builder="singlehtml")
    assert (done.status, done.said) == (0, "")
    assert list(done.folder.rglob("first-*")) == []


def test_what_a_page_adds_stays_its_own(site: Site) -> None:
    """It comes by itself and changes nothing of the bundle, which other pages share."""
    done = built(site)
    assert {"apart.css", "apart.js"} <= set(assets(done, "apart"))
    assert "apart" not in bundle(done, "css").read_text() + bundle(done, "js").read_text()


def test_pages_that_come_from_no_document_keep_sphinxs_scripts(site: Site) -> None:
    """The search and the indexes do not work without; other pages have no use for them."""
    done = built(site)
    sphinx = ["documentation_options.js", "doctools.js", "sphinx_highlight.js"]
    assert [name for name in assets(done, "search") if name in sphinx] == sphinx
    assert not set(sphinx) & set(assets(done, "one"))


def test_bundle_holds_the_sheets_in_their_order(site: Site) -> None:
    """The theme's, then the extensions', then the site's own: who comes later wins."""
    done = built(site)
    text = bundle(done, "css").read_text()
    places = [text.index(word) for word in (".highlight", ".sidebar-", ".cell_input", ".own{")]
    assert places == sorted(places)
    assert ".own{color:#010203;background:url(deep/a.png)}" in text
    assert "@media print{.printed{color:#040506}}" in text
    assert 'body[data-theme="dark"] .highlight' in text  # what the theme writes in the end


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("url(a.png)", "url(theme/a.png)"),
        ("url('../b.png#c')", "url('b.png#c')"),
        ('url("data:image/svg+xml,%3Csvg/%3E")', 'url("data:image/svg+xml,%3Csvg/%3E")'),
        ("url(#gradient)", "url(#gradient)"),
        ("url(/c.png)", "url(/c.png)"),
        ("url(https://example.org/d.png)", "url(https://example.org/d.png)"),
    ],
)
def test_addresses_are_seen_from_the_bundle(given: str, expected: str) -> None:
    """A relative address leads to the same file as before; others stay as they are."""
    small = bundled_style(f"a {{ background: {given} }}", "_static/theme/sheet.css")
    assert small == f"a{{background:{expected}}}"


def test_minified_sheet_keeps_what_blanks_mean() -> None:
    """Blanks of sums, of selectors and of words are no ornament."""
    text = "a :is(b, c) + d { width: calc(1px + (2px - 3em)); content: 'x  y' }"
    small = "a :is(b,c) + d{width:calc(1px + (2px - 3em));content:'x  y'}"
    assert bundled_style(text, "_static/a.css") == small


def run(script: str) -> str:
    """What a script prints, in a world with a console."""
    command = [str(_executable()), "--input-type=commonjs", "-e", script]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_script_that_fails_takes_no_other_with_it() -> None:
    """What it raised is reported as ever, the next one runs; a line comment ends with it."""
    parts = [
        '"use strict"; undefinedName = 1;',
        "const name = `a // b ${1 + 1} /* c */`; console.log(name) // the end",
        "const name = /[/*]/.test('*'); console.log(name)\n//# sourceMappingURL=a.map",
    ]
    script = "\n".join(map(bundled_script, parts))
    head = "globalThis.reportError = (error) => console.log(error.name);"
    assert run(head + script) == "ReferenceError\na // b 2 /* c */\ntrue\n"


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_minified_script_is_the_same_program(file: Path) -> None:
    """A compiler makes the same of it: rjsmin knows no template within a template."""
    text = file.read_text(encoding="utf-8")
    assert compiled(rjsmin.jsmin(text)) == compiled(text)


def compiled(script: str) -> str:
    """What esbuild makes of a script."""
    esbuild = npm_packages(PARTS) / "esbuild"
    options = '{ minify: true, legalComments: "none" }'
    return run(
        f"console.log(require({json.dumps(str(esbuild))}).transformSync("
        f"{json.dumps(script)}, {options}).code)"
    )


def test_a_changed_sheet_reaches_pages_that_are_not_written_anew(site: Site) -> None:
    """A second build gives what a clean one gives: each page names the one bundle there is."""
    built(site)
    site.write("static/deep/own.css", ".own { color: #0a0b0c }\n")
    site.write("static/own.js", "globalThis.other = true;\n")
    again = built(site)
    names = {path.name for path in (again.folder / "_static").glob("*first-*")}
    assert names == {bundle(again, "css").name, bundle(again, "js").name}
    for page in again.folder.rglob("*.html"):
        assert {*re.findall(r"first-\w+\.\w+", page.read_text())} == names, page
    assert "#0a0b0c" in bundle(again, "css").read_text()
    kept = again.folder.rename(again.folder.with_name("kept"))
    clean = built(site, "-E")
    compared = filecmp.dircmp(kept, clean.folder)
    assert _differences(compared) == []


def _differences(compared: filecmp.dircmp[Any]) -> list[str]:
    found = [*compared.left_only, *compared.right_only, *compared.diff_files]
    return found + [each for sub in compared.subdirs.values() for each in _differences(sub)]


def test_an_old_bundle_stays_while_a_build_that_fails_may_need_it(site: Site) -> None:
    """Pages that were not written anew name it: they go on looking as they did."""
    before = bundle(built(site), "css")
    site.write("static/deep/own.css", ".own { color: #0a0b0c }\n")
    site.write(
        "conf.py", CONF + "    app.connect('html-page-context', lambda *a: 1 / 0, priority=950)\n"
    )
    assert site.build().status != 0
    assert before.exists()
