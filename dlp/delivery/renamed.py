"""A renaming on a device that was held and is approved: what stands under the old name gets the new one."""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable
from pathlib import Path

from dlp.delivery import beneath, beside, names
from dlp.errors import SenderFault
from dlp.transfer import Transfer

_LIBC = ctypes.CDLL(None, use_errno=True)
_NOREPLACE = 1  # linux/fs.h


def rename_now(transfer: Transfer, folder: Path, numbered: Callable[[str, int], str]) -> str:
    """Rename on the device at `folder`, blocking; what was done, in words without names.

    Never overwrites: where something else has the new name, it gets `numbered(name, 2)`, and so on. Done already, as
    after a crash, it is done. Raises OSError and GatewayFault of the device; SenderFault where nothing has the old name
    any more, or the device cannot keep the new one.
    """
    before, asked = str(transfer.envelope["before"]), str(transfer.envelope["path"])
    there = _stands(folder, asked)
    if there and _one(folder, before, asked):
        return _respelt(transfer, folder, before, asked)
    if not _stands(folder, before):
        if there:
            return f"renamed on {transfer.destination[0]} before"
        raise SenderFault("what was to be renamed is not on the device any more")
    for new in (name for name in (_named(asked, n, numbered) for n in range(1, 1000)) if not _stands(folder, name)):
        try:
            _move(folder, before, new)
        except FileExistsError:
            continue  # it came to stand there meanwhile
        return f"renamed on {transfer.destination[0]}{'' if new == asked else ', beside another of that name'}"
    raise SenderFault("too many files of that name stand on the device")


def _one(folder: Path, before: str, asked: str) -> bool:
    """Whether the device takes both names, of which the new one stands, for one: those of FAT and NTFS may differ in
    case alone. By what it lists, for not every driver gives a file one number under both."""
    alike = before.casefold() == asked.casefold() and _stands(folder, before)
    return alike and not (_spelt(folder, before) and _spelt(folder, asked))


def _spelt(folder: Path, relative: str) -> bool:
    """Whether the device lists it, and all folders above it, by these very names. Raises OSError, SenderFault."""
    steps = beneath.steps(relative)
    for place, name in enumerate(steps):
        with beneath.folder(folder, steps[:place]) as at, os.scandir(at) as entries:
            if all(entry.name != name for entry in entries):
                return False
    return True


def _respelt(transfer: Transfer, folder: Path, before: str, asked: str) -> str:
    """Give a file or folder the same name, spelt otherwise; done already, as after a crash, it is done."""
    if _spelt(folder, asked):
        return f"renamed on {transfer.destination[0]} before"
    _move(folder, before, asked, over=True)
    return f"renamed on {transfer.destination[0]}"


def _named(asked: str, number: int, numbered: Callable[[str, int], str]) -> str:
    return asked if number == 1 else numbered(asked, number)


def _stands(folder: Path, relative: str) -> bool:
    """Whether anything stands there, also a link."""
    try:
        with beneath.parent(folder, relative) as (at, name):
            os.stat(name, dir_fd=at, follow_symlinks=False)
    except FileNotFoundError:
        return False
    except OSError as error:
        if beneath.in_the_way(error):
            raise SenderFault("a link or a file stands in the way") from None
        raise
    return True


def _move(folder: Path, before: str, new: str, *, over: bool = False) -> None:
    """`over`: what stands under the new name is the same."""
    *above, name = beneath.steps(new)
    names.require(names.kind(folder), (*above, name))
    if new.startswith(f"{before}/"):
        raise SenderFault("a folder cannot be moved into itself")
    made: list[Path] = []
    try:
        with (
            beneath.parent(folder, before) as (source, old),
            beneath.folder(folder, tuple(above), make=True, made=made) as target,
        ):
            beside.require_same(folder, target)
            if over:
                os.rename(old, name, src_dir_fd=source, dst_dir_fd=target)
            else:
                _rename(source, old, target, name)
            os.fsync(target)
            os.fsync(source)
    except BaseException:
        beside.remove(made)
        raise


def _rename(source: int, old: str, target: int, new: str) -> None:
    """Raises FileExistsError where something has the new name, if the file system can tell (RENAME_NOREPLACE of
    rename(2): those in user space mostly cannot)."""
    if _LIBC.renameat2(source, os.fsencode(old), target, os.fsencode(new), _NOREPLACE) == 0:
        return
    code = ctypes.get_errno()
    if code not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        raise OSError(code, os.strerror(code), new)
    os.rename(old, new, src_dir_fd=source, dst_dir_fd=target)
