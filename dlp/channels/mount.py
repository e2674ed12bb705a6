"""MountChannel: a FUSE mount over a device. What is written is judged when it is closed, and the closer is told."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import os
import pwd
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlp.channels.mount_child import claimed
from dlp.channels.mount_point import may_allow_other, unmount
from dlp.delivery import media
from dlp.directory import Directory
from dlp.errors import ConfigError, GatewayFault, SenderFault
from dlp.policy import may_write
from dlp.standing import Standing
from dlp.transfer import Channel, Transfer

if TYPE_CHECKING:
    from dlp.delivery.manifest import Manifest
    from dlp.gateway import Gateway

log = logging.getLogger(__name__)

_READY_SECONDS = 30.0
_FINISH_SECONDS = 10.0
_LONGEST_PAUSE = 60.0
_SMALL = 256 * 1024  # bytes of a content that is read at once
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
    ) -> None:
        self._serial, self._device = serial, device.absolute()
        self._mountpoint = Path(os.path.realpath(mountpoint.parent)) / mountpoint.name  # as mountinfo spells it
        self._gateway, self._directory, self._manifest = gateway, directory, manifest
        self._spool, self._max_size, self._patience = spool.absolute(), max_size, patience
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._answers: set[asyncio.Task[None]] = set()
        self._ready = asyncio.Event()
        self._was_ready = False
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Mount. Raises ConfigError where mount point and device overlap, GatewayFault when nothing mounts."""
        point, device = self._mountpoint, self._device
        if point == device or point in device.parents or device in point.parents:
            raise ConfigError(f"[media] mounts: {point} and the device's folder {device} may not contain each other")
        self._stopping.clear()
        self._spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._keeper = asyncio.create_task(self._keep())
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait({ready, self._keeper}, timeout=_READY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            ready.cancel()
            await self.stop()
            raise GatewayFault(f"{point}: nothing mounted; is /dev/fuse there, and fusermount3?")

    async def stop(self) -> None:
        """Unmount, at once for newcomers; verdicts under way are still given, for a while."""
        self._stopping.set()
        await unmount(self._mountpoint)
        if self._answers:
            await asyncio.wait(set(self._answers), timeout=_FINISH_SECONDS)
        process = self._process
        if process is not None and process.stdin is not None:
            process.stdin.close()  # the child ends
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 5.0)
            if process.returncode is None:
                process.kill()
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        for task in list(self._answers):
            task.cancel()
        await unmount(self._mountpoint)
        await asyncio.to_thread(_empty, self._spool)

    # the child

    async def _keep(self) -> None:
        """Run the child; mount again when it dies, after a pause that doubles. The first failure is final."""
        pause = 0.5
        while not self._stopping.is_set():
            self._ready.clear()
            await unmount(self._mountpoint)
            await asyncio.to_thread(self._prepare)
            await self._run()
            if self._stopping.is_set():
                return
            log.error("the mount's process ended", extra={"code": self._process.returncode if self._process else None})
            if not self._was_ready:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _prepare(self) -> None:
        self._mountpoint.mkdir(mode=0o755, parents=True, exist_ok=True)
        _empty(self._spool)  # of a crash: its writers were told by an error that nothing was accepted

    async def _run(self) -> None:
        command = [sys.executable, "-m", "dlp.channels.mount_child", "--mountpoint", str(self._mountpoint)]
        command += ["--device", str(self._device), "--spool", str(self._spool), "--max-size", str(self._max_size)]
        command += ["--patience", str(self._patience)]
        if may_allow_other():
            command.append("--allow-other")
        home = str(Path(__file__).parents[2])
        paths = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH", ""))))
        process = self._process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": paths},
            start_new_session=True,  # Ctrl-C is the parent's
        )
        assert process.stdout is not None
        try:
            async for line in process.stdout:
                self._hear(json.loads(line), process)
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            raise
        finally:
            await process.wait()

    def _hear(self, message: dict[str, Any], process: asyncio.subprocess.Process) -> None:
        if message["ask"] == "ready":
            self._was_ready = True
            self._ready.set()
            return
        task = asyncio.create_task(self._answer(message, process))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _answer(self, message: dict[str, Any], process: asyncio.subprocess.Process) -> None:
        login = _login(message["uid"])
        code = errno.EIO
        try:
            if message["ask"] == "may":
                code = 0 if self._may(login) else errno.EACCES
            else:
                code = await self._judge(Path(message["spool"]), message["path"], login, Path(message["claim"]))
        except GatewayFault:
            pass  # told by EIO: nothing was accepted
        except Exception:
            log.exception("mount request")
        finally:
            assert process.stdin is not None
            with suppress(OSError, RuntimeError):
                process.stdin.write(json.dumps({"id": message["id"], "errno": code}).encode() + b"\n")

    # one request

    async def _judge(self, spool: Path, path: str, login: str, claim: Path) -> int:
        """Submit a content; 0 once it is on the device, else the errno its writer gets."""
        transfer = await self._transfer(spool, path, login)
        outcome = await self._gateway.submit(transfer)
        if not outcome.passes:
            return errno.EACCES
        return await self._gateway.carry_out(transfer.id, lambda: self._deliver(transfer, path, login, claim))

    def _deliver(self, transfer: Transfer, path: str, login: str, claim: Path) -> tuple[str, str, int]:
        """Write what was allowed to the device: what became of it, in a word and a detail, and the writer's errno."""
        if not claimed(claim):  # its writer was told that nothing arrives
            return "failed", "ETIMEDOUT", errno.EIO
        try:
            standing = self._standing(login)
            if not may_write(standing, self._gateway.policy):  # lost, or the loan ended, while it was being read
                return "refused", "standing changed meanwhile", errno.EACCES
            content = transfer.spool if transfer.spool is not None else transfer.read()
            seal = self._seal(transfer.id, login, standing)
            media.write_now(
                self._device, path, content, seal, lambda *far: _tell(transfer.id, *far), digest=transfer.digest
            )
        except (OSError, SenderFault, GatewayFault) as error:
            code = _errno(error)
            return "failed", errno.errorcode[code], code
        return "delivered", f"written to {self._serial}", 0

    async def _transfer(self, spool: Path, path: str, login: str) -> Transfer:
        """A small content travels as it is: neither a thread nor a file changes hands for it."""
        what: dict[str, Any] = {
            "channel": Channel.MEDIA,
            "sender": login,
            "destination": (self._serial,),
            "name": path.rsplit("/", 1)[-1],
            "envelope": {"serial": self._serial, "path": path},
        }
        if spool.stat().st_size <= _SMALL:  # noqa: ASYNC240  in the page cache, where it was written just now
            return Transfer(data=spool.read_bytes(), **what)  # noqa: ASYNC240
        return await asyncio.to_thread(lambda: Transfer(spool=spool, **what))  # reads it for its digest

    def _seal(self, transfer: str, login: str, standing: Standing) -> media.Seal | None:
        if self._manifest is None:
            return None
        return self._manifest.of(
            transfer=transfer, sender=login, serial=self._serial, folder=self._device, standing=standing
        )

    def _standing(self, login: str) -> Standing:
        return self._directory.standing(Channel.MEDIA, login, datetime.now(UTC), self._serial)

    def _may(self, login: str) -> bool:
        """Renaming and removing carry no content, but names: they need a person and a device in good standing."""
        return may_write(self._standing(login), self._gateway.policy)


def _tell(transfer: str, done: int, size: int) -> None:
    """How far a large file is, in the log: its writer waits in close."""
    log.info("being written to the device", extra={"transfer": transfer, "size": size, "bytes": done})


def _errno(error: Exception) -> int:
    if isinstance(error, media.Absent):
        return errno.ENODEV
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG):
        return error.errno
    return errno.EIO


def _login(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid:{uid}"


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink(missing_ok=True)
