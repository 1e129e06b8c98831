"""What a notebook shows, without a kernel: IPython's shell, whose displays the runner takes in.

IPython says of which MIME types a value is, has ``display()`` and its classes, and is what the
inline backend of matplotlib, widgets and ``glue`` ask for. It runs no cell here.
The fork server imports this module, so that no page waits for it.
"""

from __future__ import annotations

import base64
import builtins
import contextlib
import importlib.util
import json
import platform
import sys
import tempfile
from typing import TYPE_CHECKING, Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.profiledir import ProfileDir
from traitlets import Type
from traitlets.config import Config

from myst_doctest.running.notebook_history import History
from myst_doctest.running.runner import FIGURE, PLAIN, REPRESENTATIONS, Lost, Segment
from myst_doctest.running.terminal_text import settle_cell

if TYPE_CHECKING:
    from myst_doctest.running.runner import Runner


class _Publisher(DisplayPublisher):  # type: ignore[misc]
    """Takes what ``display()`` shows."""

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        display_id = (transient or {}).get("display_id", "")
        if Notebook.current:
            Notebook.current.take(data, metadata or {}, display_id, is_update=update)

    def clear_output(self, wait: bool = False) -> None:
        if Notebook.current:
            Notebook.current.runner.run_now.segments.clear()


class _Shell(InteractiveShell):  # type: ignore[misc]
    """IPython's shell, less what would change the page's process or write to the disk."""

    display_pub_class = Type(_Publisher)

    def init_profile_dir(self, profile_dir: Any = None) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.profile_dir = ProfileDir.create_profile_dir(folder)

    def init_path(self) -> None:
        """Leave ``sys.path`` alone."""

    def init_sys_modules(self) -> None:
        """Leave ``__main__`` alone."""

    def init_virtualenv(self) -> None:
        """Leave ``sys.path`` alone."""

    def showtraceback(self, *_: Any, **__: Any) -> None:
        """Raise what IPython would print: a value that cannot be shown fails its cell."""
        raise  # noqa: PLE0704  (it is called where an exception is handled)


def _new_shell() -> _Shell:
    config = Config()
    config.HistoryManager.enabled = False
    config.InlineBackend.rc = {"svg.hashsalt": "the same ids each time"}
    shell = _Shell.instance(config=config)
    bundles = shell.display_formatter.mimebundle_formatter
    bundles.for_type_by_name("matplotlib.figure", "Figure", _about_figure)
    return shell  # type: ignore[no-any-return]


def _about_figure(figure: Any, **_: Any) -> dict[str, Any]:
    """The words of a figure, and what draws it: its pixels are the same where that is the same."""
    import matplotlib as mpl
    from matplotlib.text import Text

    figure.draw_without_rendering()  # else an axis has no labels
    texts = [text for text in figure.findobj(Text) if text.get_visible()]
    words = dict.fromkeys(text.get_text().strip() for text in texts)
    machine = f"{sys.platform}-{platform.machine()}"
    freetype = mpl.ft2font.__freetype_version__
    drawn_by = f"matplotlib {mpl.__version__}, FreeType {freetype}, {machine}"
    return {FIGURE: {"words": [*filter(None, words)], "drawn_by": drawn_by}}


SHELL = _new_shell()


class Notebook:
    """What a runner asks for what a notebook shows.

    Where ``is_jupyter``, text is that of IPython's printer, cells know ``display`` and
    ``get_ipython``, and a ``;`` hides a value.
    """

    current: Notebook | None = None
    shell = SHELL

    def __init__(self, runner: Runner, *, is_jupyter: bool) -> None:
        self.runner = runner
        self.is_jupyter = is_jupyter
        self.displays: dict[str, Segment] = {}
        """What has an id, under which it can be updated."""
        Notebook.current = self
        SHELL.user_module = runner.module
        SHELL.user_ns = runner.module.__dict__
        for name, value in {"display": None, "__IPYTHON__": True}.items():
            if not is_jupyter:
                vars(builtins).pop(name, value)
        self.history = History(SHELL.user_ns) if is_jupyter else None
        if is_jupyter:
            runner.foreign = frozenset()
            _number_comms()

    def begin_cell(self, code: str) -> None:
        """A cell begins to run."""
        if self.history:
            self.history.begin(code)

    def is_quiet(self, source: str) -> bool:
        """Whether a cell's last value is hidden."""
        return self.is_jupyter and DisplayHook.semicolon_at_end_of_expression(source)

    def show(self, value: object) -> None:
        """Publish a cell's value."""
        if self.is_jupyter:
            data, metadata = SHELL.display_formatter.format(value)
            if data:  # else it displayed itself
                self.take(data, metadata)
            if self.history:
                self.history.keep(value)
            return
        text = repr(value)
        data, metadata = {}, {}
        if _has_representation(type(value)):
            data, metadata = SHELL.display_formatter.format(value, exclude={PLAIN})
            data.pop(PLAIN, None)
        self.take({PLAIN: text, **data}, metadata)

    def take(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any],
        display_id: str = "",
        *,
        is_update: bool = False,
    ) -> None:
        """Publish a bundle: representations by their MIME types."""
        bundle = json.loads(json.dumps({"data": data, "metadata": metadata}, default=_as_json))
        text = bundle["data"].get(PLAIN, "")
        if set(data) == {PLAIN} and "scrapbook" not in metadata:
            bundle = {}
        if is_update:
            self._update(display_id, text, bundle)
            return
        self.runner.take_drained()
        new = self.runner.add_value(text, bundle)
        if display_id:
            self.displays[display_id] = new

    def _update(self, display_id: str, text: str, bundle: dict[str, Any]) -> None:
        shown = self.displays.get(display_id)
        if shown is not None and any(each is shown for each in self.runner.run_now.segments):
            shown.text, shown.bundle = text, bundle
            return
        message = "it updates what an earlier cell displayed: display it in the same cell"
        line = self.runner._line_now() or 1
        self.runner.run_now.lost.append(Lost("update", message, line))

    def configure(self, line: str) -> None:
        """``%config line``: how figures are drawn; anything else does nothing here."""
        if line.startswith("InlineBackend.") and importlib.util.find_spec("matplotlib"):
            from matplotlib_inline.config import InlineBackend  # imports matplotlib

            backend = InlineBackend.instance(parent=SHELL)
            backend.shell = SHELL
            if backend not in SHELL.configurables:
                SHELL.configurables.append(backend)
            SHELL.run_line_magic("config", line)

    def end_cell(self) -> None:
        """Show what waits for a cell's end, and obey what terminals obey."""
        self.show_figures()
        settle_cell(self.runner)

    def show_figures(self) -> None:
        """Show the figures that the cell left open, and close them."""
        SHELL.events.trigger("post_execute")

    @property
    def widgets(self) -> dict[str, Any]:
        """The state of the page's widgets, as a notebook's metadata hold it."""
        widgets = sys.modules.get("ipywidgets")
        if widgets is None:
            return {}
        state = widgets.Widget.get_manager_state(drop_defaults=True)
        if not state["state"]:
            return {}
        kept = json.loads(json.dumps(state, default=_as_json))
        return {"application/vnd.jupyter.widget-state+json": kept}


def _has_representation(kind: type) -> bool:
    """Whether a notebook shows values of a type otherwise than as text."""
    if any(callable(getattr(kind, name, None)) for name in REPRESENTATIONS):
        return True
    for mime, formatter in SHELL.display_formatter.formatters.items():
        if mime != PLAIN:
            with contextlib.suppress(KeyError):
                formatter.lookup_by_type(kind)
                return True
    return False


def _as_json(value: Any) -> Any:
    """What JSON does not know: a picture's bytes, or an object of a library."""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def _number_comms() -> None:
    """Give widgets numbers for names, which are drawn by chance else."""
    with contextlib.suppress(ImportError):
        import comm

        numbers = iter(range(1, sys.maxsize))
        made = comm.create_comm

        def numbered(*arguments: Any, **options: Any) -> Any:
            options["comm_id"] = options.get("comm_id") or f"{next(numbers):032x}"
            return made(*arguments, **options)

        comm.create_comm = numbered
