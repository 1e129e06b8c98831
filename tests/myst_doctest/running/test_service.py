"""A variant's service that does not answer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from myst_doctest.running.service import Service, ServiceError

SLOW = """\
import contextlib

@contextlib.contextmanager
def start(folder):
    @contextlib.contextmanager
    def page(code):
        if code:
            open(code).close()
        yield {}

    yield page
"""


def test_after_a_page_without_an_answer_the_service_is_gone(tmp_path: Path) -> None:
    """Each page says so in its own words, and the service can be closed."""
    (tmp_path / "slow.py").write_text(SLOW, encoding="utf-8")
    held = tmp_path / "held"
    os.mkfifo(held)
    service = Service("slow:start", tmp_path, [str(tmp_path)])
    with service.page():
        pass
    service.channel.settimeout(0.05)
    with pytest.raises(ServiceError, match="no answer within"), service.page(str(held)):
        pass
    with pytest.raises(ServiceError, match="its process is gone"), service.page():
        pass
    held.open("w").close()
    service.close()
    assert service.process is not None
    assert service.process.returncode is not None
