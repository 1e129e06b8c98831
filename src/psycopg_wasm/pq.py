"""What psycopg loads as its ``pq`` module in place of the one that calls libpq by ctypes."""

from typing import TYPE_CHECKING

from psycopg_wasm.cancelling import PGcancel, PGcancelConn
from psycopg_wasm.connection import PGconn
from psycopg_wasm.conninfo import Conninfo
from psycopg_wasm.escaping import Escaping
from psycopg_wasm.result import PGresult

if TYPE_CHECKING:
    from psycopg.pq import abc

    # mypy holds each class against what psycopg expects of it.
    _: tuple[
        type[abc.PGconn],
        type[abc.PGresult],
        type[abc.PGcancel],
        type[abc.PGcancelConn],
        type[abc.Conninfo],
        type[abc.Escaping],
    ] = (PGconn, PGresult, PGcancel, PGcancelConn, Conninfo, Escaping)

__impl__ = "python"
__build_version__ = 180000


def version() -> int:
    """The version of libpq that has the functions that are here: 18."""
    return __build_version__
