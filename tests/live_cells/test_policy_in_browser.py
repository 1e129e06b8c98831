"""The content policy, as a browser keeps it: the site works under it, and strangers do not.

That no page is refused anything is looked at in tests/site/pages.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.kit.reader import Reader, expect


@pytest.fixture
def reader(readers: Callable[..., Reader]) -> Reader:
    return readers()


def test_theme_button_works(reader: Reader) -> None:
    """The theme's inline script has leave, its button turns the page dark, its icons show."""
    page = reader.open("session/session")
    assert page.evaluate("document.body.dataset.theme") == "auto"
    button = page.locator(".content-icon-container button.theme-toggle")
    expect(button.locator("svg:visible")).to_have_count(1)
    button.click()
    assert page.evaluate("document.body.dataset.theme") in {"light", "dark"}
    expect(button.locator("svg:visible")).to_have_count(1)
    # The sheet of icons itself takes no room.
    assert page.evaluate("getComputedStyle(document.querySelector('body > svg')).display") == "none"


def test_what_the_build_did_not_write_does_not_run(reader: Reader) -> None:
    """A script, a handler, a style or a frame that came into a page has no leave."""
    reader.expects(".")  # what is complained of is looked at below
    page = reader.open("index")
    page.evaluate(
        """() => {
          const add = (tag, set) => document.body.append(Object.assign(
            document.createElement(tag), set));
          add("script", {textContent: "globalThis.ran = 'inline'"});
          add("div", {innerHTML: "<img src='/gone.png' onerror=\\"globalThis.ran = 'handler'\\">"});
          add("div", {innerHTML: "<b id=styled style='color: rgb(1, 2, 3)'>b</b>"});
          add("style", {textContent: "b { color: rgb(1, 2, 3) }"});
          add("iframe", {srcdoc: "<script>parent.ran = 'frame'</script>"});
          add("object", {data: "data:text/html,<script>parent.ran = 'object'</script>"});
          add("a", {href: "javascript:globalThis.ran = 'link'", id: "link", textContent: "go"});
          add("base", {href: "https://example.invalid/"});
        }"""
    )
    page.evaluate("document.getElementById('link').click()")
    for name in ("img", "script"):
        page.evaluate(
            "(tag) => document.body.append(Object.assign(document.createElement(tag),"
            " {src: 'https://example.invalid/a'}))",
            name,
        )
    expect(page.locator("#styled")).not_to_have_css("color", "rgb(1, 2, 3)")
    with pytest.raises(Exception, match=r"Content Security Policy|Failed to fetch"):
        page.evaluate("fetch('https://example.invalid/')")
    assert page.evaluate("globalThis.ran ?? null") is None
    assert page.evaluate("document.baseURI").startswith(reader.host.address)
    kinds = {complaint.split()[1] for complaint in reader.recorder.complaints
             if complaint.startswith("refused:")}  # fmt: skip
    assert kinds >= {
        "script-src-elem", "script-src-attr", "style-src-attr", "style-src-elem", "object-src",
        "base-uri", "img-src", "connect-src",
    }  # fmt: skip


def test_no_other_site_can_frame_a_page(reader: Reader) -> None:
    """A page in another page's frame stays empty, even on its own host."""
    reader.expects("frame-ancestors")
    page = reader.open("index")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('iframe'),"
        " {src: 'session/session.html', id: 'framed'}))"
    )
    frame = page.frame_locator("#framed")
    expect(frame.locator("article")).to_have_count(0)
    assert "frame-ancestors" in "".join(reader.recorder.complaints)


@pytest.mark.parametrize("isolated", [True, False])
def test_pages_are_isolated_where_the_host_says_so(
    readers: Callable[..., Reader], isolated: bool
) -> None:
    """SharedArrayBuffer is there on the one host and not on the other; both work."""
    page = readers(isolated=isolated).open("index")
    assert page.evaluate("crossOriginIsolated") is isolated
