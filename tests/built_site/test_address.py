"""The site's address: who says it, and what is done with one that cannot be right."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sphinx.errors import ConfigError

from built_site.address import UNKNOWN, message, site_address

READTHEDOCS = "https://tutorial.readthedocs.io/en/latest/"


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        pytest.param({}, "", id="nobody"),
        pytest.param({"SITE_URL": "  "}, "", id="nothing"),
        pytest.param({"SITE_URL": "https://a.example/"}, "https://a.example/", id="ours"),
        pytest.param({"READTHEDOCS_CANONICAL_URL": READTHEDOCS}, READTHEDOCS, id="read the docs"),
        pytest.param(
            {"READTHEDOCS_CANONICAL_URL": READTHEDOCS, "SITE_URL": "https://a.example/"},
            "https://a.example/",
            id="ours comes first",
        ),
        pytest.param(
            {"NETLIFY": "true", "URL": "https://a.netlify.app"},
            "https://a.netlify.app/",
            id="netlify",
        ),
        pytest.param({"URL": "https://anything.example/"}, "", id="a URL that is not netlify's"),
        pytest.param(
            {"CF_PAGES": "1", "CF_PAGES_URL": "https://1a2b3c.a.pages.dev"}, "", id="one deployment"
        ),
    ],
)
def test_who_says_it(environment: Mapping[str, str], address: str) -> None:
    """Our own variable, else the host's; nobody's is none."""
    assert site_address(environment) == address


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://a.example", "https://a.example/"),
        ("https://a.example/orm", "https://a.example/orm/"),
        ("https://a.example//orm//", "https://a.example/orm/"),
        (" HTTPS://A.Example:8443/Orm/ ", "https://a.example:8443/Orm/"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/"),
        ("https://a.example/my orm/", "https://a.example/my%20orm/"),
        ("https://a.example/my%20orm/", "https://a.example/my%20orm/"),
        ("https://a.example/~me:2/(a)+b,c@1/", "https://a.example/~me:2/(a)+b,c@1/"),
        ("https://bücher.example/für/", "https://xn--bcher-kva.example/f%C3%BCr/"),
        ('https://a.example/"><script>/', "https://a.example/%22%3E%3Cscript%3E/"),
    ],
)
def test_what_can_be_mended_is_mended(given: str, address: str) -> None:
    """A slash at the end, small letters, and letters that an address cannot hold."""
    assert site_address({"SITE_URL": given}) == address


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("a.example", "https://"),
        ("a.example:8000/orm", "https://"),
        ("//a.example/", "https://"),
        ("ftp://a.example/", "https://"),
        ("https://", "no host"),
        ("https:///orm/", "no host"),
        ("https://a b.example/", "no host"),
        ("https://a.example:port/", "no address"),
        ("https://[::1/", "no address"),
        ("https://-a.example/", "no host"),
        ("https://a.example-/", "no host"),
        ("https://me:secret@a.example/", "the user"),
        ("https://me@a.example/", "the user"),
        ("https://a.example/?page=1", "follows the path"),
        ("https://a.example/?", "follows the path"),
        ("https://a.example/#top", "follows the path"),
        ("https://a.example/index.html", "the folder"),
    ],
)
def test_what_cannot_be_mended_is_refused(given: str, why: str) -> None:
    """With the variable, what it holds, and what is wrong with it."""
    with pytest.raises(ConfigError, match=why) as refused:
        site_address({"SITE_URL": given})
    assert str(refused.value).startswith(f"SITE_URL is {given!r}: ")


@pytest.mark.parametrize(
    ("given", "said"),
    [("", UNKNOWN), ("https://a.example", "Its pages give https://a.example/ as their address")],
)
def test_what_make_says(given: str, said: str) -> None:
    """One line: what was left out and what to set, or the address that the pages give."""
    assert message({"SITE_URL": given}) == said
