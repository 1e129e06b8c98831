"""What a notebook gives its cells, for pages of a project that is compatible with Jupyter.

Standard library alone: it stands in for IPython where there is no kernel, and no IPython either.
Cells that are not Python come here as Python (``pages/notebook_code.py``), which calls
``get_ipython()`` as code from a notebook does.
A time that is shown has the form ``in 0.031s``, which is compared by its form.
"""

from __future__ import annotations

import builtins
import math
import os
import re
import runpy
import shlex
import statistics
import string
import subprocess
import sys
import timeit
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import Any

from myst_doctest.running.runner import PLAIN, CellRun, PlainPythonError, Runner

NOTHING = frozenset(
    (
        *("matplotlib", "pylab", "config", "xmode", "colors", "precision", "automagic", "autocall"),
        *("load_ext", "reload_ext", "unload_ext", "autoreload", "aimport", "pdb", "pprint"),
        *("pip", "conda", "mamba", "micromamba", "uv", "logstart", "logstop", "doctest_mode"),
        *("pinfo2", "psearch", "pdoc", "psource", "pfile", "pdef", "page", "history", "hist"),
        *("quickref", "lsmagic", "magic", "reset_selective", "rehashx", "watermark"),
    )
)
"""Magics that show nothing on a built page, or change what this tool does in its own way."""
INSTALLS = re.compile(r"\s*(\S*python\S* -m |\{sys\.executable\} -m )?(uv )?(pip|conda|mamba)3? ")
"""A command that would change the environment in which pages are checked."""
WITH_CODE = frozenset({"time", "timeit", "capture", "prun"})
"""Magics of a cell that run the rest of it as Python."""
LINE = frozenset(
    (
        *("time", "timeit", "prun", "pwd", "cd", "ls", "env", "set_env", "who", "who_ls", "whos"),
        *("run", "pinfo", "sx", "system"),
    )
)
CELL = frozenset(
    (
        *(*WITH_CODE, "writefile", "file", "bash", "sh", "script", "python", "python3"),
        *("html", "HTML", "svg", "SVG", "system", "sx"),
    )
)
OPTION = re.compile(r"\s*-(?:([nr])\s*(\d+)|([oqtcp])(?:\d+(?=\s))?(?=\s|$))")
SHORTEST = 0.02
"""Seconds that code has to take in all, where a loop is timed."""


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
        """A command with the values of ``{expressions}`` and ``$names`` in it."""
        try:
            return _Expander(self.user_ns).format(text)
        except Exception:
            return text  # as a notebook: braces and dollars may be the command's own

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
        flags, setup = _flags(line)
        return self._measured(cell, setup or "pass", flags)

    def _measured(
        self, code: str, setup: str, flags: dict[str, int] | None = None
    ) -> TimeitResult | None:
        if flags is None:
            flags, code = _flags(code)
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
        _fed(["bash", *line.split()], cell)

    def _sh_cell(self, line: str, cell: str) -> None:
        _fed(["sh", *line.split()], cell)

    def _script_cell(self, line: str, cell: str) -> None:
        _fed(shlex.split(line), cell)

    def _python_cell(self, line: str, cell: str) -> None:
        _fed([sys.executable, "-", *line.split()], cell)

    _python3_cell = _python_cell

    def _system_cell(self, line: str, cell: str) -> Lines:
        return self.getoutput(cell)

    _sx_cell = _system_cell

    def _html_cell(self, line: str, cell: str) -> None:
        self._display("HTML", "text/html", cell)

    def _svg_cell(self, line: str, cell: str) -> None:
        self._display("SVG", "image/svg+xml", cell)

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
            if not name.startswith("_") and (not wanted or type(value).__name__ in wanted)
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


class _Formatters:
    """Where libraries say how IPython shall print values: here values say it themselves."""

    def __init__(self) -> None:
        self.formatters: Any = defaultdict(_Formatters)
        self.type_printers: dict[object, object] = {}

    def for_type(self, kind: object, function: object = None) -> None:
        """Take no printer."""

    def for_type_by_name(self, module: str, name: str, function: object = None) -> None:
        """Take no printer."""


class Lines(list[str]):
    """The lines that a command printed."""

    @property
    def n(self) -> str:
        """As one text of lines."""
        return "\n".join(self)

    nlstr = n

    @property
    def s(self) -> str:
        """As one text with blanks between the lines."""
        return " ".join(self)

    spstr = s

    @property
    def l(self) -> list[str]:  # noqa: E743
        """As a list."""
        return list(self)


class _Expander(string.Formatter):
    """Puts values into a command: of ``{expressions}``, and of ``$names`` between them."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> tuple[Any, str]:
        return eval(field_name, self.names), ""

    def parse(self, format_string: Any) -> Iterator[Any]:
        for text, *field in super().parse(format_string):
            done = 0
            for match in re.finditer(r"(?<!\$)\$(\w+)", text):
                if match[1] in self.names:
                    yield text[done : match.start()], match[1], "", None
                    done = match.end()
            yield text[done:].replace("$$", "$"), *field


@dataclass
class TimeitResult:
    """What ``%timeit -o`` gives."""

    loops: int
    repeat: int
    all_runs: list[float]

    @classmethod
    def of(cls, timer: timeit.Timer, loops: int, repeat: int) -> TimeitResult:
        """Time loops as often as is asked, or as often as tells something."""
        if loops:
            return cls(loops, repeat, timer.repeat(repeat, loops))
        loops, taken = 1, timer.timeit(1)
        if taken > SHORTEST * 10:
            return cls(1, 1, [taken])
        while taken < SHORTEST and loops < 1_000_000:
            loops *= 10
            taken = timer.timeit(loops)
        return cls(loops, repeat, [taken, *timer.repeat(repeat - 1, loops)])

    @property
    def timings(self) -> list[float]:
        """The seconds of a loop, in each run."""
        return [each / self.loops for each in self.all_runs]

    @property
    def best(self) -> float:
        """The least of them."""
        return min(self.timings)

    @property
    def worst(self) -> float:
        """The most."""
        return max(self.timings)

    @property
    def average(self) -> float:
        """Their mean."""
        return statistics.fmean(self.timings)

    @property
    def stdev(self) -> float:
        """How far they are from it."""
        return statistics.pstdev(self.timings)

    def __str__(self) -> str:
        return f"Ran in {seconds(self.best)} a loop, the best of several runs"

    def __repr__(self) -> str:
        return f"<TimeitResult: {self}>"


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
    def outputs(self) -> list[str]:
        """The texts of the values that were shown."""
        return [each.text for each in self.run.segments if each.kind == "result"]

    def show(self) -> None:
        """Show it now."""
        for each in self.run.segments:
            self.runner.publish(each.kind, each.text, each.rich, **each.meta)

    __call__ = show

    def __str__(self) -> str:
        return self.stdout


def _say(*words: object) -> None:
    sys.stdout.write(f"{' '.join(map(str, words))}\n")


def seconds(value: float) -> str:
    """A time of three digits, in the form that is compared by its form.

    >>> seconds(0.000012345), seconds(1.5), seconds(0.0)
    ('0.0000123s', '1.50s', '0.0s')
    """
    if value <= 0:
        return "0.0s"
    return f"{value:.{max(1, 2 - math.floor(math.log10(value)))}f}s"


def _flags(line: str) -> tuple[dict[str, int], str]:
    """The options of ``%timeit``, and what is behind them."""
    flags: dict[str, int] = {}
    while match := OPTION.match(line):
        name = match[1] or match[3]
        flags[name] = int(match[2] or 1)
        line = line[match.end() :]
    return flags, line.strip()


def _fed(command: list[str], text: str) -> None:
    """Run a command, which reads a text; that it fails is an error, as in a notebook."""
    sys.stdout.flush()
    subprocess.run(command, input=text.encode(), check=True)


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
