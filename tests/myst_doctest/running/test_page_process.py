"""What a page's process says of a project's table."""

from __future__ import annotations

import collections

import pytest

from myst_doctest.running.page_process import misnamed

__all__ = ["collections"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("collections.OrderedDict", ""),
        ("collections.OrderdDict", "collections has no OrderdDict"),
        ("collections.Nothing.Inner", "collections has no Nothing.Inner"),
        ("json.JSONDecoder", "write 'json.decoder.JSONDecoder', which is its name"),
        ("not_imported.Thing", ""),
        ("__main__.OfAPage", ""),
        ("*", ""),
    ],
)
def test_a_type_that_does_not_exist(name: str, said: str) -> None:
    """Of a module that the page has imported its names are known."""
    import json

    assert json.JSONDecoder.__module__ == "json.decoder"
    found = misnamed(name)
    assert found.endswith(said)
    assert bool(found) == bool(said)
