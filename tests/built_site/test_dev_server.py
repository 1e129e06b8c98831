"""The server: a site's files with the headers of its ``_headers`` file, and nothing else."""

from __future__ import annotations

import gzip
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit import prerequisites
from tests.kit.inline_code import inline_code
from tests.kit.serve import ask, served

server = prerequisites.module("built_site.dev_server")
autobuild = prerequisites.module("sphinx_autobuild.__main__")
web_socket_script = prerequisites.module("sphinx_autobuild.middleware").web_socket_script
application = server.application

PAGE = "<!doctype html><title>A page</title>" + "<p>text " * 500
WASM = b"\0asm" + bytes(range(256)) * 40
KEPT = "_static/live/core-0123456789abcdef.wasm"
POLICY = "default-src 'self'; script-src 'self' 'sha256-a'; style-src 'self'"
HEADERS = f"""\
/*
  Content-Security-Policy: {POLICY}
  Cross-Origin-Opener-Policy: same-origin
  Cross-Origin-Embedder-Policy: require-corp
  X-Name: value
/*.mjs
  Content-Type: text/x-ours
/_static/live/*
  Cache-Control: immutable
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site's folder, with a file beside it that nobody must get."""
    root = tmp_path_factory.mktemp("served")
    (root / "secret.txt").write_text("not for readers")
    files = root / "html"
    (files / "_static" / "live").mkdir(parents=True)
    (files / "session").mkdir()
    (files / "_headers").write_text(HEADERS)
    (files / "index.html").write_text(PAGE)
    (files / "session" / "index.html").write_text(PAGE)
    (files / KEPT).write_bytes(WASM)
    (files / "a.mjs").write_bytes(b"some bytes")
    (files / "way-out").symlink_to(root / "secret.txt")
    return files


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with served(application(folder)) as found:
        yield found


@pytest.mark.parametrize("path", ["/", "/index.html", f"/{KEPT}", "/a.mjs", "/nothing.html"])
def test_every_answer_has_the_headers_for_all(address: str, path: str) -> None:
    """Pages, files, and what is not there."""
    headers = ask(address, path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-embedder-policy"] == "require-corp"
    assert headers["x-name"] == "value"


def test_rules_for_files_hold_where_the_file_is_there(address: str) -> None:
    """A type and caching; an error has neither, and all else is asked for again."""
    assert ask(address, "/a.mjs").headers["content-type"] == "text/x-ours"
    assert ask(address, "/gone.mjs").headers["content-type"] != "text/x-ours"
    assert ask(address, f"/{KEPT}").headers["cache-control"] == "immutable"
    for path in ("/", "/a.mjs", "/_static/live/gone-0123456789abcdef.js"):
        assert ask(address, path).headers["cache-control"] == "no-cache", path


def test_changed_headers_are_sent_at_once(tmp_path: Path) -> None:
    """``make serve`` builds while it serves; a site without the file is served without."""
    (tmp_path / "index.html").write_text(PAGE)
    with served(application(tmp_path)) as address:
        assert "x-name" not in ask(address, "/").headers
        (tmp_path / "_headers").write_text(HEADERS)
        assert ask(address, "/").headers["x-name"] == "value"


@pytest.mark.parametrize("path", ["index.html", KEPT])
def test_text_and_wasm_come_compressed_to_those_who_take_it(
    address: str, folder: Path, path: str
) -> None:
    """Compressed, and as it is, are the same file."""
    plain = ask(address, f"/{path}", accept_encoding="identity")
    packed = ask(address, f"/{path}", accept_encoding="br, gzip")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body == (folder / path).read_bytes()
    assert len(packed.body) < len(plain.body)


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_what_the_reader_has_is_not_sent_again(address: str, coding: str) -> None:
    """A tag that still holds gives 304, without a body and with the headers."""
    tag = ask(address, "/", accept_encoding=coding).headers["etag"]
    again = ask(address, "/", accept_encoding=coding, if_none_match=tag)
    assert (again.status, again.body) == (304, b"")
    assert again.headers["cache-control"] == "no-cache"
    assert again.headers["content-security-policy"] == POLICY


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


def test_serve_wraps_what_autobuild_makes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``make serve`` puts its headers around a private function of sphinx-autobuild.

    Where this fails after an upgrade, see ``main`` in src/built_site/dev_server.py.
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
    app = server._with_headers(autobuild._create_app)([folder], None, None, folder, host)
    with served(app) as address:
        page, file = ask(address, "/index.html"), ask(address, f"/{KEPT}")
    assert page.body.decode() == PAGE + web_socket_script(host)
    (script,) = inline_code(page.body.decode()).scripts
    given = page.headers["content-security-policy"]
    assert f"script-src 'self' {script} 'sha256-a';" in given
    assert given.endswith(f"; connect-src 'self' ws://{host}")
    assert page.headers["cross-origin-embedder-policy"] == "require-corp"
    assert file.headers["cache-control"] == "immutable"


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
