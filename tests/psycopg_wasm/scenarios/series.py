"""COPY, in which calls come in an order."""

from __future__ import annotations

from typing import Any

from .registry import collected, opened, scenario, status, told, tried


@scenario
def copying(conninfo: str) -> Any:  # noqa: PLR0915 - one story
    with opened(conninfo) as connection:
        connection.exec_(b"CREATE TABLE t (id int PRIMARY KEY, name text)")
        found: list[Any] = []

        def copy_in(sql: bytes, data: list[bytes], error: bytes | None = None) -> None:
            connection.send_query(sql)
            began = collected(connection)
            found.append([sql, began, status(connection)])
            if began[-1] is None:
                return
            found.extend([connection.put_copy_data(piece) for piece in data])
            found.append(
                [connection.put_copy_end(error), collected(connection), status(connection)]
            )

        def copy_out(sql: bytes) -> None:
            connection.send_query(sql)
            began = collected(connection)
            pieces = []
            while began[-1] is not None:
                size, data = connection.get_copy_data(0)
                pieces.append([size, bytes(data)])
                if size < 0:
                    break
            found.append([sql, began, pieces, collected(connection), status(connection)])

        copy_in(b"COPY t FROM STDIN", [b"1\tone\n", b"2\t", b"\\N\n"])
        copy_in(b"copy t (id) from stdin (format csv)", [b"3\n4\n"])
        copy_in(b"COPY t FROM STDIN", [])
        copy_in(b"COPY t FROM STDIN", [b"5\tx\n"], b"no more")
        copy_in(b"COPY t FROM STDIN", [b"1\tagain\n"])
        copy_in(b"COPY t FROM STDIN", [b"x\ty\n"])
        copy_in(b"COPY t FROM STDIN", [b"6\n"])
        copy_in(b"COPY t FROM STDIN (FORMAT binary)", [b"nonsense"])
        head = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0"
        copy_in(
            b"COPY t FROM STDIN (FORMAT binary)",
            [head, b"\0\2\0\0\0\4\0\0\0\7\0\0\0\1x", b"\xff\xff"],
        )
        copy_in(b"COPY nope FROM STDIN", [])
        copy_in(b"COPY t (nope) FROM STDIN", [])
        copy_in(b"SELECT 'copy from stdin'", [])
        connection.exec_(b"BEGIN")
        copy_in(b"COPY t FROM STDIN", [b"8\teight\n"])
        copy_in(b"COPY t FROM STDIN", [b"8\tagain\n"])
        copy_in(b"COPY t FROM STDIN", [b"9\tnine\n"])
        connection.exec_(b"ROLLBACK; BEGIN")
        copy_in(b"COPY nope FROM STDIN", [])
        connection.exec_(b"ROLLBACK")
        copy_out(b"COPY t TO STDOUT")
        copy_out(b"COPY (SELECT 1, 'stdin') TO STDOUT (FORMAT binary)")
        copy_out(b"COPY (SELECT 1 / (3 - n) FROM generate_series(1, 5) n) TO STDOUT")
        copy_out(b"COPY t TO STDOUT; SELECT 1")
        copy_out(b"COPY nope TO STDOUT")
        found.append(tried(connection.put_copy_data, b"x"))
        found.append(tried(connection.put_copy_end))
        found.append(tried(connection.get_copy_data, 0))
        connection.send_query(b"COPY t FROM STDIN")
        found.append([collected(connection), tried(connection.send_query, b"SELECT 1")])
        found.append([told(connection.exec_(b"SELECT count(*) FROM t")), status(connection)])
        connection.send_query(b"COPY t TO STDOUT")
        found.append([collected(connection), told(connection.exec_(b"SELECT 2"))])
        return found
