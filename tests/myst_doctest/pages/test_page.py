"""Tests of :mod:`myst_doctest.pages.page`: what is a cell, what is its block, and what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from myst_nb.core.read import read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig

from myst_doctest.pages.page import Page, decoded
from myst_doctest.settings import Settings
from tests.kit.small_site import CONF, Site, cell

PLAIN = MdParserConfig()
COLONS = MdParserConfig(enable_extensions={"colon_fence"})


def parsed(text: str, config: MdParserConfig = PLAIN) -> Page:
    return Page.parse(text, Path("page.md"), config)


SHAPES = {
    "no cell": "# T\n\ntext\n",
    "one cell": "# T\n\n" + cell("1 + 1", "2"),
    "no title": cell("1 + 1", "2"),
    "front matter": "---\nkernelspec:\n  name: python3\n---\n\n" + cell("1", "1"),
    "many cells": "# T\n\n" + "\ntext\n\n".join(cell(f"print({n})", f"{n}") for n in range(5)),
    "cells without a gap": cell("1", "1") + cell("2") + cell("3", "3"),
    "colon options": cell("1", "1", ":name: one", ":tags: [hide-input, raises-exception]"),
    "options and a blank line": cell("1", "1", ":name: one", ""),
    "yaml options": cell("1", "1", "---", "tags: [hide-input]", "---"),
    "code like an option": cell("x = 1\n:name: two", "1"),
    "blank lines around the code": cell("\n\n1\n\n"),
    "empty cell": cell(""),
    "tildes": "~~~{code-cell}\nprint('```')\n~~~\n",
    "four backticks": "````{code-cell}\nprint('''\n```\n''')\n````\n",
    "indented fence": "  ```{code-cell} python\n  if 1:\n      2\n  ```\n",
    "no language": "```{code-cell}\n1\n```\n",
    "nested in a list": "- a\n\n  ```{code-cell}\n  1\n  ```\n\n" + cell("2", "2"),
    "nested in a note": "````{note}\n" + cell("1") + "````\n\n" + cell("2", "2"),
    "in a quotation": "> ```{code-cell}\n> 1\n> ```\n\n" + cell("2", "2"),
    "shown, not run": "````markdown\n" + cell("1") + "````\n\n" + cell("2", "2"),
    "in an indented block": "text\n\n    ```{code-cell}\n    1\n    ```\n\n" + cell("2", "2"),
    "in a comment": "<!--\n" + cell("1").replace("\n\n", "\n") + "-->\n\n" + cell("2", "2"),
    "block break": cell("1", "1") + "\n+++\n\ntext\n\n" + cell("2", "2"),
    "raw cell": "```{raw-cell}\n:format: html\n<b>\n```\n\n" + cell("2", "2"),
    "between colons": ":::{code-cell}\n1\n:::\n\n" + cell("2", "2"),
    "a note between colons": ":::{note}\n\n" + cell("1") + "\n:::\n\n" + cell("2", "2"),
    "unclosed": cell("1", "1") + "\n```{code-cell}\n2\n",
    "tabs": cell("if 1:\n\t2", "2"),
    "two recorded outputs": cell("1", "1") + "\n```{output}\n2\n```\n\n" + cell("2", "2"),
}


@pytest.mark.parametrize("config", [PLAIN, COLONS], ids=["plain", "colon_fence"])
@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES.keys())
def test_cells_are_those_that_myst_nb_reads(text: str, config: MdParserConfig) -> None:
    """A page has the cells, sources and options that MyST-NB's own reader gives."""
    notebook = read_myst_markdown_notebook(text, config=config)
    expected = [cell for cell in notebook.cells if cell.cell_type == "code"]
    page = parsed(text, config)
    assert page.notebook is not None
    codes = [cell for cell in page.notebook.cells if cell.cell_type == "code"]
    seen = [cell.source for cell in page.cells if not cell.is_nested]
    assert seen == [cell.source for cell in expected]
    assert [dict(code.metadata) for code in codes] == [dict(e.metadata) for e in expected]


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES.keys())
def test_places_of_a_cell_are_those_of_its_source(text: str) -> None:
    """A cell starts at its fence, and its code at the code's own line."""
    lines = text.split("\n")
    for each in parsed(text).cells:
        assert "{code-cell}" in lines[each.line - 1]
        first = lines[each.code_line - 1].removeprefix(each.indent)
        assert first == each.source.split("\n")[0] or not each.source
        if each.block:
            assert "{output}" in lines[each.block.start]
            assert lines[each.block.line - 1] == each.recorded.split("\n")[0]


def test_blocks_are_no_part_of_the_notebook() -> None:
    """MyST-NB gets a page without the blocks, also those that are out of place."""
    text = "# T\n\n" + cell("1", "one") + "\ntext\n\n```{output}\ntwo\n```\n\nlast\n"
    notebook = parsed(text).notebook
    assert notebook is not None
    assert [each.source.strip() for each in notebook.cells] == ["# T", "1", "text\n\n\n\n\n\nlast"]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ([], 2),
        ([":name: one"], 3),
        ([":name: one", ""], 4),
        ([":name: one", ":tags: [hide-input]"], 4),
        (["---", "name: one", "---"], 5),
        (["---", "tags:", "  - hide-input", "---", ""], 7),
    ],
)
def test_code_line_is_that_of_the_first_line_of_code(options: list[str], line: int) -> None:
    """Options of either form, and the blank line after them, stand above the code."""
    assert parsed(cell("print(1)\nprint(1)", "1", *options)).cells[0].code_line == line


PROBLEMS = {
    "block without a cell": ("# T\n\n```{output}\n1\n```\n", 3, "without a cell"),
    "text between": (cell("1") + "\ntext\n\n```{output}\n1\n```\n", 7, "without a cell"),
    "two blocks": (cell("1", "1") + "\n```{output}\n1\n```\n", 9, "below another one"),
    "block with an argument": (
        cell("1", "1").replace("output}", "output} x"),
        5,
        "unknown variant 'x'",
    ),
    "block with an option": (cell("1", ":max: 3\n1"), 6, "no option ':max: 3'"),
    "cell never closed": ("# T\n\n```{code-cell}\n1\n", 3, "never closed"),
    "block never closed": (cell("1") + "\n```{output}\n1\n", 5, "never closed"),
    "prediction in a list": ("- a\n\n  ```{try}\n  1\n  ```\n", 3, "top level"),
    "block in a list": ("- a\n\n  ```{output}\n  1\n  ```\n", 3, "without a cell"),
    "cell in a list of a quotation": ("> - a\n>\n>   ```{code-cell}\n>   ```\n", 3, "top level"),
    "cell in a quotation": ("> ```{code-cell}\n> 1\n> ```\n", 1, "top level"),
    "cell in a figure": ("````{figure} a\ntext\n\n" + cell("1") + "````\n", 4, "inside {figure}"),
    "cell in notes": (
        "`````{note}\n````{figure} a\n" + cell("1") + "````\n`````\n",
        3,
        "inside {figure}",
    ),
    "cell after a blank": ("``` {code-cell} python\n1\n```\n", 1, "a blank before it"),
    "tags of no list": (cell("1", "1", ":tags: hide-input"), 1, "option 'tags'"),
    "tags of no words": (cell("1", "1", ":tags: [1]"), 1, "option 'tags'"),
    "broken options": ("text\n\n" + cell("1", "1", ":tags: [a"), 3, "cannot be read"),
    "name of no word": (cell("1", "1", ":name: 3"), 1, "option 'name'"),
    "a name twice": (cell("1", "", ":name: a") + cell("2", "", ":name: a"), 5, "at line 1"),
    "loaded code": ("text\n\n" + cell("1", "1", ":load: code.py"), 3, "no :load:"),
    "broken block break": ("text\n\n+++ {\n\ntext\n", 3, "could not be read"),
    "form feed": ("# T\n\na\fb\n", 3, "U+000C"),
    "line separator": ("# T\n\na\u2028b\n", 3, "U+2028"),
    "lone carriage return": ("# T\n\na\rb\n", 3, "U+000D"),
    "broken front matter": ("---\na: 1\nb: [1\n---\n# T\n", 3, "front matter is broken"),
    "a word for front matter": ("---\nword\n---\n# T\n", 1, "must be a mapping, not str"),
    "a list for front matter": ("---\n- a\n---\n# T\n", 1, "must be a mapping, not list"),
    "kernelspec a word": ("---\na: 1\nkernelspec: x\n---\n# T\n", 3, "kernelspec must be"),
    "kernelspec a list": ("---\nkernelspec: [x]\n---\n# T\n", 2, "kernelspec must be"),
    "kernelspec a null": ("---\nkernelspec:\n---\n# T\n", 2, "kernelspec must be"),
    "language_info a word": ("---\nlanguage_info: x\n---\n# T\n", 2, "language_info must be"),
    "mystnb a number": ("---\nmystnb: 3\n---\n# T\n", 2, "mystnb must be"),
    "an execution mode": (
        "---\na: 1\nmystnb:\n  execution_mode: force\n---\n" + cell("1", "1"),
        4,
        "remove execution_mode",
    ),
    "an execution mode in a line": (
        "---\nmystnb: {execution_mode: cache}\n---\n" + cell("1", "1"),
        2,
        "remove execution_mode",
    ),
    "a kernel of another language": (
        "---\nkernelspec: {name: julia-1.10, language: julia}\n---\n" + cell("3^2", "1"),
        2,
        "a page of julia",
    ),
    "another language": (
        "---\nlanguage_info:\n  name: R\n---\n" + cell("1", "1"),
        3,
        "a page of R: pages are Python",
    ),
    "a cell of another language": (
        "# T\n\n" + cell("3^2", "1").replace("python", "julia"),
        3,
        "a {code-cell} of julia: pages are Python",
    ),
    "a kernel by its name": (
        "---\nkernelspec:\n  display_name: R\n  name: ir\n---\n" + cell("1", "1"),
        4,
        "a page of ir: pages are Python",
    ),
    "skip-execution": (cell("1", "1", ":tags: [skip-execution]"), 1, "wants a reason"),
    "remove-stderrs": (cell("1", "1", ":tags: [remove-stderrs]"), 1, "write remove-stderr"),
    "an empty reason": ("---\nunchecked:\n---\n" + cell("1", "1"), 2, "must be a reason"),
    "a reason of no word": (cell("1", "1", ":unchecked: [a]"), 1, "must be a reason"),
    "merged streams": (
        "---\na: 1\nmystnb: {merge_streams: true}\n---\n" + cell("1", "1"),
        3,
        "in the order in which they came",
    ),
    "errors that are allowed": (
        "---\nmystnb: {execution_allow_errors: true}\n---\n" + cell("1", "1"),
        2,
        "tag the cells",
    ),
    "a lexer of a cell": (
        cell("1", "1", "---", "mystnb: {text_lexer: x}", "---"),
        1,
        "text_lexer does nothing here",
    ),
    "an option that MyST-NB lacks": (
        cell("1", "1", "---", "mystnb: {figures: {caption: x}}", "---"),
        1,
        "perhaps figure?",
    ),
    "hide_input": (cell("1", "1", ":tags: [hide_input]"), 1, "write hide-input"),
    "hide-inputs": (cell("1", "1", ":tags: [hide-inputs]"), 1, "write hide-input"),
    "raise-exception": (cell("1", "1", ":tags: [raise-exception]"), 1, "write raises-exception"),
    "timeout=60": (cell("1", "1", ":tags: [timeout=60]"), 1, "write timeout-SECONDS"),
    "another case": ("```{Code-Cell} python\n1\n```\n", 1, "small letters"),
    "a block of another case": (cell("1") + "\n```{Output}\n1\n```\n", 5, "small letters"),
    "a link between": (
        cell("1") + "\n[manual]: https://example.org\n\n```{output}\n1\n```\n",
        7,
        "without a cell right above it",
    ),
}


@pytest.mark.parametrize(("text", "line", "message"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_problems_name_their_line(text: str, line: int, message: str) -> None:
    """What is wrong with a page's form is one problem, at the line where it is."""
    (problem,) = parsed(text).problems
    assert (problem.line, message in problem.message) == (line, True), problem


def test_any_text_is_read() -> None:
    """Where fences are counted in two ways, that is a problem of the page, and no exception."""
    text = (
        "- a\n\n  ```{code-cell}\n  1\n  ```\n\n```{output}\n```\n\n  ```{code-cell}\n  1\n  ```\n"
    )
    page = parsed(text)
    assert [problem.line for problem in page.problems] == [7]
    assert page.cells == []


@pytest.mark.parametrize(
    "head",
    [
        "kernelspec: {name: my-env, display_name: My env}",
        "kernelspec: {name: python3, language: python}\nlanguage_info: {name: ipython}",
        "mystnb: {execution_mode: 'off'}",
    ],
)
def test_what_front_matter_may_say(head: str) -> None:
    """Python by any name, and an execution mode that is off."""
    page = parsed(f"---\n{head}\n---\n" + cell("1", "1", ":tags: [other, scroll-output]"))
    assert (page.problems, len(page.cells)) == ([], 1)


@pytest.mark.parametrize(
    ("above", "lines"),
    [
        ("x = 1", []),
        ("def f(x): ...", []),
        ("def f(x: int): ...", [5]),
        ("def f() -> int: ...", [5]),
        ("class A:\n    x: int", [6]),
    ],
)
def test_an_import_that_changes_cells_above_it_is_a_problem(above: str, lines: list[int]) -> None:
    """In a notebook it holds for the cells below it, in a program for all annotations."""
    page = parsed(cell(above) + "\n" + cell("from __future__ import annotations"))
    assert [problem.line for problem in page.problems] == lines


@pytest.mark.parametrize("fence", ["::::", ":::"])
def test_a_cell_between_colons_is_a_problem_where_colons_are_fences(fence: str) -> None:
    """MyST-NB takes a cell between colons for no cell."""
    text = f"{fence}{{code-cell}}\n1\n{fence}\n"
    (problem,) = parsed(text, COLONS).problems
    assert problem.line == 1
    assert "backticks" in problem.message
    assert not parsed(text).problems  # plain text there


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\n\n   \n\n",
        "# T",
        "---\n---\n\n# T\n",
        "---\n# nothing\n---\n\n# T\n",
        "---\ntitle: T\ndate: 2024-01-01\n1: 2\n---\n\ntext\n",
    ],
)
def test_a_page_without_cells_is_an_ordinary_page(text: str) -> None:
    """An empty page, a blank one, and one with or without front matter have no problem."""
    page = parsed(text)
    assert page.problems == []
    assert page.cells == []
    assert page.notebook is not None


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_mark_change_nothing(
    tmp_path: Path, ending: str, mark: str
) -> None:
    """A page saved by another system's editor has the same cells, lines and blocks."""
    text = "---\na: 1\n---\n\n# T\n\n" + cell("if 1:\n    2", "2", ":name: a") + "\ntext\n"
    expected = parsed(text)
    path = tmp_path / "page.md"
    path.write_bytes((mark + text.replace("\n", ending)).encode())
    page = Page.read(path, PLAIN)
    assert (page.cells, page.problems) == (expected.cells, [])
    assert page.notebook == expected.notebook
    assert page.data == path.read_bytes()


def test_a_file_that_is_not_utf_8_is_a_page_with_a_problem(tmp_path: Path) -> None:
    """The problem names the byte and its line."""
    path = tmp_path / "page.md"
    path.write_bytes("# T\n\ncafé\n".encode("latin-1"))
    page = Page.read(path, PLAIN)
    assert [problem.line for problem in page.problems] == [3]
    assert "byte 8" in page.problems[0].message
    assert page.unreadable


def test_a_file_that_is_not_there_is_a_page_with_a_problem(tmp_path: Path) -> None:
    """The problem says why it cannot be read."""
    page = Page.read(tmp_path / "page.md", PLAIN)
    assert "No such file" in page.problems[0].message
    assert page.unreadable


def test_decoding_keeps_lone_carriage_returns() -> None:
    """They are not line ends here, and are reported as what they are."""
    assert decoded(b"a\r\nb\rc") == "a\nb\rc"


@pytest.mark.parametrize(
    ("block", "recorded"),
    [
        ("```{output}\n1\n```", "1\n"),
        ("```{output}\n\n\n1\n```", "\n1\n"),
        ("```{output}\n\n:name: 1\n```", ":name: 1\n"),
        ("```{output}\n:ellipsis:\n1 ...\n```", "1 ...\n"),
        ("```{output}\n1\n\n\n```", "1\n\n\n"),
        ("````{output}\n```\n````", "```\n"),
        ("~~~{output}\n```\n~~~", "```\n"),
        ("```{output}\n  1\n\t2\n```", "  1\n\t2\n"),
        ("```{output}\n```", ""),
    ],
)
def test_a_block_is_read_as_it_stands(block: str, recorded: str) -> None:
    """One blank line ends the options; all else is the recorded output."""
    (each,) = parsed(cell("1") + f"\n{block}\n").cells
    assert each.recorded == recorded
    assert each.block is not None
    assert each.block.ellipsis == (":ellipsis:" in block)


@pytest.mark.parametrize(
    ("tag", "seconds"),
    [("timeout-60", 60.0), ("timeout-0.5", 0.5), ("timeout", None), ("timeout-x", None)],
)
def test_a_tag_sets_the_limit_of_a_cell(tag: str, seconds: float | None) -> None:
    """``timeout-SECONDS`` does; other tags do not."""
    page = parsed(cell("1", "1", f":tags: [{tag}]"))
    assert page.cells[0].timeout == seconds
    assert bool(page.problems) == (seconds is None)


@pytest.mark.parametrize("extensions", [[], ["colon_fence"]], ids=["plain", "colon_fence"])
def test_one_page_has_the_same_cells_in_pytest_and_in_the_build(
    tmp_path: Path, extensions: list[str]
) -> None:
    """Colons that are fences or not change what is a cell, in both places alike."""
    site = Site(tmp_path, conf=f"{CONF}myst_enable_extensions = {extensions}\n")
    text = "# T\n\n:::{admonition} A\n\n" + cell("one = 1\none", "1") + "\n:::\n\n"
    site.pages(page=text + cell("'one' in vars()", "True"))
    status, said = site.pytest("--collect-only", "-q", "docs")
    built = site.build()
    collected = said.count("docs/page.md::line-")
    published = built.page("page.html").count('class="cell docutils')
    assert (collected, published) == (2, 2), (said, built.said)
    assert built.body("page").select(".admonition .cell") or not extensions
    assert "docs/page.md::page" not in said
    assert status == 0


@pytest.mark.parametrize(
    ("pattern", "left_out"),
    [
        ("*.md", {"a", "b"}),
        ("part", {"part/c", "part/deep/d"}),
        ("part/*.md", {"part/c"}),
        ("**/d.md", {"part/deep/d"}),
        ("[ab].md", {"a", "b"}),
    ],
)
def test_pytest_leaves_out_what_sphinx_leaves_out(
    tmp_path: Path, pattern: str, left_out: set[str]
) -> None:
    """``exclude_patterns`` means the same in both."""
    from myst_doctest.sphinx_config import page_files, read

    (tmp_path / "conf.py").write_text(f"exclude_patterns = [{pattern!r}]\n", encoding="utf-8")
    names = ["a", "b", "part/c", "part/deep/d"]
    for name in names:
        path = tmp_path / "docs" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = page_files(read(tmp_path), Settings(tmp_path, confdir="."))
    kept = {path.relative_to(tmp_path / "docs").as_posix() for path in found}
    assert kept == {f"{name}.md" for name in set(names) - left_out}


def test_the_role_eval_is_a_problem() -> None:
    """It asks a kernel; as code it is text."""
    text = "# T\n\nAs ``{eval}`x` `` is.\n\nIt is\n{eval}`x`.\n"
    problems = Page.parse(text, Path("page.md"), MdParserConfig()).problems
    assert [(each.line, each.kind) for each in problems] == [(5, "role")]
