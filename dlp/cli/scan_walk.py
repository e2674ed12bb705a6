"""What `dlp scan` is to read: the files of its paths, in order, and what stands in the way of reading them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dlp.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Found:
    """One line of the result to be: a file, or a folder that could not be listed."""

    path: Path
    listed: bool = True

    @property
    def shown(self) -> str:
        """The path as text that fits in JSON and on a terminal."""
        return printable(os.fspath(self.path))


def printable(name: str) -> str:
    """`name` with what is not UTF-8 (a name in CP932, say) and control characters as `\\xNN` escapes."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() or c == " " else c.encode("unicode_escape").decode() for c in text)


def check(paths: list[Path]) -> None:
    """Raises ConfigError for a path that is not there or is no file, folder or pipe (a device never ends)."""
    for path in paths:
        try:
            mode = path.stat().st_mode
        except PermissionError:
            continue  # it may be there: reported as unread in its own line
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise ConfigError(f"{printable(os.fspath(path))}: {why}") from None
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISFIFO(mode)):
            raise ConfigError(f"{printable(os.fspath(path))}: neither a file nor a folder")


def walk(paths: list[Path]) -> Iterator[Found]:
    """Every file in the order of `paths`, folders walked by name.

    In a folder, links, pipes and devices are left out: what a link points to is not in the folder.
    """
    for top in paths:
        waiting = [(Found(top), top.is_dir())]
        while waiting:
            found, folder = waiting.pop()
            if not folder:
                yield found
                continue
            try:
                inside = sorted(os.scandir(found.path), key=lambda entry: entry.name, reverse=True)
            except OSError:
                yield Found(found.path, listed=False)
                continue
            waiting += [(Found(Path(entry)), _is_folder(entry)) for entry in inside if _is_content(entry)]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _is_content(entry: os.DirEntry[str]) -> bool:
    return _is_folder(entry) or entry.is_file(follow_symlinks=False)
