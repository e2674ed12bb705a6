"""A seeded synthetic town: people who do not exist, with everything a municipal list says of them.

Surnames, given names and streets are put together from parts so that none of them stands in the shipped
dictionaries (a test holds that): what finds these people has not been told their names.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_SURNAMES = [
    (a + b, ra + rb)
    for a, ra in (
        ("霧", "キリ"), ("鷺", "サギ"), ("樫", "カシ"), ("楢", "ナラ"), ("椋", "ムク"), ("蓬", "ヨモギ"),
        ("狭", "サ"), ("雉", "キジ"), ("燕", "ツバメ"), ("柊", "ヒイラギ"), ("櫨", "ハゼ"), ("茜", "アカネ"),
    )
    for b, rb in (
        ("ヶ瀬", "ガセ"), ("之淵", "ノフチ"), ("牧野", "マキノ"), ("窪井", "クボイ"),
        ("良瀬", "ラセ"), ("渡戸", "ワタド"),
    )
]  # fmt: skip
_GIVEN = {
    "男": [
        (a + b, ra + rb)
        for a, ra in (("颯", "ソウ"), ("惺", "セイ"), ("侑", "ユウ"), ("稜", "リョウ"), ("暁", "アキ"), ("巌", "ガン"))
        for b, rb in (("之丞", "ノジョウ"), ("吾郎", "ゴロウ"), ("太助", "タスケ"), ("弐朗", "ジロウ"), ("伍", "ゴ"))
    ],
    "女": [
        (a + b, ra + rb)
        for a, ra in (("汐", "シオ"), ("綺", "アヤ"), ("澪", "ミオ"), ("凪", "ナギ"), ("毬", "マリ"), ("燈", "トモ"))
        for b, rb in (("羽野", "ハノ"), ("緒里", "オリ"), ("都子", "ツコ"), ("乃江", "ノエ"), ("代美", "ヨミ"))
    ],
}  # fmt: skip
_STREETS = ("蓬莱ヶ丘", "鷺ノ宮台", "霧立沢", "椋鳥町", "楢林", "柊木台", "櫨谷町", "茜坂", "燕沢本町", "雉子ヶ原")


@dataclass(frozen=True, kw_only=True, slots=True)
class Citizen:
    """One synthetic person. "" where the town does not know."""

    surname: str
    given: str
    surname_kana: str
    given_kana: str
    sex: str
    birth: date
    postal: str
    address: str
    phone: str
    email: str
    account: str  # seven digits
    number: str  # Individual Number with a valid check digit

    @property
    def name(self) -> str:
        """Surname, a full-width space, given name."""
        return f"{self.surname}\u3000{self.given}"

    @property
    def kana(self) -> str:
        """The reading in full-width katakana."""
        return f"{self.surname_kana}\u3000{self.given_kana}"


def check_digit(first: str) -> str:
    """The last digit of an Individual Number whose first eleven are `first` (総務省令第85号 第5条)."""
    total = sum(int(d) * w for d, w in zip(first, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True))
    rest = total % 11
    return "0" if rest <= 1 else str(11 - rest)


def citizens(count: int, *, seed: int = 2018, prefecture: str = "神奈川県", city: str = "海霧市") -> Iterator[Citizen]:
    """`count` distinct people; the same seed gives the same people."""
    rng = random.Random(seed)  # noqa: S311  a repeatable town, not a secret
    seen: set[tuple[str, str]] = set()
    while len(seen) < count:
        sex = rng.choice("男女")
        (surname, surname_kana), (given, given_kana) = rng.choice(_SURNAMES), rng.choice(_GIVEN[sex])
        phone = f"0{rng.choice('789')}0-{rng.randint(1000, 9999)}-{rng.randint(0, 9999):04}"
        if (surname + given, phone) in seen:
            continue
        seen.add((surname + given, phone))
        first = "".join(str(rng.randint(0, 9)) for _ in range(11))
        street = f"{rng.choice(_STREETS)}{rng.randint(1, 6)}-{rng.randint(1, 30)}-{rng.randint(1, 20)}"
        yield Citizen(
            surname=surname,
            given=given,
            surname_kana=surname_kana,
            given_kana=given_kana,
            sex=sex,
            birth=date(1925, 1, 1) + timedelta(days=rng.randint(0, 34000)),
            postal=f"2{rng.randint(10, 59)}-{rng.randint(0, 9999):04}",
            address=f"{prefecture}{city}{street}",
            phone=phone,
            email=f"{rng.choice('abcdefgh')}{rng.randint(100, 99999)}@mail{rng.randint(1, 9)}.example.jp",
            account=f"{rng.randint(0, 9999999):07}",
            number=first + check_digit(first),
        )


COLUMNS = ("氏名", "フリガナ", "生年月日", "性別", "郵便番号", "住所", "電話番号", "メールアドレス")


def rows(people: Iterator[Citizen] | list[Citizen]) -> list[tuple[str, ...]]:
    """The people as rows of COLUMNS."""
    return [
        (p.name, p.kana, p.birth.strftime("%Y/%m/%d"), p.sex, p.postal, p.address, p.phone, p.email) for p in people
    ]


def csv_text(people: Iterator[Citizen] | list[Citizen]) -> str:
    """A list with header as CSV, lines ending in CR LF."""
    return "".join(",".join(row) + "\r\n" for row in (COLUMNS, *rows(people)))
