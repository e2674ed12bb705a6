"""Carries what was allowed from a mount to its device after its writer was told: small files, many with one sync.

A program that closes a file is told the verdict, not that a stick has taken its time; who wants to know that asks
(fsync). Until a file is on the device it is in memory here and in the spool, on a list of what was promised
(`mount_promises.py`), so that a gateway that dies in between finishes it when it starts again. Order matters: on record
first, then the device, then its manifest line, then its name.
"""

from __future__ import annotations

import errno
import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dlp.channels.mount.promises import Promises
from dlp.delivery import beside, many
from dlp.delivery.manifest import Line
from dlp.standing import Standing
from dlp.transfer import Transfer
from quarantine.case import RoomUnavailable

if TYPE_CHECKING:
    from dlp.delivery.manifest import Manifest
    from dlp.gateway import Gateway
    from dlp.outcome import Promise

log = logging.getLogger(__name__)

PATIENCE = 0.2  # seconds in which files gather
_MOST = 128  # files in one go
_FULL = 64 << 20  # bytes that may be on their way
_BLOCK, _LEAST = 64 << 10, 128 << 10  # what a file takes on a device, and costs us however small: descriptors, too
_ROOM = 16 << 20  # bytes that the device must have besides
_LOOKED = 0.25  # seconds after which the device's room is looked at again
_TRUSTED = 2.0  # seconds for which what was seen counts: a file is read meanwhile
_TOLD_AGAIN = 10.0  # seconds until the room is asked again to take letters to senders
_AGAIN = 1.0  # seconds until a device that was pulled, or a room that took no record, is asked again


@dataclass(eq=False, kw_only=True, slots=True)
class Load:
    """One file on its way. `told` hears 0 or an errno when it has ended."""

    transfer: Transfer  # with its bytes
    path: str
    login: str
    times: tuple[int, int]  # of access and change, as its path has shown them since it was closed
    promise: Promise
    told: Callable[[int], None]
    since: float = field(default_factory=time.monotonic)
    recorded: bool = False
    over: bool = False


class _Refused(PermissionError):
    """By the standing of whoever wrote it: a device that is read-only says the same errno, and is another matter."""


class Carrier:
    """The way to one device. Thread-safe. `standing` says whether a login may write to it just now, or raises."""

    def __init__(
        self,
        serial: str,
        device: Path,
        gateway: Gateway,
        manifest: Manifest | None,
        standing: Callable[[str], Standing | None],
        promises: Promises,
        gathered: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """`gathered`: entered while files are told to have ended, one after another."""
        self._serial, self._device, self._gateway, self._manifest = serial, device, gateway, manifest
        self._standing, self._promises, self._gathered = standing, promises, gathered
        self._change = threading.Condition()
        self._waiting: list[Load] = []
        self._batch: list[Load] = []  # being carried
        self._bytes = 0  # what all that is on its way costs
        self._looked, self._free = float("-inf"), 0  # when the device's room was seen, and what is left of it
        self._carrying = self._hasty = self._closing = self._closed = False
        self._away_until = 0.0  # the device was pulled, or the room cannot keep a record
        self._ended: list[tuple[str, str, str]] = []  # what became of files, not yet on record
        self._noted_again = 0.0  # when that is tried next, where it failed
        self._lost: list[Transfer] = []  # whose senders are still to be told that they never came
        self._told_again = 0.0  # when that is tried next
        self._orphans: set[int] = set()  # of those under way, whose mount's process is gone
        self._thread: threading.Thread | None = None

    @property
    def unseen(self) -> bool:
        """Whether the device's room has not been looked at for a moment."""
        return time.monotonic() - self._looked > _LOOKED

    def look(self) -> None:
        """See what room the device has; a slow one takes its time for that, so not in an event loop."""
        before = self._bytes  # what lands meanwhile may not be in what we are told
        free = beside.free(self._device)
        with self._change:
            self._free, self._looked = free - max(before, self._bytes) - _ROOM, time.monotonic()

    def takes(self, size: int, *, look: bool = True) -> bool:
        """Whether one more of this size may be promised: the device is there and has room for all of them. Where its
        room was not seen just now it is looked at here, or (`look`: False) nothing is promised."""
        if self.unseen and look:
            self.look()
        with self._change:
            cost = _cost(size)
            if self._bytes + cost > _FULL or self._closing or time.monotonic() < self._away_until:
                return False
            if not beside.present(self._device) or time.monotonic() - self._looked > _TRUSTED:
                return False
            self._free -= cost
            return self._free >= 0

    def add(self, load: Load) -> None:
        """Carry it, soon."""
        with self._change:
            self._waiting.append(load)
            self._bytes += _cost(load.transfer.size)
            self._begin()
            if len(self._waiting) in (1, _MOST):
                self._change.notify_all()

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="carrier", daemon=True)
            self._thread.start()

    def owe(self, transfers: Sequence[Transfer], *, listed: bool = False) -> None:
        """Their senders are to be told that they never came, until the room takes the letters: by us, or by who comes
        after us, who reads it on the list, where it is but for `listed`."""
        for transfer in transfers:
            try:
                if not listed:
                    self._promises.owe(transfer)
            except OSError:
                log.exception("that a sender is to be told of a file is not on the list")
        with self._change:
            self._lost += transfers
            self._told_again = 0.0
            if self._lost and not self._closing:
                self._begin()
                self._change.notify_all()

    def hasten(self) -> None:
        """Somebody waits for what is on its way just now."""
        with self._change:
            self._hasty = bool(self._waiting)
            self._change.notify_all()

    def landed(self, seconds: float) -> bool:
        """Wait until nothing is on its way any more; whether that was so in time."""
        self.hasten()
        with self._change:
            return self._change.wait_for(lambda: not (self._waiting or self._carrying or self._ended), seconds)

    def orphan(self) -> None:
        """The mount's process is gone, and the next one knows nothing of what is on its way."""
        with self._change:
            self._orphans = {id(load) for load in (*self._waiting, *self._batch) if not load.over}

    def settled(self, seconds: float) -> bool:
        """Wait for what an earlier process of the mount left on its way: what comes now must come after it."""
        if not self._orphans:
            return True
        self.hasten()
        with self._change:
            return self._change.wait_for(lambda: not self._orphans, seconds)

    @property
    def settles(self) -> bool:
        """Whether anything of an earlier process is still on its way."""
        return bool(self._orphans)

    def close(self, seconds: float) -> None:
        """Carry what is there, take no more."""
        with self._change:
            self._closing = True
        if not self.landed(seconds):
            log.error("files that were allowed wait for their device", extra={"part_count": len(self._waiting)})
        with self._change:
            self._closed = True
            self._change.notify_all()

    # the thread

    def _run(self) -> None:
        while (batch := self._next()) is not None:
            try:
                if batch:
                    self._carry(batch)
                elif time.monotonic() >= self._noted_again:
                    self._write_down()
            except Exception:
                log.exception("carrying to a device")
                for load in batch:
                    self._end(load, errno.EIO)
            self._tell_of_lost()

    def _next(self) -> list[Load] | None:
        """Files to carry; none where something is still to be told or put on record; None at the end."""
        with self._change:
            self._carrying, self._batch = False, []
            self._change.notify_all()
            while (rest := self._rest()) is None or rest > 0:
                if self._closing and not self._waiting and (self._closed or not self._ended):
                    self._thread = None
                    return None
                self._change.wait(rest)
            batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            self._carrying, self._hasty, self._batch = True, self._hasty and bool(self._waiting), batch
            return batch

    def _rest(self) -> float | None:
        """Seconds until the next go; None: nothing waits."""
        if not self._waiting:
            due = [self._told_again] if self._lost and not self._closing else []
            due += [self._noted_again] if self._ended else []
            return min(due) - time.monotonic() if due else None
        away = self._away_until - time.monotonic()
        if away > 0:
            return away
        if self._hasty or self._closing or len(self._waiting) >= _MOST:
            return 0.0
        return self._waiting[0].since + PATIENCE - time.monotonic()

    def _carry(self, batch: list[Load]) -> None:
        self._put_on_record(batch)
        loads = [load for load in batch if load.recorded]
        faults = self._written(loads)
        away = [load for load in batch if not (load.recorded or load.over)]
        away += [load for load, fault in zip(loads, faults, strict=True) if isinstance(fault, beside.Absent)]
        with self._gathered():
            for load, fault in zip(loads, faults, strict=True):
                if not isinstance(fault, beside.Absent):
                    self._conclude(load, fault)
        with self._change:
            if away:
                self._waiting[:0] = away
                self._away_until = time.monotonic() + _AGAIN
            more = bool(self._waiting)
        if not more:  # else the next go writes down what became of these
            self._write_down()

    def _tell_of_lost(self) -> None:
        """Last of all: whatever goes wrong with it, the files that are on their way go on."""
        with self._change:
            lost = list(self._lost)
        if not lost:
            return
        try:
            if self._gateway.not_arrived(lost):
                with self._change:
                    del self._lost[: len(lost)]
                self._promises.told(lost)
                return
        except Exception:
            log.exception("telling senders of files that never came; tried again soon")
        self._told_again = time.monotonic() + _TOLD_AGAIN

    def _put_on_record(self, batch: Sequence[Load]) -> None:
        """Nothing leaves without that. What the room cannot keep just now waits, as for a device that was pulled."""
        new = [load for load in batch if not load.recorded]
        found = self._kept([load.promise for load in new])
        for load, error in zip(new, found, strict=True):
            load.recorded = error is None
            if error is not None:
                log.error("not on record", extra={"transfer": load.transfer.id, "error": type(error).__name__})
            if error is not None and not isinstance(error, RoomUnavailable):
                self._end(load, errno.EIO)

    def _written(self, loads: Sequence[Load]) -> list[many.Fault | None]:
        """Write them to the device: for each why it is not there, or None."""
        standings = {login: self._standing(login) for login in {load.login for load in loads}}
        faults: dict[int, many.Fault | None] = {id(load): _Refused(errno.EACCES, "standing") for load in loads}
        # Lost, or the loan ended, since the verdict: not written.
        may = [(load, standing) for load in loads if (standing := standings[load.login]) is not None]
        lines = [Line(load.transfer.id, load.transfer.digest, load.transfer.size, standing) for load, standing in may]

        def seal(good: Sequence[int]) -> None:
            if self._manifest is not None:
                self._manifest.keep(self._device, [lines[place] for place in good], self._serial)

        files = [many.Small(load.path, load.transfer.read(), load.transfer.digest, load.times) for load, _ in may]
        found = many.write_many(self._device, files, seal)
        here = beside.present(self._device)
        for (load, _), fault in zip(may, found, strict=True):
            faults[id(load)] = fault if here or fault is None else beside.Absent("the device is not present")
        return [faults[id(load)] for load in loads]

    def _conclude(self, load: Load, fault: many.Fault | None) -> None:
        if fault is None:
            self._ended.append((load.transfer.id, "delivered", f"written to {self._serial}"))
        elif isinstance(fault, _Refused):
            self._ended.append((load.transfer.id, "refused", "standing changed meanwhile"))
        else:
            self._ended.append((load.transfer.id, "failed", errno.errorcode[errno_of(fault)]))
            log.error("an allowed file did not reach its device", extra={"transfer": load.transfer.id})
        if fault is not None:
            self.owe([load.transfer])
        self._end(load, 0 if fault is None else errno_of(fault))

    def _end(self, load: Load, code: int) -> None:
        if load.over:
            return
        load.over = True
        with self._change:
            self._bytes -= _cost(load.transfer.size)
            self._orphans.discard(id(load))
        try:
            load.told(code)
        except Exception:
            log.exception("telling of a file's end")

    def _write_down(self) -> None:
        """What became of them, when nothing comes after them that would do it on its way."""
        if self._ended:
            self._kept(())

    def _kept(self, promises: Sequence[Promise]) -> list[BaseException | None]:
        """Put them on record with what became of those before; whatever goes wrong with it, that is not forgotten."""
        ended, self._ended = self._ended, []
        try:
            return self._gateway.keep(promises, ended)
        except BaseException:
            self._ended, self._noted_again = ended, time.monotonic() + _AGAIN
            raise


def _cost(size: int) -> int:
    """What a file of this size takes of the room for what is on its way: some 500 of the smallest fill it."""
    return max(_LEAST, -(-size // _BLOCK) * _BLOCK)


def errno_of(error: Exception) -> int:
    """What a writer is told of a fault of the device or of ours."""
    if isinstance(error, beside.Absent):
        return errno.ENODEV
    told = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EACCES)
    return error.errno if isinstance(error, OSError) and error.errno in told else errno.EIO
