"""What psycopg loads as its ``pq`` module in place of the one that calls libpq by ctypes."""

from psycopg_wasm.connection import PGcancel, PGconn
from psycopg_wasm.conninfo import Conninfo
from psycopg_wasm.escaping import Escaping
from psycopg_wasm.result import PGresult

__all__ = ["Conninfo", "Escaping", "PGcancel", "PGcancelConn", "PGconn", "PGresult", "version"]

PGcancelConn = PGcancel  # made by psycopg with libpq 17 and later alone
__impl__ = "python"
__build_version__ = 130000


def version() -> int:
    """The version of libpq whose functions are here: 13.

    psycopg does not ask for those of newer ones, such as pipelines, which save ways to a server.
    """
    return __build_version__
