"""Builds every object and runs them in one TaskGroup. The only module that knows everyone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from dlp import __version__, bundle, firstrun, policy
from dlp.admission import Admission
from dlp.alarms import Alarms
from dlp.bundle import Bundle
from dlp.channels.mail.mail import MailChannel
from dlp.channels.media.dropfolder import DropFolder
from dlp.channels.media.guard import Attempt, MediaGuard
from dlp.channels.mount.mount import MountChannel
from dlp.channels.web.authority import of_town
from dlp.channels.web.barred import Counted
from dlp.channels.web.bypass import Bypass, Tunnel
from dlp.channels.web.web import WebChannel
from dlp.clock import Clock
from dlp.console import Accounts, Console
from dlp.console.affected import AffectedPages
from dlp.console.checkoff import CheckoffPages
from dlp.console.coverage import CoveragePages
from dlp.console.devices import DevicePages
from dlp.console.heartbeat import Heartbeat
from dlp.console.incident import IncidentPages
from dlp.console.leavers import LeaverPages
from dlp.console.loans import LoanPages
from dlp.console.pages import Pages
from dlp.console.trace import TracePages
from dlp.console.training import TrainingPages
from dlp.delivery.erased import left_on
from dlp.delivery.manifest import Manifest
from dlp.delivery.routes import Relays
from dlp.detect.loader import towns
from dlp.directory import open_directory
from dlp.directory.coverage import Barred, Passed
from dlp.directory.desks import Desks
from dlp.directory.keeper import Keeper
from dlp.directory.register import REGISTER, Register
from dlp.directory.rounds import Rounds
from dlp.directory.routes import Routes
from dlp.directory.sources.scim_server import ScimServer
from dlp.errors import ConfigError, GatewayFault
from dlp.evidence import Metrics, Notary
from dlp.evidence.watch import Watch
from dlp.gateway import Gateway
from dlp.inspector import Inspector
from dlp.judgement import Surroundings
from dlp.outward import Outward
from dlp.releaser import Releaser
from dlp.settings import Config
from dlp.standing import PersonStatus
from dlp.subjects.own import check_known
from dlp.tracing import Finder
from dlp.training import Training
from dlp.transfer import Channel
from quarantine.case import RoomError
from quarantine.keys import KeyRing
from quarantine.room import Room

log = logging.getLogger(__name__)

_DISK = 64 * 1024 * 1024  # bytes that must be free to keep a transfer

_TIDY_SECONDS = 10.0


@dataclass(slots=True)
class Places:
    """Where a running gateway can be reached; written to var/run.json for people and programs."""

    pid: int
    smtp: str = ""
    next_hop: str = ""
    proxy: str = ""
    ca: str = ""
    drop: str = ""
    mounts: dict[str, str] = field(default_factory=dict)  # device serial -> mount point
    console: str = ""
    scim: str = ""
    metrics: str = ""
    ruleset: str = ""


class App:
    """One gateway in one process (and its inspection workers). Use as `async with App(config) as app`."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.places = Places(pid=os.getpid(), next_hop=config.mail.next_hop)
        self.passwords: dict[str, str] = {}  # login -> first password; only right after the first run
        self._stack = contextlib.AsyncExitStack()
        self._training = Training(config.path(config.notices.training))
        self._relay = Relays(config.mail)
        self._web: WebChannel | None = None

    async def __aenter__(self) -> App:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self) -> None:
        config = self.config
        var = config.var.absolute()
        self._lock(var)
        firstrun.lay_out(config)
        keys = KeyRing.open_or_create(config.path(config.quarantine.keys))
        rules = bundle.read(config.inspection.signatures)
        check_known(towns(rules.files), config.town.name)
        self.room = Room.open(config.path(config.quarantine.folder), keys)
        self._stack.callback(self.room.close)
        self.register = Register(config.path(REGISTER), self.room.enter)
        self._stack.callback(self.register.close)
        self.directory = open_directory(config, self.register)
        self._admission = Admission(config, self.directory, self.room, self._relay)
        self.desks = Desks.over(config, self.register, self.directory, self.room, left_on)
        self._manifest = Manifest(self.directory, self.desks.book)
        self._routes = Routes(self.desks.coverage, socket.gethostname())
        self.alarms = Alarms(self.room, self._administrators)
        self._pieces_key = keys.derive("pieces of uploads")
        self._authority = of_town(config.var, keys, config.town.name)
        self.inspector = await self._start_inspector(rules, keys)
        await self._start_console(keys, rules)
        self.gateway = Gateway(
            directory=self.directory,
            inspector=self.inspector,
            room=self.room,
            policy=policy.load(rules.files["policy.toml"].decode("utf-8")),
            surroundings=self._surroundings(),
        )
        self._stack.push_async_callback(self.gateway.drain)
        await self._start_releaser()
        self._start_rounds()
        self._start_keeper()
        await self._start_scim()
        await self._start_notary(rules)
        await self._start_channels()
        self.places.ruleset = rules.digest
        # Last: a start that fails (a port is taken) must not use up passwords nobody has seen.
        self.passwords = firstrun.first_accounts(self._accounts, self.directory)
        self._write_places(var)

    def _lock(self, var: Path) -> None:
        """One gateway a folder: a second one is told so."""
        import fcntl

        try:
            var.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(var / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ConfigError(f"{var}: cannot keep anything here ({error.strerror}); name a folder by --var") from None
        self._stack.callback(os.close, handle)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConfigError(f"{var}: another gateway is running on this folder. 別の関所が起動中です。") from None

    async def _start_inspector(self, rules: Bundle, keys: KeyRing) -> Inspector:
        workers = self.config.inspection.workers + 1  # one for what is small while large uploads are read
        inspector = Inspector(
            replace(self.config.inspection, workers=workers),
            rules.files,
            digest=rules.digest,
            token_key=keys.derive("tokens"),
            town=self.config.town.name,
        )
        self._stack.push_async_callback(inspector.stop)
        await inspector.start()
        return inspector

    def _surroundings(self) -> Surroundings:
        told = self.config.directory.administrator
        return Surroundings(
            console=self.places.console,
            training=self._training,
            administrators=(told,) if told else (),
            zone=ZoneInfo(self.config.town.timezone),
            seen=self._routes.seen,
            internal=self.config.mail.internal,
            password_window=timedelta(minutes=self.config.mail.password_minutes),
        )

    def _bypass(self) -> Bypass:
        zone, coverage, here = ZoneInfo(self.config.town.timezone), self.desks.coverage, socket.gethostname()

        async def may(login: str) -> bool:
            standing = self.directory.standing(Channel.WEB, login, datetime.now(UTC), "")
            return standing.status is PersonStatus.ACTIVE

        def told(tunnel: Tunnel) -> None:
            times = {"first": tunnel.begun, "last": tunnel.ended}
            passed = Passed(host=tunnel.host, via=here, **times, bytes=tunnel.bytes, count=int(tunnel.anew))
            threading.Thread(target=coverage.passed, args=([passed],), name="bypass").start()  # not in the proxy's loop

        return Bypass(self.config.web.bypass, may=may, told=told, zone=zone)

    def _barred(self) -> Counted:
        def told(found: list[Barred]) -> None:
            try:
                self.desks.coverage.barred([replace(one, person=self._admission.number(one.person)) for one in found])
            except GatewayFault:
                log.exception("what was refused unread is not on the coverage page")

        counted = Counted(told, socket.gethostname())
        self._stack.callback(counted.tell)
        return counted

    async def _start_console(self, keys: KeyRing, rules: Bundle) -> None:
        accounts = Accounts.open(self.config.path(Path("accounts.sqlite")))
        self._stack.callback(accounts.close)
        self._accounts = accounts
        if not self.config.console.enabled:
            return
        console = Console(
            self.config.console,
            self.room,
            self.directory,
            accounts,
            session_key=keys.derive("sessions"),
            timezone=self.config.town.timezone,
            alarms=self.alarms,
            pages=self._pages(keys, rules),
        )
        await self._begin(console.start, console.stop)
        self.places.console = console.url
        self.desks.reached_at(console.url)

    def _pages(self, keys: KeyRing, rules: Bundle) -> list[Pages]:
        """The console's pages with a module of their own."""
        town = self.config.town.name
        finder = Finder(self.room, keys.derive("tokens"), rules.files, town)
        kinds = (DevicePages, LoanPages, CoveragePages, CheckoffPages, Heartbeat)
        media = [kind(self.desks) for kind in kinds]
        people = (TracePages(finder), IncidentPages(town), AffectedPages(self.inspector), LeaverPages(self.register))
        return [*people, *media, TrainingPages(self._training)]

    async def _start_releaser(self) -> None:
        config = self.config
        outward = self._outward = Outward(config, self._relay, self.directory, self._manifest, self.gateway.policy)
        releaser = Releaser(
            self.room,
            self.directory,
            {Channel.MAIL: outward.mail, Channel.MEDIA: outward.media},
            post=outward.post if config.notices.enabled else None,
            permit_hours=config.web.permit_hours,
            expire_days=config.quarantine.expire_days,
            purge_days=config.quarantine.purge_days,
            console=self.places.console,
            clock=Clock(config.path(Path("clock"))),
            doubted=lambda doubt: (self.alarms.sound if doubt else self.alarms.over)("clock"),
            spool=config.var.absolute() / "spool" / "release",
        )
        self._stack.push_async_callback(self._relay.close)
        task = asyncio.create_task(releaser.run(), name="releaser")
        self._stack.push_async_callback(_cancel, task)
        self._stack.push_async_callback(_cancel, asyncio.create_task(self._tidy(), name="tidy"))

    async def _tidy(self) -> None:
        """Keep the trace index quick to search, now and then."""
        while True:
            await asyncio.sleep(_TIDY_SECONDS)
            try:
                await asyncio.to_thread(self.room.inquiry.tidy)
            except (RoomError, OSError) as error:
                log.warning("the trace index is not tidied", extra={"error": type(error).__name__})

    def _start_keeper(self) -> None:
        keeper = Keeper(self.config, self.directory, self.register, self.room, console=self.places.console)
        task = asyncio.create_task(keeper.run(), name="keeper")
        self._stack.push_async_callback(_cancel, task)

    async def _start_scim(self) -> None:
        if self.config.scim.enabled:
            server = ScimServer(self.config.scim, self.register)
            await self._begin(server.start, server.stop)
            self.places.scim = server.url

    async def _start_notary(self, rules: Bundle) -> None:
        watch = Watch(self.room, self.config, ruleset=rules.digest, policy=rules.files["policy.toml"])
        notary = Notary(self.config, self.room, self.alarms, watch)
        await self._begin(notary.start, notary.stop)
        if self.config.metrics.enabled:
            unrecorded = self.gateway.unrecorded.__len__
            metrics = Metrics(self.config, self.room, self.alarms, self._ready, self._of_people, unrecorded)
            await self._begin(metrics.start, metrics.stop)
            self.places.metrics = metrics.url

    def _ready(self) -> dict[str, bool]:
        """Whether a transfer would be taken now: read by a worker, and kept."""
        self.room.last_entry()  # raises when the room cannot answer
        left = os.statvfs(self.config.path(self.config.quarantine.folder))
        return {
            "workers": self.inspector.alive,
            "room": True,
            "outcomes": not self.gateway.unrecorded.full,
            "proxy": self._web is None or self._web.alive,
            "disk": left.f_bavail * left.f_frsize > _DISK,
        }

    def _of_people(self) -> dict[str, datetime]:
        """The directory's alarms: code -> since when the oldest stands."""
        found = self.directory.alarms()  # the oldest first
        return {alarm.code: alarm.raised for alarm in reversed(found) if alarm.raised is not None}

    def _administrators(self) -> list[str]:
        """Mail addresses that are told of alarms."""
        told = [self.config.directory.administrator, *(p.mail[0] for p in self.directory.administrators() if p.mail)]
        return [address for address in dict.fromkeys(told) if address]

    def _start_rounds(self) -> None:
        desks = self.desks
        rounds = Rounds(
            desks.coverage,
            desks.report,
            desks.checkoffs,
            self._routes,
            desks.lending,
            host=socket.gethostname(),
            version=__version__,
        )
        self._stack.push_async_callback(_cancel, asyncio.create_task(rounds.run(), name="rounds"))

    async def _start_channels(self) -> None:
        config, var = self.config, self.config.var.absolute()
        if config.mail.enabled:
            users = self._admission.mail_users()
            mail = MailChannel(config.mail, self.gateway, self._relay, users, spool=var / "spool" / "mail")
            await self._begin(mail.start, mail.stop)
            self.places.smtp = f"{config.mail.host}:{mail.port}"
        if config.web.enabled:
            web = self._web = WebChannel(
                config.web,
                self.gateway.submit,
                self._authority,
                spool=var / "spool" / "web",
                bypass=self._bypass(),
                pieces_key=self._pieces_key,
                large=config.inspection.workers,
                most=2 * config.inspection.queue,
                barred=self._barred().add,
                users=self._admission.proxy_users(),
            )
            await self._begin(web.start, web.stop)
            self.places.proxy = f"http://{config.web.host}:{web.port}"
            self.places.ca = str(web.ca_path)
        if config.media.enabled:
            drop = DropFolder(
                config.path(config.media.drop),
                self.gateway,
                self.directory,
                spool=var / "spool" / "drop",
                manifest=self._manifest,
            )
            await self._begin(drop.start, drop.stop)
            self._outward.released = drop.released
            self.places.drop = str(config.path(config.media.drop))
            if config.media.guard:
                guard = MediaGuard(self._device_folders, self._attempted)
                await self._begin(guard.start, guard.stop)
            for serial, point in config.media.mounts.items():
                await self._start_mount(serial, Path(point), var / "spool" / "mount")

    def _device_folders(self) -> dict[str, Path]:
        return {device.serial: Path(device.folder) for device in self.directory.devices() if device.folder}

    def _attempted(self, attempt: Attempt) -> None:
        """A hand on a stick that was not ours."""
        found = {"code": "media_bypassed" if attempt.written else "media_denied", "error": attempt.program}
        log.error(
            "a program wrote past the gateway" if attempt.written else "a program was kept off a stick", extra=found
        )
        if attempt.written:
            self.alarms.sound("media_bypassed")
        self.desks.book.attempted(
            attempt.serial, attempt.program, attempt.uid, datetime.now(UTC), written=attempt.written
        )

    async def _start_mount(self, serial: str, point: Path, spool: Path) -> None:
        device = self.directory.device(serial)
        if device is None or not device.folder:
            raise ConfigError(f"[media] mounts: device {serial} needs a `folder` in the device ledger")
        mount = MountChannel(
            serial,
            point,
            Path(device.folder),
            self.gateway,
            self.directory,
            spool=spool / serial,
            max_size=self.config.media.max_size,
            patience=2 * self.config.inspection.deadline + 30.0,  # waiting for a worker, then for its answer
            manifest=self._manifest,
            sync=self.config.media.sync,
        )
        await self._begin(mount.start, mount.stop)
        self.places.mounts[serial] = str(point)

    async def _begin(self, start: Callable[[], Awaitable[None]], stop: Callable[[], Awaitable[None]]) -> None:
        self._stack.push_async_callback(stop)
        await start()

    def _write_places(self, var: Path) -> None:
        text = orjson.dumps(self.places, option=orjson.OPT_INDENT_2)
        fresh = var / "run.json.new"
        fresh.write_bytes(text)
        fresh.replace(var / "run.json")
        self._stack.callback((var / "run.json").unlink, missing_ok=True)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@contextlib.asynccontextmanager
async def until_signal() -> AsyncIterator[asyncio.Event]:
    """An event that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def serve(config: Config, ready: Callable[[App], None]) -> None:
    """Run a gateway until SIGINT or SIGTERM; `ready` is called once when everything listens."""
    async with until_signal() as stop, App(config) as app:
        ready(app)
        await stop.wait()
