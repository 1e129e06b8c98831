"""The shop is the same whether it is copied or made by statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, create_engine, event, text

from orm_tutorial.shop import shop

if TYPE_CHECKING:
    from pathlib import Path


def dump(engine: Engine) -> list[str]:
    """All that the engine's database holds, as SQL."""
    with engine.connect() as connection:
        return [*connection.connection.driver_connection.iterdump()]  # type: ignore[union-attr]


@pytest.mark.parametrize("orders", [0, 30])
def test_a_copy_is_what_statements_make(tmp_path: Path, orders: int) -> None:
    """An empty database takes a copy; in one with tables they are replaced, and others stay."""
    engine = create_engine(f"sqlite:///{tmp_path}/shop.db")
    sent: list[str] = []
    event.listen(engine, "connect", lambda raw, _: raw.set_trace_callback(sent.append))
    shop(engine, orders)
    assert sent == ["SELECT 1 FROM sqlite_master"]
    copied = dump(engine)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM item"))
        connection.execute(text("CREATE TABLE own (id INTEGER)"))
    shop(engine, orders)
    assert any(each.startswith("INSERT") for each in sent)
    made = dump(engine)
    assert [line for line in made if "own" not in line] == copied
    assert "CREATE TABLE own (id INTEGER);" in made


def test_shops_are_apart(tmp_path: Path) -> None:
    """What is changed in one is not in the next."""
    for number in range(2):
        engine = create_engine(f"sqlite:///{tmp_path}/{number}.db")
        shop(engine)
        with engine.begin() as connection:
            count = connection.scalar(text("SELECT count(*) FROM tag"))
            connection.execute(text("INSERT INTO tag (name) VALUES ('new')"))
        assert count == 7
