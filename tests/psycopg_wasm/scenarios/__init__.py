"""What psycopg and SQLAlchemy are asked to do, on libpq and on psycopg_wasm.

Each function takes a connection string and returns something that JSON can hold. They run in
processes without pytest, one of them Pyodide.
"""

import psycopg

from . import anything, connection, driver, orm, results, series
from .registry import SCENARIOS, outcomes

__all__ = [
    "SCENARIOS",
    "anything",
    "connection",
    "driver",
    "orm",
    "outcomes",
    "psycopg",
    "results",
    "series",
]
