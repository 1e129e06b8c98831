"""Addresses that bring code, as somebody else's program would make them."""

from __future__ import annotations

import base64
import json
import zlib


def fragment(value: object, version: int = 1, data: bytes | None = None) -> str:
    """What stands at the end of an address; ``data`` in the place of the value's JSON."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    text = json.dumps(value).encode() if data is None else data
    packed = bytes([version]) + packing.compress(text) + packing.flush()
    return "#code=" + base64.urlsafe_b64encode(packed).decode().rstrip("=")
