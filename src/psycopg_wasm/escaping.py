"""``Escaping``: values as literals of SQL."""

import re

from psycopg.errors import OperationalError
from psycopg.pq.abc import Buffer, PGconn

HEX = re.compile(rb"([0-9A-Fa-f]{2})|[0-9A-Fa-f].|.", re.DOTALL)
OCTAL = re.compile(rb"\\(?:([0-3][0-7]{2})|(\\)|)", re.DOTALL)


class Escaping:
    """Values as literals of SQL, for a connection's encoding and settings."""

    def __init__(self, conn: PGconn | None = None) -> None:
        self.conn = conn

    def escape_literal(self, data: Buffer) -> bytes:
        """A string literal with its quotes; with ``E`` before it where it has backslashes."""
        text = self._checked("escape_literal", data)
        quoted = b"'" + text.replace(b"'", b"''").replace(b"\\", b"\\\\") + b"'"
        return b" E" + quoted if b"\\" in text else quoted

    def escape_identifier(self, data: Buffer) -> bytes:
        """A name with its quotes."""
        return b'"' + self._checked("escape_identifier", data).replace(b'"', b'""') + b'"'

    def escape_string(self, data: Buffer) -> bytes:
        """What stands between the quotes of a string literal."""
        self._check_open()
        text = bytes(data).partition(b"\0")[0].replace(b"'", b"''")
        return text if self._standard_strings(default=False) else text.replace(b"\\", b"\\\\")

    def escape_bytea(self, data: Buffer) -> bytes:
        """Bytes, as they stand between the quotes of a string literal: in hex."""
        self._check_open()
        if self.conn is None:
            return old_bytea(bytes(data))
        backslash = b"\\" if self._standard_strings(default=False) else b"\\\\"
        return backslash + b"x" + bytes(data).hex().encode()

    def unescape_bytea(self, data: Buffer) -> bytes:
        """The bytes of a bytea in text, in hex or in the older form with octal numbers."""
        self._check_open()
        text = bytes(data).partition(b"\0")[0]
        if text.startswith(b"\\x"):
            pairs = (found for found in HEX.finditer(text, 2) if found[1])
            return bytes(int(found[1], 16) for found in pairs)
        return OCTAL.sub(
            lambda found: bytes([int(found[1], 8)]) if found[1] else found[2] or b"", text
        )

    def _check_open(self) -> None:
        if self.conn is not None:
            self.conn.parameter_status(b"")  # raises OperationalError where it is closed

    def _standard_strings(self, *, default: bool) -> bool:
        if self.conn is None:
            return default
        return self.conn.parameter_status(b"standard_conforming_strings") == b"on"

    def _checked(self, function: str, data: Buffer) -> bytes:
        """Text up to its first NUL, if it is whole in the connection's encoding."""
        if self.conn is None:
            raise OperationalError(f"{function} failed: no connection provided")
        self._check_open()
        text = bytes(data).partition(b"\0")[0]
        try:
            text.decode(self.conn._encoding)
        except UnicodeDecodeError as error:
            raise OperationalError(f"{function} failed: {error.reason}") from None
        return text


def old_bytea(data: bytes) -> bytes:
    """Bytes as libpq writes them where it knows no server: octal numbers, backslashes doubled."""
    plain = {ord("'"): b"''", ord("\\"): b"\\\\\\\\"}
    return b"".join(
        plain.get(byte) or (bytes([byte]) if 0x20 <= byte <= 0x7E else b"\\\\%03o" % byte)
        for byte in data
    )
