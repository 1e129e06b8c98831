"""Messages of PostgreSQL's wire protocol, version 3: those that a client sends, and a server.

Their formats: https://www.postgresql.org/docs/18/protocol-message-formats.html
"""

from collections.abc import Iterable, Mapping, Sequence
from struct import Struct

from psycopg.pq import PGnotify, PGresAttDesc
from psycopg.pq.abc import Buffer

VERSION = 3 << 16
COLUMN = Struct("!IhIhih")
"""In a RowDescription, what follows a column's name."""
NULL = (-1).to_bytes(4, signed=True)


class ProtocolError(Exception):
    """What came from the server is no message of the protocol."""


# ---------- what a client sends ----------


def message(kind: bytes, *parts: bytes) -> bytes:
    """A message: its kind, its length, its content."""
    body = b"".join(parts)
    return kind + (len(body) + 4).to_bytes(4) + body


def c_string(text: Buffer) -> bytes:
    """Text as C reads it, up to its first NUL, and a NUL."""
    return bytes(text).partition(b"\0")[0] + b"\0"


def counted(numbers: Iterable[int], size: int) -> bytes:
    """How many numbers there are, in two bytes, and the numbers."""
    items = [number.to_bytes(size) for number in numbers]
    return len(items).to_bytes(2) + b"".join(items)


SYNC = message(b"S")
TERMINATE = message(b"X")
COPY_DONE = message(b"c")


def startup(parameters: Mapping[bytes, bytes]) -> bytes:
    """The first message of a connection: the version, who asks, and settings of the session."""
    pairs = b"".join(c_string(name) + c_string(value) for name, value in parameters.items())
    return message(b"", VERSION.to_bytes(4), pairs, b"\0")


def query(sql: bytes) -> bytes:
    """Any number of statements, by the simple protocol; the answer ends with ReadyForQuery."""
    return message(b"Q", c_string(sql))


def parse(name: bytes, sql: bytes, types: Sequence[int]) -> bytes:
    """Prepare a statement; a type of 0 is for the server to find out."""
    return message(b"P", c_string(name), c_string(sql), counted(types, 4))


def bind(
    name: bytes, values: Sequence[Buffer | None], formats: Sequence[int], result_format: int
) -> bytes:
    """Give a prepared statement its values, NULL being None; makes the unnamed portal.

    A text value ends at its first NUL, as in libpq.
    """
    parts = [c_string(b""), c_string(name), counted(formats, 2), len(values).to_bytes(2)]
    for number, value in enumerate(values):
        if value is None:
            parts.append(NULL)
            continue
        binary = bool(formats) and formats[number] == 1
        data = bytes(value) if binary else c_string(value)[:-1]
        parts += [len(data).to_bytes(4), data]
    return message(b"B", *parts, counted([result_format], 2))


def execute() -> bytes:
    """Describe the unnamed portal and run it, to its last row."""
    return describe(b"") + message(b"E", c_string(b""), bytes(4))


def describe(portal: bytes) -> bytes:
    """Ask for the columns of a portal."""
    return message(b"D", b"P", c_string(portal))


def copy_data(data: Buffer) -> bytes:
    """Data for COPY FROM STDIN."""
    return message(b"d", bytes(data))


def copy_fail(reason: bytes) -> bytes:
    """Ends COPY FROM STDIN with an error; where no COPY runs, the server passes over it."""
    return message(b"f", c_string(reason))


# ---------- what a server sends ----------


def next_message(data: bytes, at: int) -> tuple[bytes, bytes, int]:
    """Kind and content of the message that starts there, and where it ends.

    Raises ProtocolError where the message is not whole.
    """
    body = at + 5
    end = at + 1 + int.from_bytes(data[at + 1 : body])
    if not body <= end <= len(data):
        raise ProtocolError(f"a message at byte {at} has no end within {len(data)} bytes")
    return data[at : at + 1], data[body:end], end


class Body:
    """The content of a message, read from front to back.

    Its methods raise ProtocolError where nothing is left to read.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, size: int) -> bytes:
        """The next bytes."""
        start, self.at = self.at, self.at + size
        if size < 0 or self.at > len(self.data):
            raise ProtocolError("a message is shorter than it says")
        return self.data[start : self.at]

    def integer(self, size: int) -> int:
        """A number of so many bytes."""
        return int.from_bytes(self.take(size))

    def string(self) -> bytes:
        """Text up to its NUL, which is left out."""
        end = self.data.find(b"\0", self.at)
        if end < 0:
            raise ProtocolError("a text in a message has no end")
        return self.take(end + 1 - self.at)[:-1]


def columns(content: bytes) -> list[PGresAttDesc]:
    """The columns of a result (RowDescription)."""
    body = Body(content)
    found = []
    for _ in range(body.integer(2)):
        name = body.string()
        table, number, type_, size, modifier, format_ = COLUMN.unpack(body.take(COLUMN.size))
        found.append(PGresAttDesc(name, table, number, format_, type_, size, modifier))
    return found


def data_row(content: bytes) -> list[bytes | None]:
    """The values of a row (DataRow), NULL being None."""
    values: list[bytes | None] = []
    at = 2  # not by Body: this loop runs for each value of a large result
    for _ in range(int.from_bytes(content[:2])):
        start = at + 4
        size = int.from_bytes(content[at:start], signed=True)
        at = start + max(size, 0)
        values.append(None if size < 0 else content[start:at])
    if at != len(content):
        raise ProtocolError("a row has another length than it says")
    return values


def error_fields(content: bytes) -> dict[int, bytes]:
    """The fields of an error or notice, by their codes (``ord("M")`` is the message)."""
    body = Body(content)
    found = {}
    while code := body.integer(1):
        found[code] = body.string()
    return found


def copy_formats(content: bytes) -> tuple[int, list[PGresAttDesc]]:
    """Whether COPY is binary, and its columns, of which nothing but the format is known."""
    body = Body(content)
    whole = body.integer(1)
    formats = [body.integer(2) for _ in range(body.integer(2))]
    return whole, [PGresAttDesc(b"", 0, 0, format_, 0, 0, 0) for format_ in formats]


def notification(content: bytes) -> PGnotify:
    """What NOTIFY sent to who listens."""
    body = Body(content)
    sender = body.integer(4)
    return PGnotify(body.string(), sender, body.string())
