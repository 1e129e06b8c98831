"""What a host sends with each file of a built site: one table for all of them.

``server.py`` sends it to authors and tests; ``hosts.py`` writes it in the words of other hosts.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

__all__ = [
    "ALWAYS",
    "ASK_AGAIN",
    "FOREVER",
    "HASHED",
    "ISOLATED",
    "PACKED",
    "TYPES",
    "cache_control",
    "essence",
    "media_type",
]

# Said here, since a machine's own list of types may lack them or have others.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".inv": "application/octet-stream",
    ".ipynb": "application/x-ipynb+json",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".pack": "application/octet-stream",
    ".pagefind": "application/octet-stream",
    ".pf_fragment": "application/octet-stream",
    ".pf_index": "application/octet-stream",
    ".pf_meta": "application/octet-stream",
    ".png": "image/png",
    ".py": "text/x-python; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
    ".whl": "application/zip",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
    ".zip": "application/zip",
}
PACKED = frozenset(
    {
        *(".gif", ".ico", ".inv", ".jpg", ".png", ".webp", ".woff", ".woff2"),
        *(".pack", ".whl", ".zip"),
        *(".pagefind", ".pf_fragment", ".pf_index", ".pf_meta"),
    }
)
"""Compressed already: what holds text, or WebAssembly, gains by compression on the way."""

# The hash stands at the end of the name, before the suffix. Pagefind's are of seven digits or
# more; some of its files have none. It is one expression for Python's `re` and for nginx's PCRE.
HASHED = re.compile(
    r"/_static/(?:[^/]+/)*(?:[^/]*[-._])?[0-9a-f]{8,64}\.[^/]+$"
    r"|/pagefind/(?:[^/]+/)*[^/]*_[0-9a-f]{7,64}\.pf_[a-z]+$"
)
"""The path of a file that has a hash of what it holds in its name: it never changes under it."""

FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"

ALWAYS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
"""With these a page gets SharedArrayBuffer, with which a running cell can be interrupted."""


def media_type(path: str) -> str | None:
    """The type of a file of a site, by its name.

    >>> media_type("/session/session.ipynb")
    'application/x-ipynb+json'
    >>> media_type("/_images/PHOTO.PNG")
    'image/png'
    """
    return TYPES.get(PurePosixPath(path).suffix.lower())


def essence(media: str) -> str:
    """A type without its parameters.

    >>> essence("text/css; charset=utf-8")
    'text/css'
    """
    return media.partition(";")[0]


def cache_control(path: str) -> str:
    """How long the file at a path may be kept.

    >>> cache_control("/_static/live/worker-d7e81a025a03.js")
    'public, max-age=31536000, immutable'
    >>> cache_control("/_static/live/manifest.json")
    'no-cache'
    """
    return FOREVER if HASHED.search(path) else ASK_AGAIN
