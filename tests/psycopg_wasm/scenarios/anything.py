"""Calls in any order, the same for each implementation: what is left over by one meets the next."""

from __future__ import annotations

import random
from typing import Any

from psycopg.pq import ExecStatus

from .registry import opened, scenario, status, told, tried

STATEMENTS = [
    *("SELECT 1", "SELECT nope", "", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a"),
    *("ROLLBACK TO a", "RELEASE a", "INSERT INTO t VALUES (1, 'x')", "DELETE FROM t WHERE id > {}"),
    *("INSERT INTO t VALUES ({}, 'é🐘') RETURNING *", "SELECT * FROM t ORDER BY 1", "FETCH c"),
    *("SELECT 1; SELECT nope; SELECT 2", "SELECT 1 / (g - 3) FROM generate_series(1, 5) g"),
    *("SET application_name = 'a{}'", "SELECT repeat('東', {} * 100), nope", "CREATE TABLE u{} ()"),
    *("DROP TABLE IF EXISTS u{}", "DO $$ BEGIN RAISE NOTICE 'n{}'; END $$", "LISTEN a"),
    *("COMMIT; BEGIN; SELECT nope", "SELECT ';' ;;; SELECT 3", "DECLARE c CURSOR FOR SELECT 1"),
    *("NOTIFY a, 'p{}'", "SELECT NULL, '', 'x\n\ty', nope", "DISCARD ALL", "DEALLOCATE ALL"),
]
COPIES = [
    "COPY t FROM STDIN",
    "COPY t TO STDOUT",
    "COPY nope FROM STDIN",
    "COPY t (id) FROM STDIN CSV",
    "COPY (SELECT 1 / (g - 3) FROM generate_series(1, 5) g) TO STDOUT",
    "COPY t FROM STDIN; SELECT 1",
]
DATA = [b"5\tx\n", b"6\t", b"y\n", b"bad\n", b"\\.\n", b"7\n", b"1\tagain\n"]


class Calls:
    """Calls on a connection, by chance."""

    def __init__(self, connection: Any, seed: int) -> None:
        self.connection = connection
        self.chance = random.Random(seed)

    def sql(self) -> bytes:
        return self.chance.choice(STATEMENTS).format(self.chance.randrange(9)).encode()

    def executed(self) -> Any:
        sql = self.sql()
        return [sql, told(self.connection.exec_(sql))]

    def bound(self) -> Any:
        sql, form = self.sql(), self.chance.randrange(2)
        return [sql, told(self.connection.exec_params(sql, None, None, None, form))]

    def one_by_one(self) -> Any:
        self.connection.send_query_params(sql := self.sql(), None)
        self.connection.set_single_row_mode()
        return [sql, self.results()]

    def prepared(self) -> Any:
        name, sql = f"s{self.chance.randrange(3)}".encode(), self.sql()
        found = [name, sql, tried(self.connection.prepare, name, sql)]
        found += [tried(self.connection.exec_prepared, name, None)]
        return found

    def copied(self) -> Any:
        sql = self.chance.choice(COPIES)
        self.connection.send_query(sql.encode())
        return [sql, self.results()]

    def results(self) -> list[Any]:
        found: list[Any] = []
        while (result := self.connection.get_result()) is not None:
            found.append(told(result))
            if result.status == ExecStatus.COPY_OUT:
                while (data := self.connection.get_copy_data(0))[0] > 0:
                    found.append(bytes(data[1]))
            if result.status == ExecStatus.COPY_IN:
                for _ in range(self.chance.randrange(4)):
                    self.connection.put_copy_data(self.chance.choice(DATA))
                found.append(self.connection.put_copy_end(self.chance.choice([None, b"stop"])))
        return found


@scenario
def anything_in_any_order(conninfo: str) -> Any:
    found: list[Any] = []
    for seed in range(4):
        with opened(conninfo) as connection:
            connection.notice_handler = lambda notice: found.append(["notice", told(notice)])
            connection.exec_(b"DROP TABLE IF EXISTS t; CREATE TABLE t (id int UNIQUE, name text)")
            calls = Calls(connection, seed)
            kinds = [calls.executed, calls.bound, calls.one_by_one]
            kinds += [calls.prepared, calls.copied]
            for _ in range(80):
                found.append(calls.chance.choice(kinds)())
                heard = []
                while note := connection.notifies():
                    heard.append([note.relname, note.extra])
                said = connection.parameter_status(b"application_name")
                found.append([status(connection), said, heard])
    return found
