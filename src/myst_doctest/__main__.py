"""The command ``myst-doctest``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

USAGE = """\
usage: myst-doctest adopt FOLDER [PAGES]

adopt    look at a site, set it up, and record what its pages show

pytest checks pages, and `pytest --accept` records what differs."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that is named; the status."""
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] != "adopt":
        sys.stderr.write(f"{USAGE}\n")
        return 0 if given and given[0] in ("-h", "--help") else 2
    from myst_doctest.adopting.command import main as adopt

    return adopt(given[1:])


if __name__ == "__main__":
    sys.exit(main())
