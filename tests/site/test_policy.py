"""The content policy: what the pages of the site need leave for, and nothing more."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from built_site import policy as rules
from built_site.policy import inline, policy


def sha256(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def directives(text: str) -> dict[str, list[str]]:
    pairs = [directive.split() for directive in text.split("; ")]
    return {name: given for name, *given in pairs}


def test_no_page_has_attributes_that_the_policy_forbids(site: Path) -> None:
    """No style= and no onclick= anywhere: see templates/ for those of the theme."""
    assert rules.site(site).attributes == frozenset()


def test_policy_of_the_site_is_short_and_strict(site: Path) -> None:
    """The site's own files, under ten hashes for the theme, and nothing unsafe."""
    given = policy(site)
    assert "unsafe-inline" not in given
    assert "unsafe-hashes" not in given
    assert "'unsafe-eval'" not in given
    assert "\n" not in given
    hashes = re.findall(r"'sha256-[A-Za-z0-9+/]{43}='", given)
    assert len(hashes) < 10
    found = {name: [s for s in v if s not in hashes] for name, v in directives(given).items()}
    assert found == {
        "default-src": ["'self'"],
        "script-src": ["'self'", "'wasm-unsafe-eval'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }


def test_each_hash_is_of_something_that_stands_in_a_page(site: Path) -> None:
    """Hashes are of the pages' own inline scripts and styles, those of a built page's text."""
    page = (site / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    styles = re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL)
    assert scripts
    assert styles
    given = directives(policy(site))
    assert {sha256(text) for text in scripts} <= set(given["script-src"])
    assert {sha256(text) for text in styles} <= set(given["style-src"])


@pytest.mark.parametrize("kind", ["", ' type=""', ' type="module"', ' type="Text/JavaScript; x"'])
def test_scripts_that_run_are_hashed(kind: str) -> None:
    """Whatever a browser runs has its hash, by the exact text that stands there."""
    assert inline(f"<script{kind}> a < b && c </script>").scripts == {sha256(" a < b && c ")}


@pytest.mark.parametrize("kind", ['type="application/json"', 'type="text/x-thing"', 'src="a.js"'])
def test_data_and_files_need_no_hash(kind: str) -> None:
    """A block of data is not run, and a file is allowed by its address."""
    assert inline(f"<script {kind}>{{}}</script>") == rules.NOTHING


def test_lines_end_as_browsers_read_them() -> None:
    """A browser turns CRLF and CR into LF before it hashes."""
    assert inline("<style>a\r\nb\rc</style>").styles == {sha256("a\nb\nc")}


def test_markup_in_a_script_is_text() -> None:
    """What looks like a tag inside a script is a part of it; in an attribute it is not a tag."""
    found = inline("""<p title="<style>x</style>"><script>s = "<style>&amp;"</script>""")
    assert found.scripts == {sha256('s = "<style>&amp;"')}
    assert found.styles == frozenset()


def test_attributes_that_no_policy_allows_are_named() -> None:
    """A style or a handler in a tag is reported as it stands."""
    found = inline("""<P STYLE="color: red"><img onerror=go()><svg><g style="x"/></svg>""")
    assert found.attributes == {'<p style="color: red">', '<img onerror="go()">', '<g style="x">'}


def test_policies_of_pages_are_joined(tmp_path: Path) -> None:
    """The policy is the site's: it allows what any of its pages holds, each once."""
    for name, text in (("a", "one"), ("b", "two"), ("c", "one")):
        (tmp_path / f"{name}.html").write_text(f"<script>{text}</script>")
    given = directives(policy(tmp_path, scripts=[sha256("added")], connect="ws://here"))
    hashes = sorted(map(sha256, ("one", "two", "added")))
    assert given["script-src"] == ["'self'", "'wasm-unsafe-eval'", *hashes]
    assert given["connect-src"] == ["'self'", "ws://here"]
