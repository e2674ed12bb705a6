"""The register against a real room: every change is durable, whole and in the audit chain, or not made."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from dlp.directory import register as module
from dlp.directory.register import Register, RegisterUnavailable
from dlp.errors import ConfigError
from quarantine.audit import Event
from quarantine.case import Notice, RoomUnavailable
from quarantine.keys import KeyRing
from quarantine.room import Room

ADD = (
    "INSERT INTO source (name, kind, taken, changed, digest, rows)"
    " VALUES (:name, 'personnel', '2026-04-01', '2026-04-01', 'd', '[]')"
)
COUNT = "SELECT count(*) AS n FROM source"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    opened = Room.open(tmp_path / "room", KeyRing.open_or_create(tmp_path / "keys.json"))
    yield opened
    opened.close()


@pytest.fixture
def register(tmp_path: Path, room: Room) -> Iterator[Register]:
    opened = Register(tmp_path / "register.db", room.enter)
    yield opened
    opened.close()


def count(register: Register) -> int:
    with register.snapshot() as now:
        row = now.one(COUNT)
    assert row is not None
    return int(row["n"])


def add(register: Register, name: str) -> None:
    with register.change("A001") as change:
        change.run(ADD, name=name)
        change.tell("source", name, rows=0)


def test_a_change_is_kept_and_in_the_chain(tmp_path: Path, register: Register, room: Room) -> None:
    add(register, "people")
    entry = room.entries()[-1]
    assert (entry.actor, entry.event, entry.subject, dict(entry.detail)) == ("A001", "source", "people", {"rows": 0})
    assert room.verify() == []
    again = Register(tmp_path / "register.db", None)
    assert count(again) == 1
    again.close()


def test_its_file_is_for_its_owner_only(tmp_path: Path, register: Register) -> None:
    add(register, "people")
    for path in tmp_path.glob("register.db*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_change_the_chain_is_not_told_of_is_refused(register: Register) -> None:
    with pytest.raises(ValueError, match="audit chain"), register.change("A001") as change:
        change.run(ADD, name="people")
    assert count(register) == 0


def test_a_block_that_raises_changes_nothing_and_enters_nothing(register: Register, room: Room) -> None:
    before = len(room.entries())

    def step() -> None:
        with register.change("A001") as change:
            change.run(ADD, name="people")
            change.tell("source", "people")
            raise KeyError

    with pytest.raises(KeyError):
        step()
    assert (count(register), len(room.entries())) == (0, before)


def test_a_change_the_chain_cannot_take_is_not_made(tmp_path: Path) -> None:
    def full(events: Sequence[Event], notices: Sequence[Notice] = ()) -> None:
        raise RoomUnavailable("disk full")

    register = Register(tmp_path / "register.db", full)
    with pytest.raises(RegisterUnavailable, match="RoomUnavailable"):
        add(register, "people")
    assert count(register) == 0
    register.close()


def test_notices_are_owed_with_the_change(register: Register, room: Room) -> None:
    with register.change("directory") as change:
        change.run(ADD, name="people")
        change.tell("source", "people")
        change.owe([Notice(to="a@town.example", subject="s", body="b")])
    assert [notice.to for _, notice in room.notices()] == ["a@town.example"]


def test_signs_of_life_stay_out_of_the_chain(register: Register, room: Room) -> None:
    add(register, "people")
    before = len(room.entries())
    with register.pulse() as pulse:
        pulse.run("UPDATE source SET taken = '2026-04-02'")
    assert len(room.entries()) == before


def test_readers_cannot_write(register: Register) -> None:
    with pytest.raises(RegisterUnavailable, match="READONLY"), register.snapshot() as now:
        now.one(ADD + " RETURNING name", name="people")


def test_the_version_tells_of_changes_here_and_elsewhere(tmp_path: Path, register: Register, room: Room) -> None:
    first = register.version()
    assert register.version() == first
    add(register, "people")
    second = register.version()
    assert second != first
    other = Register(tmp_path / "register.db", room.enter)
    add(other, "ldap")
    other.close()
    assert register.version() != second


def test_many_threads_change_one_after_the_other(register: Register, room: Room) -> None:
    threads = [threading.Thread(target=add, args=(register, f"s{number}")) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert count(register) == 16
    assert sum(entry.event == "source" for entry in room.entries()) == 16
    assert room.verify() == []


def test_rooms_number_their_scripts_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts = module._scripts()
    monkeypatch.setattr(
        module, "_scripts", lambda: [*scripts, (9001, "CREATE TABLE late (a) STRICT;".replace("a)", "a TEXT)"))]
    )
    Register(tmp_path / "register.db", None).close()
    with_earlier = [
        *scripts,
        (9000, "CREATE TABLE early (a TEXT) STRICT;"),
        (9001, "CREATE TABLE late (a TEXT) STRICT;"),
    ]
    monkeypatch.setattr(module, "_scripts", lambda: with_earlier)
    Register(tmp_path / "register.db", None).close()  # the earlier number, which came later, is run now
    tables = {r[0] for r in sqlite3.connect(tmp_path / "register.db").execute("SELECT name FROM sqlite_schema")}
    assert {"early", "late"} <= tables


def test_a_register_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    Register(tmp_path / "register.db", None).close()
    connection = sqlite3.connect(tmp_path / "register.db")
    connection.execute("INSERT INTO migration VALUES (9999, '')")
    connection.commit()
    connection.close()
    with pytest.raises(ConfigError, match="newer"):
        Register(tmp_path / "register.db", None)


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "register.db").write_bytes(b"no database" * 1000)
    with pytest.raises(RegisterUnavailable, match="NOTADB"):
        Register(tmp_path / "register.db", None)


CHILD = """
import sys
from pathlib import Path
from dlp.directory.register import Register
from quarantine.keys import KeyRing
from quarantine.room import Room
folder = Path(sys.argv[1])
room = Room.open(folder / "room", KeyRing.open_or_create(folder / "keys.json"))
register = Register(folder / "register.db", room.enter)
number = 0
while True:
    with register.change("A001") as change:
        change.run(sys.argv[2], name=f"s{number}")
        change.tell("source", f"s{number}")
    print(number, flush=True)
    number += 1
"""


def test_what_was_said_to_be_kept_survives_a_kill(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path), ADD], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    told = [child.stdout.readline() for _ in range(20)]
    child.kill()
    rest = child.stdout.read().split()
    child.wait(30)
    last = int(rest[-1]) if rest else int(told[-1])
    room = Room.open(tmp_path / "room", KeyRing.open_or_create(tmp_path / "keys.json"))
    register = Register(tmp_path / "register.db", room.enter)
    kept = count(register)
    entered = {entry.subject for entry in room.entries() if entry.event == "source"}
    assert kept >= last + 1
    assert {f"s{number}" for number in range(kept)} <= entered
    assert room.verify() == []
    register.close()
    room.close()
