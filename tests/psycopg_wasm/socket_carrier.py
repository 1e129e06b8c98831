"""Carries messages to a server by its socket, and behaves as PGlite does: there is one backend."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

STARTUP = 0
FIRST = b"\0\3\0\0user\0postgres\0database\0postgres\0\0"
TERMINATE = b"X\0\0\0\4"
ANSWERS = {b"P": b"1", b"B": b"2", b"C": b"3", b"D": b"Tn", b"E": b"CI"}
"""What ends the answer to each message of the extended protocol."""


class SocketCarrier:
    """For ``psycopg_wasm.install``: one backend, whatever begins and ends."""

    def __init__(self, folder: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(str(folder / ".s.PGSQL.5432"))
        self.stream = self.socket.makefile("rb")
        self.skipping = False
        first = (len(FIRST) + 4).to_bytes(4) + FIRST
        self.socket.sendall(first)
        self.greeting = self.read(first)

    def __call__(self, sent: bytes) -> bytes:
        """All that the server says to these messages."""
        if sent[0] == STARTUP:
            return self.greeting  # whatever the message says
        if sent == TERMINATE:
            return b""
        self.socket.sendall(sent)
        return self.read(sent)

    def read(self, sent: bytes) -> bytes:
        """Read until all is answered, or the server has ended the connection."""
        kinds = [b"Q"] if sent[0] == STARTUP else [kind for kind, _ in split(sent)]
        ready = sum(kind in {b"Q", b"S"} for kind in kinds)
        # What comes after the last Sync is answered as far as Flush.
        last = max((n for n, kind in enumerate(kinds) if kind in {b"Q", b"S"}), default=-1)
        flushed = sum(kind in ANSWERS for kind in kinds[last + 1 :])
        received = []
        while ready or (flushed and not self.skipping):
            kind, message = self.message()
            received.append(message)
            if not kind:
                break
            if kind == b"Z":
                ready -= 1
                self.skipping = False
            elif kind == b"E" and kinds[-1] == b"H":
                self.skipping = True
            elif not ready:
                flushed -= any(kind in ends for ends in ANSWERS.values())
        return b"".join(received)

    def message(self) -> tuple[bytes, bytes]:
        """The next message of the server, its kind first; nothing where the server has ended."""
        with suppress(ConnectionError):
            head = self.stream.read(5)
            return head[:1], head + self.stream.read(max(int.from_bytes(head[1:]) - 4, 0))
        return b"", b""

    def close(self) -> None:
        """End the backend."""
        self.stream.close()
        self.socket.close()


def split(sent: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kinds and contents of messages."""
    at = 0
    while at < len(sent):
        end = at + 1 + int.from_bytes(sent[at + 1 : at + 5])
        yield sent[at : at + 1], sent[at + 5 : end]
        at = end
