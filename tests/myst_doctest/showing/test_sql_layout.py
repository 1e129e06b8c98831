"""Statements by clause: a line for each, and nothing changed but blanks."""

from __future__ import annotations

import pytest

from myst_doctest.showing.sql_layout import WIDTH, laid_out

LAID_OUT = [
    """SELECT a_column_with_a_name_that_is_long, another_column_with_one
FROM a
WHERE a.id = ?""",
    """INSERT INTO a (x, y)
VALUES (?, ?), (?, ?)
ON CONFLICT (x) DO UPDATE SET y = excluded.y
RETURNING id""",
    """UPDATE a
SET a_column_with_a_name_that_is_long=?, another_column_with_one=?
WHERE a.id = ?""",
    """DELETE FROM a
WHERE a_column_with_a_name_that_is_long_enough_for_a_line IS DISTINCT FROM ?""",
    "SELECT a.id FROM a WHERE a.id IN (SELECT 1 FROM d)",
    "INSERT INTO a DEFAULT VALUES",
    """SELECT max(a.z) OVER (PARTITION BY a.x ORDER BY a.y), now(year FROM d)
FROM a
LEFT OUTER JOIN b ON a.id = b.a_id
JOIN c ON c.id = b.c_id
GROUP BY a.x
HAVING count(*) > ?
ORDER BY a.x
LIMIT ? OFFSET ?
FOR UPDATE SKIP LOCKED""",
    """WITH RECURSIVE t(n) AS (
    SELECT 1
    UNION ALL
    SELECT n + 1
    FROM t
)
SELECT n
FROM t
WHERE EXISTS (
    SELECT 1
    FROM (
        SELECT 2
    ) AS x
)""",
    """SELECT 'it''s FROM (', "FROM".x, %(a_1)s::INTEGER, %(b_1)s::INTEGER
FROM a_table""",
]
AS_LOGGED = [
    "SELECT 1 -- FROM here\nFROM a",
    "SELECT 1 /* FROM */ FROM a",
    "CREATE TABLE a (\n\tid INTEGER, \n\tPRIMARY KEY (id)\n)",
    'PRAGMA main.table_info("a")',
    "select 1 from a",
    "WITHOUT",
    "",
]


@pytest.mark.parametrize("text", LAID_OUT)
def test_each_clause_is_a_line(text: str) -> None:
    """However it was broken before; words in quotes and within brackets are no clause."""
    assert laid_out(" ".join(text.split())) == text
    assert laid_out(text.replace("\n", " \n ")) == text


@pytest.mark.parametrize("text", AS_LOGGED)
def test_what_has_lines_of_its_own_stays_as_it_was_logged(text: str) -> None:
    """DDL, comments, and what a program wrote its own way."""
    assert laid_out(text) == text


def test_long_lists_and_conditions_are_on_several_lines() -> None:
    """None is longer than a window is wide, if it can be broken."""
    columns = ", ".join(f"user_account.column_{number}" for number in range(9))
    text = f"SELECT {columns} FROM user_account WHERE {' AND '.join(['a.b = ?'] * 12)}"
    lines = laid_out(text).split("\n")
    assert max(map(len, lines)) <= WIDTH
    assert [line[:4] for line in lines] == ["SELE", *["    "] * 3, "FROM", "WHER", *["    "] * 2]
    assert " ".join(laid_out(text).split()) == text
    assert laid_out(f"SELECT {'x' * 100} FROM a").split("\n")[0] == f"SELECT {'x' * 100}"


@pytest.mark.parametrize("text", ["SELECT )", "SELECT (", "SELECT ((a FROM", "SELECT 'a FROM b"])
def test_a_statement_that_is_cut_off_loses_nothing(text: str) -> None:
    """A log may end anywhere."""
    assert laid_out(text).split() == text.split() or laid_out(text) == text
    assert "".join(laid_out(text).split()) == "".join(text.split())
