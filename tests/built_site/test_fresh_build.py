"""``python -m built_site.fresh_build``: the last good site is replaced whole, or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from built_site import fresh_build
from tests.kit.plain_site import PlainSite, files


def test_failing_page_leaves_the_last_site(changed_site: PlainSite) -> None:
    """The exit status is Sphinx's, the warning names the line, and nothing half is left."""
    last = files(changed_site.out)
    changed_site.write("docs/page1.rst", "page1\n=====\n\n:ref:`nowhere`\n")
    for _ in range(2):
        status, complaints = changed_site.build()
        assert status == 1
        warning, said = complaints.splitlines()
        assert "docs/page1.rst:4: WARNING: undefined label: 'nowhere'" in warning
        assert said == "build: failed; _build/html is what the last good build made"
    assert files(changed_site.out) == last
    assert changed_site.beside() == ["html"]


def test_first_build_that_fails_leaves_nothing(plain_site: PlainSite) -> None:
    """No folder that somebody could publish."""
    plain_site.write("docs/page1.rst", "page1\n==\n")
    assert plain_site.build()[0] == 1
    assert plain_site.beside() == []


def test_nothing_is_kept_between_builds(
    changed_site: PlainSite, right_files: dict[str, bytes]
) -> None:
    """Other settings, pages that are gone, damaged files, older times: sources alone count."""
    page = changed_site.write("docs/page2.rst", "page2\n=====\n\nNew words.\n")
    conf = changed_site.root / "conf.py"
    settings = conf.read_text()
    conf.write_text(f"{settings}\nhtml_title = version = 'Another'\n")
    assert changed_site.build() == (0, "")
    conf.write_text(settings)
    page.write_text("page2\n=====\n\nOld words.\n")
    os.utime(page, (0, 0))
    (changed_site.out / "page3.html").write_text("Damaged.")
    (changed_site.out / "gone.html").write_text("Of a page that was renamed.")
    (changed_site.out / "searchindex.js").unlink()
    assert changed_site.build() == (0, "")
    assert files(changed_site.out) == right_files


def test_second_build_waits_for_the_first(
    changed_site: PlainSite, right_files: dict[str, bytes]
) -> None:
    """They do not meet, and the site is that of the sources which the second one read."""
    for name in ("ready", "go"):
        os.mkfifo(changed_site.root / name)
    first = changed_site.start(STEP="env-updated")
    (changed_site.root / "ready").open().close()
    changed_site.change()
    second = changed_site.start()
    assert second.stderr
    assert second.stderr.readline() == (
        f"another build is at work in {changed_site.out.parent}: "
        "waiting for its end (Ctrl+C gives up)\n"
    )
    (changed_site.root / "go").open("w").close()
    for building in (first, second):
        _, complaints = building.communicate(timeout=60)
        assert (building.returncode, complaints) == (0, "")
    assert files(changed_site.out) == right_files


def test_link_in_the_place_of_the_site_is_kept(
    changed_site: PlainSite, right_files: dict[str, bytes]
) -> None:
    """A link is followed: the folder that it leads to is replaced."""
    place = changed_site.root / "a place" / "größe 数"
    place.parent.mkdir()
    changed_site.out.rename(place)
    changed_site.out.symlink_to(place)
    assert changed_site.build() == (0, "")
    assert changed_site.out.is_symlink()
    assert files(place) == right_files
    assert list(place.parent.iterdir()) == [place]


def test_site_has_the_permissions_of_new_folders(plain_site: PlainSite) -> None:
    """Those that the umask leaves, also for a server that runs as another user."""
    umask = ("sh", "-c", 'umask 027; exec "$@"', "sh")
    assert plain_site.build("some where", umask) == (0, "")
    assert stat.S_IMODE((plain_site.root / "some where").stat().st_mode) == 0o750
    assert stat.S_IMODE((plain_site.root / "some where" / "index.html").stat().st_mode) == 0o640


@pytest.mark.parametrize("own", ["notes.txt", ".git"])
def test_folder_with_other_files_is_refused(changed_site: PlainSite, own: str) -> None:
    """What no build wrote is not lost; an empty folder is taken."""
    if own == "notes.txt":
        (changed_site.out / ".buildinfo").unlink()
    (changed_site.out / own).write_text("Mine.")
    last = files(changed_site.out)
    status, complaints = changed_site.build()
    assert status == 2
    assert complaints == (
        f"build: {changed_site.out} holds files that no build wrote, and a build replaces the "
        "whole folder: empty it, or build elsewhere with OUT=...\n"
    )
    assert files(changed_site.out) == last
    (changed_site.root / "empty").mkdir()
    assert changed_site.build("empty") == (0, "")


def test_file_in_the_place_of_the_site_is_refused(plain_site: PlainSite) -> None:
    """It is named, and stays."""
    file = plain_site.write("site", "Mine.")
    assert plain_site.build("site") == (
        2,
        f"build: {file} is no folder: remove it, or build elsewhere with OUT=...\n",
    )
    assert file.read_text() == "Mine."


def test_site_is_replaced_where_folders_cannot_be_exchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By two renames; where the second one fails, the first is taken back."""
    monkeypatch.setattr(fresh_build, "_exchange", _cannot)
    out, new = tmp_path / "html", tmp_path / "aside" / "html"
    for folder, words in ((out, "old"), (new, "new")):
        folder.mkdir(parents=True)
        (folder / "index.html").write_text(words)
    fresh_build._replace(out, new)
    assert (out / "index.html").read_text() == "new"
    with pytest.raises(FileNotFoundError):
        fresh_build._replace(out, tmp_path / "missing")
    assert (out / "index.html").read_text() == "new"


def _cannot(*_: object) -> None:
    raise OSError


def test_build_that_was_killed_between_two_renames_is_made_up_for(changed_site: PlainSite) -> None:
    """The last site is put back, even where the next build fails."""
    last = files(changed_site.out)
    aside = changed_site.out.parent / ".html-building-killed"
    aside.mkdir()
    changed_site.out.rename(aside / "last")
    changed_site.write("docs/page1.rst", "page1\n==\n")
    assert changed_site.build()[0] == 1
    assert files(changed_site.out) == last
    assert changed_site.beside() == ["html"]
