"""Run the cells of one page: the one runner of build, pytest and browser.

Standard library alone, since this module also travels into the browser.
A cell runs as module ``__main__``; what it shows comes back as segments, in the order in which
they came.
No value and no exception is referred to once its segment is made, and garbage is collected before
each cell, so that weak references behave in a page as they do in a program.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import errno
import functools
import importlib
import io
import linecache
import operator
import re
import sys
import traceback
import types
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from gc import collect
from inspect import CO_COROUTINE, CO_OPTIMIZED, currentframe
from itertools import takewhile
from typing import Any, Literal, NoReturn, TextIO

MAX_OUTPUT = 100_000
"""Characters of output that a cell may show before the rest is cut and the cell fails."""

Kind = Literal["stdout", "stderr", "sql", "warning", "result", "error"]

FOREIGN_MODULES = frozenset({"IPython", "myst_nb"})
FOREIGN_NAMES = frozenset(
    {"display", "get_ipython", "glue", "pwd", "whos", "_", "__", "___", "In", "Out"}
)
PLAIN_PYTHON = (
    "a page is plain Python: no magics, no display(), no glue and no input(); "
    "let the cell's last expression show its value, or print it"
)
FUTURE = functools.reduce(
    operator.or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)
AWAITS = re.compile(r"'await' outside|async\w* \w+'? outside")
"""What Python says of code that awaits where it cannot."""
ALL = "*"
"""Among the types in ``rich``: those of all values."""
PLAIN = "text/plain"
FIGURE = "application/vnd.myst-doctest.figure+json"
"""The words of a figure, and what drew it: recorded beside its picture, and not published."""
RICH = {"image/svg+xml": "_repr_svg_", "text/html": "_repr_html_"}
REPRESENTATIONS = (
    *("_repr_mimebundle_", "_ipython_display_", "_repr_html_", "_repr_svg_", "_repr_latex_"),
    *("_repr_markdown_", "_repr_png_", "_repr_jpeg_", "_repr_json_", "_repr_javascript_"),
)
"""The methods by which a value says how a notebook shows it."""


@dataclass
class Segment:
    """One piece of what a cell showed.

    ``text`` is what is recorded and compared.
    ``rich`` maps a MIME type to markup that is published instead of a result's text.
    ``meta`` holds what a setup function gave to ``publish`` beside the text.
    ``line`` is the line of the cell, from 1, that caused it: where the innermost frame of the
    cell was. It is not recorded; 0 where it is not known.
    """

    kind: Kind
    text: str
    rich: dict[str, str] = field(default_factory=dict)
    meta: dict[str, str] = field(default_factory=dict)
    line: int = 0
    bundle: dict[str, Any] = field(default_factory=dict)
    """``data``, by MIME types, and ``metadata``: what a notebook shows of a value, beside text."""


@dataclass
class Raised:
    """The exception with which a cell ended.

    ``line`` counts from 1 within the cell; ``trace`` is for reports and is not published.
    ``fatal`` says why no ``raises-exception`` tag can make this right; it is empty otherwise.
    """

    name: str
    message: str
    line: int
    trace: str
    fatal: str = ""

    @property
    def text(self) -> str:
        """The exception as it is recorded: ``ExceptionClass: message``."""
        return f"{self.name}: {self.message}" if self.message else self.name


@dataclass
class Lost:
    """What a notebook would show of a cell and nobody publishes, and the cell's line, from 1."""

    what: str
    """``value`` or ``figure``: a program may ask."""
    message: str
    line: int


@dataclass
class CellRun:
    """What one cell did: its segments, the exception that ended it, and whether it was cut.

    ``lost`` is what is in no segment and should be.
    """

    segments: list[Segment] = field(default_factory=list)
    raised: Raised | None = None
    cut: bool = False
    lost: list[Lost] = field(default_factory=list)

    @classmethod
    def of(cls, data: dict[str, Any]) -> CellRun:
        """A run that came from another process as plain data."""
        segments = [Segment(**segment) for segment in data["segments"]]
        raised = Raised(**data["raised"]) if data["raised"] else None
        return cls(segments, raised, data["cut"], [Lost(**each) for each in data["lost"]])

    def data(self) -> dict[str, Any]:
        """The run as plain data."""
        return asdict(self)

    def hide(self, folder: str, shown: str = ".") -> None:
        """Show the page's working directory, which is another one each time, as ``.``."""
        for segment in self.segments:
            segment.text = segment.text.replace(folder, shown)
            segment.rich = {
                mime: text.replace(folder, shown) for mime, text in segment.rich.items()
            }
            data = segment.bundle.get("data", {})
            for mime, text in data.items():
                data[mime] = text.replace(folder, shown) if isinstance(text, str) else text
        if self.raised:
            self.raised.message = self.raised.message.replace(folder, shown)
            self.raised.trace = self.raised.trace.replace(folder, shown)


class PlainPythonError(Exception):
    """A cell used what only a notebook has, at this line of it."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


class Runner:
    """A page's namespace and the means to run its cells in it.

    ``rich`` names the types (``module.QualName``) whose ``_repr_svg_`` or ``_repr_html_`` is
    published; ``drain`` is called before each segment is added, and gives what reached the host
    by another way (a file descriptor, say) since its last call: nobody knows from which line.
    ``added`` gets each segment while the cell runs: what follows on its line comes as another.
    """

    def __init__(
        self,
        rich: Sequence[str] = (),
        max_output: int = MAX_OUTPUT,
        drain: Callable[[], Iterable[tuple[Kind, str]]] = tuple,
        added: Callable[[Segment], object] = lambda _: None,
    ) -> None:
        self.rich = frozenset(rich)
        self.notebook: Any = None
        """What shows values as a notebook does (``notebook_values.py``), where there is one."""
        self.max_output = max_output
        self.drain = drain
        self.added = added
        self.awaited: Callable[[Any], Any] | None = None
        """Runs a coroutine to its end; without it no cell can await outside of a function."""
        self.foreign = FOREIGN_MODULES
        """Packages that cells must not import."""
        self.name = ""
        self.run_now = CellRun()
        self.shown = 0
        self.codes: dict[int, types.CodeType] = {}
        """The code objects of the last cell by their ids, kept so that no other gets one."""
        self.last_line = 0
        self.future = 0
        self.module = types.ModuleType("__main__")
        vars(self.module)["__builtins__"] = builtins  # a program's is the module, exec's a mapping

    def install(self) -> None:
        """Take over this process: ``__main__``, the standard streams, warnings and ``input``."""
        sys.modules["__main__"] = self.module
        sys.stdout = _Stream(self, "stdout")
        sys.stderr = _Stream(self, "stderr")
        sys.stdin = io.StringIO()
        builtins.input = _no_input
        reset_warnings()
        warnings.showwarning = self._show_warning

    def set_up(self, name: str) -> None:
        """Call the function ``module:function``, with what publishes; an empty name is none."""
        if name:
            module, _, function = name.partition(":")
            getattr(importlib.import_module(module), function)(self.publish)

    def publish(
        self, kind: Kind, text: str, rich: Mapping[str, str] | None = None, **meta: str
    ) -> None:
        """Add a segment to the running cell, from the line at which the cell is now."""
        self._add(Segment(kind, text, dict(rich or {}), meta, self._line_now()))

    def add_value(self, text: str, bundle: dict[str, Any]) -> Segment:
        """Add what a notebook shows of a value."""
        new = Segment("result", text, line=self._line_now(), bundle=bundle)
        self._add(new)
        return new

    def _line_now(self) -> int:
        """The line of the cell's innermost frame, or of the value that is shown; 0 in a thread."""
        cells, ours = self.module.__dict__, globals()
        frame = currentframe()
        while frame is not None:
            found = frame.f_globals  # f_code is an audit event, and a stack has fifty frames
            if found is cells and id(frame.f_code) in self.codes:
                return frame.f_lineno
            if found is ours and frame.f_code is _SHOW:
                return self.last_line
            frame = frame.f_back
        return 0

    def take_drained(self) -> None:
        """Add what the host has to give, before what comes next."""
        for kind, text in self.drain():
            self._add(Segment(kind, text))

    def _add(self, new: Segment) -> None:
        """Add a segment; what one line writes to one stream in one go is one segment.

        A cell's segments end at ``max_output`` characters: what comes after is dropped and the
        run is marked as cut.
        """
        room = self.max_output - self.shown
        if len(new.text) > room:
            self.run_now.cut = True
            new.text = new.text[:room]
        is_written = new.kind in ("stdout", "stderr")
        if not new.text and is_written:
            return
        self.shown += len(new.text)
        segments = self.run_now.segments
        last = segments[-1] if segments else None
        if is_written and last and last.kind == new.kind and _go_on(last, new):
            last.text += new.text
        elif room > 0:
            segments.append(new)
        if room > 0:
            self.added(new)

    def run(self, source: str, name: str, code: str = "") -> CellRun:
        """Run one cell and give what it showed.

        ``name`` is the file name of the cell in tracebacks, such as ``<cell 3>``; ``code`` is what
        runs, line for line, where the cell's own source is not Python.
        Never raises: an exception of the cell is in the result.
        """
        collect()
        self.run_now = CellRun()
        self.shown = self.last_line = 0
        lines = source.splitlines(keepends=True)
        linecache.cache[name] = (len(source), None, lines, name)
        self.name, self.codes = name, {}
        if self.notebook:
            self.notebook.begin_cell(code or source)
        for step in (self._evaluate_and_show, self._end_cell):
            try:
                step(code or source)
            except BaseException as error:
                self.take_drained()
                self._record(error, source, name)
        self.take_drained()
        return self.run_now

    def evaluate(self, source: str, line: int = 1) -> Any:
        """Run code as the cell's, from this line of it on; its last expression's value."""
        name = self.name
        try:
            tree = self._compiled("\n" * (line - 1) + source, name, "exec", ast.PyCF_ONLY_AST)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            code = self._compiled(tree, name, "exec")
            self.future |= code.co_flags & FUTURE
            shown = ast.Expression(last.value) if last else ast.parse("None", mode="eval")
            value = self._compiled(shown, name, "eval")
        except SyntaxError as error:
            if why := _not_plain(source, error):
                raise PlainPythonError(why, error.lineno or 1) from None
            raise
        _refuse_foreign_imports(tree, self.foreign)
        self.codes |= {id(each): each for each in (*_codes(code), *_codes(value))}
        self._do(code)
        self.last_line = last.lineno if last else 0
        return self._do(value)

    def _evaluate_and_show(self, code: str) -> None:
        value = self.evaluate(code)
        if not (self.notebook and self.notebook.is_quiet(code)):
            self._show(value)

    def _end_cell(self, code: str) -> None:
        """Show what waits for a cell's end."""
        if self.notebook:
            self.notebook.end_cell()
        else:
            self._note_figures()

    def _compiled(self, source: Any, name: str, mode: str, flags: int = 0) -> Any:
        """Compile with what cells above imported from ``__future__``, as a notebook does.

        Where code awaits outside of a function, and only there, it becomes a coroutine.
        """
        flags |= self.future
        try:
            return compile(source, name, mode, flags, dont_inherit=True)
        except SyntaxError as error:
            if self.awaited is None or not AWAITS.search(error.msg):
                raise
        flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        return compile(source, name, mode, flags, dont_inherit=True)

    def _do(self, code: types.CodeType) -> Any:
        if self.awaited is None or not code.co_flags & CO_COROUTINE:
            return eval(code, self.module.__dict__)
        return self.awaited(eval(code, self.module.__dict__))

    def _show(self, value: object) -> None:
        if value is None:
            return
        if self.notebook:
            self.notebook.show(value)
            return
        text = repr(value)
        rich = self._pictures(value)
        self.take_drained()
        self.publish("result", text, rich)

    def _pictures(self, value: Any) -> dict[str, str]:
        kind = type(value)
        name = f"{kind.__module__}.{kind.__qualname__}"
        if name not in self.rich:
            self._note_representation(kind, name)
            return {}
        methods = {mime: getattr(value, method, None) for mime, method in RICH.items()}
        pictures = {mime: method() for mime, method in methods.items() if method is not None}
        # A type may have no picture of this value, which it says with None.
        return {mime: text for mime, text in pictures.items() if isinstance(text, str)}

    def _note_representation(self, kind: type, name: str) -> None:
        """Note a value that a notebook shows otherwise than as text."""
        if has := next(
            filter(lambda each: callable(getattr(kind, each, None)), REPRESENTATIONS), ""
        ):
            mend = f"add {name!r} to rich in [tool.myst_doctest], or show the text alone by print()"
            if ALL in self.rich:
                mend = "install IPython beside what the cells import"
            message = f"the value's {has}() is not published, only its text: {mend}"
            self.run_now.lost.append(Lost("value", message, self.last_line))

    def _note_figures(self) -> None:
        """Close the figures that the cell left open, and note them: a notebook shows them."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None and pyplot.get_fignums():
            pyplot.close("all")
            message = (
                "the cell leaves a figure of matplotlib open, which is not published: "
                "save it to a file, or close it"
            )
            self.run_now.lost.append(Lost("figure", message, 1))

    def _record(self, error: BaseException, source: str, name: str) -> None:
        raised = describe(error, source, name, self.max_output)
        self.run_now.raised = raised
        self._add(Segment("error", raised.text, line=raised.line))

    def _show_warning(  # noqa: PLR0913, PLR0917  (the signature of warnings.showwarning)
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        self.take_drained()
        self.publish("warning", f"{category.__name__}: {message}")


_SHOW = Runner._show.__code__


class _Stream(io.TextIOBase):
    """A standard stream that publishes what is written to it."""

    encoding = "utf-8"
    errors = "surrogateescape"

    def __init__(self, runner: Runner, kind: Kind) -> None:
        self.runner = runner
        self.kind = kind

    @property
    def buffer(self) -> _Bytes:
        """What takes bytes, as ``sys.stdout.buffer`` does."""
        return _Bytes(self)

    def fileno(self) -> int:
        """The descriptor of the same name, which a host may read (see ``drain``)."""
        return 1 if self.kind == "stdout" else 2

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.runner.take_drained()
        self.runner.publish(self.kind, text)
        return len(text)


class _Bytes(io.RawIOBase):
    """The binary side of a stream."""

    def __init__(self, stream: _Stream) -> None:
        self.stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.stream.write(bytes(data).decode("utf-8", "surrogateescape"))
        return len(data)


def _go_on(last: Segment, new: Segment) -> bool:
    """Whether what was written goes on with what was written last: on its line, or from its."""
    return new.line == last.line or not last.text.endswith("\n")


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """The code objects of a cell: its own, and those of its functions and classes."""
    yield code
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield from _codes(const)


def line_of(source: str, number: int) -> str:
    """A line of a cell's code, counted from 1, without its indentation; empty where there is none.

    >>> line_of("if ready:\\n    start()", 2)
    'start()'
    """
    lines = source.split("\n")
    return lines[number - 1].strip() if 0 < number <= len(lines) else ""


def _no_input(prompt: object = "") -> NoReturn:
    raise PlainPythonError("input() has nobody to ask")


def reset_warnings() -> None:
    """Show each warning each time, less those that Python itself keeps from a script's reader."""
    warnings.resetwarnings()
    warnings.simplefilter("always")
    for hidden in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
        warnings.simplefilter("ignore", hidden)
    warnings.filterwarnings("always", category=DeprecationWarning, module="__main__")


def _not_plain(source: str, error: SyntaxError) -> str:
    """Why a line that is no Python is none: it may be what only a notebook knows."""
    text = line_of(source, error.lineno or 1)
    if re.match(r"[%!?]|[\w, .]+=\s*[%!]", text) or text.endswith("?"):
        return "not Python"
    return (
        "await outside of a function, which cannot be done here" if AWAITS.search(error.msg) else ""
    )


def _refuse_foreign_imports(tree: ast.Module, foreign: frozenset[str]) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        else:
            continue
        for name in names:
            if name.split(".")[0] in foreign:
                raise PlainPythonError(f"the cell imports {name}", node.lineno)


def describe(error: BaseException, source: str, name: str, size: int) -> Raised:
    """Put an exception into words, its message of ``size`` characters at most.

    Keeps no reference to it.
    """
    return Raised(
        name=type(error).__name__,
        message=_message(error)[:size],
        line=_line(error, source, name),
        trace=_trace(error, name)[:MAX_OUTPUT],
        fatal=_why_fatal(error),
    )


def _message(error: BaseException) -> str:
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
    except (Exception, KeyboardInterrupt) as broken:
        return f"<its message raised {type(broken).__name__}>"
    notes = getattr(error, "__notes__", None)
    return "\n".join([text, *map(str, notes)]) if isinstance(notes, list) else text


def _line(error: BaseException, source: str, name: str) -> int:
    """The cell's line at which the exception passed, counted from 1.

    A line in the body of a class, and not the line that begins the class; for a function, the
    line that called it.
    """
    frames = [each for each in traceback.walk_tb(error.__traceback__) if _is_of(each[0], name)]
    if frames:
        bodies = takewhile(lambda each: not each[0].f_code.co_flags & CO_OPTIMIZED, frames)
        return [frames[0], *bodies][-1][1]
    if isinstance(error, SyntaxError) and error.filename == name:
        return min(error.lineno or 1, max(source.count("\n") + 1, 1))
    if isinstance(error, PlainPythonError):
        return error.line
    return 1


def _is_of(frame: types.FrameType, name: str) -> bool:
    return frame.f_code.co_filename == name


def _trace(error: BaseException, name: str) -> str:
    """The traceback from the cell on, without the runner's own frames."""
    top = error.__traceback__
    while top is not None and top.tb_frame.f_code.co_filename != name:
        top = top.tb_next
    try:
        return "".join(traceback.format_exception(type(error), error, top, chain=True))
    except Exception as broken:
        return f"<its traceback could not be shown: {type(broken).__name__}>\n"


def _why_fatal(error: BaseException) -> str:
    if isinstance(error, PlainPythonError):
        return PLAIN_PYTHON
    if isinstance(error, NameError) and error.name in FOREIGN_NAMES:
        return PLAIN_PYTHON
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return "the page reached its memory limit: memory in [tool.myst_doctest]"
    if isinstance(error, SystemExit):
        return "a cell does not end its process"
    if isinstance(error, KeyboardInterrupt):
        return "the run was interrupted"
    return ""
