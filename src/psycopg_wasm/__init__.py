"""psycopg 3 on a PostgreSQL that runs in the same process: PGlite, in a browser or in Node.

:func:`install` gives psycopg, and with it SQLAlchemy, a ``pq`` module of pure Python in place of
libpq. It sends PostgreSQL's own protocol by a function that answers at once.
"""

from psycopg_wasm.install import install

__all__ = ["install"]
