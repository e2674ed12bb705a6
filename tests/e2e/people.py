"""Lists of people for the end-to-end tests, and the values that must never be seen outside the sealed content."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from dlp.tuning.town import Citizen, citizens, csv_text

PEOPLE = list(citizens(150, seed=4242))
CSV = csv_text(PEOPLE)


def secrets(people: list[Citizen] = PEOPLE) -> list[str]:
    """Every value of the list long enough to be told from other text, as written and without spaces."""
    values = []
    for p in people:
        values += [p.name, p.name.replace("\u3000", ""), p.kana, p.address, p.phone, p.phone.replace("-", ""), p.email]
        values += [p.birth.isoformat(), p.number]
    return values


#: A value as it may stand in bytes: in any encoding, or escaped as JSON, addresses and Python write it.
WRITINGS: dict[str, Callable[[str], bytes]] = {
    **{name: partial(str.encode, encoding=name) for name in ("utf-8", "cp932", "utf-16-le", "utf-16-be", "euc_jp")},
    "json": lambda value: json.dumps(value)[1:-1].encode(),
    "address": lambda value: quote(value).encode(),
    "repr": lambda value: repr(value.encode())[2:-1].encode(),
}


def _needles() -> dict[bytes, str]:
    return {write(value): f"{value} ({name})" for name, write in WRITINGS.items() for value in secrets()}


NEEDLES = _needles()


def found_in(data: bytes) -> list[str]:
    """Which of the list's values stand in some bytes, however they were written."""
    return [said for needle, said in NEEDLES.items() if needle in data]
