"""SQL files: the schema is what the migrations make, and every query is used and compiles."""

from __future__ import annotations

import inspect
import re
import sqlite3
from pathlib import Path

import pytest

from quarantine.case import Move, RoomError, Status
from quarantine.keys import KeyRing
from quarantine.room import Room
from quarantine.stores import queries

SQL = Path(inspect.getfile(queries)).with_name("sql")


def schema(db: sqlite3.Connection) -> list[tuple[str, str, str]]:
    rows = db.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master ORDER BY type, name")
    return [(kind, name, re.sub(r"\s+", " ", re.sub("--.*", "", text)).strip()) for kind, name, text in rows]


@pytest.fixture
def migrated() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    queries.prepare(db)
    for _, script in queries.migrations():
        for statement in queries.statements(script):
            db.execute(statement)
    return db


def test_the_schema_is_what_the_migrations_make(migrated: sqlite3.Connection) -> None:
    whole = sqlite3.connect(":memory:")
    whole.executescript((SQL / "schema.sql").read_text("utf-8"))
    assert schema(whole) == schema(migrated)


def test_an_opened_room_has_that_schema(migrated: sqlite3.Connection, room: Room, folder: Path) -> None:
    db = sqlite3.connect(folder / "room.db")
    assert schema(db) == schema(migrated)
    assert db.execute("PRAGMA user_version").fetchone()[0] == queries.migrations()[-1][0]
    assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()


def test_migrations_are_numbered_without_gaps() -> None:
    assert [version for version, _ in queries.migrations()] == list(range(1, len(queries.migrations()) + 1))
    assert queries.migrations() != []


def test_every_query_compiles(migrated: sqlite3.Connection) -> None:
    queries.prepare_writer(migrated)
    named = queries.load()
    assert len(named) > 20
    for text in named.values():
        migrated.execute(f"EXPLAIN {text}", _nothing(text))
        for count in (2, 16):
            many = queries.of_many(text, count)
            assert many.count("?") == count * text.count("?")
            migrated.execute(f"EXPLAIN {many}", _nothing(many))


def _nothing(text: str) -> dict[str, None] | list[None]:
    """NULL for each parameter."""
    return [None] * text.count("?") or dict.fromkeys(re.findall(r":(\w+)", text))


def test_every_query_is_used_and_every_used_one_exists() -> None:
    source = "".join(path.read_text("utf-8") for path in SQL.parent.glob("*.py"))
    used = set(
        re.findall(
            r'self\._sql\["(\w+)"\]|self\._insert\("(\w+)"|self\._(?:one|all)\(\s*\w+(?:\._writer)?, "(\w+)"|all_of\("(\w+)"',
            source,
        )
    )
    assert {"".join(names) for names in used} == set(queries.load())


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("exposed", "ledger_by_person"),
        ("blocks_down_from", "trace_block_by_first"),
        ("set_outcomes", "sqlite_autoindex_ledger_1"),
        ("find_permit", "permit_by_use"),
        ("use_permit", "permit_by_use"),
        ("list_notices", "notice_waiting"),
        ("due_cases", "held_by_change"),
    ],
)
def test_hot_queries_use_their_index(migrated: sqlite3.Connection, name: str, index: str) -> None:
    text = queries.load()[name]
    parameters = _nothing(text)
    plan = " ".join(row[3] for row in migrated.execute(f"EXPLAIN QUERY PLAN {text}", parameters))
    assert re.search(rf"INDEX {index}\b", plan), plan


def test_words_in_the_schema_are_the_room_s(migrated: sqlite3.Connection) -> None:
    texts = {name: text for _, name, text in schema(migrated)}
    (states,) = re.findall(r"status IN \(([^)]*)\)", texts["held"])
    assert set(re.findall(r"'(\w+)'", states)) == set(Status)
    (moves,) = re.findall(r"move IN \(([^)]*)\)", texts["decision"])
    assert set(re.findall(r"'(\w+)'", moves)) == {Move.APPROVE, Move.REJECT, Move.WITHDRAW}


def test_statements_keep_triggers_whole() -> None:
    script = "CREATE TABLE a (b);\n-- x; y\nCREATE TRIGGER t BEFORE DELETE ON a\nBEGIN\n SELECT 1;\nEND;\n"
    assert [statement.split()[0:2] for statement in queries.statements(script)] == [["CREATE", "TABLE"], ["--", "x;"]]
    with pytest.raises(ValueError):
        list(queries.statements("CREATE TABLE a (\n"))


def test_a_newer_store_is_not_touched(room: Room, folder: Path, ring: KeyRing) -> None:
    room.close()
    db = sqlite3.connect(folder / "room.db")
    db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(RoomError, match="newer"):
        Room.open(folder, ring)
