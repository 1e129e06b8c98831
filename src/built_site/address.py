"""Where the site will stand: read in this one place, from the environment of the build.

Canonical links, the site map and what other sites show of a link hold the whole address of a page.
A wrong one sends readers and search engines elsewhere, so that none is better than a guess.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from sphinx.errors import ConfigError

__all__ = ["VARIABLE", "AddressError", "message", "site_address"]

VARIABLE = "SITE_URL"
EXAMPLE = f"{VARIABLE}=https://tutorial.example.org/"
HOST = re.compile(r"(?!-)[a-z0-9.-]+(?<!-)")
UNSAID = (
    "Canonical links, sitemap.xml and what other sites show of a link were left out, "
    f"since the site's address is not known: {EXAMPLE} make html"
)


class AddressError(ConfigError):
    """An address under which no site can stand; the message says which, and why."""


def site_address(environment: Mapping[str, str] = os.environ) -> str:
    """The address of the site's root, with a slash at its end; empty where nobody said it.

    ``SITE_URL`` comes before what a host says of itself: ``READTHEDOCS_CANONICAL_URL``
    (docs.readthedocs.com/platform/stable/reference/environment-variables.html), and on Netlify
    ``URL``, the main address of the site (docs.netlify.com/build/configure-builds/
    environment-variables). Cloudflare Pages tells in ``CF_PAGES_URL`` the address of this one
    deployment, which is another with each: there ``SITE_URL`` has to be set.

    Raises AddressError where the address cannot be one.
    """
    names = [VARIABLE, "READTHEDOCS_CANONICAL_URL"]
    if environment.get("NETLIFY"):
        names.append("URL")
    for name in names:
        if given := environment.get(name, "").strip():
            return _whole(name, given)
    return ""


def _whole(name: str, given: str) -> str:
    """An address as pages hold it.

    >>> _whole("SITE_URL", "HTTPS://Example.org/a b")
    'https://example.org/a%20b/'
    >>> _whole("SITE_URL", "example.org")
    Traceback (most recent call last):
    built_site.address.AddressError: SITE_URL is 'example.org': begin it with https://
    """

    def refused(why: str) -> AddressError:
        return AddressError(f"{name} is {given!r}: {why}")

    try:
        parts = urlsplit(given)
        port = f":{parts.port}" if parts.port else ""
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError as error:  # UnicodeError is one
        raise refused(f"this is no address ({error})") from error
    if parts.scheme not in {"http", "https"}:
        raise refused("begin it with https://")
    if not HOST.fullmatch(host):
        raise refused("it names no host")
    if parts.username is not None or parts.password is not None:
        raise refused("leave out the user and the password, every page would show them")
    if "?" in given or "#" in given:
        raise refused("leave out what stands after the path, pages stand below the address")
    if parts.path.endswith(".html"):
        raise refused("name the folder that the pages stand in, and no page of it")
    path = quote(parts.path.strip("/"), safe="/%:@!$&'()*+,;=~")
    return f"{parts.scheme}://{host}{port}/{path}{'/' if path else ''}"


def message(environment: Mapping[str, str] = os.environ) -> str:
    """What a build says of the address: where it is known, and what is missing where not."""
    address = site_address(environment)
    return f"Its pages say that they stand at {address}" if address else UNSAID


if __name__ == "__main__":
    try:
        print(message())  # noqa: T201
    except AddressError as error:
        sys.exit(str(error))
