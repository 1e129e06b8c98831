"""Tests of the built site in a browser use the readers of the live cells' tests."""

from __future__ import annotations

from tests.live_cells.conftest import host, hosts, plain_host, readers

__all__ = ["host", "hosts", "plain_host", "readers"]
