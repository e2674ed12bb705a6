"""DropFolder: what is put into <drop>/<login>/<serial>/… is judged and written to that device, or held."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import logging
import os
import pwd
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from asyncinotify import Event, Inotify, Mask

from dlp.channels import media_said
from dlp.channels.media.dropspool import HELD, REFUSED, WAITING, Slip, Spool, as_hex, ignored
from dlp.delivery import media
from dlp.directory import Directory
from dlp.errors import SenderFault
from dlp.standing import LoanStatus, Standing
from dlp.transfer import Channel, Transfer
from dlp.verdict import Action

if TYPE_CHECKING:
    from dlp.delivery.manifest import Manifest
    from dlp.gateway import Gateway
    from dlp.outcome import Outcome

log = logging.getLogger(__name__)

_EVENTS = Mask.CLOSE_WRITE | Mask.MOVED_TO | Mask.CREATE | Mask.ONLYDIR | Mask.DONT_FOLLOW
_AT_ONCE = 4  # files submitted side by side

_LARGE = 64 << 20  # bytes of a file of which we say how far it is
_READING_TEXT = """\
大きなファイルのため、検査に時間がかかっています。
This file is large: it is being inspected.
"""
_WRITING_TEXT = """\
媒体に書き込んでいます（{percent}％）。
Being written to the device ({percent} %).
"""
_WAITING_TEXT = """\
この媒体への書き込みを待っています（{reason}）。検査は済んでおり、書き込めるようになると自動で書き込みます。
Waiting for the device ({reason}). The file was inspected and is written as soon as the device takes it.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """Seconds between looks. Tests make them short."""

    retry: float = 1.0  # after a fault; doubles up to `longest`
    longest: float = 60.0
    rescan: float = 30.0  # what the kernel did not tell us is found by then


class DropFolder:
    """Watches a folder; takes each closed file into the spool, submits it and delivers what is allowed.

    A file is always in exactly one safe place: the drop folder, the spool, the quarantine or the device.
    Faults are retried until they pass; a restart goes on with what the spool holds. Hidden files are left
    alone (copying programs write under a hidden name first and rename).
    """

    def __init__(
        self,
        folder: Path,
        gateway: Gateway,
        directory: Directory,
        spool: Path,
        *,
        pace: Pace | None = None,
        manifest: Manifest | None = None,
    ) -> None:
        self._folder = folder
        self._gateway = gateway
        self._directory = directory
        self._manifest = manifest
        self._spool = Spool(spool, folder)
        self._pace = pace or Pace()
        self._inotify: Inotify | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._lanes: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._served: set[str] = set()  # slips that a task of ours is at

    async def start(self) -> None:
        """Go on with what an earlier run left, take what is already there, then watch."""
        self._folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        self._inotify = Inotify()
        for slip in await asyncio.to_thread(self._spool.open):
            self._begin(slip)
        await self._scan(())
        self._spawn(self._watch(self._inotify))
        self._spawn(self._rescan())

    async def stop(self) -> None:
        """Stop watching; what is under way is taken up at the next start."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._inotify is not None:
            self._inotify.close()
            self._inotify = None

    async def released(self, transfer: Transfer) -> None:
        """A held file of ours is on its device now: the note in the drop folder goes."""
        place = transfer.envelope.get("place")
        if isinstance(place, str):
            await asyncio.to_thread(self._spool.released, place, transfer.id)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("the drop folder's task ended", extra={"error": type(error).__name__})

    # watching

    async def _watch(self, inotify: Inotify) -> None:
        async for event in inotify:
            try:
                await self._on(event)
            except Exception:
                log.exception("drop folder event")  # the next rescan looks again

    async def _on(self, event: Event) -> None:
        if Mask.Q_OVERFLOW in event.mask:
            await self._scan(())
            return
        if event.path is None or event.name is None:
            return
        place = event.path.relative_to(self._folder).parts
        if Mask.ISDIR in event.mask:
            await self._scan(place)
        elif event.mask & (Mask.CLOSE_WRITE | Mask.MOVED_TO):
            await self._take(place)

    async def _rescan(self) -> None:
        while True:
            await asyncio.sleep(self._pace.rescan)
            with suppress(OSError):
                await self._scan(())
            with suppress(OSError):
                await self._resume()

    async def _resume(self) -> None:
        """Go on with files in the spool that nobody is at: a disk that erred ended whoever was."""
        for slip in await asyncio.to_thread(self._spool.left):
            if slip.id not in self._served:
                self._begin(slip)

    async def _scan(self, place: Sequence[str]) -> None:
        """Watch a folder and all below it, and take the closed files that are there."""
        if any(ignored(name) for name in place) or self._inotify is None:
            return
        path = self._folder.joinpath(*place)
        try:
            self._inotify.add_watch(path, _EVENTS).path = path  # a folder moved here keeps its old watch
            with os.scandir(path) as found:
                entries = sorted((e.name, e.is_dir(follow_symlinks=False)) for e in found if not e.is_symlink())
        except OSError as error:
            if error.errno == errno.ENOSPC:
                log.error("no inotify watches left: raise fs.inotify.max_user_watches; rescans serve meanwhile")
            elif error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                raise
            if error.errno != errno.ENOSPC:
                return
            entries = [(e.name, e.is_dir(follow_symlinks=False)) for e in os.scandir(path)]
        for name, is_folder in entries:
            await (self._scan if is_folder else self._take)((*place, name))

    async def _take(self, place: Sequence[str]) -> None:
        if len(place) < 3 or any(ignored(name) for name in place):
            return  # above <login>/<serial>/ nothing says where it should go
        try:
            slip = await asyncio.to_thread(self._spool.take, place)
        except OSError as error:  # one file that cannot be taken now keeps no other waiting; rescans try again
            log.warning("a dropped file cannot be taken", extra={"error": errno.errorcode.get(error.errno or 0, "")})
            return
        if slip is not None:
            self._begin(slip)

    # one file

    def _begin(self, slip: Slip) -> None:
        self._served.add(slip.id)
        self._spawn(self._serve(slip))

    async def _serve(self, slip: Slip) -> None:
        """One file from the spool to its end. Two versions of one path keep their order."""
        lane = self._lanes.setdefault((slip.serial, slip.path), asyncio.Lock())
        mine = {slip.id}
        try:
            async with lane:
                await self._to_its_end(slip, mine)
        finally:
            self._served -= mine

    async def _to_its_end(self, slip: Slip, mine: set[str]) -> None:
        if not await asyncio.to_thread(self._spool.secure, slip):
            await asyncio.to_thread(self._spool.drop, slip)
            return
        again: Slip | None = slip
        while again is not None and (passing := await self._judge(again)) is not None:
            again = await self._deliver(passing)
            if again is not None:  # as a new transfer
                mine.add(again.id)
                self._served.add(again.id)

    async def _judge(self, slip: Slip) -> Slip | None:
        """The slip once its file may pass; None when it is held or refused and gone from the spool."""
        if slip.allowed:
            return slip
        pause = self._pace.retry
        if await asyncio.to_thread(self._size, slip) >= _LARGE:
            await asyncio.to_thread(self._spool.note, slip, WAITING, _READING_TEXT)
        while True:
            try:
                async with self._turn:
                    outcome = await self._gateway.submit(await asyncio.to_thread(self._transfer, slip))
                return await asyncio.to_thread(self._settle, slip, outcome)
            except Exception as error:  # a GatewayFault, a full spool, a bug: the file waits, whatever it is
                log.warning("submit is tried again", extra={"transfer": slip.id, "error": type(error).__name__})
            if not await asyncio.to_thread(self._spool.content(slip).exists):
                return None  # it was judged, and only forgetting it failed
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._pace.longest)

    def _settle(self, slip: Slip, outcome: Outcome) -> Slip | None:
        if outcome.passes:
            return self._spool.allow(slip, _word(outcome.standing))
        kind = REFUSED if outcome.verdict.action is Action.BLOCK else HELD
        self._spool.note(slip, kind, f"{outcome.text('ja')}\n\n{outcome.text('en')}\n")
        self._spool.drop(slip)  # only now: held content is in the quarantine, a refusal is on record
        return None

    def _transfer(self, slip: Slip) -> Transfer:
        content = self._spool.content(slip)
        with content.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Transfer(
            channel=Channel.MEDIA,
            sender=self._sender(slip),
            destination=(slip.serial,),
            name=slip.path.rsplit("/", 1)[-1],
            spool=content,
            digest=digest,
            beside=media_said.form_of(slip.path),
            envelope={"serial": slip.serial, "path": slip.path, "place": as_hex(slip.place)},
            id=slip.id,
            at=datetime.fromisoformat(slip.at),
        )

    def _sender(self, slip: Slip) -> str:
        """Who put it there: the file's owner where that is somebody else we know, else whose folder it is.

        Who has left gains nothing by moving a colleague's file into the old folder.
        """
        if self._directory.standing(Channel.MEDIA, slip.login, datetime.now(UTC), slip.serial).status.gone:
            return slip.login
        if slip.uid != os.geteuid():
            with suppress(KeyError):
                owner = pwd.getpwuid(slip.uid).pw_name
                if self._directory.by_login(owner) is not None:
                    return owner
        return slip.login

    async def _deliver(self, slip: Slip) -> Slip | None:
        """Write it to the device, however long that takes; a new slip when it must be judged again first."""
        pause, told = self._pace.retry, ""
        while True:
            reason = await self._try(slip)
            if reason == "again":
                return await asyncio.to_thread(self._spool.renew, slip)
            if not reason:
                return None
            if reason != told:
                told, text = reason, _WAITING_TEXT.format(reason=reason)
                log.warning("delivery waits", extra={"transfer": slip.id, "error": reason})
                await asyncio.to_thread(self._spool.note, slip, WAITING, text)
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._pace.longest)

    async def _try(self, slip: Slip) -> str:
        """One attempt: "" when it is on the device and on record, else what stood in the way."""
        try:
            device = self._directory.device(slip.serial)
            if self._standing(slip) != slip.allowed:
                await self._gateway.settle(slip.id, "refused", "standing changed while it waited")
                return "again"
            if device is None or not device.folder or not media.present(Path(device.folder)):
                return "absent"
            content = self._spool.content(slip)
            seal = self._seal(slip, Path(device.folder))
            await media.write(Path(device.folder), slip.path, content, seal, lambda *far: self._tell(slip, *far))
            await self._gateway.settle(slip.id, "delivered", f"written to {slip.serial}")
        except OSError as error:
            return "full" if error.errno == errno.ENOSPC else errno.errorcode.get(error.errno or 0, "error")
        except SenderFault as error:
            return str(error)
        except Exception as error:
            log.exception("delivery failed", extra={"transfer": slip.id})
            return type(error).__name__
        await asyncio.to_thread(self._spool.unnote, slip)
        await asyncio.to_thread(self._spool.drop, slip)
        return ""

    def _size(self, slip: Slip) -> int:
        try:
            return self._spool.content(slip).stat().st_size
        except OSError:
            return 0  # judging it says why

    def _tell(self, slip: Slip, done: int, size: int) -> None:
        """How far a large file is, in its note; called while it is written."""
        self._spool.note(slip, WAITING, _WRITING_TEXT.format(percent=100 * done // size))

    def _seal(self, slip: Slip, folder: Path) -> media.Seal | None:
        if self._manifest is None:
            return None
        return self._manifest.of(transfer=slip.id, sender=self._sender(slip), serial=slip.serial, folder=folder)

    def _standing(self, slip: Slip) -> str:
        """A verdict is not kept for a person who has left or a device that was lost while the file waited."""
        now = datetime.now(UTC)
        return _word(self._directory.standing(Channel.MEDIA, self._sender(slip), now, slip.serial))


def _word(standing: Standing) -> str:
    device = standing.device_status.value if standing.device_status else ""
    loan = f" {standing.loan_status.value} {standing.loan.id if standing.loan else ''}"
    return f"{standing.status.value} {device}{loan if standing.loan_status is not LoanStatus.NONE else ''}"
