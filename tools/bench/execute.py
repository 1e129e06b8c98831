"""Execute all pages, and nothing more; ``python -m tools.bench.execute own|stock SITE``.

``own SITE VARIANT`` executes the cells that ask for that variant, and those above them.
Prints the largest memory that one page's process took, in KiB.
"""

import resource
import sys
from pathlib import Path

from tools.bench.checkouts import pages


def own(root: Path, variant: str = "") -> int:
    """This project's way: a process a page, forked from a warm server."""
    from myst_doctest.running.page_runs import Server
    from myst_doctest.settings import Settings

    with Server(Settings.find(root)) as server:
        asked = [page for page in pages(root) if not variant or variant in page.asked]
        begun = [server.run(page, variant=variant) for page in asked]
        runs = [run.result() for run in begun]
    assert not any(run.stopped for run in runs)
    return max(run.peak for run in runs)


def stock(root: Path) -> int:
    """MyST-NB's way: a Jupyter kernel a page, one page after the other."""
    from jupyter_cache.executors.utils import single_nb_execution

    for page in pages(root):
        result = single_nb_execution(page.notebook, cwd=None, timeout=60, allow_errors=True)
        assert result.err is None, result.err
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


if __name__ == "__main__":
    ways = {"own": own, "stock": stock}
    peak = ways[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
    print(peak)
