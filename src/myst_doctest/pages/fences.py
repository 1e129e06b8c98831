"""Where a page's cells and blocks are, found by the Markdown parser that MyST-NB uses."""

import dataclasses
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, ClassVar

import yaml
from docutils.parsers.rst import Directive
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.directives import parse_directive_text
from myst_parser.parsers.mdit import create_md_parser
from nbformat import ValidationError, from_dict
from nbformat.v4 import new_code_cell

from myst_doctest.pages.rules import Rules

DIRECTIVE = re.compile(r"\{([\w:-]+)\}\s*(.*)", re.DOTALL)
OURS = {
    "code-cell": "a {code-cell}",
    "output": "an {output}",
    "predict": "a {predict}",
    "exercise": "an {exercise}",
    "given": "a {given}",
    "try": "a {try}",
}
OF_EXERCISES = ("exercise", "given")
ANY_OF_OURS = re.compile(r"\{(code-cell|output|predict|exercise|try)\}", re.IGNORECASE)
EVAL = re.compile(r"(?<!`)\{eval\}`")
QUOTED = "inside a quotation"
AT_TOP = "put it at the top level"
FENCES = ("fence", "colon_fence")
COMMENT = "myst_line_comment"
# Directives whose content is shown, not parsed: an example of a cell in one of them is no cell.
LITERAL = frozenset(
    (
        *("changed", "check", "code", "code-block", "code-cell", "given", "highlight"),
        *("literalinclude", "math", "mermaid", "output", "parsed-literal", "raw", "raw-cell"),
        *("solution", "sourcecode", "starter", "verdict", "wrong"),
    )
)
# Directives whose content is Markdown, in which cells may stand.
PARSED = frozenset(
    (
        *("admonition", "attention", "caution", "danger", "error", "hint", "important", "note"),
        *("seealso", "tip", "todo", "warning", "topic", "sidebar", "margin", "container", "div"),
        *("tab-set", "tab-item", "tabs", "tab", "group-tab", "dropdown", "details", "toggle"),
        *("card", "grid", "grid-item", "grid-item-card", "versionadded", "versionchanged"),
        *("prf:proof", "prf:theorem", "prf:example", "prf:remark", "prf:definition", "prf:lemma"),
        *("prf:algorithm", "prf:corollary", "prf:proposition"),
    )
)
# What MyST-NB takes for mappings in a page's front matter, and stops the build where they are not.
MAPPINGS = frozenset({"kernelspec", "language_info", "myst", "mystnb", "widgets"})
BROKEN = "the front matter is broken"
PYTHON = frozenset({"", "py", "python", "python3", "ipython", "ipython3"})
"""What pages and cells of Python say of their language."""


LANGUAGE = "language"
"""The kind of a problem with cells of another language, which nothing here can run."""
OTHER_KERNELS = re.compile(
    r"(julia|ir|bash|octave|matlab|javascript|deno|rust|evcxr|gophernotes|gonb|xcpp|xr|scala|almond"
    r"|calysto|ihaskell|haskell|ruby|perl|ocaml|lua|sas|stata|java|kotlin|coq|powershell|wolfram)"
    r"([-_.\d]\S*)?",
    re.IGNORECASE,
)
"""The names of kernels that run another language, where they do not say of which they are."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a page's form, and the line, from 1, where it is.

    ``kind`` is for programs: one word of what is wrong.
    """

    line: int
    message: str
    kind: str = "form"


@dataclass(frozen=True)
class Block:
    """An ``{output}`` block: the recorded output of the cell above it.

    ``start`` and ``end`` are the lines of its file, from 0, end exclusive; ``line`` is that of
    the first recorded line, from 1. ``file`` is the file, where it is not the page.
    """

    text: str
    start: int
    end: int
    line: int
    ellipsis: bool = False
    fence: str = "```"
    indent: str = ""
    file: Path | None = None
    bundles: Sequence[Mapping[str, Any]] = ()
    """In a notebook, what its outputs are beside text."""


def tokens_of(text: str, config: MdParserConfig) -> list[Token]:
    """The page's block tokens, from the parser that MyST-NB uses."""
    blocks = dataclasses.replace(config, disable_syntax=[*config.disable_syntax, "inline"])
    return create_md_parser(blocks, RendererHTML).parse(text + "\n")


class _AnyOptions(Directive):
    """What MyST-NB takes a cell for when it reads its options."""

    option_spec: ClassVar[dict[str, Any]] = {"options": True}
    has_content = True


class Outline:
    """Where cells and blocks are in a page, and what is wrong with its form."""

    def __init__(
        self,
        text: str,
        config: MdParserConfig,
        variants: Collection[str] = (),
        rules: Rules | None = None,
    ) -> None:
        tokens = tokens_of(text, config)
        self.rules = rules or Rules()
        self.variants = variants
        self.lines = text.split("\n")
        self.config = config
        self.problems: list[Problem] = []
        self.cells: list[Token] = []
        self.nested: set[int] = set()
        """The numbers of those that MyST-NB's reader does not see: in lists and directives."""
        self.exercises: list[Token] = []
        """The exercises, and what is given for several of them."""
        self.blocks: dict[tuple[int, str], Block] = {}  # by the cell's number and the variant
        self.predictions: dict[int, Token] = {}  # by the number of the cell below
        self.includes: list[Token] = []
        self.variations: list[tuple[int, Token]] = []
        """Each ``{try}``, with the number of the cell above it."""
        self.stray: list[tuple[int, int]] = []
        self.broken = False  # whether MyST-NB could not read the page
        self.is_foreign = False  # whether cells are of another language
        self.is_loose = False  # whether white space in outputs is not compared
        self.unchecked = ""  # why the page is on the site without being checked
        if tokens and tokens[0].type == "front_matter":
            self._check_front_matter(tokens[0])
        self._walk(tokens)

    def _walk(self, tokens: list[Token], inside: str = "") -> None:
        """Sort the fences in; those ``inside`` a directive, where its name is given."""
        depth = 0
        quotations = 0
        above: int | None = None  # where the cell right above ends, or the last of its blocks
        asking: Token | None = None  # the prediction right above
        for token in tokens:
            depth += token.nesting
            quotations += token.nesting * (token.type.startswith("blockquote"))
            if asking and token.type != COMMENT:
                self._settle(asking, token)
                asking = None
            if token.type not in FENCES:
                above = None
                self._find_eval(token)
                continue
            place = f"inside {{{inside}}}" if inside else "inside a list" if depth else ""
            place = QUOTED if quotations else place
            above = self._fence(token, above, place)
            if not place and token.info.startswith("{predict}"):
                asking = token
        if asking:
            self._settle(asking)

    def _find_eval(self, token: Token) -> None:
        """Find MyST-NB's role for values, which asks a kernel."""
        if token.type == "inline" and EVAL.search(token.content):
            message = "{eval} asks a kernel, and there is none: write the value, or glue() it"
            self._problem(span(token)[0], message, "role")

    def _settle(self, asking: Token, below: Token | None = None) -> None:
        """Give a prediction to the cell below it."""
        if below and below.type == "fence" and below.info.startswith("{code-cell}"):
            self.predictions[len(self.cells)] = asking
        else:
            self._problem(span(asking)[0], "a {predict} without a cell right below it: move it")

    def _fence(self, token: Token, above: int | None, inside: str) -> int | None:
        """Sort a fence in; the line at which a cell ends is returned, or a block of it.

        ``inside`` says where it is, unless it is at the top level.
        """
        start, end = span(token)
        directive = DIRECTIVE.match(token.info.strip())
        name, argument = directive.groups() if directive else ("", "")
        kind = name.lower()
        if kind not in OURS or kind in self.rules.theirs:
            self._other_fence(token, name, inside)
            return None
        closed = is_closed(self.lines, token)
        outside = above is None or any(line.strip() for line in self.lines[above:start])
        is_cell, is_output, is_question, *_ = (kind == each for each in OURS)
        is_try = kind == "try"
        may_be_inside = (is_cell or is_output) and inside != QUOTED
        top = token.type == "fence" and (not inside or may_be_inside)
        is_misplaced = not top or name != kind
        number = len(self.cells) - 1
        language = argument.partition(" ")[0]
        is_other = is_cell and language.lower() not in PYTHON
        wrong = (
            (bool(inside) and not may_be_inside, f"{inside}: {AT_TOP}"),
            (
                token.type == "colon_fence" and not is_question,
                "between colons: write its fence with backticks",
            ),
            (name != kind, f"written {{{name}}}: write it in small letters"),
            (
                is_cell and not token.info.startswith("{"),
                "with a blank before it: MyST-NB takes it for no cell",
            ),
            (not closed, "whose fence is never closed: close it"),
            (is_other, f"of {language}: pages are Python"),
            (
                (is_output or is_try) and outside,
                "without a cell right above it: remove it, or move it",
            ),
            (is_output and self._is_tried(above), "below a {try}: put it above, or inside"),
            (is_output and argument not in ("", *self.variants), self._unknown(argument)),
            (is_output and (number, argument) in self.blocks, "below another one: remove one"),
        )
        message = next((message for condition, message in wrong if condition), "")
        if message:
            self._problem(start, f"{OURS[kind]} {message}", LANGUAGE if is_other else "form")
        if is_question:
            self._search_inside(name, token.content, start + 1)
        if is_cell and top and token.info.startswith("{code-cell}"):
            self.is_foreign |= is_other
            if inside:
                self.nested.add(len(self.cells))
            self.cells.append(token)
            return end
        if kind in OF_EXERCISES and not message:
            self.exercises.append(token)
            self._search_inside(name, token.content, start + 1)
        if is_try and not message:
            self.variations.append((number, token))
            return end
        if is_output and closed and not is_misplaced:
            if message:
                self.stray.append((start, end))
            else:
                self.blocks[number, argument] = self._block(token)
                return end
        return None

    def _other_fence(self, token: Token, name: str, inside: str) -> None:
        """Look for cells in a fence that is none of ours."""
        if name.lower() == "include":
            self.includes.append(token)
        is_parsed = name.lower() in PARSED or name.lower() in self.rules.theirs
        if is_parsed and inside != QUOTED:
            self._walk(self._tokens_in(token), name)
        else:
            self._search_inside(name, token.content, span(token)[0] + 1)

    def _tokens_in(self, token: Token) -> list[Token]:
        """The tokens of a directive's content, whose lines are the page's."""
        if not ANY_OF_OURS.search(token.content):
            return []
        tokens = tokens_of(token.content, self.config)
        first = span(token)[0] + 1
        for each in tokens:
            if each.map:
                each.map = [line + first for line in each.map]
        return tokens

    def _is_tried(self, above: int | None) -> bool:
        """Whether what ends at a line is a ``{try}``."""
        return bool(self.variations) and span(self.variations[-1][1])[1] == above

    def _unknown(self, variant: str) -> str:
        near = get_close_matches(variant, self.variants, 1)
        known = f"perhaps {near[0]}?" if near else "[tool.myst_doctest.variants] lacks it"
        return f"for the unknown variant {variant!r}: {known}"

    def _search_inside(self, name: str, content: str, line: int) -> None:
        """Find cells and blocks inside a directive, where nothing runs them."""
        if not name or name in LITERAL - self.rules.theirs:
            return
        if not ANY_OF_OURS.search(content):
            return
        for token in tokens_of(content, self.config):
            if token.type not in FENCES:
                continue
            place = line + span(token)[0]
            if found := ANY_OF_OURS.match(token.info.strip()):
                self._problem(place, f"{found[0]} inside {{{name}}}: {AT_TOP}")
            elif directive := DIRECTIVE.match(token.info.strip()):
                self._search_inside(directive[1], token.content, place + 1)

    def _check_front_matter(self, token: Token) -> None:
        try:
            data = yaml.safe_load(token.content)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = 1 + (mark.line if mark else 0)
            self._break(line, f"{BROKEN}: {getattr(error, 'problem', error)}")
            return
        if data is None:
            self.lines[: span(token)[1]] = [""] * span(token)[1]
        elif not isinstance(data, dict):
            self._break(0, f"{BROKEN}: it must be a mapping, not {type(data).__name__}")
        elif wrong := [
            key for key in sorted(MAPPINGS & data.keys()) if type(data[key]) is not dict
        ]:
            for key in wrong:
                self._break(self.line_of(rf"{key}\b"), f"{BROKEN}: {key} must be a mapping")
        else:
            self.check_settings(data)

    def check_settings(self, data: dict[str, Any]) -> None:
        """Find what a page says of itself, and what it may not say."""
        self._check_mode(data.get(self.rules.key, {}))
        reason = data.get("unchecked", self.unchecked)
        if not isinstance(reason, str) or ("unchecked" in data and not reason.strip()):
            self._problem(self.line_of(r"unchecked\b"), "unchecked: must be a reason", "option")
        else:
            self.unchecked = reason.strip()
        self.is_loose = data.get("normalize-whitespace", False)
        if not isinstance(self.is_loose, bool):
            line = self.line_of("normalize-whitespace")
            self._problem(line, "normalize-whitespace: must be true or false", "option")
        for key, name in (("kernelspec", "language"), ("language_info", "name")):
            language = str(data.get(key, {}).get(name, ""))
            self._check_language(language, rf".*\b{name}\b.*{re.escape(language)}")
        kernel = data.get("kernelspec", {})
        if "language" not in kernel and OTHER_KERNELS.fullmatch(str(kernel.get("name", ""))):
            self._check_language(str(kernel["name"]), rf".*\bname\b.*{re.escape(kernel['name'])}")

    def _check_mode(self, options: Any) -> None:
        mode = options.get("execution_mode", "") if isinstance(options, dict) else ""
        line = self.line_of(r".*\bexecution_mode\b")
        if mode in ("off", False):
            self.unchecked = "execution_mode is off"
        elif mode and (mode == "inline" or not self.rules.is_jupyter):
            self._problem(line, "myst_doctest runs the cells: remove execution_mode", "mode")

    def _check_language(self, language: str, pattern: str) -> None:
        if language.lower() not in PYTHON and not self.is_foreign:
            self.is_foreign = True
            message = f"a page of {language}: pages are Python"
            self._problem(self.line_of(pattern), message, LANGUAGE)

    def line_of(self, pattern: str) -> int:
        """The first line that begins so; the first of all where none does."""
        return next((n for n, line in enumerate(self.lines) if re.match(pattern, line)), 0)

    def _break(self, line: int, message: str) -> None:
        self.broken = True
        self._problem(line, message)

    def _problem(self, line: int, message: str, kind: str = "form") -> None:
        self.problems.append(Problem(line + 1, message, kind))

    def broken_options(self) -> list[Problem]:
        """The cells whose options MyST-NB's reader refuses, looked for once it refused the page."""
        before = len(self.problems)
        for token in self.cells:
            self._check_options(token)
        return self.problems[before:]

    def _check_options(self, token: Token) -> None:
        start, _ = span(token)
        read = parse_directive_text(_AnyOptions, "", token.content, validate_options=False)
        if read.warnings:
            self._problem(start, f"the cell's options cannot be read: {read.warnings[0].msg}")
        elif "load" in read.options:
            self._problem(start, "a cell takes its code from the page: no :load:")
        try:
            new_code_cell(metadata=from_dict(read.options))
        except ValidationError as error:
            option = list(error.path)[1]
            self._problem(start, f"the cell's option {option!r} is wrong: {error.message}")

    def _block(self, token: Token) -> Block:
        block, wrong = block_of(token, self.lines)
        self.problems += wrong
        return block

    def without_blocks(self) -> str:
        """The page with a blank line for each line of a block: the lines keep their numbers."""
        lines = list(self.lines)
        for start, end in [*((b.start, b.end) for b in self.blocks.values()), *self.stray]:
            lines[start:end] = [""] * (end - start)
        return "\n".join(lines)


def block_of(token: Token, lines: Sequence[str], offset: int = 0) -> tuple[Block, list[Problem]]:
    """The block that a fence is, and what is wrong with its options.

    ``lines`` are those among which the token is; they begin at line ``offset`` of the page.
    """
    start, end = span(token)
    content = token.content.removesuffix("\n").split("\n") if token.content else []
    options: list[str] = []
    wrong = []
    while content and (match := re.fullmatch(r":([\w-]+):(.*)", content[0])):
        options.append(match[1])
        if match[1] != "ellipsis" or match[2].strip():
            message = f"an {{output}} has no option {content[0]!r}"
            wrong.append(Problem(start + offset + len(options) + 1, message))
        content.pop(0)
    blank = bool(content) and not content[0]
    if blank:  # it ends the options, of which there may be none
        content.pop(0)
    block = Block(
        text="".join(f"{line}\n" for line in content),
        start=start + offset,
        end=end + offset,
        line=start + offset + 2 + len(options) + blank,
        ellipsis="ellipsis" in options,
        fence=token.markup,
        indent=indent_of(lines[start]),
    )
    return block, wrong


def is_closed(lines: Sequence[str], token: Token) -> bool:
    """Whether a fence has its last line; at a page's end it may lack one."""
    start, end = span(token)
    last = lines[end - 1].strip() if end <= len(lines) else ""
    long_enough = end - 1 > start and len(last) >= len(token.markup)
    return long_enough and not last.strip(token.markup[0])


def span(token: Token) -> tuple[int, int]:
    """A token's lines, from 0, end exclusive."""
    start, end = token.map or (0, 0)
    return start, end


def indent_of(line: str) -> str:
    """The blanks at a line's beginning."""
    return line[: len(line) - len(line.lstrip(" "))]
