"""A built site served as a good host would, and ``make serve`` with the same headers.

starlette and uvicorn come with sphinx-autobuild, for those who write or test the site; building
it needs none of them.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import sphinx_autobuild.__main__ as autobuild  # type: ignore[import-untyped]
from sphinx_autobuild.middleware import web_socket_script  # type: ignore[import-untyped]
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import FileResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from built_site.headers import ALWAYS, ASK_AGAIN, ISOLATED, PACKED, TYPES, cache_control, media_type
from built_site.policy import inline, policy


def application(folder: Path, *, isolated: bool = True) -> ASGIApp:
    """An ASGI application that serves a built site.

    ``isolated`` pages get SharedArrayBuffer, with which a running cell can be interrupted; not
    every host can send the two headers that this needs.
    """
    files = Starlette(routes=[Mount("/", app=SiteFiles(directory=folder, html=True))])
    return HostHeaders(files, lambda: policy(folder), isolated=isolated)


class HostHeaders:
    """Puts a good host's headers on each response: policy, isolation, types, caching."""

    def __init__(self, app: ASGIApp, content_policy: Callable[[], str], *, isolated: bool) -> None:
        self.app = app
        self.content_policy = content_policy
        self.fixed = ALWAYS | (ISOLATED if isolated else {})
        self.policy = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.complete(
                    scope["path"], message["status"], MutableHeaders(raw=message["headers"])
                )
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def complete(self, path: str, status: int, headers: MutableHeaders) -> None:
        given = headers.get("content-type", "")
        if status in {200, 206} and not given.startswith("multipart/"):
            headers["Content-Type"] = media_type(path) or given
        # Read again with each page, since `make serve` writes pages while it serves.
        if not self.policy or given.startswith("text/html"):
            self.policy = self.content_policy()
        headers["Content-Security-Policy"] = self.policy
        there = status in {200, 206, 304}
        headers["Cache-Control"] = cache_control(path) if there else ASK_AGAIN
        headers.update(self.fixed)


class SiteFiles(StaticFiles):
    """The files of a site, those that gain by it compressed, each of them once."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        request = Headers(scope=scope)
        if not isinstance(response, FileResponse) or not _gains(response):
            return response
        response.headers.add_vary_header("Accept-Encoding")
        if "range" in request or not _takes_gzip(request.get("accept-encoding", "")):
            return response
        return await self.compressed(response, request)

    async def compressed(self, plain: FileResponse, request: Headers) -> Response:
        body = await run_in_threadpool(_gzip, Path(plain.path), plain.headers["etag"])
        headers = {
            **{name: value for name, value in plain.headers.items() if name != "accept-ranges"},
            "content-encoding": "gzip",
            "content-length": str(len(body)),
            "etag": plain.headers["etag"].removesuffix('"') + '-gzip"',
        }
        response = Response(body, plain.status_code, headers)
        if plain.status_code == 200 and self.is_not_modified(response.headers, request):
            return NotModifiedResponse(response.headers)
        return response


@lru_cache(maxsize=1024)
def _gzip(path: Path, etag: str) -> bytes:
    """A file's bytes, compressed; the tag is another once it was written again."""
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)


def _gains(response: FileResponse) -> bool:
    large = response.stat_result is not None and response.stat_result.st_size > 1024
    return large and Path(response.path).suffix.lower() in TYPES.keys() - PACKED


def _takes_gzip(accepted: str) -> bool:
    for choice in accepted.lower().split(","):
        coding, _, weight = choice.partition(";")
        if coding.strip() in {"gzip", "*"}:
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight)
    return False


def _serving(create: Callable[..., ASGIApp]) -> Callable[..., ASGIApp]:
    """sphinx-autobuild's function that makes its application, with a host's headers around it."""

    def create_with_headers(
        watch_dirs: list[Path], ignore_handler: Any, builder: Any, out_dir: Path, url_host: str
    ) -> ASGIApp:
        app = create(watch_dirs, ignore_handler, builder, out_dir, url_host)
        reload: str = web_socket_script(url_host)  # put at the end of each page

        def content_policy() -> str:
            # The page may have been opened under another name of the same host.
            return policy(out_dir, scripts=inline(reload).scripts, connect=f"ws://{url_host}")

        return HostHeaders(app, content_policy, isolated=True)

    return create_with_headers


def main(arguments: list[str] | None = None) -> None:
    """``sphinx-autobuild`` with a host's headers; the arguments are its own."""
    # It has no option for headers. A private function, touched in this one place:
    # tests/built_site/test_dev_server.py tells when it has changed.
    autobuild._create_app = _serving(autobuild._create_app)
    autobuild.main(arguments or ())


if __name__ == "__main__":
    main()
