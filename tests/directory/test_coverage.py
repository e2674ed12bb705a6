"""What is silent, unlisted, unknown, unread or by an unlisted route, over the real register."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from importlib import resources
from pathlib import Path

import pytest

from dlp.directory import terminals as module
from dlp.directory.coverage import Barred, Coverage, Passed, RouteUse
from dlp.directory.gaps import DailyReport, find, text
from dlp.directory.register import Register
from dlp.directory.routes import Routes
from dlp.directory.usb_events import Sighting
from dlp.errors import ConfigError
from dlp.standing import PersonStatus, Standing
from dlp.transfer import Channel, Transfer
from tests.directory.counter import NOW, STICK, Counter

CSV = "名称,種別,アドレス,所属,管理者,監視,備考\nPC-01,端末,10.1.2.3,市民課,S001,有,\n予約端末,端末,10.1.3.0/24,総務課,,有,\nrelay,経路,192.0.2.1,,,,\n"


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    made = Counter(tmp_path)
    made.lending.register(STICK, "A001", NOW)
    yield made
    made.close()


@pytest.fixture
def coverage(counter: Counter) -> Coverage:
    made = Coverage(counter.register)
    made.enlist(module.parse(CSV.encode("cp932")), "A001", NOW)
    return made


def gaps(coverage: Coverage, counter: Counter, hours: float = 0.0):  # type: ignore[no-untyped-def]
    return find(coverage, counter.directory.devices(), NOW + timedelta(hours=hours))


def test_a_terminal_is_silent_until_it_reports_and_after_24_hours(coverage: Coverage, counter: Counter) -> None:
    assert [t.name for t in gaps(coverage, counter).silent] == ["pc-01", "予約端末"]
    for name in ("PC-01", "予約端末"):
        coverage.heard(name, NOW)
    assert gaps(coverage, counter, 24.0).silent == []
    assert [t.name for t in gaps(coverage, counter, 24.1).silent] == ["pc-01", "予約端末"]
    coverage.heard("pc-01", NOW + timedelta(hours=24))
    coverage.heard("pc-01", NOW)  # late news make nothing older
    assert [t.name for t in gaps(coverage, counter, 24.1).silent] == ["予約端末"]


def test_a_terminal_nobody_has_listed_is_told(coverage: Coverage, counter: Counter) -> None:
    coverage.heard("施設予約端末", NOW)
    assert [t.name for t in gaps(coverage, counter).unlisted] == ["施設予約端末"]
    found = [replace(t, listed=None) for t in coverage.terminals()]
    coverage.enlist(found, "A001", NOW)
    assert gaps(coverage, counter).unlisted == []


def test_this_gateway_needs_no_list(coverage: Coverage, counter: Counter) -> None:
    coverage.heard("gw-1", NOW, kind="gateway", ours=True)
    coverage.heard("gw-2", NOW, kind="gateway")
    assert [t.name for t in gaps(coverage, counter).unlisted] == ["gw-2"]
    assert "gw-1" in [t.name for t in gaps(coverage, counter, 25.0).silent]


def test_a_new_list_takes_the_place_of_the_old(coverage: Coverage, counter: Counter) -> None:
    coverage.heard("pc-01", NOW)
    coverage.enlist(module.parse(b"name\npc-01\npc-09\n"), "A001", NOW)
    assert [(t.name, t.heard) for t in coverage.terminals()] == [("pc-01", NOW), ("pc-09", None)]
    assert ("A001", "terminal_removed", "relay") in counter.events()


@pytest.mark.parametrize(
    "text", ["name,colour\na,b\n", "kind\nterminal\n", "name,kind\na,car\n", "name,address\na,here\n", "name\na\nA\n"]
)
def test_a_wrong_list_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        module.parse(text.encode())


def seen(serial: str, **more: str) -> Sighting:
    return Sighting(host="PC-01", at=NOW, serial=serial, source="osquery", **more)


def test_devices_not_in_the_ledger_and_lost_ones_are_told(coverage: Coverage, counter: Counter) -> None:
    known = [seen("USB-7"), seen("4c530001")]  # by the ledger's name, and by the hardware's
    stranger, nameless = seen("EVIL", vendor_id="0951"), seen("", vendor_id="0951", product_id="1666")
    assert coverage.saw([*known, stranger, nameless]) == 4
    found = gaps(coverage, counter)
    assert {s.serial for s in found.unknown_devices} == {"EVIL", ""}
    assert found.barred_devices == []
    counter.lending.lose("USB-7", "A001", "紛失", NOW)
    assert {s.serial for s, _ in gaps(coverage, counter).barred_devices} == {"USB-7", "4c530001"}
    entries = len(counter.events())
    assert coverage.saw([replace(stranger, at=NOW + timedelta(hours=1))]) == 0
    assert len(counter.events()) == entries  # seen again: a sign of life, no entry
    assert gaps(coverage, counter, 24 * 32).unknown_devices == []


def test_servers_nobody_has_read_are_counted(coverage: Coverage, counter: Counter) -> None:
    for _ in range(2):
        coverage.passed([Passed(host="bank.example", via="gw", first=NOW, last=NOW, count=3, bytes=1000)])
    (found,) = gaps(coverage, counter).undecrypted
    assert (found.host, found.count, found.bytes) == ("bank.example", 6, 2000)
    assert ("coverage", "passed_undecrypted", "bank.example") in counter.events()


def test_what_was_refused_unread_is_counted_bounded_and_no_gap(coverage: Coverage, counter: Counter) -> None:
    one = Barred(host="chat.example", kind="websocket", via="gw", first=NOW, last=NOW, count=3)
    before = gaps(coverage, counter).count
    coverage.barred([one])
    coverage.barred([replace(one, last=NOW + timedelta(hours=1)), replace(one, kind="stream")])
    found = gaps(coverage, counter)
    assert [(b.kind, b.count) for b in found.refused] == [("websocket", 6), ("stream", 3)]
    coverage.barred([replace(one, person="E001")])
    assert {(b.person, b.count) for b in coverage.refused(NOW) if b.kind == "websocket"} == {("", 6), ("E001", 3)}
    assert any("chat.example websocket 職員番号 E001 3回" in line for line in text(gaps(coverage, counter), 24.0))
    assert found.count == before
    coverage.barred(replace(one, host=f"h{n}", last=NOW + timedelta(hours=2)) for n in range(1_100))
    assert len(coverage.refused(NOW)) <= 1_100
    coverage.barred(replace(one, host=f"h{n}", last=NOW + timedelta(hours=3 + n)) for n in range(1_100))
    assert len(coverage.refused(NOW)) == 1_001
    assert gaps(coverage, counter, 24 * 100).refused == []


def test_what_was_counted_before_persons_were_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    Register(path, None).close()
    with contextlib.closing(sqlite3.connect(path)) as old:  # as 0021 made it
        old.execute("DROP TABLE barred")
        old.executescript((resources.files("dlp.directory") / "sql" / "0021_barred.sql").read_text())
        old.execute("INSERT INTO barred VALUES ('chat.example', 'stream', 'gw', ?, ?, 7)", [NOW.isoformat()] * 2)
        old.execute("DELETE FROM migration WHERE number = 22")
        old.commit()
    with contextlib.closing(Register(path, None)) as register:
        (found,) = Coverage(register).refused(NOW)
    assert found == Barred(host="chat.example", kind="stream", via="gw", first=NOW, last=NOW, count=7)


def use(route: str, **more: str) -> RouteUse:
    return RouteUse(route=route, login="clerk", person="E001", via="gw", first=NOW, last=NOW, **more)


def test_routes_are_listed_by_name_or_by_address(coverage: Coverage, counter: Counter) -> None:
    routes = ["relay", "mail:10.1.2.3", "web:10.1.3.77", "web:10.1.4.1", "own-smtp", "mail:not-an-address"]
    coverage.used([use(route) for route in routes])
    found = gaps(coverage, counter).routes
    assert {u.route for u in found} == {"web:10.1.4.1", "own-smtp", "mail:not-an-address"}
    assert {u.person for u in found} == {"E001"}


def transfer(peer: str, channel: Channel = Channel.MAIL) -> Transfer:
    return Transfer(
        channel=channel,
        sender="clerk@town.example",
        destination=("x",),
        name="n",
        data=b"12345",
        envelope={"peer": peer},
    )


def test_the_gateway_tells_from_which_address_each_transfer_came(coverage: Coverage, counter: Counter) -> None:
    routes, standing = Routes(coverage, "gw"), Standing(status=PersonStatus.ACTIVE, person=counter.person("E001"))
    for peer in ("10.1.2.3", "10.9.9.9", "10.9.9.9", ""):
        routes.seen(transfer(peer), standing)
    routes.seen(transfer("10.9.9.9", Channel.MEDIA), standing)
    assert routes.flush() == 1
    assert routes.flush() == 0
    (found,) = gaps(coverage, counter).routes
    assert (found.route, found.person, found.count, found.bytes) == ("mail:10.9.9.9", "E001", 2, 10)


def test_where_no_addresses_are_listed_no_route_is_told(counter: Counter) -> None:
    coverage = Coverage(counter.register)
    routes = Routes(coverage, "gw")
    routes.seen(transfer("10.9.9.9"), Standing(status=PersonStatus.UNKNOWN))
    assert routes.flush() == 0
    assert coverage.route_uses(NOW - timedelta(days=1)) == []


def test_the_daily_report_goes_once_a_day_to_the_administrators(coverage: Coverage, counter: Counter) -> None:
    report = DailyReport(counter.register, coverage, counter.directory, hour=7, console="https://c")
    early = NOW.replace(hour=21, minute=59)  # 06:59 in Tokyo
    assert not report.run(early)
    assert report.run(early + timedelta(minutes=1))
    assert not report.run(early + timedelta(hours=2))
    assert report.run(early + timedelta(days=1, minutes=1))
    told = [notice for _, notice in counter.room.notices() if "網羅状況" in notice.subject]
    assert [notice.to for notice in told] == ["admin@town.example"] * 2
    assert "予約端末" in told[0].body
    assert "2件" in told[0].subject


def test_where_nothing_is_listed_or_seen_no_report_is_sent(counter: Counter) -> None:
    coverage = Coverage(counter.register)
    coverage.heard("gw", NOW, kind="gateway", ours=True)
    report = DailyReport(counter.register, coverage, counter.directory, hour=0)
    assert not report.run(NOW)
    coverage.saw([seen("EVIL")])
    assert report.run(NOW)


def test_a_token_is_kept_as_its_digest_only(coverage: Coverage, counter: Counter, tmp_path: Path) -> None:
    agent, token = coverage.admit("PC-01", "A001", NOW)
    found = coverage.agent(token)
    assert found is not None
    assert (found.id, found.name) == (agent, "pc-01")
    assert coverage.agent(token + "x") is None
    assert coverage.agent("") is None
    for path in tmp_path.glob("register.db*"):
        assert token.encode() not in path.read_bytes()
    assert coverage.revoke(agent, "A001", NOW)
    assert not coverage.revoke(agent, "A001", NOW)
    assert coverage.agent(token) is None
    assert [e for e in counter.events() if e[1].startswith("agent_")] == [
        ("A001", "agent_admitted", agent),
        ("A001", "agent_revoked", agent),
    ]
