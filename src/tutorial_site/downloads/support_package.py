"""The support package as a wheel, so that an exported page runs elsewhere."""

import io
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sphinx.errors import ConfigError

HOOK = (
    "import sys; from importlib import import_module as load; load(sys.argv[1]).build_wheel('..')"
)
"""PEP 517's hook ``build_wheel``, called in the package's folder."""
EPOCH = "315532800"
"""``SOURCE_DATE_EPOCH`` of the files in the wheel: 1980, the first year that a zip file knows."""


@dataclass(frozen=True)
class Wheel:
    """A wheel that was built."""

    #: The importable package.
    package: str
    #: The file's name.
    file: str
    data: bytes
    #: The package's requirements, as ``pip install`` accepts them.
    requires: tuple[str, ...]

    def with_file(self, name: str, data: bytes) -> bytes:
        """The wheel with one more file in its package, which its list of files names."""
        path = f"{self.package}/{name}"
        digest = urlsafe_b64encode(sha256(data).digest()).rstrip(b"=").decode()
        written = io.BytesIO()
        with ZipFile(io.BytesIO(self.data)) as old, ZipFile(written, "w", ZIP_DEFLATED) as new:
            for member in old.infolist():
                content = old.read(member)
                if member.filename.endswith(".dist-info/RECORD"):
                    content += f"{path},sha256={digest},{len(data)}\n".encode()
                new.writestr(member, content)
            added = ZipInfo(path)
            added.external_attr = 0o644 << 16
            new.writestr(added, data)
        return written.getvalue()


def build_wheel(folder: Path) -> Wheel:
    """Build the wheel of a package whose folder holds its own ``pyproject.toml``.

    The package's build backend must be installed here: nothing is downloaded. Raises ConfigError
    if there is no such package, or its backend fails.
    """
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
        backend = str(project["build-system"]["build-backend"])
    except (OSError, KeyError, ValueError) as error:
        raise ConfigError(f"downloads_package: {folder}/pyproject.toml: {error!r}") from error
    with tempfile.TemporaryDirectory() as name:
        # In a copy, since a backend leaves its own files beside the sources. Under one umask,
        # since a wheel holds the modes of files.
        home, copy = Path(name), Path(name, folder.name)
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("__pycache__"))
        done = subprocess.run(
            [sys.executable, "-c", HOOK, backend],
            cwd=copy,
            env=os.environ | {"SOURCE_DATE_EPOCH": EPOCH, "HOME": name},
            umask=0o022,
            capture_output=True,
            text=True,
            check=False,
        )
        files = list(home.glob("*.whl"))
        if done.returncode or not files:
            said = "\n".join((done.stdout + done.stderr).splitlines()[-3:])
            raise ConfigError(f"downloads_package: {backend} cannot build {folder}:\n{said}")
        (about,) = distributions(path=[str(files[0])])
        return Wheel(folder.name, files[0].name, files[0].read_bytes(), tuple(about.requires or ()))
