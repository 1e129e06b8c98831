"""Outputs in the browser: the elements that a page's script makes of a tree, without any Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from live_cells.pack.downloads_cache import npm_packages
from myst_doctest.running.runner import Segment
from myst_doctest.showing.output_tree import CellOutput
from myst_doctest.showing.tree import Tree, html

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "src" / "live_cells" / "js"
HOST = "http://render.invalid"
PAGE = """<!doctype html><script type="importmap">{"imports": {"dompurify": "/purify.mjs"}}</script>
<article><p>text</p></article>"""
RENDER = """async ([result, markup, relaned]) => {
  const { render } = await import("/render.js");
  const made = render(result, "live-1");
  if (!made) return null;
  if (relaned) made.relane(relaned);
  const printed = document.createElement("template");
  printed.innerHTML = markup;
  document.querySelector("article").append(made.element);
  return { made: made.element.innerHTML, printed: printed.innerHTML };
}"""
MARKUP = """</pre><script>globalThis.ran = 1</script><img src=x onerror="globalThis.ran = 1">"""
BEGIN = Segment("sql", "BEGIN", meta={"part": "begin", "engine": "ledger"})
VALUES = Segment(
    "sql", "[generated] [('a', 1), ('b', 2)]", meta={"part": "parameters", "about": "Made <now>."}
)
OUTPUTS = {
    "texts": CellOutput(
        [
            Segment("stdout", f"\n\n {MARKUP}\n", line=1),
            Segment("stdout", "y\n", line=2),
            Segment("stderr", "x\n"),
            Segment("warning", "W: x"),
            Segment("result", "1\n2"),
        ],
        cut=True,
    ),
    "error": CellOutput(
        [Segment("error", f"E: {MARKUP} https://example.org/a?b=1&c.")], line=2, code="raise  E"
    ),
    "log": CellOutput(
        [
            *(BEGIN, Segment("sql", f"SELECT '{MARKUP}' -- x\nFROM a", line=3), VALUES),
            Segment("stdout", "1"),
        ],
        [["lane", "lane-0-open-begin"], *[["lane", "lane-0-open"]] * 3],
        stays_open=True,
    ),
    "picture": CellOutput([Segment("result", "b", rich={"text/html": "<b>x</b>"})], differs=True),
}


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    """A page with the scripts as they are in the repository, and nothing else."""
    purify = npm_packages(ROOT / "_build" / "live-cells") / "dompurify" / "dist" / "purify.es.mjs"

    def answer(route: Any) -> None:
        name = route.request.url.removeprefix(f"{HOST}/")
        if not name:
            route.fulfill(body=PAGE, content_type="text/html")
        else:
            route.fulfill(path=purify if name == "purify.mjs" else SCRIPTS / name)

    opened = browser.new_page()
    opened.route(f"{HOST}/**", answer)
    opened.goto(f"{HOST}/")
    yield opened
    opened.close()


def rendered(page: Any, tree: Any, printed: str = "", relaned: Tree | None = None) -> Any:
    """What the browser makes of a tree, and of HTML, each as HTML."""
    result = json.loads(json.dumps({"tree": tree, "explanations": []}))
    return page.evaluate(RENDER, [result, printed, relaned])


@pytest.mark.parametrize("name", OUTPUTS)
def test_elements_are_those_that_the_build_prints(page: Any, name: str) -> None:
    """One tree gives the same elements by either way, whatever its text."""
    tree = OUTPUTS[name].tree()
    assert tree is not None
    found = rendered(page, tree, html(tree))
    assert found["made"] == found["printed"]
    assert page.evaluate("globalThis.ran ?? null") is None


def test_lanes_change_in_their_place(page: Any) -> None:
    """An output takes the classes of another tree, and is else as it was."""
    segments = [BEGIN, VALUES, Segment("stdout", "1"), Segment("result", "2")]
    before = [["lane", "lane-0-open-begin"], ["lane", "lane-0-open"], ["lane", "lane-0-open"], []]
    after = [["lane", "lane-0-commit-begin"], ["lane", "lane-0-commit"], [], ["lane"]]
    trees = [CellOutput(segments, lanes).tree() or [] for lanes in (before, after)]
    found = rendered(page, trees[0], html(trees[1]), trees[1])
    assert found["made"] == found["printed"]


def test_nothing_shown_is_no_element(page: Any) -> None:
    """A cell that showed nothing gets no empty box."""
    assert rendered(page, CellOutput([]).tree()) is None


def test_a_tree_of_the_readers_own_making_does_nothing(page: Any) -> None:
    """Whatever a cell makes of the Python beneath it, the page takes text and known elements."""
    script = "globalThis.ran = 1"
    tree = [
        *("div", {"class": "output", "onclick": script, "style": "color: red"}),
        *(["script", {}, script], ["img", {"src": "x", "onerror": script}]),
        *(["iframe", {"srcdoc": MARKUP}], ["base", {"href": "https://example.invalid/"}]),
        *(["a", {"href": f"javascript:{script}"}, "seen"], ["p", {"id": "live-cells"}, MARKUP]),
        ["button", {"type": "submit", "popovertarget": "live-menu", "data-act": "run"}, "x"],
        {"markup": f"<p>seen</p>{MARKUP}"},
    ]
    text = MARKUP.replace("<", "&lt;").replace(">", "&gt;")
    assert rendered(page, tree)["made"] == (
        f'<div class="output"><span>{script}</span><span></span><span></span><span></span>'
        f"<a>seen</a><p>{text}</p><button>x</button><p>seen</p></div>"
    )
    assert page.evaluate("globalThis.ran ?? null") is None


def test_a_word_is_explained_once_at_the_pages_end(page: Any) -> None:
    """Where no fold hides it, and never twice."""
    output = OUTPUTS["log"]
    result = {"tree": output.tree(), "explanations": output.explanations()}
    for _ in range(2):
        page.evaluate(RENDER, [result, "", None])
    (about,) = page.locator(".log-about").all()
    assert about.evaluate("(each) => each.outerHTML") == html(output.explanations()[0])
    assert about.evaluate("(each) => each.parentElement.localName") == "article"
