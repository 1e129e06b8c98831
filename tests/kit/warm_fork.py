"""The process that forks for fork servers (warm_servers.py); it has what each of them imports.

Run as ``python -P warm_fork.py DESCRIPTOR``: the socket at DESCRIPTOR brings an order for each. It
imports nothing else, since pages would find it. Where a fork server needs IPython, which takes
longer to import than all else, a fork of this process has it already.
"""

import contextlib
import gc
import json
import os
import socket
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from myst_doctest.running import fork_server, warm_imports

PYPLOT = "matplotlib.pyplot"
"""What sites of tests preload."""
PRELOADED = 2
"""Where in a fork server's arguments its modules begin: after its folder and its paths."""
open_server = fork_server._open_server


def serve(
    orders: socket.socket, do: Callable[..., None], load: Callable[[], object] | None = None
) -> None:
    """Do in a fork what each order says, until nobody can send one any more.

    ``load`` is called before the first of them.
    """
    while True:
        message, given, _, _ = socket.recv_fds(orders, 1 << 18, 3)
        if message and load:
            load()
            load = None
            freeze()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not message:
            return
        if not os.fork():
            orders.close()
            do(json.loads(message), *given)
            os._exit(0)
        for each in given:
            os.close(each)


def warm(
    load: Callable[[], object], do: Callable[..., None], foreign: Sequence[socket.socket]
) -> socket.socket:
    """Fork a process that loads a module for its orders; the socket that brings them."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork():
        theirs.close()
        return ours
    for each in (ours, *foreign):
        each.close()
    serve(theirs, do, load)
    os._exit(0)


def start(
    others: dict[str, socket.socket], order: dict[str, Any], control: int, errors: int, status: int
) -> None:
    """Run a fork server in a fork of one's own; tell its process id, and then how it ended."""
    if modules := order["arguments"][PRELOADED:]:
        order["arguments"][PRELOADED:] = []
        given = [control, errors, status]
        socket.send_fds(others[" ".join(modules)], [json.dumps(order).encode()], given)
        return
    child = os.fork()
    if child == 0:
        os.close(status)
        notebook = others.pop(warm_imports.NOTEBOOK, None)
        for each in others.values():
            each.close()
        os._exit(run(order, control, errors, notebook))
    os.close(control)
    os.close(errors)
    os.write(status, b"%d\n" % child)
    os.write(status, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def run(order: dict[str, Any], control: int, errors: int, notebook: socket.socket | None) -> int:
    """The fork server's own code; its exit status."""
    empty = os.open(os.devnull, os.O_RDWR)
    become(order, empty, errors)
    sys.argv = [fork_server.__file__, str(control), *order["arguments"]]
    if notebook:
        os.register_at_fork(after_in_child=notebook.close)  # pages have no use for it
        fork_server._open_server = partial(open_warm, notebook)
    try:
        fork_server.main(sys.argv[1:])
    except SystemExit as ended:
        sys.stderr.write(f"{ended.code}\n")
        return 1
    except BaseException:  # the fork ends here, whatever it was
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


def become(order: dict[str, Any], output: int, errors: int) -> None:
    """Be the process that was ordered: its session, streams, folder and environment."""
    os.setsid()
    for descriptor, stream in ((os.open(os.devnull, os.O_RDONLY), 0), (output, 1), (errors, 2)):
        os.dup2(descriptor, stream)
        os.close(descriptor)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])


def open_warm(
    notebook: socket.socket, number: int, folder: str, foreign: Sequence[socket.socket]
) -> socket.socket:
    """As ``fork_server._open_server``, where there is a process that has IPython."""
    if warm_imports.MODULES[number] != warm_imports.NOTEBOOK:
        return open_server(number, folder, foreign)
    ours, theirs = socket.socketpair()
    order = {"folder": folder, "environment": {**os.environ}, "path": sys.path, "argv": sys.argv}
    with theirs:
        socket.send_fds(notebook, [json.dumps(order).encode()], [theirs.fileno(), 1, 2])
    return ours


def serve_notebooks(order: dict[str, Any], channel: int, output: int, errors: int) -> None:
    """What a fork server's own fork does once it has imported IPython."""
    become(order, output, errors)
    sys.path[:] = order["path"]
    sys.argv = order["argv"]
    fork_server.prctl(fork_server.SET_CHILD_SUBREAPER, 1)
    fork_server._serve(socket.socket(fileno=channel), order["folder"])


def freeze() -> None:
    """Else each fork looks through all that was imported, and copies it."""
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    orders = socket.socket(fileno=int(sys.argv[1]))
    freeze()
    import_notebook = partial(warm_imports.import_silently, warm_imports.NOTEBOOK)
    notebook = warm(import_notebook, serve_notebooks, [orders])
    preload = partial(fork_server._preload, PYPLOT)
    pyplot = warm(preload, partial(start, {}), [orders, notebook])
    serve(orders, partial(start, {warm_imports.NOTEBOOK: notebook, PYPLOT: pyplot}))
