"""`make demo`: a whole small town on loopback, and the incident of 2018 replayed in it by real clients."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import re
import shutil
import smtplib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path

from aiohttp import ClientSession, FormData, web
from aiosmtpd.smtp import SMTP, Envelope, Session

from dlp import app
from dlp.delivery.media import MARK
from dlp.errors import ConfigError
from dlp.settings import Config
from dlp.tuning import town

_MARK = "this-folder-is-the-demo-and-is-emptied-at-each-start"


@dataclass(frozen=True, slots=True)
class Step:
    """One act of the replay and what came of it."""

    title: str
    act: Callable[[], Awaitable[str]]


class Store:
    """The built-in next hop: keeps each delivered mail as a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Store one mail; a SMTP reply."""
        number = len(list(self._folder.iterdir())) + 1
        to = envelope.rcpt_tos[0].replace("/", "_")
        (self._folder / f"{number:04}-{to}.eml").write_bytes(envelope.original_content or b"")
        return "250 2.0.0 stored"


class Town:
    """The demo's surroundings: a next hop, a web site outside, people, a stick."""

    def __init__(self, config: Config) -> None:
        self.folder = config.var.absolute()
        self._empty()
        self.delivered = self.folder / "delivered"
        self.list_file = self.folder / "meibo.csv"  # what the web upload sends, kept for trying it again by hand
        self.uploads = 0
        self.config = config
        self.site = ""

    def _empty(self) -> None:
        """A fresh folder; never one that is not ours, nor one in which a demo is running."""
        if self.folder.exists() and any(self.folder.iterdir()) and not (self.folder / _MARK).exists():
            raise ConfigError(f"{self.folder} is not a demo's folder; name another with --var")
        if _in_use(self.folder / "lock"):
            raise ConfigError(f"{self.folder}: another demo is running here; name another folder with --var")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700, parents=True)
        (self.folder / _MARK).touch()

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Config]:
        """Start what is outside the town hall; the configuration that fits it."""
        loop = asyncio.get_running_loop()
        store = Store(self.delivered)
        hop = await loop.create_server(lambda: SMTP(store, hostname="next-hop.example"), "127.0.0.1", 0)
        site = web.Application(client_max_size=100 * 1024**2)
        site.router.add_post("/upload", self._upload)
        runner = web.AppRunner(site)
        await runner.setup()
        server = web.TCPSite(runner, "127.0.0.1", 0)
        await server.start()
        self.site = f"http://127.0.0.1:{runner.addresses[0][1]}/upload"
        try:
            yield self._configure(f"127.0.0.1:{hop.sockets[0].getsockname()[1]}")
        finally:
            hop.close()
            await runner.cleanup()

    async def _upload(self, request: web.Request) -> web.Response:
        await request.read()
        self.uploads += 1
        return web.Response(text="received\n")

    def _configure(self, next_hop: str) -> Config:
        config = self.config
        yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011  the town's own calendar
        (self.folder / "people.toml").write_text(_PEOPLE.format(yesterday=yesterday), encoding="utf-8")
        stick = self.folder / "devices" / "USB-0001"
        stick.mkdir(parents=True)
        (stick / MARK).touch()
        (self.folder / "devices.toml").write_text(_DEVICES.format(folder=stick), encoding="utf-8")
        return replace(
            config,
            mail=replace(config.mail, next_hop=next_hop, next_hop_tls="none"),
            web=replace(config.web, addresses={"127.0.0.1": "clerk"}),
        )


def _in_use(lock: Path) -> bool:
    if not lock.exists():
        return False
    with lock.open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


_PEOPLE = """\
[[person]]
id = "S001"
name = "市民課長"
mail = ["kacho@demo.example"]
logins = ["supervisor"]
department = "市民課"
supervisor = "P001"
role = "supervisor"

[[person]]
id = "P001"
name = "個人情報保護担当"
mail = ["privacy@demo.example"]
logins = ["privacy"]
department = "総務課"
supervisor = "S001"
role = "privacy"

[[person]]
id = "A001"
name = "情報システム課"
mail = ["admin@demo.example"]
logins = ["admin"]
department = "情報システム課"
role = "administrator"

[[person]]
id = "E001"
name = "職員（在職）"
mail = ["clerk@demo.example"]
logins = ["clerk", "staff"]
department = "市民課"
supervisor = "S001"

[[person]]
id = "E002"
name = "職員（昨日退職）"
mail = ["leaver@demo.example"]
logins = ["leaver"]
department = "市民課"
supervisor = "S001"
end = {yesterday}
"""

_DEVICES = """\
[[device]]
serial = "USB-0001"
number = "市民-001"
product = "セキュリティUSB 32GB"
department = "市民課"
holder = "S001"
state = "in_use"
encrypted = true
folder = "{folder}"
"""


class Replay:
    """The acts, in order, by real clients against the running gateway."""

    def __init__(self, running: app.App, around: Town) -> None:
        self._app, self._town = running, around
        people = list(town.citizens(1200, seed=2018))
        self._lists = [people[i : i + 150] for i in range(0, 1200, 150)]

    def steps(self) -> list[Step]:
        """What is replayed."""
        return [
            Step("普通のメール（5通） ordinary mails", self._ordinary),
            Step("名簿150人をメール本文で a list in a mail's body", self._mail_body),
            Step("名簿150人をCP932のCSV添付で a list as an attached CSV", self._mail_csv),
            Step("普通のファイルをウェブへ an ordinary upload", self._web_ordinary),
            Step("名簿150人をウェブへ a list by web upload", self._web_list),
            Step("普通のファイルを登録済みUSBへ an ordinary file to the stick", self._stick_ordinary),
            Step("名簿150人を登録済みUSBへ a list to the registered stick", self._stick_list),
            Step("未登録のUSBへ an unregistered stick", self._stick_unknown),
            Step("昨日退職した職員がメールで by one who retired yesterday", self._leaver),
        ]

    async def _send(self, sender: str, text: str, *, attachment: bytes = b"", subject: str = "連絡") -> str:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, "partner@outside.example", subject
        message.set_content(text)
        if attachment:
            message.add_attachment(attachment, maintype="text", subtype="csv", filename="名簿.csv")
        host, _, port = self._app.places.smtp.rpartition(":")

        def post() -> str:
            with smtplib.SMTP(host, int(port), timeout=120) as client:
                client.ehlo()
                client.mail(sender)
                client.rcpt("partner@outside.example")
                code, reply = client.data(message.as_bytes(policy=SMTP_POLICY))
                return f"{code} {reply.decode('utf-8', 'replace')}"

        return await asyncio.to_thread(post)

    async def _ordinary(self) -> str:
        for number in range(5):
            reply = await self._send("clerk@demo.example", f"会議は{number + 1}時からです。よろしくお願いします。\n")
        return reply

    async def _mail_body(self) -> str:
        return await self._send("clerk@demo.example", town.csv_text(self._lists[0]), subject="名簿の件")

    async def _mail_csv(self) -> str:
        data = town.csv_text(self._lists[1]).encode("cp932")
        return await self._send("clerk@demo.example", "添付します。\n", attachment=data)

    async def _upload(self, name: str, data: bytes) -> str:
        form = FormData()
        form.add_field("file", data, filename=name, content_type="text/csv")
        proxy = self._app.places.proxy
        wish = {"Accept": "application/json"}
        async with (
            ClientSession(headers=wish) as session,
            session.post(self._town.site, data=form, proxy=proxy) as answer,
        ):
            if answer.status == 200:
                return "HTTP 200, arrived"
            told = await answer.json()
            return f"HTTP {answer.status} {told['error']}, case {told['case']}"

    async def _web_ordinary(self) -> str:
        return await self._upload("お知らせ.txt", "市民まつりのお知らせ。10時開場。\n".encode())

    async def _web_list(self) -> str:
        self._town.list_file.write_bytes(town.csv_text(self._lists[2]).encode("cp932"))
        return await self._upload(self._town.list_file.name, self._town.list_file.read_bytes())

    async def _drop(self, login: str, serial: str, name: str, data: bytes) -> str:
        folder = Path(self._app.places.drop) / login / serial
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        await asyncio.sleep(0.3)  # a new folder is watched from the moment the gateway has seen it
        path = folder / name
        await asyncio.to_thread(path.write_bytes, data)
        device = self._app.directory.device(serial)
        for _ in range(600):
            await asyncio.sleep(0.1)
            notes = sorted(p.name for p in folder.glob(f"{name}.*"))
            if notes:
                case = re.search(r"[0-9A-Z]{6}", (folder / notes[0]).read_text(encoding="utf-8"))
                return f"{notes[0]}" + (f", case {case[0]}" if case and "保留" in notes[0] else "")
            if device is not None and (Path(device.folder) / name).exists():
                return "written to the device"
        return "no answer"

    async def _stick_ordinary(self) -> str:
        return await self._drop("clerk", "USB-0001", "案内図.txt", "駅から徒歩5分です。\n".encode())

    async def _stick_list(self) -> str:
        return await self._drop("clerk", "USB-0001", "list.csv", town.csv_text(self._lists[3]).encode("cp932"))

    async def _stick_unknown(self) -> str:
        return await self._drop("clerk", "USB-9999", "memo.txt", "メモ\n".encode())

    async def _leaver(self) -> str:
        people = [*self._lists[4], *self._lists[5]][:248]
        # 2018-12-22: sixteen files with 248 records, the day after retiring.
        reply = ""
        for index in range(16):
            part = people[index * 248 // 16 : (index + 1) * 248 // 16]
            reply = await self._send("leaver@demo.example", town.csv_text(part), subject="資料")
        return reply
