"""What a notebook gives its cells, for pages of a project that is compatible with Jupyter.

Standard library alone: it stands in for IPython where there is no kernel, and no IPython either.
Cells that are not Python come here as Python (``pages/notebook_code.py``), which calls
``get_ipython()`` as code from a notebook does.
"""

from __future__ import annotations

import builtins
import os
import runpy
import shlex
import subprocess
import sys
import timeit
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import Any

from myst_doctest.running.commands import Lines, expanded, fed
from myst_doctest.running.magics import CELL, INSTALLS, LINE, NOTHING, WITH_CODE
from myst_doctest.running.runner import PLAIN, CellRun, PlainPythonError, Runner, Segment
from myst_doctest.running.timings import TimeitResult, flags_of, seconds

HISTORY = frozenset({"In", "Out"})
"""Names that a notebook gives a page, beside those that begin with an underscore."""


def install(runner: Runner) -> Shell:
    """Give the page's cells ``get_ipython``."""
    shell = Shell(runner)
    builtins.get_ipython = lambda: shell  # type: ignore[attr-defined]
    return shell


class Shell:
    """``get_ipython()``: the magics that work without a kernel."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.user_ns: dict[str, Any] = runner.module.__dict__
        self.colors = "nocolor"
        self.display_formatter = _Formatters()

    def __getattr__(self, name: str) -> Any:
        """What IPython's shell has, where pages have it."""
        return getattr(self.runner.notebook.shell if self.runner.notebook else None, name)

    def run_line_magic(self, name: str, line: str, _stack_depth: int = 1) -> Any:
        """``%name line``."""
        if name == "config" and self.runner.notebook:
            return self.runner.notebook.configure(line)
        if name in NOTHING:
            return None
        if name not in LINE:
            raise PlainPythonError(f"no magic %{name} works here", self.runner._line_now())
        is_code = name in (*WITH_CODE, "pinfo")
        return getattr(self, f"_{name}")(line if is_code else self._expanded(line))

    def run_cell_magic(self, name: str, line: str, cell: str, first: int = 2) -> Any:
        """``%%name line``, and the rest of the cell, which begins at a line of it."""
        if name in NOTHING:
            return None
        if name not in CELL:
            raise PlainPythonError(f"no magic %%{name} works here")
        if name in WITH_CODE:
            return getattr(self, f"_{name}_cell")(line, cell, first)
        return getattr(self, f"_{name.lower()}_cell")(line, cell)

    def magic(self, line: str) -> Any:
        """``%line``, in an older form."""
        name, _, rest = line.partition(" ")
        return self.run_line_magic(name.lstrip("%"), rest)

    def system(self, command: str) -> None:
        """``!command``."""
        if not INSTALLS.match(command):
            sys.stdout.flush()
            done = subprocess.run(self._expanded(command), shell=True, check=False)
            self.user_ns["_exit_code"] = done.returncode

    def getoutput(self, command: str, split: bool = True) -> Lines:
        """``lines = !command``."""
        done = subprocess.run(
            self._expanded(command),
            shell=True,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return Lines(done.stdout.decode(errors="replace").splitlines())

    def _expanded(self, text: str) -> str:
        return expanded(text, self.user_ns)

    def _time(self, line: str) -> Any:
        return self._timed(line, self.runner._line_now() or 1)

    def _time_cell(self, line: str, cell: str, first: int) -> Any:
        return self._timed(f"{line}\n{cell}", first - 1) if line else self._timed(cell, first)

    def _timed(self, source: str, first: int) -> Any:
        before = perf_counter()
        value = self.runner.evaluate(source, first)
        _say(f"Ran in {seconds(perf_counter() - before)}")
        return value

    def _timeit(self, line: str) -> TimeitResult | None:
        return self._measured(line, "pass")

    def _timeit_cell(self, line: str, cell: str, first: int) -> TimeitResult | None:
        flags, setup = flags_of(line)
        return self._measured(cell, setup or "pass", flags)

    def _measured(
        self, code: str, setup: str, flags: dict[str, int] | None = None
    ) -> TimeitResult | None:
        if flags is None:
            flags, code = flags_of(code)
        timer = timeit.Timer(code, setup, globals=self.user_ns)
        result = TimeitResult.of(timer, flags.get("n", 0), flags.get("r", 3))
        if "q" not in flags:
            _say(result)
        return result if "o" in flags else None

    def _prun(self, line: str) -> None:
        self.runner.evaluate(line, self.runner._line_now() or 1)

    def _prun_cell(self, line: str, cell: str, first: int) -> None:
        self.runner.evaluate(cell, first)

    def _capture_cell(self, line: str, cell: str, first: int) -> None:
        runner, outer = self.runner, self.runner.run_now
        runner.take_drained()
        runner.run_now = CellRun()
        try:
            runner._show(runner.evaluate(cell, first))
            if runner.notebook:
                runner.notebook.show_figures()
        finally:
            runner.take_drained()
            inner, runner.run_now = runner.run_now, outer
        names = [word for word in line.split() if not word.startswith("-")]
        for name in names:
            self.user_ns[name] = Captured(runner, inner)

    def _writefile_cell(self, line: str, cell: str) -> None:
        *flags, name = shlex.split(self._expanded(line))
        path = Path(name).expanduser()
        is_more = bool({"-a", "--append"} & {*flags})
        word = "Appending to" if is_more else "Overwriting" if path.exists() else "Writing"
        _say(word, name)
        with path.open("a" if is_more else "w", encoding="utf-8") as file:
            file.write(cell)

    _file_cell = _writefile_cell

    def _bash_cell(self, line: str, cell: str) -> None:
        fed(["bash", *line.split()], cell)

    def _sh_cell(self, line: str, cell: str) -> None:
        fed(["sh", *line.split()], cell)

    def _script_cell(self, line: str, cell: str) -> None:
        fed(shlex.split(line), cell)

    def _python_cell(self, line: str, cell: str) -> None:
        fed([sys.executable, "-", *line.split()], cell)

    _python3_cell = _python_cell

    def _system_cell(self, line: str, cell: str) -> Lines:
        return self.getoutput(cell)

    _sx_cell = _system_cell

    def _html_cell(self, line: str, cell: str) -> None:
        self._display("HTML", "text/html", cell)

    def _svg_cell(self, line: str, cell: str) -> None:
        self._display("SVG", "image/svg+xml", cell)

    def _latex_cell(self, line: str, cell: str) -> None:
        self._display("Latex", "text/latex", cell)

    def _markdown_cell(self, line: str, cell: str) -> None:
        self._display("Markdown", "text/markdown", cell)

    def _javascript_cell(self, line: str, cell: str) -> None:
        self._display("Javascript", "application/javascript", cell)

    _js_cell = _javascript_cell

    def _display(self, kind: str, mime: str, content: str) -> None:
        text = f"<IPython.core.display.{kind} object>"
        data = {PLAIN: text, mime: content}
        self.runner.add_value(text, {"data": data, "metadata": {}})

    def _pwd(self, line: str) -> str:
        return str(Path.cwd())

    def _cd(self, line: str) -> None:
        words = [word for word in shlex.split(line) if word != "-q"]
        os.chdir(Path(words[0] if words else "~").expanduser())
        if "-q" not in line.split():
            _say(Path.cwd())

    def _precision(self, line: str) -> Any:
        """How many digits IPython's printer, and NumPy's, show of a number."""
        printer = self.runner.notebook.shell.display_formatter.formatters[PLAIN]
        printer.float_precision = line
        return printer.float_format

    def _ls(self, line: str) -> None:
        self.system(f"ls {line}")

    def _sx(self, line: str) -> Lines:
        return self.getoutput(line)

    _system = _sx

    def _env(self, line: str) -> Any:
        name, is_set, value = line.replace("=", " ", 1).partition(" ")
        if not name:
            raise PlainPythonError(
                "%env alone shows the environment, which is another one each time"
            )
        if not is_set:
            return os.environ.get(name)
        os.environ[name] = value.strip()
        _say(f"env: {name}={value.strip()}")
        return None

    _set_env = _env

    def _variables(self, line: str) -> list[str]:
        """The names that cells gave to something, in order; of some types, where any are named."""
        wanted = line.split()
        return sorted(
            name
            for name, value in self.user_ns.items()
            if not name.startswith("_") and name not in HISTORY
            if not wanted or type(value).__name__ in wanted
        )

    _who_ls = _variables

    def _who(self, line: str) -> None:
        _say("\t ".join(self._variables(line)) or "Interactive namespace is empty.")

    def _whos(self, line: str) -> None:
        names = self._variables(line)
        if not names:
            _say("Interactive namespace is empty.")
            return
        kinds = {name: type(self.user_ns[name]).__name__ for name in names}
        wide, kind = (
            max(len(title), *map(len, column)) + 3
            for title, column in (("Variable", names), ("Type", list(kinds.values())))
        )
        title = f"{'Variable':{wide}}{'Type':{kind}}Data/Info"
        _say(f"{title}\n{'-' * max(len(title), 28)}")
        for name in names:
            _say(f"{name:{wide}}{kinds[name]:{kind}}{_in_short(self.user_ns[name])}".rstrip())

    def _run(self, line: str) -> None:
        words = shlex.split(line)
        is_inside = "-i" in words
        file, *arguments = [word for word in words if word not in ("-i", "-e", "-n", "-t")]
        file += "" if Path(file).exists() else ".py"
        before, sys.argv = sys.argv, [file, *arguments]
        try:
            given = dict(self.user_ns) if is_inside else None
            name = "__main__" if "-n" not in words else Path(file).stem
            self.user_ns.update(
                (key, value)
                for key, value in runpy.run_path(file, given, name).items()
                if not key.startswith("__")
            )
        finally:
            sys.argv = before
            sys.modules["__main__"] = self.runner.module

    def _pinfo(self, line: str) -> None:
        """``?name``, which a notebook shows beside the page: here it has to be there."""
        try:
            eval(line, self.user_ns)
        except Exception:
            _say(f"Object `{line}` not found.")


Shell.__name__ = Shell.__qualname__ = "ZMQInteractiveShell"  # the word by which rich and others
# know that what they draw is seen as a notebook shows it: in a terminal they draw less


class _Formatters:
    """Where libraries say how IPython shall print values: here values say it themselves."""

    def __init__(self) -> None:
        self.formatters: Any = defaultdict(_Formatters)
        self.type_printers: dict[object, object] = {}

    def for_type(self, kind: object, function: object = None) -> None:
        """Take no printer."""

    def for_type_by_name(self, module: str, name: str, function: object = None) -> None:
        """Take no printer."""


class Captured:
    """What ``%%capture name`` keeps."""

    def __init__(self, runner: Runner, run: CellRun) -> None:
        self.runner = runner
        self.run = run

    def _text(self, kind: str) -> str:
        return "".join(each.text for each in self.run.segments if each.kind == kind)

    @property
    def stdout(self) -> str:
        """What was printed."""
        return self._text("stdout")

    @property
    def stderr(self) -> str:
        """What was written to stderr."""
        return self._text("stderr")

    @property
    def outputs(self) -> list[CapturedValue]:
        """The values that were shown."""
        return [CapturedValue(each) for each in self.run.segments if each.kind == "result"]

    def show(self) -> None:
        """Show it now."""
        line = self.runner._line_now()
        for each in self.run.segments:
            self.runner._add(replace(each, line=line))

    __call__ = show

    def __str__(self) -> str:
        return self.stdout


class CapturedValue:
    """A value that ``%%capture`` kept, as it would have been shown."""

    def __init__(self, shown: Segment) -> None:
        self.shown = shown

    @property
    def data(self) -> dict[str, Any]:
        """What it is, by MIME types."""
        return {PLAIN: self.shown.text, **self.shown.bundle.get("data", {})}

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.data, self.shown.bundle.get("metadata", {})

    def __repr__(self) -> str:
        return self.shown.text


def _say(*words: object) -> None:
    sys.stdout.write(f"{' '.join(map(str, words))}\n")


def _in_short(value: object) -> str:
    """What ``%whos`` says of a value."""
    if isinstance(value, dict | list | tuple | set):
        return f"n={len(value)}"
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        return f"{'x'.join(map(str, shape))}"
    if isinstance(value, ModuleType):
        return f"<module {value.__name__!r}>"
    text = str(value).replace("\n", "\\n")
    return text if len(text) <= 50 else f"{text[:20]}<...>{text[-20:]}"
