"""MountChannel: a FUSE mount over a device. What is written is judged when it is closed, and the closer is told."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import pwd
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlp.channels import media_said
from dlp.channels.mount.carry import Carrier, Load, errno_of
from dlp.channels.mount.child import claimed
from dlp.channels.mount.line import Line
from dlp.channels.mount.open import SMALL
from dlp.channels.mount.prints import Prints
from dlp.channels.mount.process import MountProcess
from dlp.channels.mount.promises import Left, Owed, Promises, quick_folder
from dlp.delivery import media
from dlp.delivery.prints import Print
from dlp.directory import Directory
from dlp.errors import ConfigError, GatewayFault, SenderFault
from dlp.policy import may_write
from dlp.standing import Standing
from dlp.transfer import Channel, Transfer

if TYPE_CHECKING:
    from dlp.delivery.manifest import Manifest
    from dlp.gateway import Gateway
    from dlp.outcome import Promise

log = logging.getLogger(__name__)

_FINISH_SECONDS = 10.0
_AGAIN, _AGAIN_LATEST = 1.0, 600.0  # seconds until what was promised is tried again, at first and at last
_MEANWHILE = timedelta(seconds=0.1)  # after which the standing by which a content was judged is asked for again
_NOT_YET = "-"  # the digest of what is still being written
MAX_SIZE = 4 * 1024 * 1024 * 1024
PATIENCE = 300.0  # seconds a writer waits for a verdict, of a large file longer; then EIO, and nothing arrives


class MountChannel:
    """One mounted device. Writers see EACCES for held and refused content, EIO when we failed, ENOSPC, ENODEV.

    The device's own folder must be reachable by the gateway alone; people reach it through `mountpoint`.
    """

    def __init__(
        self,
        serial: str,
        mountpoint: Path,
        device: Path,
        gateway: Gateway,
        directory: Directory,
        spool: Path,
        *,
        max_size: int = MAX_SIZE,
        patience: float = PATIENCE,
        manifest: Manifest | None = None,
        sync: bool = False,
    ) -> None:
        """`sync`: a file is on the device before its writer is told, as if every program asked for it by fsync."""
        self._serial, self._device = serial, device.absolute()
        self._mountpoint = Path(os.path.realpath(mountpoint.parent)) / mountpoint.name  # as mountinfo spells it
        self._gateway, self._directory, self._manifest = gateway, directory, manifest
        self._spool = spool.absolute()
        self._quick = quick_folder(self._spool)
        self._promises = Promises(self._quick)
        self._looking: asyncio.Task[None] | None = None  # at the device's room
        self._carrier = Carrier(serial, self._device, gateway, manifest, self._writable, self._promises, self._gathered)
        self._settling: asyncio.Task[bool] | None = None  # what was left on its way
        self._answers: set[asyncio.Task[None]] = set()
        self._prints = Prints()
        options = ["--device", str(self._device), "--spool", str(self._spool), "--quick", str(self._quick)]
        options += ["--sync"] if sync else []
        options += ["--max-size", str(max_size), "--patience", str(patience)]
        self._process = MountProcess(self._mountpoint, options, self._hear, self._fresh)

    async def start(self) -> None:
        """Mount. Raises ConfigError where mount point and device overlap or files would be hidden by the mount,
        GatewayFault when nothing mounts."""
        point, device = self._mountpoint, self._device
        if point == device or point in device.parents or device in point.parents:
            raise ConfigError(f"[media] mounts: {point} and the device's folder {device} may not contain each other")
        left = await asyncio.to_thread(self._promises.left)
        owing = await asyncio.to_thread(self._promises.owing)
        try:
            await self._process.start()
        except GatewayFault:
            await self.stop()
            raise
        self._carrier.owe([self._owed(one) for one in owing], listed=True)
        if left:
            self._answers.add(task := asyncio.create_task(self._finish(left)))
            task.add_done_callback(self._answers.discard)

    async def stop(self) -> None:
        """Unmount, at once for newcomers; verdicts under way are still given, for a while."""
        await self._process.part()
        if self._answers:
            await asyncio.wait(set(self._answers), timeout=_FINISH_SECONDS)
        await asyncio.to_thread(self._carrier.close, _FINISH_SECONDS)
        await self._process.end()
        for task in list(self._answers):
            task.cancel()
        await asyncio.to_thread(self._clear)
        if self._quick != self._spool:
            with suppress(OSError):  # something waits there for the device
                self._quick.rmdir()

    def _fresh(self) -> None:
        self._spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._quick.mkdir(mode=0o700, exist_ok=True)
        self._carrier.landed(_FINISH_SECONDS)  # what comes next shows the device without it
        self._carrier.orphan()
        self._clear()  # of a crash: its writers were told by an error that nothing was accepted

    def _clear(self) -> None:
        self._promises.empty()
        if self._quick != self._spool:
            _empty(self._spool)

    async def _finish(self, left: Sequence[Left]) -> None:
        """Judge again what an earlier process had promised, and bring it to the device."""
        log.warning("files that were promised before the gateway ended", extra={"part_count": len(left)})
        pause = _AGAIN
        while left := [one for one in left if not await self._finished(one)]:
            log.error("promised files wait", extra={"part_count": len(left)})
            await asyncio.sleep(pause)
            pause = min(2 * pause, _AGAIN_LATEST)

    async def _finished(self, one: Left) -> bool:
        """Whether nothing is to be done for it any more. What the device, or the room, did not take stays promised."""
        while not media.present(self._device):  # noqa: ASYNC110  a stick has no event to wait for
            await asyncio.sleep(1.0)
        transfer = Transfer(data=one.content, **self._about(one.path, one.login))
        waits, became = False, "delivered"

        def onward() -> tuple[str, str]:
            nonlocal waits, became
            try:
                became, detail = self._delivered_beside(transfer, one.login)
                return became, detail
            except (OSError, GatewayFault) as error:
                waits = True
                return "failed", errno.errorcode[errno_of(error)]

        try:
            await self._gateway.submit(transfer, onward=onward)
            if not waits:
                if became != "delivered":
                    await asyncio.to_thread(self._carrier.owe, [transfer])
                self._promises.kept(one.spool)
                one.spool.unlink(missing_ok=True)
        except (OSError, GatewayFault):
            return False
        return not waits

    # what the child asks

    def _hear(self, message: dict[str, Any], line: Line) -> None:
        if message["ask"] == "hasten":
            self._carrier.hasten()
            return
        if message["ask"] == "grown":
            self._grown(message)
            return
        task = asyncio.create_task(self._answer(message, line))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    def _grown(self, message: dict[str, Any]) -> None:
        """What is written just now is read as far as it goes, so that its writer waits for the rest alone."""
        about = self._about(message["path"], _login(message["uid"]))
        spool, size = Path(message["spool"]), int(message["size"])
        self._prints.grown(spool, size)
        self._gateway.grown(Transfer(spool=spool, digest=_NOT_YET, **about), size)

    async def _answer(self, message: dict[str, Any], line: Line) -> None:
        login, code = _login(message["uid"]), errno.EIO
        try:
            if self._carrier.settles and not await self._settled():
                raise GatewayFault("the device has not taken what was promised before")
            if message["ask"] == "may":
                code = 0 if self._may(login) else errno.EACCES
            elif message["ask"] == "named":
                code = 0 if self._may(login) and await self._named(message, login) else errno.EACCES
            elif await self._judge(message, login, line):
                return
            else:
                code = errno.EACCES
        except GatewayFault:
            pass  # told by EIO: nothing was accepted
        except Exception:
            log.exception("mount request")
        line.answer(message["id"], code)

    # one request

    async def _judge(self, message: dict[str, Any], login: str, line: Line) -> bool:
        """Submit a content and, where it passes, have it written to the device: then its writer has been answered."""
        path, spool, claim = message["path"], Path(message["spool"]), message["claim"]
        if not message["certain"]:
            self._gateway.forget(spool)
            self._prints.forget(spool)
        transfer, known = await self._transfer(spool, path, login)

        def onward() -> tuple[str, str]:
            code = errno.EIO
            try:
                if not claimed(claim):  # its writer was told that nothing arrives
                    return "failed", "ETIMEDOUT"
                word, detail, code = self._delivered(transfer, path, login, known)
            finally:
                line.answer(message["id"], code)  # what became of it is put on record while the writer goes on
            return word, detail

        def promised(promise: Promise) -> bool:
            slow = datetime.now(UTC) - transfer.at > _MEANWHILE
            if slow and self._writable(login) is None:  # asked once more before it is written, but its writer is told
                return False
            if not self._carrier.takes(transfer.size, look=False) or not claimed(claim):
                return False
            self._promises.add(spool, path, login, transfer.digest)
            line.answer(message["id"], 0, landing=True)
            told = partial(self._landed, spool, line, message["id"])
            times = (int(message["times"][0]), int(message["times"][1]))
            self._carrier.add(Load(transfer=transfer, path=path, login=login, times=times, promise=promise, told=told))
            return True

        soon = not message["sync"] and transfer.data is not None and spool.parent == self._quick
        if soon and self._carrier.unseen:
            soon = await self._seen()
        outcome = await self._gateway.submit(transfer, onward=onward, promised=promised if soon else None)
        return outcome.passes

    async def _named(self, message: dict[str, Any], login: str) -> bool:
        """Whether something on the device may be called so: a name that says something is judged like a content."""
        said = media_said.form_of(message["path"], message["before"])
        if not said:
            return True
        about = self._about(message["path"], login)
        envelope = about["envelope"] | {"before": message["before"]}
        transfer = Transfer(data=b"", **about | {"beside": said, "envelope": envelope})
        return (await self._gateway.submit(transfer)).passes

    async def _settled(self) -> bool:
        """Whether what an earlier process of the mount left on its way has landed: one thread waits for all who ask."""
        if self._settling is None or self._settling.done():
            self._settling = asyncio.create_task(asyncio.to_thread(self._carrier.settled, _FINISH_SECONDS))
        return await asyncio.shield(self._settling)

    async def _seen(self) -> bool:
        """Look at the device's room, in a thread: one look for all who ask meanwhile, so that a stick that hangs takes
        no more than one. Whether it could be seen."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(asyncio.to_thread(self._carrier.look))
        with suppress(OSError):
            await asyncio.shield(self._looking)
            return True
        return False

    @contextmanager
    def _gathered(self) -> Iterator[None]:
        """What lands meanwhile is told together, once it is off the list."""
        line = self._process.line
        with nullcontext() if line is None else line.gathered(), self._promises.gathered():
            yield

    def _landed(self, spool: Path, line: Line, number: int, code: int) -> None:
        try:
            self._promises.kept(spool)
        except OSError:
            log.error("a kept promise stays on the list")
        finally:
            line.landed(number, code)

    def _delivered_beside(self, transfer: Transfer, login: str) -> tuple[str, str]:
        """Write it beside what has come to its path since; what became of it. Raises OSError, GatewayFault."""
        standing = self._writable(login)
        if standing is None:
            return "refused", "standing changed meanwhile"
        try:
            detail = media.deliver_now(transfer, self._device, self._seal(transfer.id, login, standing))
        except SenderFault:
            return "failed", errno.errorcode[errno.EIO]
        return "delivered", detail

    def _delivered(self, transfer: Transfer, path: str, login: str, known: Print | None) -> tuple[str, str, int]:
        """Write what was allowed to the device: what became of it, in a word and a detail, and the writer's errno."""
        try:
            standing = self._writable(login)
            if standing is None:  # lost, or the loan ended, while it was being read
                return "refused", "standing changed meanwhile", errno.EACCES
            content = transfer.spool if transfer.spool is not None else transfer.read()
            seal = self._seal(transfer.id, login, standing)
            digest = known or transfer.digest
            media.write_now(self._device, path, content, seal, lambda *far: _tell(transfer.id, *far), digest=digest)
        except (OSError, SenderFault, GatewayFault) as error:
            code = errno_of(error)
            return "failed", errno.errorcode[code], code
        return "delivered", f"written to {self._serial}", 0

    def _about(self, path: str, login: str) -> dict[str, Any]:
        return {
            "channel": Channel.MEDIA,
            "sender": login,
            "destination": (self._serial,),
            "name": path.rsplit("/", 1)[-1],
            "beside": media_said.form_of(path),
            "envelope": {"serial": self._serial, "path": path},
        }

    def _owed(self, one: Owed) -> Transfer:
        about = self._about(one.path, one.login)
        return Transfer(data=b"", digest=one.digest, id=one.transfer, at=one.at, **about)

    async def _transfer(self, spool: Path, path: str, login: str) -> tuple[Transfer, Print | None]:
        """A small content travels as it is: neither a thread nor a file changes hands for it. Any other has a print."""
        what = self._about(path, login)
        if (data := _small(os.fspath(spool))) is not None:  # in memory, where it was written just now
            return Transfer(data=data, **what), None
        known = await self._prints.of(spool)
        return Transfer(spool=spool, digest=known.digest, **what), known

    def _seal(self, transfer: str, login: str, standing: Standing) -> media.Seal | None:
        if self._manifest is None:
            return None
        return self._manifest.of(
            transfer=transfer, sender=login, serial=self._serial, folder=self._device, standing=standing
        )

    def _standing(self, login: str) -> Standing:
        return self._directory.standing(Channel.MEDIA, login, datetime.now(UTC), self._serial)

    def _writable(self, login: str) -> Standing | None:
        """The standing by which this person may write to the device just now, or None."""
        standing = self._standing(login)
        return standing if may_write(standing, self._gateway.policy) else None

    def _may(self, login: str) -> bool:
        """Renaming and removing carry no content, but names: they need a person and a device in good standing."""
        return may_write(self._standing(login), self._gateway.policy)


def _small(spool: str) -> bytes | None:
    """A content, if it is one that travels as it is. By the system's own calls: a Path's cost more than they do."""
    file = os.open(spool, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = os.read(file, SMALL + 1)
        return data if len(data) <= SMALL and len(data) == os.fstat(file).st_size else None
    finally:
        os.close(file)


def _tell(transfer: str, done: int, size: int) -> None:
    """How far a large file is, in the log: its writer waits in close."""
    log.info("being written to the device", extra={"transfer": transfer, "size": size, "bytes": done})


def _login(uid: int) -> str:
    """The account's name; asked of the system (files, winbind) once a second, not of each file."""
    return _login_at(uid, int(time.monotonic()))


@lru_cache(maxsize=256)
def _login_at(uid: int, _second: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid:{uid}"


def _empty(folder: Path) -> None:
    with suppress(FileNotFoundError):
        for path in folder.iterdir():
            path.unlink(missing_ok=True)
