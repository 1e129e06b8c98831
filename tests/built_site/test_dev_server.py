"""The server: what a good host sends with each file, and what it never gives away."""

from __future__ import annotations

import gzip
import inspect
import mimetypes
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from built_site.headers import FOREVER, TYPES
from built_site.policy import inline, policy
from tests.kit import needs
from tests.kit.serve import ask, served

server = needs.module("built_site.dev_server")
autobuild = needs.module("sphinx_autobuild.__main__")
web_socket_script = needs.module("sphinx_autobuild.middleware").web_socket_script
application = server.application

PAGE = "<!doctype html><title>A page</title><script>let here = 1;</script>" + "<p>text " * 500
WASM = b"\0asm" + bytes(range(256)) * 40
HASHED = "_static/live/core-0123456789abcdef.wasm"
ISOLATION = ("cross-origin-opener-policy", "cross-origin-embedder-policy")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site's folder, with a file beside it that nobody must get."""
    root = tmp_path_factory.mktemp("served")
    (root / "secret.txt").write_text("not for readers")
    files = root / "html"
    (files / "_static" / "live").mkdir(parents=True)
    (files / "session").mkdir()
    (files / "index.html").write_text(PAGE)
    (files / "session" / "index.html").write_text(PAGE)
    (files / HASHED).write_bytes(WASM)
    (files / "_static" / "style.css").write_text("body { color: red }")
    for suffix in TYPES:
        (files / f"a{suffix}").write_bytes(b"some bytes")
    (files / "way-out").symlink_to(root / "secret.txt")
    return files


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with served(application(folder)) as found:
        yield found


@pytest.mark.parametrize("path", ["/", "/index.html", f"/{HASHED}", "/a.svg", "/nothing.html"])
def test_every_answer_has_the_policy_and_isolation(address: str, folder: Path, path: str) -> None:
    """Pages, files, and what is not there: all come with a good host's headers."""
    headers = ask(address, path).headers
    assert headers["content-security-policy"] == policy(folder)
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-embedder-policy"] == "require-corp"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["permissions-policy"].startswith("camera=(), geolocation=(), microphone=()")


def test_a_host_without_isolation_sends_the_rest(folder: Path) -> None:
    """Not isolated means without the two headers of isolation, and with all others."""
    with served(application(folder, isolated=False)) as address:
        headers = ask(address, "/").headers
    assert [name for name in ISOLATION if name in headers] == []
    assert headers["content-security-policy"] == policy(folder)


@pytest.mark.parametrize("suffix", sorted(TYPES))
def test_types_are_ours_and_not_the_machines(
    address: str, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file's type depends on its name alone, whatever the machine's list of types says."""
    monkeypatch.setitem(mimetypes.types_map, suffix, "text/x-of-this-machine")
    assert ask(address, f"/a{suffix}").headers["content-type"] == TYPES[suffix]


def test_what_is_named_by_its_content_is_kept_and_all_else_asked_again(address: str) -> None:
    """Only files with a hash in their name, in the folder of live cells, are kept for ever."""
    assert ask(address, f"/{HASHED}").headers["cache-control"] == FOREVER
    for path in ("/", "/_static/style.css", "/a.wasm", "/_static/live/gone-0123456789abcdef.js"):
        assert ask(address, path).headers["cache-control"] == "no-cache", path


@pytest.mark.parametrize("path", ["/index.html", f"/{HASHED}"])
def test_text_and_wasm_come_compressed_to_those_who_take_it(
    address: str, folder: Path, path: str
) -> None:
    """Compressed, and as it is, are the same file; each has a tag of its own."""
    plain = ask(address, path, accept_encoding="gzip;q=0")
    packed = ask(address, path, accept_encoding="br, gzip")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body == (folder / path[1:]).read_bytes()
    assert int(packed.headers["content-length"]) == len(packed.body) < len(plain.body)
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert plain.headers["etag"] != packed.headers["etag"]
    assert packed.headers["content-type"] == plain.headers["content-type"]


def test_what_is_packed_already_is_not_packed_again(address: str, folder: Path) -> None:
    """An archive goes as it is."""
    (folder / "large.zip").write_bytes(bytes(5000))
    assert "content-encoding" not in ask(address, "/large.zip", accept_encoding="gzip").headers


def test_a_file_is_compressed_once(
    address: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second reader of a large file waits for no compression; a changed file is made anew."""
    path = folder / "large.wasm"
    path.write_bytes(WASM * 2)
    once = ask(address, "/large.wasm", accept_encoding="gzip")
    monkeypatch.setattr(server.gzip, "compress", lambda *given, **named: b"again")
    assert ask(address, "/large.wasm", accept_encoding="gzip").body == once.body
    path.write_bytes(WASM * 3)
    assert ask(address, "/large.wasm", accept_encoding="gzip").body == b"again"


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_what_the_reader_has_is_not_sent_again(address: str, coding: str) -> None:
    """A tag that still holds gives 304, without a body and with the headers."""
    tag = ask(address, "/", accept_encoding=coding).headers["etag"]
    again = ask(address, "/", accept_encoding=coding, if_none_match=tag)
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == tag
    assert again.headers["cache-control"] == "no-cache"
    assert "content-security-policy" in again.headers


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize("path", ["/", f"/{HASHED}", "/nothing"])
def test_head_is_get_without_a_body(address: str, path: str, coding: str) -> None:
    """HEAD gives the status and headers of GET."""
    got = ask(address, path, accept_encoding=coding)
    head = ask(address, path, "HEAD", accept_encoding=coding)
    assert head.body == b""
    assert head.status == got.status
    assert head.headers | {"date": ""} == got.headers | {"date": ""}


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_ranges_are_of_the_file_itself(address: str, coding: str) -> None:
    """A part of a file is cut from its own bytes, not from compressed ones."""
    part = ask(address, f"/{HASHED}", range="bytes=2-5", accept_encoding=coding)
    assert (part.status, part.body) == (206, WASM[2:6])
    assert part.headers["content-range"] == f"bytes 2-5/{len(WASM)}"
    assert part.headers["content-type"] == "application/wasm"
    assert "content-encoding" not in part.headers
    two = ask(address, f"/{HASHED}", range="bytes=0-1,4-5", accept_encoding=coding)
    assert (two.status, two.headers["content-type"][:20]) == (206, "multipart/byteranges")
    assert ask(address, f"/{HASHED}", range="bytes=999999-").status == 416


@pytest.mark.parametrize(
    "path",
    [
        "/nothing.html",
        "/_static",
        "/_static/",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/session/../../secret.txt",
        "//secret.txt",
        "/way-out",
        "/%00",
        "/" + "a" * 5000,
    ],
)
def test_what_is_not_of_the_site_is_not_there(address: str, path: str) -> None:
    """No path leads out of the folder, and no folder is listed: 404, in plain words."""
    answer = ask(address, path)
    assert answer.status == 404
    assert b"not for readers" not in answer.body


def test_a_folder_leads_to_its_page(address: str) -> None:
    """A folder with an index is found with and without its slash."""
    answer = ask(address, "/session")
    assert answer.status in {301, 302, 307, 308}
    assert answer.headers["location"].endswith("/session/")
    assert ask(address, "/session/").body.decode() == PAGE


def test_nothing_is_taken(address: str) -> None:
    """The site is read, never written."""
    for method in ("POST", "PUT", "DELETE"):
        assert ask(address, "/", method).status == 405


def test_serve_wraps_what_autobuild_makes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``make serve`` puts its headers around a private function of sphinx-autobuild.

    Where this fails after an upgrade, see ``_serving`` and ``main`` in live_cells/server.py.
    """
    made = autobuild._create_app
    assert list(inspect.signature(made).parameters) == [
        "watch_dirs", "ignore_handler", "builder", "out_dir", "url_host",
    ]  # fmt: skip
    assert "_create_app" in autobuild.main.__code__.co_names
    monkeypatch.setattr(autobuild, "_create_app", made)  # put back after the test
    called = []
    monkeypatch.setattr(autobuild, "main", called.append)
    server.main(["docs", "out"])
    assert called == [["docs", "out"]]
    assert autobuild._create_app is not made


def test_served_pages_reload_by_a_script_that_their_policy_allows(folder: Path) -> None:
    """sphinx-autobuild's script stands at a page's end, and its hash and socket are allowed."""
    host = "127.0.0.1:8000"
    app = server._serving(autobuild._create_app)([folder], None, None, folder, host)
    with served(app) as address:
        page = ask(address, "/index.html")
        wasm = ask(address, f"/{HASHED}")
    assert page.body.decode() == PAGE + web_socket_script(host)
    scripts = inline(page.body.decode()).scripts
    assert len(scripts) == 2
    given = page.headers["content-security-policy"]
    assert [script for script in scripts if script not in given] == []
    assert f"connect-src 'self' ws://{host};" in given
    assert page.headers["cross-origin-embedder-policy"] == "require-corp"
    assert wasm.headers["content-type"] == "application/wasm"
    assert wasm.headers["cache-control"] == FOREVER


def test_a_page_that_is_built_anew_brings_its_policy(folder: Path, tmp_path: Path) -> None:
    """A script that a build has just written into a page is allowed with the next answer."""
    (tmp_path / "index.html").write_text("<script>1</script>")
    with served(application(tmp_path)) as address:
        before = ask(address, "/").headers["content-security-policy"]
        (tmp_path / "index.html").write_text("<script>12</script>")
        after = ask(address, "/").headers["content-security-policy"]
    assert before != after == policy(tmp_path)


def test_building_needs_no_server() -> None:
    """The Sphinx extension works where sphinx-autobuild is not installed."""
    program = (
        "import sys\n"
        "for name in ('sphinx_autobuild', 'starlette', 'uvicorn'): sys.modules[name] = None\n"
        "import live_cells.sphinx_extension\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
