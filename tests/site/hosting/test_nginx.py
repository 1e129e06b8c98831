"""The sample in deploy/, run by a real nginx over the built site."""

from __future__ import annotations

import gzip
import http.client
import itertools
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from built_site.headers import headers_for, read_rules
from tests.kit import nginx, prerequisites
from tests.kit.contents import chapters
from tests.kit.serve import ask

CHAPTER = chapters()[-1]
FOLDER = CHAPTER.rpartition("/")[0]
REQUESTS = 1_500
CONNECTIONS = 8
LARGE = 400_000
"""Bytes; the pack's parts are asked for once each, and not a hundred times."""

# What the other hosts know by themselves, and _headers says of no file.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
}
# Compressed already: what holds text, or WebAssembly, gains by compression on the way.
PACKED = {
    *(".inv", ".pack", ".pagefind", ".pf_fragment", ".pf_index", ".pf_meta"),
    *(".png", ".pyz", ".whl", ""),
}

if nginx.program() is None:
    prerequisites.missing(
        "nginx (Debian: apt-get install nginx; or say where it is: NGINX_PROGRAM=...)"
    )


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with nginx.hosted(site) as found:
        yield found


def files(site: Path) -> list[str]:
    """The paths of all files of the site that readers get."""
    found = (path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    return sorted(f"/{name}" for name in found if not name.startswith("."))


def told(site: Path, path: str) -> dict[str, str]:
    """The headers that _headers gives to a path, and what other hosts say by themselves."""
    media = TYPES.get(Path(path).suffix, "application/octet-stream")
    usual = {"Content-Type": media, "Cache-Control": "no-cache"}
    return usual | headers_for(path, read_rules(site))


def kept(site: Path, suffix: str) -> str:
    """A file that browsers keep for ever."""
    return next(p for p in files(site) if "/live/" in p and p.endswith(suffix))


def test_configuration_is_right(site: Path, tmp_path: Path) -> None:
    """Nginx finds neither an error nor anything to warn of."""
    command = nginx.configured(tmp_path, site, 1024)
    done = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr + (tmp_path / "error.log").read_text()


def test_a_wrong_configuration_is_told(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sample that nginx does not understand fails with nginx's own words."""
    sample = tmp_path / "nginx.conf"
    sample.write_text(nginx.SAMPLE.read_text().replace("gzip_vary", "gzip_very"))
    monkeypatch.setattr(nginx, "SAMPLE", sample)
    with pytest.raises(RuntimeError, match="gzip_very"), nginx.hosted(site):
        pass


def test_every_file_comes_whole_with_the_headers_of_other_hosts(site: Path, address: str) -> None:
    """Type, policy, isolation and caching are those of _headers; text comes compressed."""
    for path in files(site):
        answer = ask(address, path, accept_encoding="gzip")
        body = (site / path[1:]).read_bytes()
        packed = Path(path).suffix not in PACKED and len(body) >= 1024
        assert answer.status == 200, path
        assert answer.headers.get("content-encoding") == ("gzip" if packed else None), path
        assert (gzip.decompress(answer.body) if packed else answer.body) == body, path
        for name, value in told(site, path).items():
            assert answer.headers[name.lower()] == value, path
        assert "etag" in answer.headers, path
        assert ("vary" in answer.headers) == packed, path


def test_many_requests_at_once_without_an_error(site: Path, address: str) -> None:
    """Eight readers at once, each on a connection that stays open, get what is in the files.

    Every other one takes it compressed, which nginx does anew each time.
    """
    paths = files(site)
    small = [path for path in paths if (site / path[1:]).stat().st_size < LARGE]
    asked = [*paths, *itertools.islice(itertools.cycle(small), REQUESTS - len(paths))]
    shares = [asked[number::CONNECTIONS] for number in range(CONNECTIONS)]
    codings = itertools.cycle(["gzip", "identity"])
    expected = {
        coding: {path: ask(address, path, accept_encoding=coding).body for path in paths}
        for coding in ("gzip", "identity")
    }
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        readers = [
            pool.submit(failed, address, share, coding, expected[coding])
            for share, coding in zip(shares, codings, strict=False)
        ]
    assert sum(map(len, shares)) == REQUESTS
    assert [each for reader in readers for each in reader.result()] == []


def failed(address: str, paths: list[str], coding: str, expected: dict[str, bytes]) -> list[str]:
    """Which of the requests, sent one after the other on one connection, went wrong."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    found, socket = [], None
    for path in paths:
        connection.request("GET", path, headers={"Accept-Encoding": coding})
        if socket is not None and connection.sock is not socket:
            found.append(f"{path}: on another connection")
        response = connection.getresponse()
        # Nginx closes a connection after a thousand requests, and says so with the last of them.
        socket = None if response.will_close else connection.sock
        if response.read() != expected[path] or response.status != 200:
            found.append(f"{path}: {response.status}")
    connection.close()
    return found


def test_files_that_were_compressed_before_are_sent_as_they_are(tmp_path: Path) -> None:
    """deploy/README.md tells how: nginx then compresses nothing."""
    (tmp_path / "index.html").write_text("<p>a page")
    (tmp_path / "index.html.gz").write_bytes(b"what stands beside it")
    with nginx.hosted(tmp_path) as address:
        answer = ask(address, "/", accept_encoding="gzip")
        assert (answer.headers["content-encoding"], answer.body) == (
            "gzip",
            b"what stands beside it",
        )
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert ask(address, "/").body == b"<p>a page"


@pytest.mark.parametrize(
    "path", ["/nothing", "/nothing.html", "/a/b/c/d.html", "/_static/live/gone-0123456789ab.js"]
)
def test_what_is_not_there_has_a_page_of_its_own(site: Path, address: str, path: str) -> None:
    """At any depth: status 404, the site's page for it, not to be kept."""
    answer = ask(address, path)
    assert (answer.status, answer.body) == (404, (site / "404.html").read_bytes())
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-security-policy"] == told(site, path)["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        *("/_static/", f"/{FOLDER}/", "/.buildinfo", "/.git/config", "/_static/%2e%2e/.buildinfo"),
        *("/..%5cconf.py", "/" + "a" * 4000),
    ],
)
def test_folders_are_not_listed_and_notes_of_the_build_not_shown(address: str, path: str) -> None:
    """A folder without a page, and a file that is no reader's business, are not there."""
    assert ask(address, path).status == 404


@pytest.mark.parametrize(
    "path",
    ["/../conf.py", "/%2e%2e/conf.py", "/a/../../conf.py", "/_static/..%2f..%2fconf.py", "/%00"],
)
def test_no_path_leads_out_of_the_site(site: Path, address: str, path: str) -> None:
    """A path above the root is no request at all."""
    assert (site.parent.parent / "conf.py").is_file()
    assert ask(address, path).status == 400


def test_a_folder_without_its_slash_leads_to_it_on_this_host(address: str) -> None:
    """No name of the server stands in the answer: a proxy before it may have another."""
    answer = ask(address, f"/{FOLDER}")
    assert (answer.status, answer.headers["location"]) == (301, f"/{FOLDER}/")


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_what_the_reader_has_is_not_sent_again(site: Path, address: str, coding: str) -> None:
    """A tag that still holds gives 304 without a body, and with the headers."""
    for path in ("/", kept(site, ".js")):
        first = ask(address, path, accept_encoding=coding)
        again = ask(address, path, accept_encoding=coding, if_none_match=first.headers["etag"])
        assert (again.status, again.body) == (304, b"")
        assert again.headers["cache-control"] == first.headers["cache-control"]
        assert again.headers["content-security-policy"] == first.headers["content-security-policy"]


def test_head_is_get_without_a_body(site: Path, address: str) -> None:
    """HEAD gives the status and the headers of GET."""
    for path in ("/", "/nothing", kept(site, ".pack")):
        got, head = ask(address, path), ask(address, path, "HEAD")
        assert (head.status, head.body) == (got.status, b"")
        assert head.headers | {"date": ""} == got.headers | {"date": ""}


def test_parts_of_files_can_be_asked_for(site: Path, address: str) -> None:
    """A download that broke off goes on where it ended."""
    path = kept(site, ".pack")
    body = (site / path[1:]).read_bytes()
    part = ask(address, path, range="bytes=1000-1999")
    assert (part.status, part.body) == (206, body[1000:2000])
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(body)}"
    assert ask(address, path, range=f"bytes={len(body)}-").status == 416


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_site_is_read_and_never_written(address: str, method: str) -> None:
    """Other methods are refused."""
    assert ask(address, "/index.html", method).status == 405


def test_live_cells_run_isolated(browser: Any, address: str) -> None:
    """A cell runs where a stop would interrupt it, and the browser complains of nothing."""
    reader_module = prerequisites.module("tests.kit.reader")
    reader = reader_module.Reader.of(browser, SimpleNamespace(address=address))
    page = reader.open(CHAPTER)
    assert page.evaluate("crossOriginIsolated") is True
    # The first that is in no fold; those above it run with it.
    first = next(cell for cell in reader.cells() if cell.button("Run").is_visible())
    first.run("Same as on the page")
    reader.leave()
