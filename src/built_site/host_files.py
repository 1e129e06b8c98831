"""The table of headers in the words of hosts that are not ours: nginx, and a ``_headers`` file.

``python -m built_site.host_files nginx FOLDER`` prints what an nginx server includes to serve the
built site in FOLDER, ``python -m built_site.host_files netlify FOLDER`` the ``_headers`` file of
Netlify and Cloudflare Pages.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from built_site.headers import ALWAYS, ASK_AGAIN, FOREVER, HASHED, ISOLATED, PACKED, TYPES, essence
from built_site.policy import policy

__all__ = ["HostError", "headers_file", "main", "nginx"]

RULES = 100
"""How many rules of a ``_headers`` file Cloudflare Pages reads."""
WIDTH = 2000
"""How long a line of it may be; developers.cloudflare.com/pages/configuration/headers."""
# What each host knows by itself; the others of the table are told to it.
WELL_KNOWN = frozenset(
    {
        *(".css", ".gif", ".html", ".ico", ".jpg", ".js", ".json", ".png", ".svg", ".txt"),
        *(".webp", ".woff", ".woff2", ".xml", ".zip"),
    }
)
HASH = re.compile(r"[0-9a-f]{7,64}(?=\.[^.]+$)")


class HostError(Exception):
    """A site that a host could not serve as it should be; the message says why."""


def _fixed(folder: Path) -> dict[str, str]:
    """What goes with each answer."""
    return {"Content-Security-Policy": policy(folder), **ALWAYS, **ISOLATED}


def nginx(folder: Path) -> str:
    """What stands in the ``server`` block of an nginx that serves a built site.

    It replaces the machine's own list of types, and says nothing of how the site is found:
    ``deploy/nginx.conf`` does.
    """
    text = {essence(each) for each in TYPES.values() if "charset" in each}
    gains = {essence(each) for suffix, each in TYPES.items() if suffix not in PACKED}
    lines = [
        "# Made by `python -m built_site.host_files nginx`; make it anew with each build.",
        "types {",
        *(f"    {kind} {suffixes};" for kind, suffixes in _by_type()),
        "}",
        "default_type application/octet-stream;",
        "charset utf-8;",
        # nginx counts text/html among both by itself.
        f"charset_types {' '.join(sorted(text - {'text/html'}))};",
        f"gzip_types {' '.join(sorted(gains - {'text/html'}))};",
        "# A file with a hash in its name is kept; an error, and all else, is asked for again.",
        'set $kept "";',
        f"set $asked {_quoted(ASK_AGAIN)};",
        f"if ($uri ~ {_quoted(HASHED.pattern)}) {{",
        f"    set $kept {_quoted(FOREVER)};",
        '    set $asked "";',
        "}",
        "add_header Cache-Control $kept;",
        "add_header Cache-Control $asked always;",
        *(f"add_header {name} {_quoted(value)} always;" for name, value in _fixed(folder).items()),
    ]
    return "\n".join(lines) + "\n"


def _by_type() -> Iterator[tuple[str, str]]:
    for media in sorted({essence(each) for each in TYPES.values()}):
        yield media, " ".join(name[1:] for name, each in TYPES.items() if essence(each) == media)


def _quoted(text: str) -> str:
    """A string of nginx's.

    A dollar sign at the end of an expression is itself; elsewhere it would begin a variable.
    """
    if re.search(r"\$\w|[\\\"]$|[\"\n]", text):
        raise HostError(f"nginx would read this as something else: {text}")
    return f'"{text}"'


def headers_file(folder: Path) -> str:
    """The file ``_headers`` of a built site, which Netlify and Cloudflare Pages read.

    No answer gets a header from two rules: the one host joins the values, the other takes the
    last. What is kept for ever is named file by file but for its hash; to all else both hosts
    say ``public, max-age=0, must-revalidate`` by themselves.

    Raises HostError where the site needs more rules, or longer ones, than these hosts read.
    """
    paths = list(_paths(folder))
    rules: list[tuple[str, dict[str, str]]] = [("/*", _fixed(folder))]
    used = {Path(path).suffix for path in paths}
    rules += [
        (f"/*{suffix}", {"Content-Type": TYPES[suffix]})
        for suffix in sorted(used & TYPES.keys() - WELL_KNOWN)
    ]
    rules += [(pattern, {"Cache-Control": FOREVER}) for pattern in _kept(paths)]
    lines = [
        line
        for pattern, headers in rules
        for line in (pattern, *(f"  {name}: {value}" for name, value in headers.items()))
    ]
    _hold(len(rules), lines)
    return "\n".join(lines) + "\n"


def _paths(folder: Path) -> Iterator[str]:
    """The addresses of the site's files, from its root."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield f"/{path.relative_to(folder).as_posix()}"


def _kept(paths: Iterable[str]) -> list[str]:
    """Patterns of all paths that have a hash in their name, and of no others.

    >>> _kept(["/_static/live/page-046dc603dee2.json", "/_static/live/page-9a9a9a9a9a9a.json"])
    ['/_static/live/page-*.json']
    >>> _kept(["/_static/live/page-046dc603dee2.json", "/_static/live/page-list.json"])
    ['/_static/live/page-046dc603dee2.json']
    """
    found = {path for path in paths if HASHED.search(path)}
    others = [path for path in paths if path not in found]
    patterns = set()
    for path in found:
        start, end = _around_hash(path)
        alone = not any(path.startswith(start) and path.endswith(end) for path in others)
        patterns.add(f"{start}*{end}" if alone else path)
    return sorted(patterns)


def _around_hash(path: str) -> tuple[str, str]:
    """What stands before and after the hash of a path that has one."""
    place = HASH.search(path)
    assert place is not None
    return path[: place.start()], path[place.end() :]


def _hold(rules: int, lines: list[str]) -> None:
    if rules > RULES:
        raise HostError(f"_headers: {rules} rules, and Cloudflare Pages reads {RULES}")
    longest = max(lines, key=len)
    if len(longest) > WIDTH:
        raise HostError(
            f"_headers: a line of {len(longest)} characters, and Cloudflare Pages reads {WIDTH}: "
            f"{longest[:60]}..."
        )


def main(arguments: list[str] | None = None) -> int:
    """Print what a host needs; see the module's words."""
    reader = argparse.ArgumentParser(prog="python -m built_site.host_files", description=__doc__)
    reader.add_argument("host", choices=("netlify", "nginx"))
    reader.add_argument("folder", type=Path, help="the built site")
    given = reader.parse_args(arguments)
    if not (given.folder / "index.html").is_file():
        print(f"{given.folder} holds no built site: `make html` makes one", file=sys.stderr)  # noqa: T201
        return 1
    print({"netlify": headers_file, "nginx": nginx}[given.host](given.folder), end="")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
