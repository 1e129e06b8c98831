"""A build that is stopped at any step, or meets a disk that is full or read-only."""

from __future__ import annotations

import signal

import pytest

from tests.kit.machine import read_only, script, small
from tests.kit.plain_site import PlainSite, files

PAGE = 4096  # what the smallest file takes on a tmpfs
STEPS = (
    *("config-inited", "env-before-read-docs", "source-read", "env-updated"),
    *("write-started", "html-page-context", "build-finished"),
)


@pytest.mark.parametrize(
    ("step", "how"),
    [
        *((step, signal.SIGKILL) for step in STEPS),
        ("html-page-context", signal.SIGTERM),
        *((step, signal.SIGINT) for step in ("source-read", "html-page-context")),
    ],
)
def test_killed_build_leaves_the_last_site(
    changed_site: PlainSite, right_files: dict[str, bytes], step: str, how: signal.Signals
) -> None:
    """At whatever step it ends; the next build removes what it left, and gives the new site."""
    last = files(changed_site.out)
    status, complaints = changed_site.build(STEP=step, SIGNAL=str(int(how)))
    ends = how in (signal.SIGINT, signal.SIGTERM)  # in one line, by a handler
    assert status == (2 if ends else -how)
    assert "Traceback" not in complaints
    assert files(changed_site.out) == last
    if ends:
        assert changed_site.beside() == ["html"]
    assert changed_site.build() == (0, "")
    assert files(changed_site.out) == right_files
    assert changed_site.beside() == ["html"]


@pytest.mark.parametrize("folder", ["_build", "_build/html"])
def test_read_only_folder_is_named(changed_site: PlainSite, folder: str) -> None:
    """At once, in one line, whether it is the site or where a new one would be made."""
    last = files(changed_site.out)
    place = changed_site.root / folder
    prefix = script(read_only(place), f"cd {changed_site.root}", 'exec "$@"')
    status, complaints = changed_site.build(prefix=(*prefix, "sh"))
    assert (status, complaints.count("\n")) == (2, 1)
    assert f"{place}" in complaints
    assert files(changed_site.out) == last


def test_full_disk_is_named(changed_site: PlainSite) -> None:
    """One line instead of a trace, and the last site stays."""
    place = changed_site.root / "small"
    room = sum(-(-len(data) // PAGE) * PAGE for data in files(changed_site.out).values())
    prefix = script(
        small(place, room * 3 // 2),
        f"cp -R {changed_site.out} {place}",
        '"$@" && exit 9 || status=$?',
        f"diff -r {changed_site.out} {place}/html",
        f"[ $(ls -A {place}) = html ]",
        "exit $status",
    )
    status, complaints = changed_site.build("small/html", (*prefix, "sh"))
    assert status == 2
    assert "Traceback" not in complaints
    assert f"build: no space is left in {place}/" in complaints


def test_mount_point_is_refused(plain_site: PlainSite) -> None:
    """It can be replaced by nothing; a folder in it can."""
    place = plain_site.root / "volume"
    prefix = script(small(place, 1 << 26), 'exec "$@"')
    status, complaints = plain_site.build("volume", (*prefix, "sh"))
    assert (status, complaints.count("\n")) == (2, 1)
    assert f"build: {place} is a mount point" in complaints
    assert plain_site.build("volume/html", (*prefix, "sh")) == (0, "")
