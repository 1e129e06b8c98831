"""Check all JavaScript: Biome lints it and looks at its form, TypeScript checks its types.

``python tools/javascript/check.py --write`` puts it into form first. ``biome.json`` and
``tsconfig.json`` are in the project's root, where editors look for them.
"""

import subprocess
import sys
from pathlib import Path

from live_cells.pack.downloads_cache import npm_packages
from live_cells.pack.node import NodeError, executable

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def main(arguments: list[str]) -> int:
    """Run both, and return 1 where one of them found something."""
    try:
        node, modules = executable(), npm_packages(ROOT / "_build" / "live-cells", HERE)
    except NodeError as error:
        print(f"JavaScript was not checked: {error}", file=sys.stderr)
        return 1
    commands: list[list[str | Path]] = [
        [modules / "@biomejs/biome/bin/biome", "check", "--error-on-warnings", *arguments],
        [modules / "typescript/bin/tsc", "--project", ROOT / "tsconfig.json"],
    ]
    return max(subprocess.run([node, *each], cwd=ROOT, check=False).returncode for each in commands)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
