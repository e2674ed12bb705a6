"""Opening files beneath a folder that others can write to, so that no symbolic link and no ".." leads out of it.

Every step of a path is opened relative to the folder before it (openat with O_NOFOLLOW). Whoever can put a
link into a drop folder or onto a stick cannot make a gateway that runs as root read or write elsewhere.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dlp.errors import SenderFault

#: Names that start so are ours on a device and in a drop folder: they are neither shown nor taken.
RESERVED = ".sekisho-"

_DIR = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_LINKS = (errno.ELOOP, errno.ENOTDIR)


def steps(relative: str) -> tuple[str, ...]:
    """The names of a relative path with "/". Raises SenderFault for what would leave the folder or use our names."""
    parts = tuple(relative.split("/"))
    for part in parts:
        if part in ("", ".", "..") or "\0" in part:
            raise SenderFault("the path is not a plain relative path")
        if part.startswith(RESERVED):
            raise SenderFault("the name is reserved")
        try:
            long = len(part.encode("utf-8")) > 255
        except UnicodeEncodeError:
            raise SenderFault("the name is not UTF-8") from None
        if long:
            raise SenderFault("the name is too long")
    return parts


@contextmanager
def folder(root: Path, names: tuple[str, ...], *, make: bool = False, made: list[Path] | None = None) -> Iterator[int]:
    """A descriptor of `root`/`names`, no link followed below `root`.

    With `make`, folders that are missing are made and appended to `made`. Raises OSError; ELOOP or ENOTDIR
    where a link or a file stands in the way.
    """
    at, here = os.open(root, _DIR), root
    try:
        for name in names:
            here = here / name
            if make:
                with suppress(FileExistsError):
                    os.mkdir(name, 0o755, dir_fd=at)
                    os.fsync(at)
                    if made is not None:
                        made.append(here)
            below = os.open(name, _DIR | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = below
        yield at
    finally:
        os.close(at)


@contextmanager
def parent(root: Path, relative: str) -> Iterator[tuple[int, str]]:
    """The descriptor of the folder that holds `relative`, and the last name. Raises OSError, SenderFault."""
    *above, name = steps(relative)
    with folder(root, tuple(above)) as at:
        yield at, name


def in_the_way(error: OSError) -> bool:
    """Whether a link or a file stood where a folder was expected."""
    return error.errno in _LINKS
