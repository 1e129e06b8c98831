"""The support package as a wheel, so that what a reader takes away runs elsewhere.

The form is https://packaging.python.org/en/latest/specifications/binary-distribution-format/.
No build tool is asked: the package is Python alone, the wheel holds this one package of a project
that has more, and its bytes are the same on each day.
"""

from __future__ import annotations

import hashlib
import io
import re
import tomllib
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Wheel", "WheelError"]

EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day that an archive knows
SUFFIXES = (".py", ".typed")


class WheelError(Exception):
    """The wheel cannot be made; the message says why."""


@dataclass(frozen=True)
class Wheel:
    """A wheel of one package.

    ``requires`` are the requirements that the package needs beside Python.
    """

    package: Path
    version: str
    requires: tuple[str, ...]
    python: str = ""
    licence: str = ""

    @classmethod
    def of(cls, project: Path, package: Path, needs: tuple[str, ...]) -> Wheel:
        """The wheel of a package of the project in a folder, with those of its ``needs``.

        Raises WheelError where pyproject.toml does not tell what is asked of it.
        """
        file = project / "pyproject.toml"
        try:
            table: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
            pins = [pin for name in needs for pin in _pins(table["dependencies"], name)]
            version = str(table["version"])
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError) as error:
            raise WheelError(f"{file}: {error!r}") from error
        if len(pins) != len(needs):
            raise WheelError(f"{file}: does not require each of {', '.join(needs)} once")
        if not (package / "__init__.py").is_file():
            raise WheelError(f"{package} is no package")
        python, licence = table.get("requires-python", ""), table.get("license", "")
        if not isinstance(licence, str):  # a table, the older form, holds no expression
            licence = ""
        return cls(package, version, tuple(pins), python, licence)

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.package.name}-{self.version}-py3-none-any.whl"

    def data(self) -> bytes:
        """The file."""
        members = dict(self._members())
        info = f"{self.package.name}-{self.version}.dist-info"
        record = [f"{name},sha256={_hash(data)},{len(data)}" for name, data in members.items()]
        members[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in members.items():
                about = zipfile.ZipInfo(name, EPOCH)
                about.external_attr = 0o100644 << 16
                archive.writestr(about, data, zipfile.ZIP_DEFLATED, 9)
        return file.getvalue()

    def _members(self) -> Iterator[tuple[str, bytes]]:
        for path in sorted(self.package.rglob("*")):
            if path.suffix in SUFFIXES:
                yield path.relative_to(self.package.parent).as_posix(), path.read_bytes()
        info = f"{self.package.name}-{self.version}.dist-info"
        yield f"{info}/METADATA", self._metadata().encode()
        yield f"{info}/WHEEL", b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"

    def _metadata(self) -> str:
        lines = [
            "Metadata-Version: 2.4",
            f"Name: {self.package.name}",
            f"Version: {self.version}",
            *([f"License-Expression: {self.licence}"] if self.licence else []),
            *([f"Requires-Python: {self.python}"] if self.python else []),
            *(f"Requires-Dist: {pin}" for pin in self.requires),
        ]
        return "\n".join([*lines, ""])


def _pins(dependencies: list[str], name: str) -> Iterator[str]:
    for dependency in dependencies:
        match = re.match(r"[\w.-]+", dependency.strip())
        if match and _plain(match[0]) == _plain(name):
            yield dependency.strip()


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _hash(data: bytes) -> str:
    return urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
