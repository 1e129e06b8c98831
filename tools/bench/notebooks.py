"""Pages as a notebook's author writes them, run by each tool that checks or publishes such pages.

They are those in the folder ``notebooks``, of which each tool has a site, or notebooks, of its
own. All tools are in one environment, ``_build/bench``, of which ``requirements/bench.txt`` says
what is in it.
"""

from __future__ import annotations

import resource
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.bench.checkouts import ROOT, BenchError, run, say_round
from tools.bench.figures import THIS, Figures

PAGES = Path(__file__).parent / "notebooks"
TEXT = ("dates", "numbers", "words")
"""The pages that show text alone."""
TIMES = 4
"""How often each of these stands on a site, which has more than three pages."""
PYTHON = ROOT / "_build" / "bench" / "bin" / "python"
TABLE = '[tool.myst_doctest]\ncompatibility = "jupyter"\n'
CONF = 'extensions = ["myst_nb"{}]\nnb_execution_mode = "{}"\nexclude_patterns = ["_build"]\n'
HEAD = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n\n"
CHECK = ["-m", "pytest", "-q", "-p", "no:cacheprovider"]
BUILD = ["-m", "sphinx", "-q", "-E", "docs", "_build"]
WAYS = {
    "checked by pytest": {
        THIS: ("own", [*CHECK, "docs"]),
        "nbval": ("notebooks", [*CHECK, "--nbval", "."]),
        "nbmake": ("notebooks", [*CHECK, "--nbmake", "."]),
    },
    "built by Sphinx": {
        THIS: ("own", BUILD),
        "stock": ("stock", BUILD),
        "stock -j2": ("stock", [*BUILD, "-j2"]),
        "no cell run": ("stock", [*BUILD, "-D", "nb_execution_mode=off"]),
    },
}
MAKE_NOTEBOOKS = """\
import sys, nbclient, nbformat
from pathlib import Path
from myst_nb.core.read import read_myst_markdown_notebook
for page in Path(sys.argv[1]).glob("docs/*.md"):
    notebook = read_myst_markdown_notebook(page.read_text(), add_source_map=True)
    notebook.metadata.pop("source_map", None)
    nbclient.NotebookClient(notebook).execute()
    nbformat.write(notebook, page.stem + ".ipynb")
"""


def measure(rounds: int, _: Mapping[str, Path]) -> Iterator[object]:
    """Each tool once a round, seconds that pass and seconds that processors are at work."""
    if not PYTHON.is_file():
        raise BenchError(f"no {PYTHON.relative_to(ROOT)}: run `make bench`")
    texts = {page.stem: page.read_text(encoding="utf-8") for page in sorted(PAGES.glob("*.md"))}
    many = {f"{name}-{number}": texts[name] for name in TEXT for number in range(TIMES)}
    for title, pages in {"pages of text": many, "pages of all kinds": texts}.items():
        found = Figures(f"{len(pages)} {title}, median of {rounds}")
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            _make_sites(root, pages)
            for number in range(rounds):
                _round(found, root)
                say_round(title, number, rounds)
        yield found


def _make_sites(root: Path, pages: Mapping[str, str]) -> None:
    for name, extension, mode in (("own", ', "myst_doctest"', "off"), ("stock", "", "force")):
        docs = root / name / "docs"
        docs.mkdir(parents=True)
        (docs / "conf.py").write_text(CONF.format(extension, mode))
        (docs / "index.md").write_text("# Pages\n\n```{toctree}\n" + "\n".join(pages) + "\n```\n")
        for page, text in pages.items():
            (docs / f"{page}.md").write_text(text if name == "own" else HEAD + text)
    (root / "own" / "pyproject.toml").write_text(TABLE)
    (root / "stock" / "docs" / "index.md").rename(root / "index.md")
    notebooks = root / "notebooks"
    notebooks.mkdir()
    run([str(PYTHON), "-c", MAKE_NOTEBOOKS, str(root / "stock")], notebooks)
    (root / "index.md").rename(root / "stock" / "docs" / "index.md")
    run([str(PYTHON), *CHECK, "--accept", "docs"], root / "own")


def _round(found: Figures, root: Path) -> None:
    for what, tools in WAYS.items():
        for tool, (site, command) in tools.items():
            shutil.rmtree(root / site / "_build", ignore_errors=True)
            for written in (root / site).rglob("greeting.py"):
                written.unlink()  # nbval would note that it is written over
            passed, worked = timed([str(PYTHON), *command], root / site)
            found.add(f"{what}, s", tool, passed)
            found.add(f"{what}, s of processors", tool, worked)


def timed(command: list[str], folder: Path) -> tuple[float, float]:
    """The seconds that pass, and those in which the command and its children are at work."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds, _ = run(command, folder)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
