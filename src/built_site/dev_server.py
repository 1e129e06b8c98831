"""A built site served with the headers of its ``_headers`` file, to authors and to tests.

``python -m built_site.dev_server`` is sphinx-autobuild with these headers: ``make serve``.

starlette and uvicorn come with sphinx-autobuild, for those who write or test the site; building
it needs none of them.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sphinx_autobuild.__main__ as autobuild  # type: ignore[import-untyped]
from sphinx_autobuild.middleware import web_socket_script  # type: ignore[import-untyped]
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from built_site.headers import headers_for, read_rules

POLICY = "Content-Security-Policy"


def application(folder: Path) -> ASGIApp:
    """An ASGI application that serves a built site, compressed."""
    files = Starlette(routes=[Mount("/", StaticFiles(directory=folder, html=True))])
    # On Pyodide's WebAssembly level 4 needs a third of the time of nginx's 6, for 4 % more bytes.
    packed = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/octet-stream")
    host = HostHeaders(files, folder)
    return GZipMiddleware(host, compresslevel=4, exclude_content_types=packed)


@dataclass(frozen=True)
class HostHeaders:
    """ASGI middleware that adds the headers of a site's ``_headers`` file to each response."""

    app: ASGIApp
    folder: Path
    """The built site."""
    autobuild_host: str = ""
    """The name and port at which sphinx-autobuild serves, if it does.

    The content policy then allows the script that it appends to each page, and its WebSocket.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers.update(self.headers(scope["path"], message["status"]))
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def headers(self, path: str, status: int) -> dict[str, str]:
        """The headers for a path, read for each request: ``make serve`` builds while it serves."""
        found = headers_for(path, read_rules(self.folder))
        if status != 200:  # an error page, a part of a file, or no body
            found.pop("Content-Type", None)
        if status >= 400 or "Cache-Control" not in found:
            found["Cache-Control"] = "no-cache"
        if self.autobuild_host and POLICY in found:
            found[POLICY] = _with_reload(found[POLICY], self.autobuild_host)
        return found


def _with_reload(policy: str, host: str) -> str:
    """A content policy that also allows sphinx-autobuild's script and its WebSocket."""
    script = web_socket_script(host).partition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = policy.replace("script-src 'self'", f"script-src 'self' 'sha256-{digest}'")
    # 'self' is not enough: the page may have been opened under another name of this machine.
    return f"{allowed}; connect-src 'self' ws://{host}"


def _with_headers(create: Callable[..., ASGIApp]) -> Callable[..., ASGIApp]:
    """Wrap sphinx-autobuild's function that makes its application."""

    def create_with_headers(
        watch_dirs: list[Path], ignore_handler: Any, builder: Any, out_dir: Path, url_host: str
    ) -> ASGIApp:
        app = create(watch_dirs, ignore_handler, builder, out_dir, url_host)
        return HostHeaders(app, out_dir, autobuild_host=url_host)

    return create_with_headers


def main(arguments: list[str] | None = None) -> None:
    """Run ``sphinx-autobuild``, whose arguments these are, with the headers of the site."""
    # It has no option for headers. A private function, replaced in this one place:
    # tests/built_site/test_dev_server.py fails when it has changed.
    autobuild._create_app = _with_headers(autobuild._create_app)
    autobuild.main(arguments or ())


if __name__ == "__main__":
    main()
