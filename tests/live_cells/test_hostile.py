"""What a cell shows can look like anything; in the page it is text, or a picture that is harmless.

A reader's own code is his own risk; what is tested is that an output never becomes a part of the
page that acts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.kit.reader import LiveCell, Reader, expect
from tests.kit.static_host import Host

SCRIPT = "globalThis.ran = 1"
MARKUP = f"<img src=x onerror='{SCRIPT}'></pre></details><script>{SCRIPT}</script>"


@dataclass(frozen=True)
class Text:
    """Code whose output is text, and the text that must stand there."""

    source: str
    shown: str


TEXTS = {
    "printed": Text(f"print({MARKUP!r})", MARKUP),
    "stderr": Text(f"import sys\nprint({MARKUP!r}, file=sys.stderr)", MARKUP),
    "value": Text(f"class V:\n    def __repr__(self):\n        return {MARKUP!r}\nV()", MARKUP),
    "not listed": Text(
        f"class Other:\n    def _repr_html_(self):\n        return {MARKUP!r}\n"
        "    def __repr__(self):\n        return 'its text'\nOther()",
        "its text",
    ),
    "exception": Text(f"raise ValueError({MARKUP!r})", f"ValueError: {MARKUP}"),
    "line": Text(f"raise ValueError; {MARKUP!r}", MARKUP.split("'", 1)[0]),
    "class": Text(f"raise type({MARKUP!r}, (Exception,), {{}})('words')", f"{MARKUP}: words"),
    "link": Text(
        "raise ValueError('https://a.invalid/\"onclick=alert(1) javascript:alert(1)')",
        "javascript:alert(1)",
    ),
    "warning": Text(f"import warnings\nwarnings.warn({MARKUP!r})", f"UserWarning: {MARKUP}"),
    "engine": Text(
        "from sqlalchemy import create_engine, text\n"
        f"engine = create_engine('sqlite://', echo=True, logging_name={MARKUP!r})\n"
        "with engine.connect() as connection:\n    connection.execute(text('SELECT 1'))",
        MARKUP,
    ),
    "statement": Text(
        "from sqlalchemy import create_engine, text\n"
        "with create_engine('sqlite://', echo=True).connect() as connection:\n"
        f"    connection.execute(text('SELECT :x /* <b>{SCRIPT}</b><script> */'),"
        f" {{'x': {MARKUP!r}}})",
        f"<b>{SCRIPT}</b><script>",
    ),
    "controls": Text("print('\\x1b[31mred \\u202e \\0')", "\\x1b[31mred \\u202e \\x00"),
}

PICTURES = {
    "script": f"<svg><script>{SCRIPT}</script><text>seen</text></svg>",
    "html script": f"<p>seen</p><script>{SCRIPT}</script>",
    "onload": f"<svg onload='{SCRIPT}'><text>seen</text></svg>",
    "onerror": f"<p>seen</p><img src=x onerror='{SCRIPT}'>",
    "foreignObject": (
        f"<svg><text>seen</text><foreignObject><body onload='{SCRIPT}'><img src=x"
        f" onerror='{SCRIPT}'></body></foreignObject></svg>"
    ),
    "javascript": (
        f"<svg><a href='javascript:{SCRIPT}'><text>seen</text></a>"
        f"<a xlink:href=' java&#10;script:{SCRIPT}'><text>seen</text></a></svg>"
    ),
    "data": (
        f"<p>seen</p><a href='data:text/html,<script>{SCRIPT}</script>'>link</a>"
        "<img src='data:image/svg+xml,<svg/>'><svg><image href='data:image/png;base64,AAAA'/></svg>"
    ),
    "style": "<p>seen</p><style>* { display: none }</style><p style='position: fixed'>seen</p>",
    "srcdoc": "<p>seen</p><iframe srcdoc='<script>parent.ran = 1</script>'></iframe>",
    "external": (
        "<p>seen</p><img src='https://example.invalid/a.png'><svg><image"
        " href='https://example.invalid/b.png'/><use href='//example.invalid/c.svg#d'/>"
        "<rect fill='url(https://example.invalid/e.svg#f)'/></svg>"
        "<video poster='//example.invalid/g'></video><link rel=stylesheet href='//example.invalid'>"
    ),
    "form": (
        "<p>seen</p><form action='https://example.invalid/'><button id=go>go</button>"
        "<input name=x formaction='//example.invalid'></form><a href='https://example.invalid/'"
        " ping='https://example.invalid/'>out</a>"
    ),
    "animation": (
        f"<svg><text>seen</text><a id=a><animate attributeName=href values='javascript:{SCRIPT}'/>"
        f"</a><set attributeName=onmouseover to='{SCRIPT}'/></svg>"
    ),
    "mutation": (
        "<p>seen</p><math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1"
        f" onerror={SCRIPT.replace(' ', '')}&gt;'>"
    ),
    "clobber": (
        "<p>seen</p><input name=cookie><p id=live-cells>x</p><p id=location>x</p>"
        "<button popovertarget=live-menu popovertargetaction=show>x</button>"
    ),
    "meta": "<p>seen</p><base href='//example.invalid'><meta http-equiv=refresh content='0;url=/'>",
}

# What acts, asks, or leads elsewhere than to a part of the page, by its tag or its attribute.
ACTING = """(box) => {
  const tags = new Set(("script iframe frame object embed link meta base style form foreignobject "
    + "animate animatetransform animatemotion set image img video audio source template use "
    + "noscript math textarea select portal").split(" "));
  const names = /^(on.*|style|src|srcset|srcdoc|action|formaction|ping|poster|background|data)$/;
  const isForeign = (each, name, value) => /(^|:)href$/.test(name)
    && !value.startsWith("#") && !each.matches(".error a.external");
  return [...box.querySelectorAll("*")].flatMap((each) => [
    ...(tags.has(each.localName.toLowerCase()) ? [each.localName] : []),
    ...[...each.attributes].filter(({name, value}) => names.test(name)
        || isForeign(each, name, value) || /javascript:|data:|url[(](?!["']?#)/i.test(value))
      .map(({name, value}) => `${each.localName} ${name}=${value}`),
  ]);
}"""


@pytest.fixture(scope="module")
def loaded(browser: Any, hosts: dict[bool, Host]) -> Iterator[Reader]:
    """A reader of the kitchen sink, in which every cell has run."""
    reader = Reader.of(browser, hosts[True])
    # Markup is cleaned in a document that is never shown; its policy complains of what it reads.
    reader.expects("Content Security Policy", "refused: (script-src|style-src|base-uri)")
    reader.open("reference/kitchen-sink")
    reader.run_all()
    yield reader
    reader.leave()


def shown(reader: Reader, source: str) -> LiveCell:
    """The scratch cell, after it has run this code."""
    cell = reader.scratch(source)
    reader.recorder.requests.clear()
    reader.recorder.complaints.clear()  # of the test before, which has failed of them itself
    cell.output.evaluate_all("(all) => all.forEach((each) => each.dataset.before = '')")
    cell.button("Run").click()
    # Not "Output so far", which stands beside that of the run before until this one has ended.
    ended = cell.box.locator("[data-live][aria-label^='Your output of']:not([data-before])")
    expect(ended).to_be_visible()
    return cell


def check(reader: Reader, cell: LiveCell) -> None:
    """Nothing of the output acts, has acted, or has asked for anything."""
    assert cell.output.evaluate(ACTING) == []
    # The links of an error's own words lead elsewhere, as those in the book do.
    for each in cell.output.locator("a:not(.error a), button, label").all():
        each.dispatch_event("click")
        each.dispatch_event("mouseover")
    assert reader.page.evaluate("globalThis.ran ?? null") is None
    assert reader.recorder.unexpected == []
    assert reader.asked() == []
    # The page around the output is whole.
    expect(reader.bar).to_be_visible()
    assert reader.page.evaluate("document.getElementById('live-cells').localName") == "script"
    assert reader.page.evaluate("document.baseURI").endswith("/reference/kitchen-sink.html")


@pytest.mark.parametrize("name", TEXTS)
def test_text_is_shown_as_it_is(loaded: Reader, name: str) -> None:
    """Markup in text, errors, warnings, SQL and names of engines stands there letter by letter."""
    text = TEXTS[name]
    cell = shown(loaded, text.source)
    assert text.shown in cell.output.text_content()
    check(loaded, cell)


def test_text_of_a_running_cell_is_shown_as_it_is(loaded: Reader) -> None:
    """What a cell has shown before its end is as harmless."""
    cell = loaded.scratch(
        f"import sys, warnings\nprint({MARKUP!r})\nprint({MARKUP!r}, file=sys.stderr)\n"
        f"warnings.warn({MARKUP!r})\nwhile True:\n    pass"
    )
    cell.button("Run").click()
    output = cell.box.get_by_role("group", name="Output so far of the scratch cell")
    expect(output.locator("pre", has_text=MARKUP)).to_have_count(3)
    assert output.evaluate(ACTING) == []
    assert loaded.page.evaluate("globalThis.ran ?? null") is None
    loaded.interrupt()
    expect(output).to_have_count(0)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_cleaned(loaded: Reader, name: str) -> None:
    """Of a value's own markup the harmless part is shown, and nothing runs or is asked for."""
    cell = shown(
        loaded,
        f"class Picture:\n    def _repr_html_(self):\n        return {PICTURES[name]!r}\n"
        "Picture.__module__ = '__main__'\nPicture()",
    )
    expect(cell.output).to_contain_text("seen")
    assert cell.output.locator(".picture").count() == 1
    check(loaded, cell)


def test_ids_of_a_picture_are_its_own(loaded: Reader) -> None:
    """A live picture that is shown twice, or beside the book's, shares no id; its parts work."""
    markup = (
        "<figure aria-labelledby=t><svg><defs><marker id=m></marker></defs><title id=t>seen</title>"
        "<path marker-end='url(#m)'></path><a href='#t'><text>x</text></a></svg>"
        "<input type=radio name=r id=r1><label for=r1>one</label>"
        "<button popovertarget=p>open</button><p popover id=p>about</p></figure>"
    )
    cell = shown(
        loaded,
        f"class Picture:\n    def _repr_html_(self):\n        return {markup!r}\nPicture()",
    )
    prefix = cell.output.locator("title").get_attribute("id").removesuffix("t")
    assert prefix
    figure = cell.output.locator("figure")
    expect(figure).to_have_attribute("aria-labelledby", f"{prefix}t")
    expect(figure.locator("path")).to_have_attribute("marker-end", f"url(#{prefix}m)")
    expect(figure.locator("a")).to_have_attribute("href", f"#{prefix}t")
    expect(figure.locator("input")).to_have_attribute("name", f"{prefix}r")
    figure.get_by_text("one").click()
    expect(figure.get_by_role("radio")).to_be_checked()
    figure.get_by_role("button", name="open").click()
    expect(figure.get_by_text("about")).to_be_visible()
    loaded.page.keyboard.press("Escape")


def test_a_kept_edit_is_text_too(readers: Any) -> None:
    """An edit that holds markup, or a cell's name that does, is code and no part of the page."""
    reader = readers()
    reader.open("reference/kitchen-sink")
    cell = reader.cell("sink-nothing")
    cell.write(MARKUP)
    cell.button("Close").click()
    reader.page.reload()
    expect(cell.box.locator(".cell_input pre:visible")).to_have_text(MARKUP)
    assert cell.box.locator(".cell_input").evaluate(ACTING) == []
    assert reader.page.evaluate("globalThis.ran ?? null") is None
