"""What readers take away from the built site: notebooks, scripts, Markdown, llms.txt."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from myst_doctest import sphinx_config
from myst_doctest.checking.compare import GUTTER, matches, normalise
from myst_doctest.pages.page import Cell, Page
from myst_doctest.settings import Settings
from tests.kit import prerequisites
from tests.kit.contents import chapters, parts
from tests.kit.full_site import ROOT
from tests.kit.jupyter_env import Apart
from tests.kit.sample import EVERYTHING, FULL, cover

nbformat = prerequisites.module("nbformat")
IMPORT = re.compile(r"^\s*(?:from|import) (\w+)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")


@pytest.fixture(scope="module")
def pages() -> dict[str, Page]:
    """The pages with cells, by name."""
    config = sphinx_config.parser_config(sphinx_config.read(ROOT))
    variants = Settings.find(ROOT).variants
    docs = ROOT / "docs"
    found = {
        path.relative_to(docs).with_suffix("").as_posix(): Page.read(path, config, variants)
        for path in sorted(docs.rglob("*.md"))
    }
    return {name: page for name, page in found.items() if page.cells}


@pytest.fixture(scope="module")
def apart(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Apart:
    (wheel,) = (site / "_downloads").glob("*.whl")
    return Apart.made(tmp_path_factory.mktemp("apart"), wheel)


def codes(notebook: Any) -> list[Any]:
    """The page's own cells, without those of exercises."""
    return [cell for cell in notebook.cells if cell.id.startswith("cell-") and "outputs" in cell]


def read(site: Path, name: str) -> Any:
    return nbformat.read(site / f"{name}.ipynb", as_version=4)


def shown(outputs: Iterable[Any]) -> str:
    """What a notebook's cell shows, as a block would record it."""
    texts = []
    for output in outputs:
        if output.output_type == "stream":
            texts.append(output.text)
        elif output.output_type == "error":
            texts.append(": ".join(filter(None, [output.ename, output.evalue])) + "\n")
        else:
            texts.append(output.data["text/plain"].removesuffix("\n") + "\n")
    return "".join(texts)


def unescaped(cell: Cell) -> str:
    """A recorded block, without the backslash before a gutter that was printed."""
    return re.sub(rf"(?m)^\\(?=\\*{GUTTER})", "", cell.recorded)


def test_each_page_is_a_valid_notebook_with_its_recorded_outputs(
    site: Path, pages: dict[str, Page]
) -> None:
    """In nbformat 4.5; each cell is there, in its place, with what the page records."""
    assert {
        file.relative_to(site).with_suffix("").as_posix() for file in site.rglob("*.ipynb")
    } == (pages.keys())
    for name, page in pages.items():
        notebook = read(site, name)
        nbformat.validate(notebook)
        assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
        cells = codes(notebook)
        assert [cell.source for cell in cells] == [cell.source for cell in page.cells_on("")]
        for cell, code in zip(page.cells_on(""), cells, strict=True):
            assert shown(code.outputs) == unescaped(cell), f"{name}: {cell.label}"
            assert tuple(code.metadata.get("tags", [])) == cell.tags


def test_narrative_of_a_notebook_is_plain_markdown(site: Path) -> None:
    """No role, directive, comment or recorded block of MyST's is left."""
    for file in site.rglob("*.ipynb"):
        for cell in nbformat.read(file, as_version=4).cells:
            if cell.cell_type == "markdown":
                text = re.sub(r"(?ms)^(`{3,}).*?^\1$", "", cell.source)
                assert not re.search(r"\{[\w:-]+\}`|^:::|^% |\x01", text, re.MULTILINE), text


def test_pictures_of_a_notebook_need_no_style_sheet(site: Path) -> None:
    """A shape that does not say how it is filled would be black, and hide what is in it."""
    shapes = [
        shape
        for file in site.rglob("*.ipynb")
        for code in codes(nbformat.read(file, as_version=4))
        for output in code.outputs
        for mime, text in output.get("data", {}).items()
        if mime == "text/html"
        for shape in re.findall(r"<(?:rect|path|circle|line|polygon)\b[^>]*>", text)
    ]
    assert len(shapes) > 50
    assert [shape for shape in shapes if " fill=" not in shape] == []


def test_notebooks_run_elsewhere(site: Path, apart: Apart) -> None:
    """With SQLAlchemy and the wheel alone: a cell raises what is recorded, or nothing.

    The page that has everything; with `make test-all`, the chapters too: what their notebooks hold
    is compared with their pages, and runs as a script.
    """
    names = ["reference/kitchen-sink", *(chapters() if EVERYTHING else [])]
    ran = apart.execute([site / f"{name}.ipynb" for name in names])
    failed = {file.stem: str(run) for file, run in ran.items() if isinstance(run, Exception)}
    assert failed == {}
    for file, run in ran.items():
        recorded = codes(nbformat.read(file, as_version=4))
        assert [raised(cell) for cell in codes(run)] == [raised(cell) for cell in recorded], file


def raised(code: Any) -> list[str]:
    """The names of what a cell raised."""
    names = [output.ename for output in code.outputs if output.output_type == "error"]
    # What IPython raises since Python 3.13 where code ends too early: a kind of SyntaxError.
    return ["SyntaxError" if name == "_IncompleteInputError" else name for name in names]


def kinds(notebook: Any) -> frozenset[str]:
    """What a page's cells have that may be something else in a script."""
    found: set[str] = set()
    for code in codes(notebook):
        found |= {*code.metadata.get("tags", []), *IMPORT.findall(code.source)}
        for output in code.outputs:
            found |= {output.output_type, output.get("name", ""), *output.get("data", {})}
    return frozenset(found)


def scripts(site: Path) -> list[Path]:
    """Those of pages that together have all kinds; with `make test-all`, each of them."""
    files = {}
    for file in site.rglob("*.py"):
        assert file.stem.startswith("page-")  # no module's name: dataclasses.py would hide one
        name = file.with_name(file.stem.removeprefix("page-")).relative_to(site)
        files[name.as_posix()] = file
    assert len(files) > 10
    notebooks = {name: read(site, name) for name in files}
    by_kinds = {name: kinds(notebook) for name, notebook in notebooks.items()}
    sizes = {name: len(notebook.cells) for name, notebook in notebooks.items()}
    return [files[name] for name in (files if EVERYTHING else cover(by_kinds, FULL, sizes))]


def test_scripts_run_elsewhere_and_print_the_same(site: Path, apart: Apart) -> None:
    """To their ends, and each line that the page shows comes in its order, beside the log.

    Where Python takes files and pipes to be in cp1252, as on Windows; and the one with the oddest
    signs as any terminal runs it.
    """
    sink = site / "reference" / "page-kitchen-sink.py"
    ran = datetime.now(UTC)
    for file, done in [(sink, apart.run(sink)), *apart.run_all(scripts(site), "cp1252")]:
        assert done.code == 0, f"{file}: {done.stderr}"
        name = file.with_name(file.stem.removeprefix("page-")).relative_to(site)
        expected = list(lines(read(site, name.as_posix())))
        assert expected
        printed = normalise(done.stdout).split("\n")
        assert missing(expected, printed, ran) == [], file


def missing(expected: Iterable[str], printed: Sequence[str], ran: datetime) -> list[str]:
    """The lines that do not come in their order; one that an exception cut goes on in the next."""

    def same(wanted: str, line: str) -> bool:
        return matches(f"{wanted}\n", f"{line}\n", ran, ellipsis=True)

    lost: list[str] = []
    done = 0
    for line in expected:
        for wanted in (line, *(f"{each}{gap}{line}" for each in lost[-1:] for gap in ("", " "))):
            found = next((n for n in range(done, len(printed)) if same(wanted, printed[n])), None)
            if found is not None:
                done = found + 1
                lost = lost[:-1] if wanted != line else lost
                break
        else:
            lost.append(line)
    return lost


def lines(notebook: Any) -> Iterator[str]:
    """The lines that a page shows, but for the log and what goes to standard error."""
    for code in codes(notebook):
        outputs = [output for output in code.outputs if output.get("name") != "stderr"]
        for line in shown(outputs).split("\n"):
            if line and not line.startswith(f"{GUTTER} "):
                yield line


def test_an_exercise_is_graded_elsewhere(site: Path, apart: Apart, tmp_path: Path) -> None:
    """In a notebook, by the wheel alone: the starter does not pass, the solution does."""
    with zipfile.ZipFile(site / "_downloads" / "exercises.pyz") as members:
        first = json.loads(members.read("exercises.json"))["exercises"][0]
    notebook = read(site, first["page"])
    at = next(n for n, cell in enumerate(notebook.cells) if cell.id.startswith("answer-"))
    answer, check = notebook.cells[at : at + 2]
    starter, solution = (first[kind][0]["code"].strip() for kind in ("starters", "solutions"))
    source = answer.source.replace(starter, solution)
    solved = nbformat.v4.new_code_cell(source)
    notebook.cells = [answer, check, solved, nbformat.v4.new_code_cell(check.source)]
    file = tmp_path / "exercise.ipynb"
    nbformat.write(notebook, file)
    ran = apart.execute([file])[file]
    told = [output.text for cell in ran.cells[1::2] for output in cell.outputs]
    refused, passed = (text.strip().split("\n")[-1] for text in told)
    assert f"{{verdict}}\n{refused}\n" in (ROOT / "docs" / f"{first['page']}.md").read_text()
    assert passed == "Right."


def test_markdown_holds_each_cell_and_what_it_showed(site: Path, pages: dict[str, Page]) -> None:
    """Code and output as the page shows them; what it does not show is not there."""
    for name, page in pages.items():
        text = (site / f"{name}.md").read_text(encoding="utf-8")
        done = 0
        for cell, code in zip(page.cells_on(""), codes(read(site, name)), strict=True):
            hidden = {tag.removeprefix("remove-") for tag in cell.tags if "remove-" in tag}
            if not hidden & {"input", "cell"}:
                done = text.index(f"python\n{cell.source}\n```", done)
            if not hidden & {"output", "cell"}:
                for part in apart_from_sql(shown(code.outputs)):
                    done = text.index(part, done)
    sink = (site / "reference/kitchen-sink.md").read_text(encoding="utf-8")
    assert "neither is shown" not in sink
    assert "the code is not shown\n" in sink
    assert 'print("the code is not shown")' not in sink
    assert "and not shown\n```" not in sink


def apart_from_sql(text: str) -> Iterator[str]:
    """Runs of lines, logged and other, the logged ones without their gutter."""
    for _, group in groupby(text.split("\n")[:-1], key=lambda line: line.startswith(f"{GUTTER} ")):
        yield "\n".join(line.removeprefix(f"{GUTTER} ") for line in group)


def test_pages_without_cells_are_markdown_alone(site: Path) -> None:
    """A page without cells has no notebook; a page that the build makes has nothing."""
    assert (site / "reference/glossary.md").is_file()
    assert not (site / "reference/glossary.ipynb").exists()
    assert not (site / "genindex.md").exists()


def test_links_of_markdown_lead_to_files_of_the_site(site: Path) -> None:
    """Of each page and of both files for models; code is no link."""
    files = [*site.rglob("*.md"), site / "llms.txt", site / "llms-full.txt"]
    for file in files:
        text = re.sub(r"(?ms)^( *)(`{3,}).*?^\1\2$", "", file.read_text(encoding="utf-8"))
        for address in LINK.findall(re.sub(r"(`+).*?\1", "", text)):
            if not re.match(r"[a-z]+:", address):
                assert (file.parent / address).is_file(), f"{file}: {address}"


def test_llms_txt_names_each_page_and_the_full_one_holds_them(site: Path) -> None:
    """In the form of llmstxt.org: a title, a summary, sections with links and a word on each."""
    text = (site / "llms.txt").read_text(encoding="utf-8")
    assert text.startswith("# The SQLAlchemy ORM, executed\n\n> ")
    assert re.findall(r"(?m)^## (.*)$", text) == ["About", *filter(None, parts()), "More"]
    entries = re.findall(r"(?m)^- \[([^\]]+)\]\(([^)]+)\): .+\.$", text)
    pages = {file.relative_to(site).as_posix() for file in site.rglob("*.md")}
    assert sorted(address for _, address in entries) == sorted(pages)
    full = (site / "llms-full.txt").read_text(encoding="utf-8")
    for title, address in entries:
        page = (site / address).read_text(encoding="utf-8")
        assert page.startswith(f"# {title}\n")
        assert f"\n---\n\n# {title}\n" in full
    assert "Output:\n\n```sql\nBEGIN (implicit)\n" in full


def test_notebook_says_what_to_install(site: Path) -> None:
    """SQLAlchemy of the site's version, and the support package where the page imports it."""
    (wheel,) = (site / "_downloads").glob("*.whl")
    note = read(site, "session/session").cells[0].source
    assert re.search(rf'(?m)^pip install "sqlalchemy==[\d.]+" "\S*{wheel.name}"$', note)
    note = read(site, "start/engine").cells[0].source
    assert re.search(r'(?m)^pip install "sqlalchemy==[\d.]+"$', note)
