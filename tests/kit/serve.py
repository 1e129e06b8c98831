"""An application served on loopback, for as long as a test needs it."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.kit import prerequisites

uvicorn = prerequisites.module("uvicorn")


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serves an application on a free port; gives its address, without a slash at its end."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="error", lifespan="off", ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        server.force_exit = True  # a browser may hold a connection open
        thread.join()


class Answer:
    """What a server said, headers by their name in small letters."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()


def ask(address: str, path: str, method: str = "GET", **headers: str) -> Answer:
    """One request, its path as it is given: no client tidies it."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers=named)
        return Answer(connection.getresponse())
    finally:
        connection.close()
