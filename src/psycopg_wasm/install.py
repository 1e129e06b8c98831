"""Makes ``import psycopg`` use this package in place of libpq."""

import os
import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

REPLACED = "psycopg.pq.pq_ctypes"
"""The module of psycopg that looks for libpq, and stops the import where there is none."""


class Replacement(ModuleType):
    """Stands where psycopg looks for that module, and has what ``psycopg_wasm.pq`` has.

    That one is imported on first use: it needs parts of psycopg that are not there before.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module("psycopg_wasm.pq"), name)


def install(exec_protocol: Callable[[bytes], bytes]) -> None:
    """Make psycopg speak to the backend behind ``exec_protocol``.

    This comes before the first ``import psycopg`` of the process, SQLAlchemy's included. Called
    again, it gives psycopg another backend; connections to the one before keep it to their end.

    Args:
        exec_protocol: Takes whole messages of PostgreSQL's wire protocol (version 3), the first
            one of a connection included, and returns all that the server says to them. In
            Pyodide it may be a function of JavaScript from and to a Uint8Array, such as
            ``carrier(pglite)`` of ``pglite.js``.

    Raises:
        RuntimeError: psycopg was imported with libpq.
    """
    if "psycopg" in sys.modules and not isinstance(sys.modules.get(REPLACED), Replacement):
        raise RuntimeError(
            "psycopg was imported before psycopg_wasm.install(), and uses libpq: "
            "call install() first"
        )
    os.environ["PSYCOPG_IMPL"] = "python"  # psycopg[binary] may be installed too
    sys.modules.setdefault(REPLACED, Replacement(REPLACED))
    import_module("psycopg")  # before what needs parts of it
    backend = import_module("psycopg_wasm.backend")
    if sys.platform == "emscripten":
        exec_protocol = of_python(exec_protocol)
    import_module("psycopg_wasm.connection").PGconn.backend = backend.Backend(exec_protocol)


def of_python(function: Callable[..., Any]) -> Callable[[bytes], bytes]:
    """A function of JavaScript, of and to a Uint8Array, as one of bytes; one of Python as it is."""
    ffi = import_module("pyodide.ffi")
    if not isinstance(function, ffi.JsProxy):
        return function

    def exec_protocol(sent: bytes) -> bytes:
        answer: bytes = function(ffi.to_js(sent)).to_bytes()
        return answer

    return exec_protocol
