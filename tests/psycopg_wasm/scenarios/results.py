"""What single statements give: by ``PGconn`` and ``PGresult``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from psycopg.pq import ExecStatus

from .registry import collected, opened, scenario, status, told, tried

STATEMENTS = [
    "CREATE TABLE t (id int PRIMARY KEY, name varchar(20) DEFAULT 'x', price numeric(8, 2))",
    "INSERT INTO t VALUES (1, 'one', 1.5), (2, NULL, NULL), (3, '', 0)",
    "INSERT INTO t (id) SELECT 4 WHERE false",
    "SELECT * FROM t ORDER BY id",
    "SELECT * FROM t WHERE false",
    "UPDATE t SET price = 2 WHERE id < 3",
    "UPDATE t SET price = 3 WHERE id = 1 RETURNING id, price, now() - now() AS age",
    "DELETE FROM t WHERE id = 3",
    "MERGE INTO t USING (VALUES (9)) n(i) ON id = i WHEN NOT MATCHED THEN INSERT (id) VALUES (i)",
    "SELECT 1; SELECT 2, 'two'; UPDATE t SET id = id; SELECT",
    "",
    " ; ; ",
    "-- nothing",
    "SELECT",
    "SELECT 1 AS a, 1 AS a, NULL, ARRAY[1, NULL, 3], '{\"a\": [1]}'::jsonb, 'x'::bytea, true",
    "VALUES (1, 'a'), (2, 'b')",
    "TABLE t",
    "SHOW standard_conforming_strings",
    "SET TIME ZONE 'Europe/Rome'",
    "SELECT '2026-03-29 01:30+00'::timestamptz, '1 mon 2 days 03:04'::interval",
    "RESET ALL",
    "BEGIN ISOLATION LEVEL SERIALIZABLE",
    "SAVEPOINT a",
    "DECLARE c CURSOR FOR SELECT generate_series(1, 10)",
    "FETCH 3 FROM c",
    "MOVE 2 FROM c",
    "FETCH ALL FROM c",
    "CLOSE c",
    "ROLLBACK TO SAVEPOINT a",
    "RELEASE SAVEPOINT a",
    "SELECT 1/0",
    "SELECT 1",
    "COMMIT",
    "ROLLBACK",
    "COMMIT",
    "PREPARE p AS SELECT $1::int + 1",
    "EXECUTE p(1)",
    "DEALLOCATE p",
    "DO $$ BEGIN PERFORM 1; END $$",
    "CREATE FUNCTION f(a int, OUT b int, OUT c text) AS 'SELECT a, ''x''' LANGUAGE sql",
    "SELECT f(1), (f(2)).*",
    "CREATE TYPE mood AS ENUM ('sad', 'happy')",
    "SELECT 'sad'::mood, ARRAY['happy']::mood[]",
    "EXPLAIN (COSTS off) SELECT * FROM t WHERE id = 1",
    "ANALYZE t",
    "TRUNCATE t",
    "DROP TABLE t",
    "LISTEN a",
    "UNLISTEN *",
]


@scenario
def statements(conninfo: str) -> Any:
    with opened(conninfo) as connection:
        found = []
        for sql in STATEMENTS:
            connection.send_query(sql.encode())
            before = status(connection)
            found.append([sql, before, collected(connection), status(connection)])
        return found


@scenario
def the_last_result_of_exec(conninfo: str) -> Any:
    with opened(conninfo) as connection:
        queries = (b"SELECT 1; SELECT 2", b"SELECT 1; SELECT nope", b"", b"SELECT 1; ;")
        return [told(connection.exec_(sql)) for sql in queries]


RAISED = """DO $$ BEGIN RAISE EXCEPTION 'm %', 1 USING DETAIL = 'd', HINT = 'h', ERRCODE = 'UE001',
COLUMN = 'co', CONSTRAINT = 'cn', DATATYPE = 'dt', TABLE = 'ta', SCHEMA = 'sc'; END $$"""
TYPES = b"""SELECT NULL, true, 1::int2, 2::int8, 1.5::float4, 2.5::float8, 3.25::numeric,
'a'::char(3), DATE '2026-02-28', '{1,NULL}'::int[], '[1,2)'::int4range,
'd290f1ee-6c54-4b01-90e6-d701748f0851'::uuid, '10.0.0.1/8'::inet"""


@scenario
def errors(conninfo: str) -> Any:
    """Every field of every kind of error, and the line of the query that it is about."""
    setup = b"""
    CREATE TABLE p (id int PRIMARY KEY);
    CREATE DOMAIN even AS int CHECK (VALUE % 2 = 0);
    CREATE TABLE c (id int NOT NULL UNIQUE, p int REFERENCES p, e even,
        n int CONSTRAINT positive CHECK (n > 0), r int4range, EXCLUDE USING gist (r WITH &&));
    INSERT INTO c (id, r) VALUES (1, '[1,5)');
    CREATE FUNCTION deep(n int) RETURNS int LANGUAGE plpgsql AS $$
        BEGIN IF n = 0 THEN RETURN 1 / n; END IF; RETURN deep(n - 1); END $$;
    CREATE FUNCTION inner_error() RETURNS void LANGUAGE plpgsql AS $$
        BEGIN EXECUTE 'SELECT nope FROM p'; END $$;
    """
    queries = [
        "SELECT nope",
        "SELECT\n\n\tnope\n FROM p",
        "SELECT 1,\r\n 2,\r\n  nope",
        "SELECT 'größer', '東京 🐘', nope",
        f"SELECT '{'東京' * 18}', nope, 1, 2, 3",
        "SELECT " + "1 + " * 50 + "nope" + " + 1" * 50,
        "SELECT " + "1 + " * 50 + "nope",
        "SELECT nope" + " + 1" * 50,
        "SELEC 1",
        "SELECT 1 +",
        "SELECT (",
        "SELECT 'abc",
        "INSERT INTO c (id) VALUES (1)",
        "INSERT INTO c (id) VALUES (NULL)",
        "INSERT INTO c (id, p) VALUES (2, 3)",
        "INSERT INTO c (id, e) VALUES (2, 3)",
        "INSERT INTO c (id, n) VALUES (2, -3)",
        "INSERT INTO c (id, r) VALUES (2, '[4,6)')",
        "INSERT INTO c (id, nope) VALUES (2, 3)",
        "SELECT * FROM nope.nope",
        "SELECT count(*) FROM p GROUP BY nope ORDER BY 2",
        "SELECT 1 / 0",
        "SELECT deep(2)",
        "SELECT inner_error()",
        "SELECT 'x'::int",
        "SELECT CAST('2026-13-45' AS date)",
        "SELECT pg_sleep('x')",
        "SELECT f_unknown(1, 'a')",
        "SELECT repeat('x', 10)::varchar(5) || 1::nope",
        "DROP TABLE p",
        "DROP TABLE nope",
        "CREATE TABLE p ()",
        "ROLLBACK TO SAVEPOINT x",
        "EXECUTE nope",
        "SET nope.x = 1; SET work_mem = 'x'",
        "SELECT id FROM c FOR UPDATE NOWAIT; SELECT 1 FROM",
        RAISED,
        "DO $$ BEGIN RAISE unique_violation; END $$",
        "DO $$ BEGIN RAISE EXCEPTION E'two\\nlines'; END $$",
        "DO $$ BEGIN nope; END $$",
        "VACUUM; SELECT 1",
    ]
    with opened(conninfo) as connection:
        assert connection.exec_(setup).status == ExecStatus.COMMAND_OK, connection.error_message
        found = []
        for sql in queries:
            result = told(connection.exec_(sql.encode()))
            bound = told(connection.exec_params(sql.encode(), None))
            found.append([sql, result, bound, connection.get_error_message()])
        return found


@scenario
def parameters_and_formats(conninfo: str) -> Any:
    queries: list[tuple[Any, ...]] = [
        (b"SELECT $1::int, $2::text", [b"7", None]),
        (b"SELECT $1, $2", [b"", b"x"], [25, 17]),
        (b"SELECT $1", [b"\0\0\0\7"], [23], [1]),
        (b"SELECT $1", [b"\0\0\0\7"], [23], [1], 1),
        (b"SELECT $1::bytea", [bytes(range(256))], [17], [1], 1),
        (b"SELECT $1::bytea", [bytes(range(256))], [17], [1], 0),
        (b"SELECT $1::text", [b"cut\0off"]),
        (b"SELECT $1::text", [b"whole\0"], [25], [1]),
        (b"SELECT $1::text", [bytearray(b"array")]),
        (b"SELECT $1::text", [memoryview(b"view")]),
        (b"SELECT 1; SELECT 2", None),
        (b"SELECT 1\0; SELECT 2", None),
        (b"", None),
        (b"SELECT $1", []),
        (b"SELECT $2", [b"1", b"2"]),
        (b"SELECT $1::int", [b"x"]),
        (b"SELECT $1::int", [b"1"], [23, 23]),
        (b"SELECT $1::int", [b"1"], None, [1, 1]),
        (b"SELECT $1::int", [b"1"], None, [1]),
        (b"SELECT $1::int", [b"1"], [4_000_000_000]),
        (TYPES, None, None, None, 1),
        ("SELECT 1", None),
        (b"SELECT $1::text || $2::text", [b"1"] * 40_000),
        (b"SELECT 1", [b"1"] * 65_536),
    ]  # fmt: skip
    with opened(conninfo) as connection:
        return [tried(connection.exec_params, *each) for each in queries]


@scenario
def prepared_statements(conninfo: str) -> Any:
    with opened(conninfo) as connection:
        connection.exec_(b"CREATE TABLE t (id int, name varchar(5)); BEGIN")
        calls: list[tuple[Callable[..., Any], Any]] = [
            (connection.prepare, (b"a", b"INSERT INTO t VALUES ($1, $2) RETURNING *")),
            (connection.prepare, (b"b", b"UPDATE t SET id = $1 WHERE name = $2", [20])),
            (connection.exec_prepared, (b"a", [b"1", b"x"])),
            (connection.exec_prepared, (b"a", [b"\0\0\0\2", None], [1, 0], 1)),
            (connection.exec_prepared, (b"b", [b"2", b"x"])),
            (connection.prepare, (b"", b"SELECT 1")),
            (connection.exec_prepared, (b"", None)),
            (connection.exec_, (b"DECLARE c CURSOR FOR SELECT * FROM t",)),
            (connection.describe_portal, (b"c",)),
            (connection.exec_, (b"DEALLOCATE a",)),
            (connection.exec_, (b"DEALLOCATE never",)),
            (connection.exec_prepared, (b"b", [b"1"])),
            (connection.exec_, (b"ROLLBACK",)),
            (connection.exec_prepared, (b"a", [b"1", b"x"])),
            (connection.describe_portal, (b"c",)),
            (connection.prepare, (b"b", b"SELECT 1")),
            (connection.prepare, (b"d", b"SELECT nope")),
            (connection.prepare, (b"e", b"SELECT 1; SELECT 2")),
            (connection.prepare, (b"f", b"")),
            (connection.exec_prepared, (b"f", None)),
            (connection.prepare, ("text", b"SELECT 1")),
            (connection.exec_prepared, ("text", [])),
        ]
        return [[tried(call, *given), status(connection)] for call, given in calls]


@scenario
def values_beyond_a_result(conninfo: str) -> Any:
    with opened(conninfo) as connection:
        result = connection.exec_(b"SELECT 1 AS a")
        beyond = [result.fname(5), result.ftype(5), result.fmod(5), result.fsize(5)]
        beyond += [result.fformat(5), result.get_value(1, 0), result.get_value(0, 1)]
        result.clear()
        return [beyond, told(result)]
