"""Whatever is changed in what a page records, or in what its cells show, is noticed.

Each kind of output is run once; the comparison, which pytest and the build share, then gets fifty
changed pages, and fifty changed runs.
"""

from __future__ import annotations

import base64
import copy
import io
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from myst_parser.config.main import MdParserConfig

from myst_doctest.checking.verdicts import judge
from myst_doctest.pages.page import Page
from myst_doctest.running.page_runs import PageRun, Server
from myst_doctest.running.runner import FIGURE
from myst_doctest.settings import Settings
from tests.kit.pytest_site import Site

MUTATIONS = 50
BLOCK = re.compile(r"^```\{output\}\n(.*?)^```$", re.DOTALL | re.MULTILINE)
TEXT = (
    "import sys, warnings\nprint('one', 2, [3.5])\nprint('to stderr', file=sys.stderr)",
    "warnings.warn('it is old')\nfor number in range(3):\n    print('\\t', number, 'of three')",
    "{'name': 'Ada', 'born': 1815, 'works': ['notes', None, True]}",
    ":tags: [raises-exception]\n\n{}['missing']",
)
SHOWING = """\
class Shown:
    def __init__(self, text, **data):
        self.text, self.data = text, {key.replace("_", "/"): data[key] for key in data}
    def __repr__(self):
        return self.text
    def _repr_mimebundle_(self, **_):
        return self.data
"""
ROWS = """\
rows = "".join(f"<tr><td>{n}</td><td>{n * n}</td></tr>" for n in range(40))
Shown("a table", text_html=f"<table>{rows}</table>")
"""
HTML = (
    SHOWING,
    "Shown('a word', text_html='<b class=\"x\">A &amp; B</b>')",
    "Shown('a list', text_html='<ul>\\n<li>one</li>\\n<li>two</li>\\n</ul>')",
    ROWS,
)
LATEX = (
    SHOWING,
    r"Shown('Integral(x)', text_latex=r'$\displaystyle \int \sqrt{\frac{1}{x}}\, dx$')",
    r"Shown('Matrix', text_latex=r'\begin{matrix}1 & x\\ y & 1\end{matrix}')",
    "Shown('a sum', text_latex='$' + ' + '.join(f'x_{{{n}}}' for n in range(90)) + '$')",
)
DRAW = f"""\
from PIL import Image, ImageDraw
def draw(*words):
    picture = Image.new("RGB", (64, 48), "white")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((8, 8, 40, 30), fill="red", outline="black")
    pen.line((0, 47, 63, 20), fill="blue")
    file = io.BytesIO()
    picture.save(file, "PNG")
    words = {{"words": words, "drawn_by": "a pen"}}
    return Shown("<Figure>", image_png=file.getvalue(), **{{{FIGURE!r}: words}})
"""
PICTURES = (SHOWING, f"import io\n{DRAW}\ndraw('A title', '0.0', '1.5')", "draw('x')")
KINDS = {"text": TEXT, "html": HTML, "latex": LATEX, "pictures": PICTURES}
KEPT = "---\npictures: {keep: true}\n---\n\n"


@dataclass
class Ran:
    """A page as it is recorded, and a run of it."""

    path: Path
    text: str
    run: PageRun

    def passes(self, text: str = "", run: PageRun | None = None) -> bool:
        """Whether the page, or one with this text, says what the run, or this one, shows."""
        page = Page.parse(text or self.text, self.path, MdParserConfig())
        return not page.problems and all(each.is_good for each in judge(page, run or self.run))


@pytest.fixture(scope="module")
def pages(new_site: Callable[[], Site]) -> dict[str, Ran]:
    """A page of each kind."""
    site = new_site()
    kinds = dict(KINDS)
    try:
        import PIL  # noqa: F401
    except ImportError:
        del kinds["pictures"]
    for kind, cells in kinds.items():
        site.cells(f"{kind}.md", *cells)
    if "pictures" in kinds:
        site.page("kept.md", KEPT + (site.docs / "pictures.md").read_text())
    done = site.accept()
    assert done.code == 0, done.output
    with Server(Settings.find(site.docs)) as server:
        found = {}
        for path in site.docs.glob("*.md"):
            page = Page.read(path, MdParserConfig())
            found[path.stem] = Ran(path, path.read_text(), server.run(page).result())
    return found


@pytest.fixture
def ran(request: pytest.FixtureRequest, pages: dict[str, Ran]) -> Ran:
    """The page of a kind, which passes."""
    if request.param not in pages:
        pytest.skip("Pillow draws the pictures of this test")
    assert pages[request.param].passes()
    return pages[request.param]


@pytest.mark.parametrize("ran", [*KINDS, "kept"], indirect=True)
def test_changes_of_what_is_recorded(ran: Ran) -> None:
    """A letter, a line, in any place of any block."""
    changes = islice(changed_pages(ran.text), MUTATIONS)
    missed = [text for text in changes if ran.passes(text)]
    assert missed == []


@pytest.mark.parametrize("ran", [*KINDS, "kept"], indirect=True)
def test_changes_of_what_is_shown(ran: Ran) -> None:
    """A letter of a text or of markup, a few pixels of a picture."""
    changes = islice(changed_runs(ran.run), MUTATIONS)
    missed = [run for run in changes if ran.passes(run=run)]
    assert missed == []


@pytest.mark.parametrize("ran", ["kept"], indirect=True)
def test_changes_of_kept_pictures(ran: Ran) -> None:
    """The page names a file that is another one."""
    chance = random.Random(3)
    (*_, file) = sorted(ran.path.parent.glob("kept.pictures/*"))
    right = file.read_bytes()
    try:
        for _ in range(MUTATIONS):
            file.write_bytes(repainted(right, chance))
            assert not ran.passes()
    finally:
        file.write_bytes(right)


def changed_pages(text: str) -> Iterator[str]:
    """The page with a change in one of its blocks, without end."""
    chance = random.Random(1)
    blocks = [found.span(1) for found in BLOCK.finditer(text)]
    while True:
        start, end = chance.choice(blocks)
        new = changed(text[start:end], chance)
        if new.strip() != text[start:end].strip():
            yield f"{text[:start]}{new}{text[end:]}"


def changed_runs(run: PageRun) -> Iterator[PageRun]:
    """The run with a change in what one of its cells showed, without end."""
    chance = random.Random(2)
    places = [
        (number, place)
        for number, cell in enumerate(run.cells)
        for place, segment in enumerate(cell.segments)
        if segment.text.strip()
    ]
    while True:
        number, place = chance.choice(places)
        new = copy.deepcopy(run)
        segment = new.cells[number].segments[place]
        data = segment.bundle.get("data", {})
        if mimes := sorted(mime for mime in data if mime not in ("text/plain", FIGURE)):
            mime = chance.choice(mimes)
            data[mime] = other(data[mime], mime, chance)
        else:
            segment.text = letter(segment.text, chance)
        if new != run:
            yield new


def other(content: Any, mime: str, chance: random.Random) -> Any:
    """Markup with another letter, or a picture with other pixels."""
    if not mime.startswith("image/"):
        return letter(content, chance)
    return base64.b64encode(repainted(base64.b64decode(content), chance)).decode()


def repainted(picture: bytes, chance: random.Random) -> bytes:
    """A picture with a few other pixels."""
    from PIL import Image

    opened = Image.open(io.BytesIO(picture)).convert("RGB")
    x, y = chance.randrange(opened.width - 2), chance.randrange(opened.height - 2)
    region = opened.crop((x, y, x + 2, y + 2))
    opened.paste(region.point([255 - level for level in range(256)] * 3), (x, y))
    file = io.BytesIO()
    opened.save(file, "PNG")
    return file.getvalue()


def changed(text: str, chance: random.Random) -> str:
    """A text with another letter, or a line less, twice or elsewhere."""
    lines = text.splitlines(keepends=True)
    at = chance.randrange(len(lines))
    match chance.randrange(6):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, lines[at])
        case 2:
            lines.insert(chance.randrange(len(lines)), lines.pop(at))
        case _:
            return letter(text, chance)
    return "".join(lines)


def letter(text: str, chance: random.Random) -> str:
    """A text in which a letter, digit or sign is another one, is gone or is there twice."""
    at = chance.choice([place for place, sign in enumerate(text) if not sign.isspace()])
    new = chance.choice(["", text[at] * 2, "q", "7", "-", text[at].swapcase()])
    return f"{text[:at]}{new}{text[at + 1 :]}"
