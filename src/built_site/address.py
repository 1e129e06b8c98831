"""The address at which the site is published, from the environment of the build.

Canonical links, the site map and Open Graph tags hold a page's whole address. A wrong one sends
readers and search engines elsewhere, so that it is refused, and never guessed.
"""

import os
import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from sphinx.errors import ConfigError

VARIABLE = "SITE_URL"
HOST = re.compile(r"(?!-)[a-z0-9.-]+(?<!-)")
UNKNOWN = (
    "Canonical links, sitemap.xml and what other sites show of a link were left out, since the "
    f"site's address is not known: {VARIABLE}=https://tutorial.example.org/ make html"
)


def site_address(environment: Mapping[str, str] = os.environ) -> str:
    """The address of the site's root, with a slash at its end; empty where it is not known.

    ``SITE_URL``, else the host's own variable: ``READTHEDOCS_CANONICAL_URL``
    (docs.readthedocs.com/platform/stable/reference/environment-variables.html), or on Netlify
    ``URL``, the site's main address (docs.netlify.com/build/configure-builds/
    environment-variables). Cloudflare Pages has in ``CF_PAGES_URL`` the address of one
    deployment, which changes with each: there ``SITE_URL`` has to be set.

    Raises ConfigError for an address that no site can have, with the variable and the reason.
    """
    names = [VARIABLE, "READTHEDOCS_CANONICAL_URL"]
    if environment.get("NETLIFY"):
        names.append("URL")
    for name in names:
        if given := environment.get(name, "").strip():
            try:
                return _normalised(given)
            except ValueError as error:
                raise ConfigError(f"{name} is {given!r}: {error}") from error
    return ""


def _normalised(given: str) -> str:
    """An address as pages hold it; raises ValueError with the reason where it is none.

    >>> _normalised("HTTPS://Example.org/a b")
    'https://example.org/a%20b/'
    """
    try:
        parts = urlsplit(given)
        port = f":{parts.port}" if parts.port else ""
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError as error:  # UnicodeError is one
        raise ValueError(f"this is no address ({error})") from error
    reasons = {
        "begin it with https://": parts.scheme not in {"http", "https"},
        "it names no host": not HOST.fullmatch(host),
        "leave out the user and the password, every page would show them": "@" in parts.netloc,
        "leave out what follows the path, pages are below the address": "?" in given
        or "#" in given,
        "name the folder of the pages, and no page in it": parts.path.endswith(".html"),
    }
    for reason, applies in reasons.items():
        if applies:
            raise ValueError(reason)
    path = quote(parts.path.strip("/"), safe="/%:@!$&'()*+,;=~")
    return f"{parts.scheme}://{host}{port}/{path}{'/' if path else ''}"


def message(environment: Mapping[str, str] = os.environ) -> str:
    """The line that ``make html`` ends with."""
    address = site_address(environment)
    return f"Its pages give {address} as their address" if address else UNKNOWN
