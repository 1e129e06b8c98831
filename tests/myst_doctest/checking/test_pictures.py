"""Figures are recorded, published and compared; another FreeType draws the same figure."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("matplotlib", reason="draws the figures of these tests")

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.kit.pytest_site import Site

PLOT = "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 3, 2]);"
SHOW = f"{PLOT}\nplt.show()"
KEEP = "---\npictures: {keep: true}\n---\n\n"
MARK = re.compile(r"┆ image/png: \d+x\d+ by matplotlib .*, [0-9a-f]{16}-[0-9a-f]{8}\n┆ \S+\n")


def recorded(site: Site) -> Site:
    """The site, whose figures are recorded now; to draw one takes longer than all else here."""
    site.settings(compatibility="jupyter", memory=0, preload=["matplotlib.pyplot"])
    assert site.accept().code == 0
    return site


def become(site: Site, other: Site) -> Site:
    """Have a test's own site be as another one is."""
    shutil.copy2(other.root / "pyproject.toml", site.root)
    shutil.copytree(other.docs, site.docs, dirs_exist_ok=True)
    return site


@pytest.fixture(scope="module")
def first_plotted(new_site: Callable[[], Site]) -> Site:
    """What no test changes."""
    site = new_site()
    site.cells("index.md", SHOW, "plt.get_fignums()")
    return recorded(site)


@pytest.fixture
def plotted(site: Site, first_plotted: Site) -> Site:
    """A site whose first cell shows a figure, as it is recorded."""
    return become(site, first_plotted)


def change(site: Site, old: str, new: str) -> None:
    """Change the page by hand."""
    path = site.docs / "index.md"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def other_software(site: Site) -> None:
    """Have what is recorded be of another FreeType: the same shape, another digest."""
    from myst_doctest.checking.pictures import LINES, Mark

    path = site.docs / "index.md"
    text = path.read_text()
    found = LINES.search(text)
    assert found
    mark = Mark.read(found, lambda _: b"")
    assert mark
    shape = bytes([min(255, level + 2) for level in mark.shape[:108]]) + mark.shape[108:]
    other = Mark(mark.mime, (mark.size[0] + 1, mark.size[1]), "FreeType 2", "0" * 16, shape)
    path.write_text(text.replace(found[0], "\n┆ ".join(other.lines())))


def test_a_figure_is_recorded(plotted: Site) -> None:
    """Its text, its words, and a mark; it is closed at the cell's end."""
    figure, numbers = plotted.recorded("index.md")
    assert figure.startswith("<Figure size 640x480 with 1 Axes>\n┆ words: ")
    assert MARK.search(figure)
    assert numbers == "[]\n"
    assert plotted.pytest().code == 0


def test_a_figure_that_is_left_open_shows(site: Site) -> None:
    """In plain Python too, below the value; ``%matplotlib inline`` changes nothing."""
    site.settings(memory=0)
    site.cells("page.md", PLOT.removesuffix(";"))
    assert site.accept().code == 0
    value, figure, *_ = site.recorded()[0].split("\n")
    assert value.startswith("[<matplotlib.lines.Line2D object at 0x")
    assert figure == "<Figure size 640x480 with 1 Axes>"


def test_a_figure_is_published_with_its_options(site: Site) -> None:
    """Caption, name, width and alternative text are MyST-NB's; two builds are the same."""
    site.settings(compatibility="jupyter", memory=0, preload=["matplotlib.pyplot"])
    (site.docs / "conf.py").write_text(
        'extensions = ["myst_nb", "myst_doctest"]\nproject = "site"\nnumfig = True\n'
    )
    options = (
        ":mystnb:\n:  figure: {name: fig-it, caption: It rises}\n"
        ":  image: {alt: A line, width: 300px}\n"
    )
    path = site.cells("index.md", f"{options}print('text')\n{SHOW}")
    path.write_text(path.read_text() + "\nSee {numref}`fig-it`.\n")
    assert site.accept().code == 0
    done = site.build()
    assert done.code == 0, done.output
    page = (site.root / "_build/html/index.html").read_text()
    assert re.search(r'<img alt="A line" src="_images/\w+\.png" style="width: 300px;"', page)
    assert page.count("It rises") == 1
    assert "Fig. 1" in page


WRONG = {
    "another-line": ("[1, 3, 2]", "[1, 2, 3]"),
    "a-title": ("plt.show()", "ax.set_title('x')\nplt.show()"),
    "a-colour": ("[1, 3, 2]", "[1, 3, 2], color='C1'"),
}


@pytest.mark.parametrize("name", ["another-line", "a-title", "a-colour"])
def test_a_wrong_picture_fails_both_doors(plotted: Site, name: str) -> None:
    """With a picture of what differs, which the report names."""
    change(plotted, *WRONG[name])
    report = plotted.pytest().items["index.md::line-3"].report
    assert "the output differs" in report
    if name != "a-title":
        assert "this run's, and what differs: _build/differences/index-line-3-1.png" in report
        assert (plotted.root / "_build/differences/index-line-3-1.png").stat().st_size > 1000
    assert plotted.build().code != 0


@pytest.mark.parametrize("name", ["nothing", "another-line", "a-title", "a-colour"])
def test_another_freetype(plotted: Site, name: str) -> None:
    """What other software drew is the same within a tolerance, and another figure is not."""
    other_software(plotted)
    before = plotted.read("index.md")
    if name != "nothing":
        change(plotted, *WRONG[name])
    assert plotted.pytest().code == (name != "nothing")
    if name == "nothing":
        plotted.accept()
        assert plotted.read("index.md") == before


def test_a_glued_figure_is_recorded_as_one_that_shows(site: Site) -> None:
    """By what drew it, so that another FreeType's is the same; and pasted without a warning."""
    site.settings(compatibility="jupyter", memory=0)
    path = site.cells(
        "index.md", f"from myst_nb import glue\n{PLOT}\nglue('it', fig, display=False)"
    )
    path.write_text(f"{path.read_text()}\n```{{glue:figure}} it\nThe caption.\n```\n")
    assert site.accept().code == 0
    record = site.recorded("index.md")[0]
    assert record.count("┆ words: ") == 2, "glued, and left open"
    assert len(MARK.findall(record)) == 2
    assert "myst-doctest" not in record
    other_software(site)
    assert site.pytest().code == 0
    done = site.build()
    assert done.code == 0, done.output
    assert "The caption." in (site.root / "_build/html/index.html").read_text()


def test_a_tolerance_of_the_cell(plotted: Site) -> None:
    """An author may want more of the same software, too."""
    other_software(plotted)
    change(plotted, "python\n", "python\n:pictures: {tolerance: 1}\n\n")
    assert plotted.pytest().code == 1
    change(plotted, "tolerance: 1", "tolerance: 3")
    assert plotted.pytest().code == 0


def test_wrong_options(plotted: Site) -> None:
    """Said at the cell's line."""
    page = plotted.read("index.md").decode()
    for number, option in enumerate(("[1]", "{keep: 1}", "{tolerance: x}", "{keeps: true}")):
        cell = page.replace("python\n", f"python\n:pictures: {option}\n\n", 1)
        plotted.page(f"wrong-{number}.md", cell)
    said = plotted.pytest().output
    assert all(f"docs/wrong-{number}.md:3: pictures: " in said for number in range(4)), said


def test_every_character_of_a_mark_counts(plotted: Site) -> None:
    """Fifty changes of what is recorded of a picture are found."""
    text = plotted.read("index.md").decode()
    found = MARK.search(text)
    assert found
    places = [n for n in range(found.start() + 13, found.end()) if text[n].isalnum()]
    step = len(places) // 50
    from myst_doctest.checking.pictures import LINES, Mark

    for place in places[::step]:
        changed = text[:place] + ("1" if text[place] != "1" else "2") + text[place + 1 :]
        marks = [Mark.read(each, lambda _: b"") for each in LINES.finditer(changed)]
        assert marks in ([], [None]), changed[found.start() : found.end()]


@pytest.fixture(scope="module")
def first_kept(new_site: Callable[[], Site]) -> Site:
    """What no test changes."""
    site = new_site()
    path = site.cells("index.md", f":name: rise\n\n{SHOW}")
    path.write_text(KEEP + path.read_text())
    return recorded(site)


@pytest.fixture
def kept(site: Site, first_kept: Site) -> Path:
    """The file of a figure that a page keeps."""
    return become(site, first_kept).docs / "index.pictures" / "rise-1.png"


def test_a_kept_picture_is_what_is_published(site: Site, kept: Path) -> None:
    """The block names its file, whose bytes the page has."""
    assert "┆ in index.pictures/rise-1.png\n" in site.recorded("index.md")[0]
    assert site.pytest().code == 0
    assert site.build().code == 0
    images = list((site.root / "_build/html/_images").glob("*.png"))
    assert [image.read_bytes() for image in images] == [kept.read_bytes()]


@pytest.mark.parametrize("damage", ["gone", "cut", "another"])
def test_a_kept_picture_is_compared(site: Site, kept: Path, damage: str) -> None:
    """Both doors fail, and accept mends it."""
    if damage == "gone":
        kept.unlink()
    elif damage == "cut":
        kept.write_bytes(kept.read_bytes()[:-400])
    else:
        from PIL import Image

        picture = Image.open(kept)
        picture.putpixel((5, 5), (0, 0, 0, 255))
        picture.save(kept)
    report = site.pytest().items["index.md::rise"].report
    assert "the kept picture index.pictures/rise-1.png is not there" in report
    assert site.build().code != 0
    assert site.accept().code == 0
    assert site.pytest().code == 0


def test_a_figure_that_differs_from_the_kept_one(site: Site, kept: Path) -> None:
    """The difference is drawn; accept writes the new picture and removes stale ones."""
    before = kept.read_bytes()
    change(site, "[1, 3, 2]", "[1, 2, 3]")
    stale = kept.with_name("old-1.png")
    stale.write_bytes(before)
    assert "_build/differences/index-rise-1.png" in site.pytest().items["index.md::rise"].report
    assert site.accept().code == 0
    assert kept.read_bytes() != before
    assert not stale.exists()
    assert site.pytest().code == 0
