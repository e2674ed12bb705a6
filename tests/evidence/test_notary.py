"""Checkpoints reach their second places; what cannot be reached is an alarm, blocks nothing, and gets all it missed."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from dlp.alarms import Alarms
from dlp.errors import ConfigError
from dlp.evidence import Metrics, Notary
from dlp.evidence.watch import Watch
from dlp.settings import Config, Evidence, Siem
from dlp.settings import Metrics as MetricsSettings
from quarantine.room import Room
from tests.evidence.conftest import Receiver


class Desk:
    """A notary over a room, round by round."""

    def __init__(self, room: Room, tmp: Path, evidence: Evidence, siem: Siem | None = None) -> None:
        (tmp / "people.toml").write_text("# nobody\n")
        self.room, self.tmp = room, tmp
        self.config = Config(var=tmp, evidence=evidence, siem=siem or Siem())
        self.alarms = Alarms(room, lambda: ["admin@town.example"])
        self.watch = Watch(room, self.config, ruleset="r1", policy=b"p")
        self.watch._look()  # the start is on record, so to say
        self.notary = Notary(self.config, room, self.alarms, self.watch)

    def round(self) -> None:
        self.notary._pauses.clear()  # no waiting in tests
        self.notary.round()

    def events(self) -> list[str]:
        return [entry.event for entry in self.room.entries(limit=10_000)]

    def second(self, folder: str = "second") -> list[str]:
        return (self.tmp / folder / "checkpoints.jsonl").read_text().splitlines()


@pytest.fixture
def desk(room: Room, tmp_path: Path) -> Callable[..., Desk]:
    def make(siem: Siem | None = None, **fields: Any) -> Desk:
        return Desk(room, tmp_path, Evidence(**{"checkpoint_entries": 3, **fields}), siem)

    return make


def test_a_folder_gets_every_checkpoint_once_and_both_verify(
    desk: Callable[..., Desk], room: Room, tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()
    made = desk(folder=Path("second"))
    for _ in range(4):
        room.note("S001", "login")
        room.note("S001", "logout")
        room.note("S001", "login")
        made.round()
    made.round()
    assert made.second() == [line for _, line in room.checkpoints()]
    assert len(made.second()) == 4
    assert room.verify(made.second()) == []
    room.set_exported("folder", 1)  # a crash before the cursor was kept
    made.round()
    assert room.verify(made.second()) == []


def test_a_folder_that_is_away_is_an_alarm_and_gets_all_it_missed(
    desk: Callable[..., Desk], room: Room, tmp_path: Path
) -> None:
    made = desk(folder=Path("second"))
    for _ in range(3):
        room.note("S001", "login")
        room.note("S001", "logout")
        room.note("S001", "login")
        made.round()
    assert set(made.alarms.standing()) == {"place folder"}
    assert made.events().count("alarm") == 1, "once, however long it lasts"
    (_, notice), *others = room.notices()
    assert (notice.to, others) == ("admin@town.example", [])
    assert "第二の保管先" in notice.subject
    (tmp_path / "second").mkdir()
    made.round()
    assert made.alarms.standing() == {}
    assert made.events()[-1] == "alarm over"
    assert made.second() == [line for _, line in room.checkpoints()]


def test_the_collector_gets_checkpoints_and_events(
    desk: Callable[..., Desk], room: Room, identity: tuple[Path, Path], authority: Any
) -> None:
    receiver = Receiver(identity)
    made = desk(Siem(collector=f"127.0.0.1:{receiver.port}", ca=authority.path))
    room.note("S001", "login")
    made.round()
    receiver.down()
    kinds = [re.match(r"<\d+>1 \S+ \S+ sekisho \d+ (\S+)", text)[1] for text in receiver.messages]  # type: ignore[index]
    assert sorted(kinds) == ["cef"] * 3 + ["checkpoint"], "a key, a login, and that there is a checkpoint"
    assert any(room.last_checkpoint() in text for text in receiver.messages)


def test_the_head_is_mailed_once_a_day_to_be_printed(desk: Callable[..., Desk], room: Room) -> None:
    made = desk(head_to=("somu@town.example",))
    made.round()
    made.round()
    ((_, notice),) = room.notices()
    digits = re.sub(r"\s", "", notice.body)
    fields = room.last_checkpoint()
    assert re.search(r'"hash":"(\w+)"', fields)[1] in digits  # type: ignore[index]
    assert re.search(r'"signature":"(\w+)"', fields)[1] in digits  # type: ignore[index]
    assert room.exported("paper") > 0


def test_start_changes_and_end_are_on_record_with_digests(
    desk: Callable[..., Desk], room: Room, tmp_path: Path
) -> None:
    made = desk()
    made.watch.begin()
    made.round()
    (tmp_path / "people.toml").write_text("# somebody\n")
    made.round()
    made.round()
    made.watch.end()
    told = {entry.event: entry for entry in room.entries(limit=100)}
    assert {"configuration", "ruleset", "policy", "people", "devices", "version"} <= set(told["start"].detail)
    assert told["configuration changed"].detail["what"] == "people"
    assert told["configuration changed"].detail["was"] == told["start"].detail["people"]
    assert made.events().count("configuration changed") == 1
    assert made.events()[-1] == "stop"


def test_what_changed_while_the_gateway_was_stopped_is_told_at_the_next_start(room: Room, tmp_path: Path) -> None:
    (tmp_path / "people.toml").write_text("# one\n")
    config = Config(var=tmp_path)
    for ruleset, people in (("r1", "# one\n"), ("r1", "# one\n"), ("r2", "# two\n")):
        (tmp_path / "people.toml").write_text(people)
        Watch(room, config, ruleset=ruleset, policy=b"").begin()
    changed = [entry.detail for entry in room.entries(limit=100) if entry.event == "configuration changed"]
    assert [detail["what"] for detail in changed] == ["ruleset", "people"]
    assert (changed[0]["was"], changed[0]["digest"]) == ("r1", "r2")


def test_another_configuration_has_another_digest_and_a_password_has_none(room: Room, tmp_path: Path) -> None:
    def digest(config: Config) -> object:
        Watch(room, config, ruleset="r", policy=b"").begin()
        return room.entries(since=room.last_entry() - 1)[0].detail["configuration"]

    base = Config(var=tmp_path)
    assert digest(base) == digest(base)
    assert digest(base) != digest(replace(base, evidence=Evidence(checkpoint_entries=7)))
    assert digest(base) == digest(replace(base, ldap=replace(base.ldap, password="secret")))


def test_a_full_disk_is_an_alarm_and_nothing_is_thrown_away(desk: Callable[..., Desk], room: Room) -> None:
    made = desk(min_free=2**62)
    before = made.events()
    made.round()
    assert set(made.alarms.standing()) == {"disk"}
    assert made.events() == [*before, "alarm", "checkpoint"]
    assert "ディスク" in room.notices()[0][1].subject


async def test_the_end_of_a_gateway_is_signed_and_exported(
    desk: Callable[..., Desk], room: Room, tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()
    made = desk(folder=Path("second"), checkpoint_entries=1000)
    await made.notary.start()
    room.note("S001", "login")
    await made.notary.stop()
    assert made.events()[-2:] == ["stop", "checkpoint"]
    assert f'"seq":{room.last_entry()},' in made.second()[-1]


# -- metrics


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(var=tmp_path, metrics=MetricsSettings(enabled=True, port=0))


async def fetch(url: str, **headers: str) -> tuple[int, str]:
    async with ClientSession() as http, http.get(url, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_metrics_count_without_a_personal_value(config: Config, room: Room, history: Callable[[], None]) -> None:
    alarms = Alarms(room)
    metrics = Metrics(config, room, alarms, dict, lambda: {"source_old": datetime(2026, 4, 1, tzinfo=UTC)}, lambda: 3)
    await metrics.start()
    history()
    alarms.sound("disk")
    status, text = await fetch(metrics.url)
    await metrics.stop()
    assert status == 200
    lines = text.splitlines()
    assert 'sekisho_transfers_total{channel="mail",verdict="monitor"} 1.0' in lines
    assert 'sekisho_people_total{channel="web",verdict="quarantine"} 150.0' in lines
    assert 'sekisho_audit_events_total{event="login"} 1.0' in lines
    assert {"sekisho_cases_waiting 0.0", "sekisho_outcomes_unrecorded 3.0"} <= set(lines)
    assert any(line.startswith('sekisho_alarm{code="disk"}') for line in lines)
    assert any(line.startswith('sekisho_alarm{code="source_old"}') for line in lines)
    assert not re.search(r"himitsu|E001|S001|citizen", text)


async def test_metrics_beyond_loopback_ask_for_the_token(config: Config, room: Room, tmp_path: Path) -> None:
    outside = replace(config, metrics=replace(config.metrics, host="0.0.0.0"))
    with pytest.raises(ConfigError, match="token_file"):
        Metrics(outside, room, Alarms(room), dict)
    (tmp_path / "token").write_text("a token long enough\n")
    metrics = Metrics(
        replace(config, metrics=replace(config.metrics, token_file=Path("token"))), room, Alarms(room), dict
    )
    await metrics.start()
    assert (await fetch(metrics.url))[0] == 401
    assert (await fetch(metrics.url, Authorization="Bearer wrong"))[0] == 401
    assert (await fetch(metrics.url, Authorization="Bearer a token long enough"))[0] == 200
    await metrics.stop()


async def test_health_and_readiness(config: Config, room: Room) -> None:
    found: dict[str, bool] = {"workers": True, "disk": True}
    broken = threading.Event()

    def ready() -> dict[str, bool]:
        if broken.is_set():
            raise OSError("gone")
        return found

    metrics = Metrics(config, room, Alarms(room), ready)
    await metrics.start()
    base = metrics.url.removesuffix("/metrics")
    assert await fetch(f"{base}/healthz") == (200, "ok\n")
    assert await fetch(f"{base}/readyz") == (200, '{"workers": true, "disk": true}')
    found["disk"] = False
    assert (await fetch(f"{base}/readyz"))[0] == 503
    broken.set()
    assert await fetch(f"{base}/readyz") == (503, '{"gateway": false}')
    await metrics.stop()
