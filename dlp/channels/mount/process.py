"""The process behind one mount, from our side: started, heard, started again when it dies, ended."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from dlp.channels.mount import point as mount_point
from dlp.channels.mount.line import Line
from dlp.channels.mount.point import may_allow_other, unmount
from dlp.errors import ConfigError, GatewayFault

log = logging.getLogger(__name__)

_READY_SECONDS = 30.0
_LONGEST_PAUSE = 60.0


class MountProcess:
    """Keeps something mounted at `point`. `options` are the child's; `hear` is told what it asks, and by which line
    it is answered; `fresh` is called before each start."""

    def __init__(
        self,
        point: Path,
        options: Sequence[str],
        hear: Callable[[dict[str, Any], Line], None],
        fresh: Callable[[], None],
    ) -> None:
        self._point, self._options, self._hear, self._fresh = point, options, hear, fresh
        self.child: asyncio.subprocess.Process | None = None
        self.line: Line | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._was_ready = False
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Mount. Raises ConfigError where files would be hidden by the mount, GatewayFault when nothing mounts."""
        await unmount(self._point)
        await asyncio.to_thread(_require_empty, self._point)
        self._stopping.clear()
        self._keeper = asyncio.create_task(self._keep())
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait({ready, self._keeper}, timeout=_READY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            ready.cancel()
            raise GatewayFault(f"{self._point}: nothing mounted; is /dev/fuse there, and fusermount3?")

    async def part(self) -> None:
        """Unmount, at once for newcomers; what was asked can still be answered."""
        self._stopping.set()
        await unmount(self._point)

    async def end(self) -> None:
        """End the child and what keeps it; the bare folder is anybody's again who may remove it."""
        if self.child is not None and self.line is not None:
            self.line.close()  # the child ends
            with suppress(TimeoutError):
                await asyncio.wait_for(self.child.wait(), 5.0)
            if self.child.returncode is None:
                self.child.kill()
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await unmount(self._point)
        await asyncio.to_thread(mount_point.reopen, self._point)

    async def _keep(self) -> None:
        """Run the child; mount again when it dies, after a pause that doubles. The first failure is final."""
        pause = 0.5
        while not self._stopping.is_set():
            self._ready.clear()
            await unmount(self._point)
            await asyncio.to_thread(self._prepare)
            await self._run()
            if self._stopping.is_set():
                return
            log.error("the mount's process ended", extra={"code": self.child.returncode if self.child else None})
            if not self._was_ready:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _prepare(self) -> None:
        self._point.mkdir(parents=True, exist_ok=True)
        mount_point.close(self._point)
        self._fresh()

    async def _run(self) -> None:
        command = [sys.executable, "-m", "dlp.channels.mount.child", "--mountpoint", str(self._point), *self._options]
        if may_allow_other():
            command.append("--allow-other")
        home = str(Path(__file__).parents[3])
        paths = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH", ""))))
        line = self.line = Line()
        try:
            child = self.child = await asyncio.create_subprocess_exec(
                *command,
                stdin=line.theirs,
                stdout=asyncio.subprocess.PIPE,
                env=os.environ | {"PYTHONPATH": paths},
                start_new_session=True,  # Ctrl-C is the parent's
            )
        except BaseException:
            line.close()
            raise
        line.given()
        await self._listen(child, line)

    async def _listen(self, child: asyncio.subprocess.Process, line: Line) -> None:
        assert child.stdout is not None
        try:
            async for asked in child.stdout:
                message = json.loads(asked)
                if message["ask"] == "ready":
                    self._was_ready = True
                    self._ready.set()
                else:
                    self._hear(message, line)
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                child.send_signal(signal.SIGKILL)
            raise
        finally:
            await child.wait()
            line.close()


def _require_empty(point: Path) -> None:
    """Whoever wrote there while nothing was mounted believes it to be on the device."""
    with suppress(FileNotFoundError):
        if any(point.iterdir()):
            raise ConfigError(f"[media] mounts: {point} is not empty, and what lies there is not on the device")
