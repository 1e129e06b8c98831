"""Pages that were renamed or deleted, and what belonged to them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.faults.project import Project, differences
from tests.kit.full_site import ROOT


def test_renamed_page_stays_under_its_new_name_alone(
    built: Project, clean: Callable[[Project], Path]
) -> None:
    """The next build holds what a clean one holds: no file of the old name, no empty folder."""
    (built.html / "folder" / "of-a-page").mkdir(parents=True)
    (built.root / "docs" / "start" / "two.md").rename(built.root / "docs" / "start" / "uno.md")
    built.change("docs/index.md", "start/two", "start/uno")
    built.change("docs/start/one.md", "two.md", "uno.md")
    built.build()
    assert (built.html / "start" / "uno.html").is_file()
    assert not (built.html / "folder").exists()
    assert differences(built.html, clean(built)) == []


def test_deleted_page_is_not_published(built: Project, clean: Callable[[Project], Path]) -> None:
    """Each build fails by each link that led to it; without these the page is gone."""
    (built.root / "docs" / "start" / "two.md").unlink()
    for _ in range(2):
        done = built.make("html")
        assert done.status == 2
        assert "docs/start/one.md:3: WARNING" in done.said
        assert "docs/index.md:5: WARNING: toctree contains reference to nonexisting" in done.said
    assert not (built.html / "start" / "two.html").exists()
    built.change("docs/index.md", "start/two\n", "")
    built.change("docs/start/one.md", "; [the next page](two.md) writes a file", "")
    built.build()
    assert differences(built.html, clean(built)) == []


def test_page_that_is_excluded_is_not_published(built: Project) -> None:
    """A page that the configuration leaves out from now on goes as a deleted one."""
    built.change("docs/index.md", "start/two\n", "")
    built.change("docs/start/one.md", "; [the next page](two.md) writes a file", "")
    text = (built.root / "conf.py").read_text("utf-8")
    built.write("conf.py", f'{text}\nexclude_patterns = ["start/two.md"]\n')
    built.build()
    assert list(built.html.rglob("two*")) == []


def test_image_and_download_go_with_their_last_mention(project: Project, right: Path) -> None:
    """What no page shows or offers any more is no longer published."""
    text = (project.root / "docs" / "start" / "two.md").read_text("utf-8")
    shutil.copy(ROOT / "docs" / "page.png", project.root / "docs" / "start" / "picture.png")
    project.write("docs/start/notes.txt", "Notes\n")
    more = "\n![A picture](picture.png)\n\n{download}`notes.txt`\n"
    project.write("docs/start/two.md", f"{text}{more}")
    project.build()
    assert [path.name for path in (project.html / "_images").iterdir()] == ["picture.png"]
    assert len(list(project.html.glob("_downloads/*/notes.txt"))) == 1
    project.write("docs/start/two.md", text)
    project.build()
    assert differences(project.html, right) == []


def test_files_that_no_build_wrote_stay(built: Project) -> None:
    """A file put into the output folder by hand is left alone, whatever a build removes."""
    own = built.html / "start" / "CNAME"
    own.write_text("docs.example.org\n")
    (built.root / "docs" / "start" / "two.md").unlink()
    assert built.make("html").status == 2
    built.change("docs/index.md", "start/two\n", "")
    built.change("docs/start/one.md", "; [the next page](two.md) writes a file", "")
    built.build()
    assert own.read_text() == "docs.example.org\n"


def test_page_of_unknown_origin_is_told(built: Project) -> None:
    """A page that lies in the output folder, and is none of the build's, fails the build."""
    shutil.rmtree(built.doctrees)
    (built.html / "start" / "two.html").rename(built.html / "start" / "old.html")
    for _ in range(2):
        done = built.make("html")
        assert done.status == 2
        assert f"{built.html}/start/old.html is no page of this build" in done.said
    (built.html / "start" / "old.html").unlink()
    built.build()


def test_changed_pages_give_what_a_clean_build_gives(
    built: Project, clean: Callable[[Project], Path]
) -> None:
    """Words, a title that the sidebar of each page shows, a term, another cell."""
    built.change("docs/start/two.md", "A page that", "The page which")
    built.build()
    built.change("docs/start/two.md", "# Two", "# The second")
    built.change("docs/start/one.md", "a {term}", "its own {term}")
    built.build()
    assert differences(built.html, clean(built)) == []
