"""The drop folder's spool: files taken out of people's reach, each with a slip that survives a crash."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import secrets
import shutil
import signal
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import orjson

from dlp.delivery import beneath
from dlp.transfer import new_transfer_id

log = logging.getLogger(__name__)

HELD, REFUSED, WAITING = ".保留.txt", ".拒否.txt", ".待機.txt"
NOTES = (HELD, REFUSED, WAITING)


@dataclass(frozen=True, kw_only=True, slots=True)
class Slip:
    """What is known of one taken file. Written before the file is taken, so that nothing lies there nameless."""

    login: str
    serial: str
    path: str  # below the device's root, with "/"
    place: str  # below the drop folder as the file system spells it (surrogateescape): where notes go
    uid: int  # who owned it
    gid: int
    allowed: str = ""  # the standing with which the verdict let it pass: only the delivery is still to come
    id: str = field(default_factory=new_transfer_id)  # the transfer's, so that submitting again changes nothing
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat())


def ignored(name: str) -> bool:
    """Whether a name in the drop folder is left alone: hidden (also half-copied by rsync), or our own note."""
    return name.startswith(".") or name.endswith(NOTES)


class Spool:
    """Files between the drop folder and the device. Its methods block."""

    def __init__(self, folder: Path, drop: Path) -> None:
        self._folder, self._drop = folder, drop

    def open(self) -> list[Slip]:
        """Make the folder; the slips of files an earlier run has left, oldest first."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        slips = []
        for path in sorted(self._folder.iterdir()):
            if path.suffix == ".json" and path.with_suffix(".content").exists():
                slips.append(_read(path))
            elif path.suffix != ".content":  # a slip whose file was never taken, or half of a copy
                path.unlink()
        return slips

    def left(self) -> list[Slip]:
        """The slips of all files that lie here now, oldest first."""
        slips = []
        for path in sorted(self._folder.glob("*.json")):
            with suppress(OSError, ValueError, TypeError):  # gone meanwhile; or cannot be read just now
                if path.with_suffix(".content").exists():
                    slips.append(_read(path))
        return slips

    def content(self, slip: Slip) -> Path:
        """Where the file lies."""
        return self._folder / f"{slip.id}.content"

    def take(self, place: Sequence[str]) -> Slip | None:
        """Move the file at `place` (login, serial, names…) here; None when it is not a closed, regular file."""
        try:
            with beneath.folder(self._drop, tuple(place[:-1])) as at:
                slip = self._slip(at, place)
                if slip is None:
                    return None
                try:
                    self._save(slip)
                    taken = self._move(at, place[-1], slip)
                except OSError:
                    self._forget_untaken(slip)
                    raise
                if taken.st_uid != slip.uid:  # exchanged since we looked: its own owner answers for it
                    slip = replace(slip, uid=taken.st_uid, gid=taken.st_gid)
                    self._save(slip)
        except FileNotFoundError:
            return None
        except OSError as error:
            if beneath.in_the_way(error):
                log.warning("a link in the drop folder is not followed")
                return None
            if error.errno == errno.ENXIO:
                return None  # a socket
            raise
        return slip

    def _slip(self, at: int, place: Sequence[str]) -> Slip | None:
        fd = os.open(place[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=at)
        try:
            found = os.fstat(fd)
            if not stat.S_ISREG(found.st_mode) or _being_written(fd):
                return None  # whoever writes it closes it: then we are called again
        finally:
            os.close(fd)
        login, serial, *names = (_readable(name) for name in place)
        return Slip(
            login=login,
            serial=serial,
            path="/".join(names),
            place="/".join(place),
            uid=found.st_uid,
            gid=found.st_gid,
        )

    def _forget_untaken(self, slip: Slip) -> None:
        if not self.content(slip).exists():
            self.content(slip).with_suffix(".json").unlink(missing_ok=True)

    def _move(self, at: int, name: str, slip: Slip) -> os.stat_result:
        target = self.content(slip)
        try:
            os.rename(name, target, src_dir_fd=at)
            taken = os.lstat(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            taken = self._copy(Path(f"/proc/self/fd/{at}") / name, target)
            if _identity(os.stat(name, dir_fd=at, follow_symlinks=False)) != _identity(taken):
                target.unlink()
                raise FileNotFoundError(errno.ENOENT, "replaced while it was copied") from None  # its event comes
            os.unlink(name, dir_fd=at)
        _sync(self._folder)
        return taken

    def secure(self, slip: Slip) -> bool:
        """Make sure that nobody else can change the file from now on; False when it was no regular file.

        A hard link kept elsewhere, a descriptor still open for writing, or an owner who may reopen it
        through /proc: in each case an own copy takes its place.
        """
        path = self.content(slip)
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        except OSError as error:
            if error.errno == errno.ELOOP:
                return False
            raise
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                return False
            with suppress(PermissionError):
                os.fchown(fd, os.geteuid(), os.getegid())
                os.fchmod(fd, 0o600)
            found = os.fstat(fd)
            ours = found.st_uid == os.geteuid() and found.st_nlink == 1 and not _being_written(fd)
        finally:
            os.close(fd)
        if not ours:
            self._copy(path, path)
        return True

    def _copy(self, source: Path, target: Path) -> os.stat_result:
        """Copy into a file that nobody else knows; what was copied, as it stood before."""
        beside = self._folder / f"{secrets.token_hex(8)}.part"
        fd = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(fd, "rb") as old, beside.open("xb") as new:
            found = os.fstat(fd)
            os.fchmod(new.fileno(), 0o600)
            shutil.copyfileobj(old, new, 1 << 20)
            new.flush()
            os.fsync(new.fileno())
        beside.rename(target)
        _sync(self._folder)
        return found

    def allow(self, slip: Slip, standing: str) -> Slip:
        """Remember that the verdict let it pass, and for whose standing."""
        slip = replace(slip, allowed=standing)
        self._save(slip)
        return slip

    def renew(self, slip: Slip) -> Slip:
        """The same file as a new transfer, to be judged again."""
        new = replace(slip, allowed="", id=new_transfer_id(), at=datetime.now(UTC).isoformat())
        self._save(new)
        self.content(slip).rename(self.content(new))
        self.drop(slip)
        return new

    def drop(self, slip: Slip) -> None:
        """Forget the file."""
        with suppress(IsADirectoryError):  # somebody swapped a folder in: never content
            self.content(slip).unlink(missing_ok=True)
        self.content(slip).with_suffix(".json").unlink(missing_ok=True)
        _sync(self._folder)

    def _save(self, slip: Slip) -> None:
        path = self._folder / f"{slip.id}.json"
        beside = path.with_suffix(".part")
        row = asdict(slip) | {"place": as_hex(slip.place)}
        try:
            with beside.open("wb") as file:
                file.write(orjson.dumps(row))
                file.flush()
                os.fsync(file.fileno())
            beside.rename(path)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        _sync(self._folder)

    # notes

    def note(self, slip: Slip, kind: str, text: str) -> None:
        """Leave a text beside where the file was; the other notes of it go. Best effort: mail tells them, too."""
        text += f"\n{_reference(slip.id)}\n"
        *above, name = slip.place.split("/")
        beside = f"{beneath.RESERVED}{secrets.token_hex(8)}.part"
        try:
            with beneath.folder(self._drop, tuple(above)) as at:
                fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644, dir_fd=at)
                with os.fdopen(fd, "wb") as file:
                    file.write(text.encode("utf-8", "replace").replace(b"\n", b"\r\n"))  # opened by Windows' editor
                    with suppress(OSError):
                        os.fchown(fd, slip.uid, slip.gid)
                os.rename(beside, _note_name(name, kind), src_dir_fd=at, dst_dir_fd=at)
        except OSError as error:
            log.warning("no note in the drop folder", extra={"transfer": slip.id, "error": type(error).__name__})
        self.unnote(slip, but=kind)

    def unnote(self, slip: Slip, *, but: str = "") -> None:
        """Remove the notes of this file, except one kind."""
        *above, name = slip.place.split("/")
        with suppress(OSError), beneath.folder(self._drop, tuple(above)) as at:
            for kind in NOTES:
                if kind != but:
                    with suppress(OSError):
                        os.unlink(_note_name(name, kind), dir_fd=at)

    def released(self, place: str, transfer_id: str) -> None:
        """Remove the note that said this transfer was held; a later file's note of that name stays."""
        *above, name = os.fsdecode(bytes.fromhex(place)).split("/")
        note = _note_name(name, HELD)
        with suppress(OSError), beneath.folder(self._drop, tuple(above)) as at:
            fd = os.open(note, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=at)
            with os.fdopen(fd, "rb") as file:
                ours = _reference(transfer_id).encode() in file.read(1 << 16)
            if ours:
                os.unlink(note, dir_fd=at)


def _reference(transfer_id: str) -> str:
    return f"照会番号 / Reference: {transfer_id}"


def _note_name(name: str, kind: str) -> str:
    while len(os.fsencode(name + kind)) > 255:
        name = name[:-1]
    return name + kind


def as_hex(place: str) -> str:
    """A place as JSON can carry it: its names need not be text."""
    return os.fsencode(place).hex()


def _read(path: Path) -> Slip:
    row = orjson.loads(path.read_bytes())
    return Slip(**row | {"place": os.fsdecode(bytes.fromhex(row["place"]))})


def _readable(name: str) -> str:
    """A name as text: UTF-8, or the CP932 of an old Windows archive, or with what is neither replaced."""
    raw = os.fsencode(name)
    for charset in ("utf-8", "cp932"):
        with suppress(UnicodeDecodeError):
            return raw.decode(charset)
    return raw.decode("utf-8", "replace")


def _being_written(fd: int) -> bool:
    """Whether anybody has this file open for writing: then the kernel grants no read lease (fcntl(2))."""
    try:
        # A lease broken in this instant signals its holder; SIGURG is ignored unless asked for, SIGIO kills.
        fcntl.fcntl(fd, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno in (errno.EAGAIN, errno.EACCES)  # else: no leases here, and it counts as closed
    return False


def _identity(found: os.stat_result) -> tuple[int, int, int, int]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _sync(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
