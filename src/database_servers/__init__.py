"""Database servers for the cells of pages, and for tests: no administrator, no port, no trace.

A server has a folder with its data and its socket, and runs as long as a ``with`` block. As
services of variants (``[tool.myst_doctest.variants.NAME]``), they end with the build or the tests
that use them, however these end.
"""
