"""Columns that name somebody because of what stands beside them, and words that only look like names."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dlp.extract.blocks import Table
from dlp.extract.plain.text import frame_of
from dlp.subjects.counter import Count
from tests.subjects.clerks import Clerk

type Counting = Callable[..., Count]
SIZE = 12
CLERKS = [Clerk(i) for i in range(SIZE)]


def _table(head: str, rows: Sequence[Sequence[str]]) -> Table:
    return Table(frame_of([head.split(","), *map(list, rows)]))


def _phone(i: int) -> str:
    return f"0463-21-{1000 + 37 * i}"


def test_who_is_named_by_no_known_heading_but_spoken_of_by_another(count: Counting) -> None:
    heirs = [
        (f"A{i}", c.name, f"{c.surname} 光{'一二三四五六七八九十百千'[i]}", f"平塚市見附町{i + 1}-2-3", _phone(i), f"平塚市旭町{i + 1}-9")
        for i, c in enumerate(CLERKS)
    ]  # fmt: skip
    head = "区画,旧使用者,承継者,承継者住所,承継者電話,旧使用者住所"
    assert count(_table(head, heirs)).subjects == 2 * SIZE


def test_who_is_named_before_an_address_and_a_telephone_of_his_own(count: Counting) -> None:
    hosts = [(c.name, f"平塚市見附町{i + 1}-2-3", _phone(i), Clerk(i + 40).name, "14") for i, c in enumerate(CLERKS)]
    assert count(_table("受入家庭,住所,電話,生徒1,生徒1年齢", hosts)).subjects == 2 * SIZE
    halls = [(f"{c.town}公民館", f"平塚市見附町{i + 1}-2-3", _phone(i), c.name, "14") for i, c in enumerate(CLERKS)]
    assert count(_table("受入先,住所,電話,生徒1,生徒1年齢", halls)).subjects == SIZE


def test_a_question_with_half_a_name_in_brackets_asks_for_that_half(count: Counting) -> None:
    head = "お名前をご記入ください【姓】,お名前をご記入ください【名】,ご住所をご記入ください"
    asked = [(c.surname, c.given, f"平塚市見附町{i + 1}-2-3") for i, c in enumerate(CLERKS)]
    assert count(_table(head, asked)).subjects == SIZE


def test_halls_beside_known_ones_are_nobody(count: Counting) -> None:
    kinds = ("中央", "東", "西", "大川", "桜ヶ丘", "若葉", "緑", "本町", "青葉", "南原", "北山", "港")
    halls = [(str(i), f"{kind}集会所", _phone(i)) for i, kind in enumerate(kinds)]
    assert count(_table("id,name,tel", halls)).subjects == 0
