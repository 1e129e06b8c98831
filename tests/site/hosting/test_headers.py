"""The files in deploy/ say what the built pages need: held against them, and against each other."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from built_site.headers import Rules, headers_for, read_rules
from tests.kit import prerequisites
from tests.kit.full_site import ROOT
from tests.kit.inline_code import Inline, inline_code
from tests.kit.serve import ask, served

DEPLOY = ROOT / "deploy"
POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'wasm-unsafe-eval' {scripts}",
    "style-src": "'self'{styles}",
    "img-src": "'self' data:",  # the theme's icons
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
}
FOREVER = "public, max-age=31536000, immutable"
HASHED = re.compile(r"[-._][0-9a-f]{7,64}\.[^/]+$")
UNASKED = re.compile(r"/_static/mystnb\.")  # bundled into /_static/first-*.css
# Types that these hosts know by themselves.
WELL_KNOWN = {
    *(".css", ".gif", ".html", ".ico", ".jpg", ".js", ".json", ".png", ".svg", ".txt"),
    *(".webp", ".woff", ".woff2", ".xml", ".zip"),
}
UNTYPED = {"_headers", ".buildinfo", ".nojekyll"}
# What Cloudflare Pages reads (developers.cloudflare.com/pages/configuration/headers).
RULES, WIDTH = 100, 2000


@pytest.fixture(scope="module")
def rules() -> Rules:
    return read_rules(DEPLOY)


@pytest.fixture(scope="module")
def nginx() -> str:
    return (DEPLOY / "headers.conf").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def inline(site: Path) -> Inline:
    """What is inline in any page of the site."""
    found = [inline_code(page.read_text(encoding="utf-8")) for page in site.rglob("*.html")]
    return Inline(
        frozenset().union(*(each.scripts for each in found)),
        frozenset().union(*(each.styles for each in found)),
        frozenset().union(*(each.attributes for each in found)),
    )


@pytest.fixture(scope="module")
def paths(site: Path) -> list[str]:
    """The addresses of all files of the site, from its root."""
    files = (path for path in site.rglob("*") if path.is_file())
    return [f"/{path.relative_to(site).as_posix()}" for path in files]


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("_headers", "  Content-Security-Policy: {}\n".format),
        ("headers.conf", 'add_header Content-Security-Policy "{}" always;\n'.format),
    ],
    ids=["_headers", "headers.conf"],
)
def test_policy_allows_what_is_inline_in_the_pages_and_no_more(
    inline: Inline, file: str, line: Callable[[str], str]
) -> None:
    """The site's own files, WebAssembly, and each inline script and style by its hash."""
    hashes = {
        "scripts": " ".join(sorted(inline.scripts)),
        "styles": "".join(f" {each}" for each in sorted(inline.styles)),
    }
    policy = "; ".join(f"{name} {value.format(**hashes)}" for name, value in POLICY.items())
    text = (DEPLOY / file).read_text(encoding="utf-8")
    assert text.count("Content-Security-Policy") == 1
    assert line(policy) in text, f"the policy in deploy/{file} has to be\n{line(policy)}"


def test_no_page_has_attributes_that_the_policy_forbids(inline: Inline) -> None:
    """No style= and no onclick= anywhere: src/tutorial_site/page/templates has the theme's."""
    assert inline.attributes == frozenset()


def test_hashes_are_few(inline: Inline) -> None:
    """A script that differs from page to page would need one a page."""
    assert len(inline.scripts) + len(inline.styles) < 10


def test_what_is_kept_for_ever_has_a_hash_in_its_name(rules: Rules, paths: list[str]) -> None:
    """Each such file is kept, no other is, and no rule is there for nothing."""
    kept = {path for path in paths if headers_for(path, rules).get("Cache-Control") == FOREVER}
    assert kept == {path for path in paths if HASHED.search(path) and not UNASKED.match(path)}
    for pattern, headers in rules:
        if "Cache-Control" in headers:
            assert any(headers_for(path, [(pattern, headers)]) for path in kept), pattern


def test_every_file_has_a_type(rules: Rules, paths: list[str], nginx: str) -> None:
    """A new kind of file is told to hosts, which may not know it; to nginx all are."""
    for path in paths:
        name, suffix = path.rpartition("/")[2], Path(path).suffix
        if name not in UNTYPED:
            told = headers_for(path, rules).get("Content-Type", "")
            assert bool(told) != (suffix in WELL_KNOWN), f"deploy/_headers, a type for *{suffix}"
            media = re.escape(told.partition(";")[0]) or r"\S+"
            line = rf"^    {media} (\w+ )*{suffix[1:]}[ ;]"
            assert re.search(line, nginx, re.MULTILINE), f"deploy/headers.conf, a type for {suffix}"


def test_both_files_say_the_same(rules: Rules, nginx: str) -> None:
    """Each header that goes with every file stands in both, with one value."""
    everywhere = dict(rules)["/*"]
    told = dict(re.findall(r'^add_header (\S+) "(.*)" always;$', nginx, re.MULTILINE))
    assert told == everywhere


def test_no_path_gets_a_header_from_two_rules(rules: Rules, paths: list[str]) -> None:
    """Cloudflare Pages would join the values."""
    for path in [*paths, "/", "/nothing"]:
        found = [name for rule in rules for name in headers_for(path, [rule])]
        assert len(found) == len(set(found)), path


def test_cloudflare_reads_all_of_it(rules: Rules) -> None:
    """No more rules, no longer lines, and no more than one asterisk a path."""
    lines = (DEPLOY / "_headers").read_text(encoding="utf-8").splitlines()
    assert len(rules) <= RULES
    assert max(map(len, lines)) <= WIDTH
    assert {pattern.count("*") for pattern, _ in rules} == {1}


def test_the_site_brings_the_files_and_its_server_sends_them(
    site: Path, rules: Rules, paths: list[str]
) -> None:
    """What hosts read is at the root, and what they send is what authors and tests get."""
    assert (site / ".nojekyll").read_bytes() == b""
    assert (site / "_headers").read_bytes() == (DEPLOY / "_headers").read_bytes()
    with served(prerequisites.module("built_site.dev_server").application(site)) as address:
        for path in paths:
            answer = ask(address, path, "HEAD")
            told = {"Cache-Control": "no-cache"} | headers_for(path, rules)
            assert answer.status == 200
            assert {name: answer.headers[name.lower()] for name in told} == told, path
