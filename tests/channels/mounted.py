"""A mounted device and a shell on it: the kernel's FUSE and the real gateway and room, over a scripted reader."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path

from dlp.channels.mount.mount import MountChannel
from dlp.delivery.manifest import NAME as MANIFEST
from dlp.delivery.media import MARK
from dlp.policy import Policy
from tests.channels.desk import Desk, ledger

_MAX_SIZE = 12 << 20

# In a program of its own: a fork of ours would close our descriptor, and that waits for the verdict.
KEEPS_OPEN = 'exec 3> "$M/a"; cat "$T/source" >&3; touch "$T/told"; until [ -e "$T/stop" ]; do sleep 0.05; done'


class Mount:
    """A mounted device and a shell on it."""

    def __init__(
        self,
        tmp: Path,
        device: Path | None = None,
        *,
        patience: float = 50.0,
        policy: Policy | None = None,
        max_size: int = 0,
        sync: bool = False,
    ) -> None:
        self.tmp = tmp
        self.device = device or tmp / "device"
        if device is None:
            self.device.mkdir()
            (self.device / MARK).touch()
        self.desk = Desk(tmp, ledger("USB-7", self.device), policy)
        self.point, self.spool = tmp / "mount point", tmp / "spool"
        self._options = {"max_size": max_size or _MAX_SIZE, "patience": patience, "sync": sync}
        self.channel = self.anew()

    def anew(self) -> MountChannel:
        """The mount, as the next process of the gateway makes it."""
        return MountChannel(
            "USB-7",
            self.point,
            self.device,
            self.desk.gateway,
            self.desk.directory,
            self.spool,
            manifest=self.desk.manifest,
            **self._options,  # type: ignore[arg-type]
        )

    async def sh(self, command: str, *, uid: int | None = None) -> tuple[int, str]:
        """Run in a shell, $M being the mount point and $T a folder beside it; exit code and all output."""
        env = os.environ | {"M": str(self.point), "T": str(self.tmp), "LC_ALL": "C"}
        process = await asyncio.create_subprocess_shell(
            command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, user=uid, cwd="/"
        )
        async with asyncio.timeout(40):  # what hangs fails; the fixture's stop() then frees it
            out, _ = await process.communicate()
        return process.returncode or 0, out.decode()

    async def ok(self, command: str) -> str:
        code, out = await self.sh(command)
        assert code == 0, out
        return out

    async def refused(self, command: str) -> None:
        code, out = await self.sh(command)
        assert code == 1, out
        assert "Permission denied" in out

    def on_device(self) -> dict[str, bytes]:
        """What is on the device when nothing is on its way there any more."""
        assert self.channel._carrier.landed(30)
        return self.there()

    def there(self) -> dict[str, bytes]:
        """What is on the device just now."""
        found = (p for p in self.device.rglob("*") if p.is_file() and "lost+found" not in p.parts)
        found = (p for p in found if p.name not in (MARK, MANIFEST))
        return {str(p.relative_to(self.device)): p.read_bytes() for p in found}

    def buffered(self) -> int:
        return len(
            [path for folder in {self.spool, self.channel._quick} if folder.exists() for path in folder.iterdir()]
        )
