"""Reads a signature bundle: a folder of files, with a digest over all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dlp.detect.loader import digest
from dlp.errors import ConfigError

_HERE = Path(__file__).resolve().parent
_MAX = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bundle:
    """All files of a signature folder."""

    files: Mapping[str, bytes]  # relative path with "/" -> bytes
    digest: str


def default_folder() -> Path:
    """The shipped signatures: of a checkout, or packed into the wheel. Raises ConfigError when neither is there."""
    for folder in (_HERE.parent / "signatures", _HERE / "_signatures"):
        if (folder / "policy.toml").exists():
            return folder
    raise ConfigError("no shipped signatures found; name a folder with [inspection] signatures")


def read(folder: Path | None = None) -> Bundle:
    """Read `folder` (default: the shipped one). Samples are left out. Raises ConfigError."""
    folder = folder or default_folder()
    if not (folder / "policy.toml").is_file():
        raise ConfigError(f"{folder}: no signature folder (policy.toml is missing)")
    files: dict[str, bytes] = {}
    total = 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if "/match/" in name or "/clean/" in name or path.name.startswith("."):
            continue
        if path.is_symlink():  # a bundle is what its digest covers, whole
            raise ConfigError(f"{folder}/{name}: a symbolic link; put the file itself there")
        if not path.is_file():
            continue
        try:
            files[name] = path.read_bytes()
        except OSError as error:
            raise ConfigError(f"{folder}/{name}: {error.strerror}") from None
        total += len(files[name])
        if total > _MAX:
            raise ConfigError(f"{folder}: more than {_MAX:,} bytes of signatures")
    return Bundle(files, digest(files))
