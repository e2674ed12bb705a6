"""The chain, the ledger, how cases stand and the checkpoints as JSON lines, to be verified elsewhere. No I/O.

One object a line with one key, the table it is of. Of a transfer's people and of sealed texts there are only the
digests that audit entries tell: who reads this learns what an auditor may know, and nobody's data.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from quarantine import bonds
from quarantine.audit import Link
from quarantine.proof import Row
from quarantine.stores.base import Evidence

_LINK = ("seq", "at", "actor", "event", "subject", "detail", "previous", "hash")
_ROW = ("id", *bonds.COLUMNS, "left_at", "outcome", "detail", "people")


def lines(evidence: Evidence) -> Iterator[bytes]:
    """Everything as it stood at one moment, with line ends."""
    for link in evidence.links():
        yield _line("audit", _named(_LINK, link))
    for row in evidence.rows():
        *plain, detail, tokens, places = row
        yield _line("ledger", _named(_ROW, (*plain, bonds.blob_digest(detail), bonds.people_text(tokens, places))))
    for case, status in sorted(evidence.statuses().items()):
        yield _line("held", {"id": case, "status": status})
    for number, line in enumerate(evidence.checkpoints(), 1):
        yield _line("checkpoint", {"number": number, "line": line})


def _named(names: tuple[str, ...], values: Link | Row) -> dict[str, Any]:
    return dict(zip(names, values, strict=True))


def _line(table: str, fields: dict[str, Any]) -> bytes:
    return orjson.dumps({table: fields}, option=orjson.OPT_APPEND_NEWLINE)
