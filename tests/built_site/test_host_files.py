"""The table of headers in the words of other hosts, read as these hosts say that they read it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from built_site.headers import ALWAYS, FOREVER, HASHED, ISOLATED, TYPES, cache_control
from built_site.host_files import RULES, WELL_KNOWN, WIDTH, HostError, headers_file, main, nginx
from built_site.policy import policy

Rules = list[tuple[str, dict[str, str]]]

KEPT = (
    "/_static/live/core-0123456789abcdef.wasm",
    "/_static/live/page-0a1b2c3d4e5f.json",
    "/_static/live/page-ffffffffffff.json",
    "/_static/first-0123abcd.css",
    "/_static/mystnb.0123456789abcdef.css",
    "/_static/parts/the-session-0123456789ab.png",
    "/pagefind/fragment/en_1a2b3c4.pf_fragment",
    "/pagefind/index/en_1a2b3c4.pf_index",
    "/pagefind/pagefind.en_1a2b3c4d5e.pf_meta",
    "/_static/pagefind/fragment/en_1a2b3c4.pf_fragment",
)
ASKED = (
    "/index.html",
    "/session/0123456789abcdef.html",
    "/_static/live/manifest.json",
    "/_static/show.css",
    "/_static/live/page-list.json",
    "/_static/facade.js",
    "/_static/xdeadbeef.js",
    "/_static/0123abcd/name.js",
    "/pagefind/pagefind.js",
    "/pagefind/wasm.en.pagefind",
    "/pagefind/pagefind-entry.json",
    "/en_1a2b3c4.pf_fragment",
    "/pagefind/en_1a2b3c4.json",
    "/session/session.ipynb",
    "/session/session.md",
    "/session/session.py",
    "/llms.txt",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in (*KEPT, *ASKED):
        file = tmp_path / path[1:]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("<script>1</script>")
    (tmp_path / "folder.mjs").mkdir()
    return tmp_path


def parsed(text: str) -> Rules:
    """A ``_headers`` file as its hosts read it: a path, and indented lines of headers."""
    rules: Rules = []
    for line in text.splitlines():
        if line.startswith("/"):
            rules.append((line, {}))
        else:
            name, _, value = line.partition(": ")
            assert name.startswith("  "), line
            assert name.strip() not in rules[-1][1], line
            rules[-1][1][name.strip()] = value
    return rules


def sent(rules: Rules, path: str) -> dict[str, str]:
    """The headers for a path; one that two rules give is joined by one host and not by another."""
    found: dict[str, str] = {}
    for pattern, headers in rules:
        start, star, end = pattern.partition("*")
        whole = re.escape(start) + (".*" if star else "") + re.escape(end)
        if re.fullmatch(whole, path):
            assert found.keys() & headers.keys() == set(), path
            found |= headers
    return found


@pytest.mark.parametrize("path", KEPT)
def test_what_is_named_by_its_content_is_kept(path: str) -> None:
    """A hash before the suffix, in the folders in which builds put such files."""
    assert cache_control(path) == FOREVER


@pytest.mark.parametrize("path", ASKED)
def test_all_else_is_asked_for_again(path: str) -> None:
    """Also what looks like a hash elsewhere, and Pagefind's files without one."""
    assert cache_control(path) == "no-cache"


def test_headers_file_says_what_the_table_says(folder: Path) -> None:
    """Policy and isolation everywhere, caching and types file by file, none of them twice."""
    rules = parsed(headers_file(folder))
    for path in ("/", "/nothing", *KEPT, *ASKED):
        found = sent(rules, path)
        for name, value in {
            "Content-Security-Policy": policy(folder),
            **ALWAYS,
            **ISOLATED,
        }.items():
            assert found[name] == value, path
        assert found.get("Cache-Control") == (FOREVER if path in KEPT else None), path
        suffix = Path(path).suffix
        told = None if suffix in WELL_KNOWN else TYPES.get(suffix)
        assert found.get("Content-Type") == told, path


def test_headers_file_is_the_same_each_time(folder: Path) -> None:
    """Types, then what is kept, each in the order of their letters; of files and no folders."""
    patterns = [pattern for pattern, _ in parsed(headers_file(folder))]
    types = [pattern for pattern in patterns if pattern.startswith("/*.")]
    kept = [pattern for pattern in patterns if pattern.startswith("/_static/")]
    assert patterns[: 1 + len(types)] == ["/*", *sorted(types)]
    assert "/*.mjs" not in types
    assert kept == sorted(kept)


def test_rules_do_not_grow_with_the_pages(folder: Path) -> None:
    """One rule for all files that differ by their hash; other names are no part of it."""
    before = len(parsed(headers_file(folder)))
    for number in range(500):
        (folder / f"_static/live/view-{number:012x}.json").write_text("")
    rules = parsed(headers_file(folder))
    assert len(rules) == before + 1
    assert "/_static/live/view-*.json" in dict(rules)
    assert "/_static/live/page-0a1b2c3d4e5f.json" in dict(rules)  # page-list.json is beside it


def test_more_than_a_host_reads_is_refused(folder: Path) -> None:
    """A file of headers that would be read in part is not written."""
    for number in range(RULES - len(parsed(headers_file(folder)))):
        (folder / f"_static/name{number}x-0123456789ab.js").write_text("")
    assert len(parsed(headers_file(folder))) == RULES
    (folder / "_static/more-0123456789ab.js").write_text("")
    with pytest.raises(HostError, match=f"Cloudflare Pages reads {RULES}"):
        headers_file(folder)


def test_a_line_longer_than_a_host_reads_is_refused(folder: Path) -> None:
    """The policy is one line, with a hash for each script that stands in a page."""
    scripts = "".join(f"<script>{number}</script>" for number in range(WIDTH // 50))
    (folder / "index.html").write_text(scripts)
    with pytest.raises(HostError, match=f"Cloudflare Pages reads {WIDTH}"):
        headers_file(folder)


@pytest.mark.parametrize("name", ["$x", 'a"', "a\\", 'a"b', "a\nb"])
def test_nginx_never_reads_a_value_as_something_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What would end its string, or begin a variable of it, is refused."""
    monkeypatch.setitem(ALWAYS, "X-Name", name)
    with pytest.raises(HostError, match="nginx would read"):
        nginx(folder)


def test_nginx_gets_the_whole_table(folder: Path) -> None:
    """Each type with its suffixes, each header, and the one expression for what is kept."""
    text = nginx(folder)
    for suffix, media in TYPES.items():
        kind = re.escape(media.partition(";")[0])
        assert re.search(rf"^    {kind} (\w+ )*{suffix[1:]}[ ;]", text, re.MULTILINE), suffix
    for name, value in (*ALWAYS.items(), *ISOLATED.items()):
        assert f'add_header {name} "{value}" always;\n' in text
    assert HASHED.pattern in text


@pytest.mark.parametrize(("host", "words"), [("netlify", "/*\n"), ("nginx", "add_header ")])
def test_command_prints_it(
    folder: Path, capsys: pytest.CaptureFixture[str], host: str, words: str
) -> None:
    """For a script that puts the site somewhere."""
    assert main([host, str(folder)]) == 0
    assert words in capsys.readouterr().out


def test_command_wants_a_built_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty folder has no policy to speak of."""
    assert main(["nginx", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"{tmp_path} holds no built site: `make html` makes one\n"
