"""Reads named SQL and migrations from the package's own files."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, cast

from quarantine.exposure import pack

_SQL = files("quarantine.stores") / "sql"
_ROW = re.compile(r"(?<=VALUES )\(\?(?:, \?)*\)")
_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


def load() -> Mapping[str, str]:
    """name -> statement."""
    pieces = _NAME.split((_SQL / "queries.sql").read_text("utf-8"))
    return {name: text.strip() for name, text in zip(pieces[1::2], pieces[2::2], strict=True)}


@cache
def of_many(statement: str, count: int) -> str:
    """A statement with one row of `?` behind VALUES, for so many rows."""
    return _ROW.sub(lambda row: ", ".join([row[0]] * count), statement)


def migrations() -> list[tuple[int, str]]:
    """(version, script), in order; the version is the file name's number."""
    scripts = [item for item in (_SQL / "migrations").iterdir() if item.name.endswith(".sql")]
    return sorted((int(item.name[:4]), item.read_text("utf-8")) for item in scripts)


class _Pack:
    """Aggregate `pack_tokens(token)`: the tokens of one transfer as exposure keeps them."""

    def __init__(self) -> None:
        self._tokens: list[bytes] = []

    def step(self, token: bytes) -> None:
        """One more."""
        self._tokens.append(token)

    def finalize(self) -> bytes:
        """All of them."""
        return pack(self._tokens)


def prepare(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that migrations use."""
    connection.create_aggregate("pack_tokens", 1, cast(Any, _Pack))  # its stub knows no aggregate of bytes


def prepare_writer(connection: sqlite3.Connection) -> None:
    """Give a connection to a migrated store what `add_strokes` writes through."""
    for statement in statements((_SQL / "stroke.sql").read_text("utf-8")):
        connection.execute(statement)


def statements(script: str) -> Iterator[str]:
    """The single statements of a script, triggers in one piece."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if ";" in line and sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        raise ValueError("a script ends within a statement")
