"""What a page finds in its folder: ``cwd = "page"`` and ``data``."""

from __future__ import annotations

from tests.kit.pytest_site import Site
from tests.kit.small_site import Site as BuiltSite
from tests.kit.small_site import cell


def furnished(site: Site) -> Site:
    site.settings(cwd="page")
    for name, text in {
        "docs/part/table.csv": "a,b\n",
        "docs/part/helper.py": "value = 3\n",
        "docs/part/more/deep.txt": "deep\n",
        "docs/above.txt": "above\n",
        "data/far.txt": "far\n",
    }.items():
        path = site.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return site


def test_files_and_modules_beside_the_page(site: Site) -> None:
    """Paths lead where they lead from the page's folder, up to the project's."""
    furnished(site).cells(
        "part/page.md",
        "open('table.csv').read()",
        "import helper\nhelper.value",
        "[open(each).read() for each in ('more/deep.txt', '../above.txt', '../../data/far.txt')]",
        "import os\nfrom pathlib import Path\n"
        "os.getcwd(), Path('table.csv').resolve(), helper.__file__",
    )
    assert site.accept().code == 0
    assert site.recorded("part/page.md") == [
        "'a,b\\n'\n",
        "3\n",
        "['deep\\n', 'above\\n', 'far\\n']\n",
        "('.', PosixPath('/project/docs/part/table.csv'), '/project/docs/part/helper.py')\n",
    ]
    assert not (site.docs / "part" / "__pycache__").exists()


def test_nothing_is_written_to_the_project(site: Site) -> None:
    """What a page writes is its own; a file of a linked folder is not written to."""
    furnished(site).cells(
        "part/page.md",
        "open('new.txt', 'w').write('x')",
        "open('table.csv', 'a').write('c')\nopen('table.csv').read()",
        "import sqlite3\nsqlite3.connect('data.db').execute('CREATE TABLE a (b)')\n0",
        ":tags: [raises-exception]\nopen('more/deep.txt', 'w')",
    )
    (site.docs / "part" / "data.db").write_bytes(b"")
    before = {path: path.read_bytes() for path in site.docs.rglob("*.*") if path.suffix != ".md"}
    done = site.accept()
    assert done.code == 0, done.output
    assert site.recorded("part/page.md")[1] == "'a,b\\nc'\n"
    assert "PermissionError: a page does not write" in site.recorded("part/page.md")[3]
    after = {path: path.read_bytes() for path in site.docs.rglob("*.*") if path.suffix != ".md"}
    assert after == before


def test_declared_data(site: Site) -> None:
    """Each page finds the files and folders in its empty folder."""
    (site.root / "data").mkdir()
    (site.root / "data" / "one.txt").write_text("1")
    (site.root / "two.txt").write_text("2")
    site.settings(data=["data", "two.txt"])
    site.cells("page.md", "import os\nsorted(os.listdir()), open('data/one.txt').read()")
    assert site.accept().code == 0
    assert site.recorded() == ["(['data', 'two.txt'], '1')\n"]
    site.settings(data=["three.txt"])
    assert "no file or folder 'three.txt'" in site.pytest().output


def test_a_build_sees_that_a_file_beside_the_page_changed(tmp_path: object) -> None:
    """It runs the page again."""
    site = BuiltSite(tmp_path, table='cwd = "page"')  # type: ignore[arg-type]
    site.write("docs/table.csv", "a")
    site.pages(page="# T\n\n" + cell("print(open('table.csv').read())", "a"))
    assert site.build().status == 0
    site.write("docs/table.csv", "b")
    assert site.build().places("differs") == ["docs/page.md:8"]
