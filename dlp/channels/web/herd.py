"""The proxy's processes: started, heard, started again when one dies, ended in order.

Each has a folder of its own in the spool and one end of a pair of sockets. Whatever they hand in is judged here, by
one desk: pieces of one upload are joined whichever process they came to, and what may wait is counted over all.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from dlp.channels.web import wire
from dlp.channels.web.authority import Authority
from dlp.channels.web.bypass import Bypass
from dlp.channels.web.child import tunnel_heard, web_said
from dlp.channels.web.judging import Desk
from dlp.channels.web.proxy import CLOSING_SECONDS
from dlp.channels.web.proxy_users import ProxyUsers
from dlp.errors import ConfigError, GatewayFault, cannot_listen
from dlp.settings import Web

log = logging.getLogger(__name__)

_START_SECONDS = 120.0
_PING_SECONDS = 5.0
_SILENT_SECONDS = 60.0  # a process that answers no ping for so long hangs, and is ended
_SOUND_SECONDS = 30.0  # after which a process that dies did not die of its start
_LONGEST_PAUSE = 10.0


class Herd:
    """All processes of the proxy; `start`, then `.alive`, then `stop`."""

    def __init__(
        self,
        config: Web,
        desk: Desk,
        *,
        ca: Authority,
        spool: Path,
        users: ProxyUsers,
        bypass: Bypass | None,
        most: int,
        barred: Callable[[str, str, str], None],
    ) -> None:
        """`most` transfers of all processes may wait for their verdict; more are told to come again."""
        self._config, self._desk, self._ca, self._spool = config, desk, ca, spool
        self._users, self._bypass, self._most, self._barred = users, bypass, most, barred
        self._waiting = 0
        self._reserved: list[socket.socket] = []
        self._members: list[_Member] = []

    @property
    def alive(self) -> bool:
        """Whether all of them serve."""
        return bool(self._members) and all(member.listening for member in self._members)

    @property
    def pids(self) -> list[int]:
        """Of those that run."""
        return [member.pid for member in self._members if member.pid]

    async def start(self) -> int:
        """The port, once all listen. Raises ConfigError when the address cannot be had."""
        self._reserved = _reserve(self._config.host, self._config.port)
        port = int(self._reserved[0].getsockname()[1])
        self._config = replace(self._config, port=port)
        self._members = [_Member(self, number) for number in range(self._config.processes)]
        try:
            await asyncio.gather(*(member.start() for member in self._members))
        except BaseException:
            await self.stop()
            raise
        return port

    async def stop(self) -> None:
        """End all, after the uploads under way."""
        await asyncio.gather(*(member.stop() for member in self._members))
        for held in self._reserved:
            held.close()

    def orders(self, folder: Path) -> wire.Head:
        """What a process is told at its start."""
        return {
            "web": web_said(self._config),
            "folder": str(folder),
            "pieces": str(self._spool.parent / "pieces"),
            "ca": [str(self._ca.folder), self._ca.passphrase],
            "zone": self._bypass.zone.key if self._bypass else "UTC",
            "bypass": self._bypass is not None,
        }

    def folder(self, number: int) -> Path:
        """Of one process, for what its clients send."""
        return self._spool.absolute() / f"proxy-{number}"

    async def serve(self, folder: Path, word: str, head: wire.Head, data: bytes) -> wire.Head | None:
        """A process asks."""
        if word in ("judge", "submit"):
            return await self._in_turn(folder, word, head, data)
        if word == "may":
            return {"may": self._bypass is not None and await self._bypass.may(str(head["login"]))}
        if word == "admits":
            return {"admits": await self._users.admits(str(head["login"]), str(head["password"]))}
        if word == "failed":
            self._users.failed(str(head["login"]))
        elif word == "barred":
            self._barred(str(head["kind"]), str(head["host"]), str(head["login"]))
        elif word == "tunnel" and self._bypass is not None:
            self._bypass.told(tunnel_heard(head))
        return None

    async def _in_turn(self, folder: Path, word: str, head: wire.Head, data: bytes) -> wire.Head:
        if self._waiting >= self._most:
            raise GatewayFault("too many transfers wait")
        self._waiting += 1
        try:
            return await (self._judge if word == "judge" else self._submit)(folder, head, data)
        finally:
            self._waiting -= 1

    async def _judge(self, folder: Path, head: wire.Head, data: bytes) -> wire.Head:
        transfer = await asyncio.to_thread(wire.transfer_heard, head["transfer"], data, folder)
        return wire.answer_said(*await self._desk.judge(transfer, wire.piece_heard(head["piece"])))

    async def _submit(self, folder: Path, head: wire.Head, data: bytes) -> wire.Head:
        said, own = head["so_far"], int(head["transfer"]["size"])
        transfer = await asyncio.to_thread(wire.transfer_heard, head["transfer"], data[:own], folder)
        if said is None:
            return wire.answer_said(await self._desk.submit(transfer))
        joined = None
        if said["joined"] is not None:
            joined = await asyncio.to_thread(wire.transfer_heard, said["joined"], data[own:], folder)
        return wire.answer_said(await self._desk.submit(transfer, wire.so_far_heard(said, joined)))


class _Member:
    """One of them, and those that take its place."""

    def __init__(self, herd: Herd, number: int) -> None:
        self._herd, self._number = herd, number
        self._folder = herd.folder(number)
        self._process: asyncio.subprocess.Process | None = None
        self._link: wire.Link | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._first: asyncio.Future[None] | None = None
        self._stopping = asyncio.Event()
        self.listening = False

    @property
    def pid(self) -> int:
        return self._process.pid if self._process is not None and self._process.returncode is None else 0

    async def start(self) -> None:
        """Until it listens. Raises ConfigError."""
        self._first = asyncio.get_running_loop().create_future()
        self._keeper = asyncio.create_task(self._keep())
        try:
            async with asyncio.timeout(_START_SECONDS):
                await asyncio.shield(self._first)
        except TimeoutError:
            raise ConfigError("[web] processes: a process of the proxy does not start; see its log") from None

    async def stop(self) -> None:
        """Ask it to end after what is under way, and see that it does."""
        self._stopping.set()
        self.listening = False
        if self._link is not None:
            await self._link.tell("close")
        if self._keeper is not None:
            done, _ = await asyncio.wait({self._keeper}, timeout=CLOSING_SECONDS + 5.0)
            if not done:
                self._kill()
                await asyncio.wait({self._keeper}, timeout=5.0)
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        self._kill()

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGKILL)

    async def _keep(self) -> None:
        """Run it; again when it dies, after a pause that doubles while it dies young."""
        pause = 0.1
        while not self._stopping.is_set():
            begun = time.monotonic()
            try:
                await self._run()
            except Exception as error:  # a start that failed, or an end that says what is none of our language
                said = str(error) if isinstance(error, OSError) else type(error).__name__
                log.error("a process of the proxy does not start", extra={"channel": "web", "error": said})
            finally:
                self.listening = False
                await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
            self._tell(ConfigError("[web] a process of the proxy ended at its start; see its log"))
            if self._stopping.is_set():
                return
            code = self._process.returncode if self._process else None
            log.error("a process of the proxy ended", extra={"channel": "web", "code": code})
            pause = 0.1 if time.monotonic() - begun > _SOUND_SECONDS else min(pause * 2, _LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def _run(self) -> None:
        """One process, from its start until it is gone and all that it asked is ended."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ours, theirs = socket.socketpair()
        with theirs:
            process = self._process = await _spawn(theirs)
        try:
            ours.setblocking(False)
            streams = await asyncio.open_connection(sock=ours, limit=1 << 20)
            link = self._link = wire.Link(*streams, self._serve)
            hearing = asyncio.create_task(link.run())
            watching = asyncio.create_task(self._watch(link))
            await link.tell("begin", **self._herd.orders(self._folder))
            await hearing
            watching.cancel()
        finally:
            self._link = None
            if not self._stopping.is_set():
                self._kill()  # it may live on with its link closed; then it serves nobody
            try:
                await asyncio.wait_for(process.wait(), 5.0)
            except (TimeoutError, asyncio.CancelledError):
                self._kill()
                await process.wait()

    async def _serve(self, word: str, head: wire.Head, data: bytes) -> wire.Head | None:
        if word == "listening":
            self.listening = not self._stopping.is_set()
            self._tell(None)
            return None
        if word == "failed to listen":
            self._tell(ConfigError(str(head["why"])))
            return None
        return await self._herd.serve(self._folder, word, head, data)

    def _tell(self, fault: Exception | None) -> None:
        """Whoever waits for the first start."""
        if self._first is None or self._first.done():
            return
        if fault is None:
            self._first.set_result(None)
        else:
            self._first.set_exception(fault)

    async def _watch(self, link: wire.Link) -> None:
        """End it where it hangs: a process that takes connections and answers none is worse than none."""
        while True:
            await asyncio.sleep(_PING_SECONDS)
            try:
                await asyncio.wait_for(link.ask("ping"), _SILENT_SECONDS)
            except TimeoutError:
                log.error("a process of the proxy hangs", extra={"channel": "web"})
                self._kill()
            except GatewayFault:
                return


async def _spawn(theirs: socket.socket) -> asyncio.subprocess.Process:
    home = str(Path(__file__).parents[3])
    paths = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH", ""))))
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "dlp.channels.web.child",
        str(theirs.fileno()),
        str(os.getpid()),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=2,  # nothing of it is ours to read
        pass_fds=(theirs.fileno(),),
        env=os.environ | {"PYTHONPATH": paths},
        start_new_session=True,  # Ctrl-C is the parent's
    )


def _reserve(host: str, port: int) -> list[socket.socket]:
    """The address, bound but not listened on: ours, also while no process serves it. Raises ConfigError.

    First without sharing it: a gateway of another folder, which shares its own too, would have half of our connections.
    """
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for sharing in (False, True):
            held: list[socket.socket] = []
            for family, kind, protocol, _, address in dict.fromkeys(found):
                held.append(_bound(family, kind, protocol, (address[0], port, *address[2:]), sharing))
                port = port or held[0].getsockname()[1]
            if not sharing:
                for one in held:
                    one.close()
    except OSError as error:
        raise cannot_listen("web", host, port, error) from None
    return held


def _bound(family: int, kind: int, protocol: int, address: tuple[object, ...], sharing: bool) -> socket.socket:
    made = socket.socket(family, kind, protocol)
    try:
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)  # as asyncio does it
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what is left of closed connections is no matter
        if sharing:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind(address)
        if not sharing:
            made.listen(1)  # only this tells whether somebody else listens, where both reuse
    except OSError:
        made.close()
        raise
    return made
