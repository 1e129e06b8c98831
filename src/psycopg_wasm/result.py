"""``PGresult``: what one statement gave."""

from __future__ import annotations

from collections.abc import Iterator

from psycopg.pq import DiagnosticField, ExecStatus, PGresAttDesc

from psycopg_wasm.error_text import error_text, without_severity

COUNTED = {b"INSERT", b"SELECT", b"UPDATE", b"DELETE", b"MERGE", b"FETCH", b"MOVE", b"COPY"}
"""The commands whose status ends with a number of rows."""


class PGresult:
    """What one statement gave: rows, the words of its completion, or an error."""

    def __init__(self, status: int = ExecStatus.COMMAND_OK) -> None:
        self.status = status
        self.columns: list[PGresAttDesc] = []
        self.rows: list[list[bytes | None]] = []
        self.command_status: bytes | None = b""
        self.error_message = b""
        self._fields: dict[int, bytes] = {}
        self._copy_is_binary: int | None = None

    @classmethod
    def error(
        cls, fields: dict[int, bytes], query: bytes, encoding: str, *, notice: bool = False
    ) -> PGresult:
        """The result of a statement that failed, or a notice."""
        self = cls(ExecStatus.NONFATAL_ERROR if notice else ExecStatus.FATAL_ERROR)
        self._fields = fields
        self.error_message = error_text(fields, query, encoding, context=not notice)
        return self

    @classmethod
    def failure(cls, message: str) -> PGresult:
        """The result of a statement of which the server did not say how it ended."""
        self = cls(ExecStatus.FATAL_ERROR)
        self.error_message = f"{message}\n".encode()
        return self

    @classmethod
    def copy(cls, status: int, binary: int, columns: list[PGresAttDesc]) -> PGresult:
        """The result of COPY, whose data are read or written next."""
        self = cls(status)
        self.columns = columns
        self._copy_is_binary = binary
        return self

    def take_rows(self) -> Iterator[PGresult]:
        """Take the rows out of the result, each in a result of its own."""
        rows, self.rows = self.rows, []
        for row in rows:
            single = PGresult(ExecStatus.SINGLE_TUPLE)
            single.columns, single.rows = self.columns, [row]
            yield single

    def __repr__(self) -> str:
        cls = f"{type(self).__module__}.{type(self).__qualname__}"
        return f"<{cls} [{ExecStatus(self.status).name}] at 0x{id(self):x}>"

    def clear(self) -> None:
        """Forget all of it; libpq says of such a result that it is an error."""
        self.__init__(ExecStatus.FATAL_ERROR)  # type: ignore[misc]
        self.command_status = None

    def get_error_message(self, encoding: str = "utf-8") -> str:
        """The error's text, without its severity."""
        return without_severity(self.error_message, encoding)

    def error_field(self, fieldcode: int) -> bytes | None:
        """A field of the error, by its code in ``DiagnosticField``."""
        return self._fields.get(fieldcode)

    @property
    def sqlstate(self) -> bytes | None:
        """The error's code."""
        return self._fields.get(DiagnosticField.SQLSTATE)

    @property
    def ntuples(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    @property
    def nfields(self) -> int:
        """How many columns there are."""
        return len(self.columns)

    def _column(self, number: int) -> PGresAttDesc:
        """A column; where there is none, libpq says 0 of everything."""
        there = 0 <= number < len(self.columns)
        return self.columns[number] if there else PGresAttDesc(b"", 0, 0, 0, 0, 0, 0)

    def fname(self, column_number: int) -> bytes | None:
        """The name of a column."""
        return self._column(column_number).name or None  # columns of COPY have none

    def fformat(self, column_number: int) -> int:
        """The format of a column's values: 0 text, 1 binary."""
        return self._column(column_number).format

    def ftype(self, column_number: int) -> int:
        """The OID of a column's type."""
        return self._column(column_number).typid

    def fmod(self, column_number: int) -> int:
        """A column's modifier, such as the length of a VARCHAR, or -1."""
        return self._column(column_number).atttypmod

    def fsize(self, column_number: int) -> int:
        """The size of a column's type in the server, or -1."""
        return self._column(column_number).typlen

    @property
    def binary_tuples(self) -> int:
        """1 where all values are binary."""
        if self._copy_is_binary is not None:
            return self._copy_is_binary
        return int(bool(self.columns) and all(column.format == 1 for column in self.columns))

    def get_value(self, row_number: int, column_number: int) -> bytes | None:
        """A value; None is NULL, and what is beyond the result."""
        there = 0 <= row_number < len(self.rows) and 0 <= column_number < len(self.columns)
        return self.rows[row_number][column_number] if there else None

    @property
    def command_tuples(self) -> int | None:
        """How many rows a command found or changed; None where it does not say."""
        words = (self.command_status or b"").split()
        return int(words[-1]) if len(words) > 1 and words[0] in COUNTED else None
