"""22 December 2018 again: retired yesterday, directory server down. On each channel nothing gets out, and it is told.

The same person sends before the end date, with the server up, and everything arrives: so the sinks work. Then the
end date comes, the server is killed, the gateway is killed too and started anew.
"""

from __future__ import annotations

import email
import email.policy
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dlp.directory import alarms, copies, offboarding
from dlp.directory.register import Register
from dlp.directory.sources.scim_model import ENTERPRISE
from dlp.tuning.town import citizens, csv_text
from quarantine.audit import Entry
from quarantine.ledger import LedgerRow
from tests.directory.slapd import ADMIN, BASE, Slapd, entry
from tests.e2e.harness import PEOPLE, REPO, Box
from tests.e2e.nexthop import NextHop
from tests.e2e.stick import Stick
from tests.e2e.test_mail import OUTSIDE, send
from tests.e2e.webserver import WebServer
from tests.extract import makers
from tests.fuse_guard import Guard

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(280)]

TODAY = datetime.now(UTC).astimezone(ZoneInfo("Asia/Tokyo")).date()
INNOCENT = "市民まつりのお知らせ。10時に開場します。\n".encode() * 20
#: 16 files, 248 people: what was taken that day.
LISTS = {f"名簿{n:02d}.csv": csv_text(list(citizens(16 if n < 8 else 15, seed=n))).encode("cp932") for n in range(16)}
STAFF = (
    PEOPLE.replace('logins = ["clerk", "root"]', 'logins = ["clerk"]')
    .replace('logins = ["retired"]', 'logins = ["retired", "root"]')
    .replace("end = 2018-12-21\n", "")
)  # the personnel system has not been told


def off_on(day: date) -> int:
    """shadowExpire of an account that is off from this day on."""
    return (day - date(1970, 1, 1)).days


class Replay:
    """Everything once: slapd, next hop, web site, stick, gateway."""

    def __init__(self, tmp: Path, stack: ExitStack) -> None:
        self.tmp = tmp
        self.slapd = Slapd(tmp, entry("retired", "R001", shadowExpire=str(off_on(TODAY + timedelta(days=3)))))
        self.slapd.start()
        stack.callback(self.slapd.kill)
        self.hop = stack.enter_context(NextHop())
        self.site = stack.enter_context(WebServer())
        self.stick = Stick(tmp, megabytes=32)
        self.stick.plug()
        self.point = tmp / "checked"
        self.box = Box(
            tmp,
            people=STAFF,
            devices=self.stick.ledger(),
            mail={"next_hop": f"127.0.0.1:{self.hop.port}"},
            web={"addresses": {"127.0.0.1": "retired"}},
            media={"mounts": {self.stick.serial: str(self.point)}},
            ldap={
                "enabled": True,
                "url": f"ldap://127.0.0.1:{self.slapd.port}",
                "ca": str(self.slapd.ca),
                "bind_dn": ADMIN,
                "password_file": str(self.slapd.password_file),
                "base": BASE,
                "interval_minutes": 0.01,
                "timeout": 5.0,
            },
            scim={"enabled": True, "port": 0},
        )
        stack.callback(self._close)
        self.box.start()

    def _close(self) -> None:
        try:
            self.box.stop()
        finally:
            if self.stick.plugged:
                self.stick.unplug(lazy=True)
            subprocess.run(["umount", "-l", str(self.point)], capture_output=True, timeout=10)

    def ask[T](self, question: Callable[[Register], T]) -> T:
        register = Register(self.box.var / "register.db", None)
        try:
            return question(register)
        finally:
            register.close()

    def end_date_in_copy(self) -> date | None:
        """What the gateway's copy of the directory server says."""

        def look(register: Register) -> date | None:
            with register.snapshot() as now:
                return next((p.end for c in copies.kept(now) for p in c.people if c.name == "ldap"), None)

        return self.ask(look)

    def rows(self) -> list[LedgerRow]:
        room = self.box.room()
        try:
            return room.ledger(limit=1000)
        finally:
            room.close()

    def entries(self) -> list[Entry]:
        room = self.box.room()
        try:
            assert room.verify() == []
            return room.entries(0, 100_000)
        finally:
            room.close()

    # the ways out

    def mail(self, files: dict[str, bytes]) -> list[int]:
        contents = [makers.eml(attachment=data, name="list.csv") for data in files.values()]
        return [send(self.box.smtp_port, data, sender="retired@town.example")[0] for data in contents]

    def web(self, files: dict[str, bytes]) -> list[str]:
        env = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
        codes = []
        for name, data in files.items():
            (self.tmp / name).write_bytes(data)
            command = ["curl", "-sS", "--noproxy", "", "-x", self.box.proxy_url, "--max-time", "60", "-o", "/dev/null"]
            command += ["-w", "%{http_code}", "-F", f"file=@{self.tmp / name}", f"{self.site.url}/form"]
            codes.append(subprocess.run(command, capture_output=True, text=True, timeout=90, env=env).stdout)
        return codes

    def mount(self, files: dict[str, bytes]) -> list[int]:
        codes = []
        for name, data in files.items():
            (self.tmp / name).write_bytes(data)
            command = ["cp", str(self.tmp / name), str(self.point / f"mount-{name}")]
            codes.append(subprocess.run(command, capture_output=True, timeout=60).returncode)
        return codes

    def drop(self, files: dict[str, bytes]) -> None:
        folder = self.box.drop / "retired" / self.stick.serial
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / f"drop-{name}").write_bytes(data)

    def blocked(self, channel: str, minimum: int) -> bool:
        found = [row for row in self.rows() if row.entry.channel == channel and row.entry.verdict == "block"]
        return len(found) >= minimum


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory, need: Callable[..., None]) -> Iterator[Replay]:
    need("slapd", "ldapmodify", "curl", "fusermount3", "/dev/fuse", "mkfs.ext4", "/dev/loop-control")
    with Guard(seconds=100.0) as guard, ExitStack() as stack:
        made = Replay(tmp_path_factory.mktemp("leavers"), stack)
        guard.watch(made.tmp)
        yield made


def test_before_the_end_date_all_channels_are_open(replay: Replay) -> None:
    fine = {"お知らせ.txt": INNOCENT}
    replay.box.wait(lambda: replay.end_date_in_copy() == TODAY + timedelta(days=2))
    assert (replay.mail(fine), replay.web(fine), replay.mount(fine)) == ([250], ["200"], [0])
    replay.drop(fine)
    replay.box.wait(lambda: replay.stick.files().keys() >= {"mount-お知らせ.txt", "drop-お知らせ.txt"})
    assert len(replay.hop.to(OUTSIDE)) == 1
    assert len(replay.site.arrived) == 1


def test_retired_yesterday_and_the_directory_server_down(replay: Replay) -> None:
    replay.slapd.modify(
        f"dn: uid=retired,{BASE}\nchangetype: modify\nreplace: shadowExpire\nshadowExpire: {off_on(TODAY)}\n"
    )
    replay.box.wait(lambda: replay.end_date_in_copy() == TODAY - timedelta(days=1), 90)
    replay.slapd.kill()
    replay.box.kill()
    subprocess.run(["umount", "-l", str(replay.point)], capture_output=True, timeout=10)
    replay.box.start()
    before = {name: len(found) for name, found in (("hop", replay.hop.to(OUTSIDE)), ("site", replay.site.arrived))}
    files = {**LISTS, "harmless.txt": INNOCENT}

    assert set(replay.mail(files)) == {550}
    assert set(replay.web(files)) == {"403"}
    assert set(replay.mount(files)) == {1}
    replay.drop(files)
    replay.box.wait(lambda: replay.blocked("media", 2 * len(files)), 120)

    assert (len(replay.hop.to(OUTSIDE)), len(replay.site.arrived)) == (before["hop"], before["site"]) == (1, 1)
    assert replay.stick.files().keys() == {"mount-お知らせ.txt", "drop-お知らせ.txt"}
    names = [person.name for n in range(16) for person in citizens(15, seed=n)]
    replay.stick.unplug()
    assert replay.stick.raw_has([INNOCENT[:60]]) != [], "the search finds what was allowed"
    assert replay.stick.raw_has(names) == []
    replay.stick.plug()
    for channel in ("mail", "web", "media"):
        assert replay.blocked(channel, len(files)), channel
    assert replay.box.cases() == []  # refused, not held: there is nothing anybody could release


def test_the_alarm_was_raised(replay: Replay) -> None:
    def standing(register: Register) -> list[str]:
        with register.snapshot() as now:
            return [alarm.name for alarm in alarms.standing(now)]

    replay.box.wait(lambda: "down ldap" in replay.ask(standing))
    events = [(entry.event, entry.subject) for entry in replay.entries()]
    assert ("alarm", "down ldap") in events
    alarms_told = lambda: [m for m in replay.hop.to("admin@town.example") if "警報" in subject_of(m.content)]  # noqa: E731
    replay.box.wait(lambda: [m for m in alarms_told() if "「ldap」を読めません" in body_of(m.content)])
    assert [m for m in replay.hop.to("boss@town.example") if "送信を拒否しました" in subject_of(m.content)]
    logged = [
        json.loads(line) for line in replay.box.log.read_text(encoding="utf-8").splitlines() if line.startswith("{")
    ]
    assert [line for line in logged if line["message"] == "alarm" and line["error"] == "down ldap"]
    assert "battery staple" not in replay.box.log.read_text(encoding="utf-8")


def test_the_account_that_nobody_removed_has_an_owner_and_is_overdue(replay: Replay) -> None:
    def tasks(register: Register) -> list[offboarding.Task]:
        with register.snapshot() as now:
            return [task for task in offboarding.tasks(now) if task.person == "R001"]

    (task,) = replay.ask(tasks)
    assert (task.owner, task.late(TODAY), task.open) == ("A001", 1, True)
    replay.box.wait(lambda: ("task overdue", f"task {task.id}") in [(e.event, e.subject) for e in replay.entries()])
    replay.box.wait(lambda: [m for m in replay.hop.to("admin@town.example") if "期限を過ぎて" in subject_of(m.content)])


def test_an_account_the_identity_provider_switches_off_is_refused_and_a_stranger_held(replay: Replay) -> None:
    """By the command beside the running gateway, and over HTTP."""
    command = [sys.executable, "-m", "dlp", "people", "scim-token", "idp", "--by", "A001"]
    command += ["--var", str(replay.box.var), "--config", str(replay.box.config_path)]
    token = subprocess.run(command, cwd=REPO, capture_output=True, text=True, timeout=60, check=True).stdout.strip()

    def push(active: bool) -> None:
        body = {"userName": "clerk2@town.example", "active": active, ENTERPRISE: {"employeeNumber": "E002"}}
        request = urllib.request.Request(
            replay.box.places["scim"] + ("/Users" if active else f"/Users/{made['id']}"),
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"},
            method="POST" if active else "PUT",
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            made.update(json.load(answer))

    made: dict[str, str] = {}
    content = makers.eml(attachment=INNOCENT, name="a.txt", body="お知らせ")
    push(active=True)
    assert send(replay.box.smtp_port, content, sender="clerk2@town.example")[0] == 250
    push(active=False)
    assert send(replay.box.smtp_port, content, sender="clerk2@town.example")[0] == 550
    assert len(replay.hop.to(OUTSIDE)) == 2
    assert send(replay.box.smtp_port, content, sender="stranger@town.example")[0] == 250
    assert [case.entry.sender for case in replay.box.cases()] == ["stranger@town.example"]
    assert len(replay.hop.to(OUTSIDE)) == 2


def subject_of(content: bytes) -> str:
    return str(email.message_from_bytes(content, policy=email.policy.default)["Subject"])


def body_of(content: bytes) -> str:
    return str(email.message_from_bytes(content, policy=email.policy.default).get_content())
