"""A municipal list of people who do not exist, as CSV, and how many of its rows count.

Names and streets are made from parts of which none stands in the shipped dictionaries (`dlp.tuning.town`; a test holds
that). Each attribute is blanked at random in each row, so that a counter cannot pass by counting lines. Namesakes are
common (72 surnames, 60 given names) and always differ in birth date, address, telephone and mail address: two rows are
two people, and nobody could say otherwise; a register number tells apart those of whom nothing else is left.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from functools import cache
from itertools import islice

from dlp.tuning.town import Citizen, citizens

ROWS = 31_429  # the records of the incident of 2018
HEADER = ("整理番号", "氏名", "フリガナ", "生年月日", "性別", "郵便番号", "住所", "電話番号", "メールアドレス", "備考")
KEPT = 0.7  # share of rows that keep an attribute
_NOTES = ("", "", "", "確認済", "郵送", "窓口")


def people(count: int, seed: int) -> Iterator[Citizen]:
    """Citizens of whom no two namesakes share a birth date, address, telephone or mail address."""
    return islice(_distinct(seed, 2 * count + 100), count)


def _distinct(seed: int, at_most: int) -> Iterator[Citizen]:
    seen: set[tuple[str, object]] = set()
    for one in citizens(at_most, seed=seed):
        facts = {(one.name, value) for value in (one.birth, one.address, one.phone, one.email)}
        if seen.isdisjoint(facts):
            seen |= facts
            yield one


@cache
def make(rows: int = ROWS, seed: int = 1) -> tuple[str, int]:
    """The list as CSV text, lines ending in CR LF, and the number of people in it that count."""
    rng = random.Random(seed)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    truth = 0
    for number, one in enumerate(people(rows, seed), 1):
        facts = (one.birth.strftime("%Y/%m/%d"), one.sex, one.postal, one.address, one.phone, one.email)
        birth, sex, postal, address, phone, email = (f if rng.random() < KEPT else "" for f in facts)
        truth += any((birth, sex, address, phone, email))  # a postal code alone is no attribute
        note = rng.choice(_NOTES)
        writer.writerow((number, one.name, one.kana, birth, sex, postal, address, phone, email, note))
    return out.getvalue(), truth
