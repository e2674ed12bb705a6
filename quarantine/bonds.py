"""What ties a ledger row to the audit entry of its verdict: digests of the row and of its people. Pure.

The row's digest is SHA-256 over the compact JSON list (UTF-8) of :data:`COLUMNS` as they are stored; the people's is
SHA-256 over the hex SHA-256 of their packed tokens and of their sealed places ("" for none), with a space between.
Any tool can recompute both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

#: What of a ledger row never changes, in the order that is hashed.
COLUMNS = tuple(
    "transfer at channel sender person department destination digest size media_type verdict reasons ruleset"
    " subjects counts".split()
)


def row_digest(values: Sequence[Any]) -> str:
    """Of the values of :data:`COLUMNS`; "" for what is no text of ours."""
    try:
        return hashlib.sha256(orjson.dumps(values)).hexdigest()
    except TypeError:  # bytes that are no UTF-8: nothing we wrote
        return ""


def named_row_digest(values: Mapping[str, Any]) -> str:
    """Of a row by column name."""
    return row_digest([values[name] for name in COLUMNS])


def people_digest(tokens: bytes | None, places: bytes | None) -> str:
    """Of whom a transfer was about: its packed tokens, and the sealed places where they stand in it."""
    return hashlib.sha256(people_text(tokens, places).encode("ascii")).hexdigest()


def people_text(tokens: bytes | None, places: bytes | None) -> str:
    """What that digest is taken of."""
    return f"{blob_digest(tokens)} {blob_digest(places)}"


def blob_digest(blob: bytes | None) -> str:
    """Of bytes as stored; "" for none."""
    return hashlib.sha256(blob).hexdigest() if blob else ""


class Fold:
    """The digest of many rows, one after the other."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.count = 0

    def add(self, row_digest: str) -> None:
        """One more row, in the order of their ids."""
        self._hash.update(row_digest.encode("ascii"))
        self.count += 1

    def take(self) -> tuple[int, str]:
        """How many, and their digest; then begin anew."""
        found = self.count, self._hash.hexdigest()
        self._hash, self.count = hashlib.sha256(), 0
        return found
