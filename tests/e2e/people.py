"""Lists of people for the end-to-end tests, and the values that must never be seen outside the sealed content."""

from __future__ import annotations

from dlp.tuning.town import Citizen, citizens, csv_text

PEOPLE = list(citizens(150, seed=4242))
CSV = csv_text(PEOPLE)


def secrets(people: list[Citizen] = PEOPLE) -> list[str]:
    """Every value of the list long enough to be told from other text, as written and without spaces."""
    values = []
    for p in people:
        values += [p.name, p.name.replace("\u3000", ""), p.kana, p.address, p.phone, p.phone.replace("-", ""), p.email]
    return values


def found_in(data: bytes) -> list[str]:
    """Which of the list's values stand in some bytes, in any encoding they may have been written in."""
    encodings = ("utf-8", "cp932", "utf-16-le", "utf-16-be", "euc_jp")
    return [f"{value} ({encoding})" for value in secrets() for encoding in encodings if value.encode(encoding) in data]
