from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dlp.directory import Directory
from dlp.errors import ConfigError
from dlp.standing import DeviceStatus, PersonStatus
from dlp.transfer import Channel

PEOPLE = """
[[person]]
id = "S1"
name = "上司"
mail = ["boss@town.example"]
supervisor = "S2"
deputy = "S2"
deputy_from = 2018-12-01
deputy_until = 2018-12-31
[[person]]
id = "S2"
name = "代理"
mail = ["deputy@town.example"]
[[person]]
id = "E1"
name = "職員"
mail = ["Clerk@Town.Example"]
logins = ["Clerk"]
supervisor = "S1"
start = 2018-04-01
end = 2018-12-21
"""
DEVICES = """
[[device]]
serial = "A1"
state = "in_use"
[[device]]
serial = "L1"
state = "lost"
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    people, devices = tmp_path / "people.toml", tmp_path / "devices.toml"
    people.write_text(PEOPLE, encoding="utf-8")
    devices.write_text(DEVICES, encoding="utf-8")
    return people, devices


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        ("2018-03-31T23:59:59+09:00", PersonStatus.NOT_STARTED),
        ("2018-04-01T00:00:00+09:00", PersonStatus.ACTIVE),
        ("2018-12-21T23:59:59+09:00", PersonStatus.ACTIVE),
        ("2018-12-22T00:00:00+09:00", PersonStatus.RETIRED),  # the day after retiring
        ("2018-12-21T15:00:00+00:00", PersonStatus.RETIRED),  # the same moment, told in UTC
    ],
)
@pytest.mark.parametrize("channel", list(Channel))
def test_the_calendar_alone_retires(
    files: tuple[Path, Path], moment: str, status: PersonStatus, channel: Channel
) -> None:
    sender = "clerk@town.example" if channel is Channel.MAIL else "TOWN\\clerk"
    assert Directory(*files).standing(channel, sender, at(moment)).status is status


def test_unknown_and_tagged_addresses(files: tuple[Path, Path]) -> None:
    directory = Directory(*files)
    now = at("2018-06-01T12:00:00+09:00")
    assert directory.standing(Channel.MAIL, "stranger@town.example", now).status is PersonStatus.UNKNOWN
    assert directory.standing(Channel.MAIL, "", now).status is PersonStatus.UNKNOWN
    assert directory.standing(Channel.MAIL, "clerk+x@town.example", now).status is PersonStatus.ACTIVE


def test_devices(files: tuple[Path, Path]) -> None:
    directory = Directory(*files)
    now = at("2018-06-01T12:00:00+09:00")
    states = {s: directory.standing(Channel.MEDIA, "clerk", now, s).device_status for s in ("A1", "L1", "Z9", "")}
    assert states == {
        "A1": DeviceStatus.IN_USE,
        "L1": DeviceStatus.LOST,
        "Z9": DeviceStatus.UNREGISTERED,
        "": DeviceStatus.UNREGISTERED,
    }


def test_who_decides(files: tuple[Path, Path]) -> None:
    directory = Directory(*files)
    clerk, boss = directory.person("E1"), directory.person("S1")
    december, january = at("2018-12-10T12:00:00+09:00"), at("2019-01-10T12:00:00+09:00")
    assert [p.id for p in directory.deciders(clerk, december)] == ["S1", "S2"]
    assert [p.id for p in directory.deciders(clerk, january)] == ["S1"]
    assert [p.id for p in directory.deciders(boss, december)] == ["S2"]
    assert directory.deciders(None, december) == []


def test_a_change_is_read_and_a_wrong_change_is_not(files: tuple[Path, Path], caplog: pytest.LogCaptureFixture) -> None:
    directory = Directory(*files)
    now = at("2018-06-01T12:00:00+09:00")
    files[0].write_text(PEOPLE.replace("2018-12-21", "2018-05-31"), encoding="utf-8")
    os.utime(files[0], ns=(1, 1))
    assert directory.standing(Channel.WEB, "clerk", now).status is PersonStatus.RETIRED
    assert directory.faults() == []
    files[0].write_text("[[person]]\nname = 3\n", encoding="utf-8")
    assert directory.standing(Channel.WEB, "clerk", now).status is PersonStatus.RETIRED
    assert [(r.levelname, "id" in r.error) for r in caplog.records] == [("ERROR", True)]  # type: ignore[attr-defined]
    assert directory.faults() == [caplog.records[0].error]  # type: ignore[attr-defined]
    files[0].write_text(PEOPLE, encoding="utf-8")
    assert directory.standing(Channel.WEB, "clerk", now).status is PersonStatus.ACTIVE
    assert directory.faults() == []


def test_a_file_that_goes_away_changes_nothing_and_is_told_once(
    files: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    directory = Directory(*files)
    now = at("2018-06-01T12:00:00+09:00")
    files[1].rename(files[1].with_suffix(".away"))
    for _ in range(3):
        assert directory.standing(Channel.MEDIA, "clerk", now, "A1").device_status is DeviceStatus.IN_USE
    assert [r.error for r in caplog.records] == ["devices.toml: is gone"]  # type: ignore[attr-defined]
    assert directory.faults() == ["devices.toml: is gone"]
    files[1].with_suffix(".away").rename(files[1])
    assert directory.faults() == []


def test_an_old_people_file_holds_everybody(files: tuple[Path, Path]) -> None:
    directory = Directory(*files, max_age_hours=24)
    os.utime(files[0], (0, 0))
    assert directory.standing(Channel.WEB, "clerk", datetime(2018, 6, 1, tzinfo=UTC)).status is PersonStatus.STALE


def test_csv_in_cp932(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_bytes(
        "id,name,mail,logins,department,supervisor,end\r\nE1,髙橋 一,a@x.example;b@x.example,ichi,市民課,S1,2018/12/21\r\n".encode(
            "cp932"
        )
    )
    directory = Directory(people, tmp_path / "none.toml")
    person = directory.by_mail("B@x.example")
    assert person is not None
    assert (person.name, person.end and person.end.isoformat()) == ("髙橋 一", "2018-12-21")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[person]]\nname = "a"\n', "id"),
        ('[[person]]\nid = "1"\nrole = "king"\n', "king"),
        ('[[person]]\nid = "1"\nend = "soon"\n', "soon"),
        ('[[person]]\nid = "1"\nnick = "x"\n', "nick"),
        ('[[person]]\nid = "1"\nmail = 5\n', "mail"),
        ("person = [1]\n", "person"),
        ("people = 1\n", "person"),
        ('[[person]]\nid = "1"\n[[person]]\nid = "1"\n', "also belongs|twice|once"),
        ('[[person]]\nid = "1"\nmail=["a@b"]\n[[person]]\nid = "2"\nmail=["a@b"]\n', "once"),
    ],
)
def test_a_wrong_people_file_stops_the_start(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "people.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        Directory(path, tmp_path / "devices.toml")


@pytest.mark.parametrize(
    "text",
    ["device = 5\n", "[[devices]]\n", '[[device]]\nserial = "a/b"\n', '[[device]]\nserial = "1"\nstate = "mine"\n'],
)
def test_a_wrong_ledger_stops_the_start(tmp_path: Path, text: str) -> None:
    path = tmp_path / "devices.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError):
        Directory(tmp_path / "people.toml", path)


def test_a_ledger_in_csv_as_excel_writes_it(tmp_path: Path) -> None:
    ledger = tmp_path / "devices.csv"
    text = "serial,number,product,state,encrypted\r\nA1,市民-001,セキュリティUSB,貸出,有\r\n".replace("貸出", "lent")
    ledger.write_bytes(text.encode("cp932"))
    device = Directory(tmp_path / "none.toml", ledger).device("A1")
    assert device is not None
    assert (device.number, device.state, device.encrypted) == ("市民-001", DeviceStatus.LENT, True)


@pytest.mark.parametrize("row", ["E1,名,a@x.example,too,many", 'E1,"open'])
def test_a_torn_csv_stops_the_start(tmp_path: Path, row: str) -> None:
    people = tmp_path / "people.csv"
    people.write_text(f"id,name,mail\n{row}\n", encoding="utf-8")
    with pytest.raises(ConfigError):
        Directory(people, tmp_path / "none.toml")
