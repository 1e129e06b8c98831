"""The ``_headers`` file at a site's root, read as Netlify and Cloudflare Pages read it.

A line without indentation is a rule's path, in which ``*`` stands for anything; the indented lines
below are its headers (developers.cloudflare.com/pages/configuration/headers).
"""

import re
from pathlib import Path

FILE = "_headers"

Rules = list[tuple[str, dict[str, str]]]
"""Patterns of paths, each with its headers by name, in the file's order."""


def read_rules(folder: Path) -> Rules:
    """The rules of the built site in a folder; none where it has no such file."""
    try:
        text = (folder / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    rules: Rules = []
    for line in text.splitlines():
        if line.startswith("/"):
            rules.append((line, {}))
        elif line.strip() and not line.startswith("#"):
            name, _, value = line.strip().partition(": ")
            rules[-1][1][name] = value
    return rules


def headers_for(path: str, rules: Rules) -> dict[str, str]:
    """The headers that the rules give to a path.

    >>> headers_for("/a/b.mjs", [("/*", {"X": "1"}), ("/*.mjs", {"Y": "2"}), ("/b*", {"Z": "3"})])
    {'X': '1', 'Y': '2'}
    """
    found: dict[str, str] = {}
    for pattern, headers in rules:
        if re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), path):
            found |= headers
    return found
