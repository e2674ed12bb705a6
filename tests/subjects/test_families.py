"""Families in columns beside who heads them, a contact that is no name, and boxes that are not ticked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp.extract.blocks import Table, Text
from dlp.extract.plain.text import frame_of
from dlp.subjects.counter import Count
from tests.subjects.clerks import C

HEADS = ["佐藤 太郎", "纐纈田 穂結", "鈴木 誠", "饗場野 梛月"]
FAMILIES = [["花子", "一郎"], ["叶羽", ""], ["", ""], ["紬岐", "櫂士朗"]]
FOUND = 4 + 5


@pytest.mark.parametrize("word", ["家族", "同居者", "世帯員"])
@pytest.mark.parametrize("before", [True, False])
def test_given_names_beside_kinship_are_a_family(count: Callable[..., Count], word: str, before: bool) -> None:
    head = [part for n in "12" for part in ((f"続柄{n}", f"{word}{n}") if before else (f"{word}{n}", f"続柄{n}"))]
    rows = [["世帯主", *head, "住所"]]
    for n, (name, family) in enumerate(zip(HEADS, FAMILIES, strict=True)):
        pairs = [("妻" if given else "", given) for given in family]
        cells = [part for kin, given in pairs for part in ((kin, given) if before else (given, kin))]
        rows.append([name, *cells, f"長野県上田市天神{n + 1}-2-3"])
    assert count(Table(frame_of(rows))).subjects == FOUND


def test_counted_words_beside_kinship_are_no_names_without_a_head(count: Callable[..., Count]) -> None:
    rows = [["品目1", "続柄1", "品目2", "続柄2", "住所"]]
    rows += [["机", "妻", "椅子", "子", f"長野県上田市天神{n}-2-3"] for n in range(1, 6)]
    assert count(Table(frame_of(rows))).subjects == 0


def test_a_contact_of_a_telephone_and_an_address_is_no_name(count: Callable[..., Count]) -> None:
    names = ["佐藤花子", "鈴木一郎", "田中健太", "山田百合"]
    rows = [["name", "contact"], *([name, f"070-1111-23{n:02} 上田市天神{n}-2"] for n, name in enumerate(names, 1))]
    assert count(Table(frame_of(rows))).subjects == 4


def test_a_box_that_is_not_ticked_says_nothing(count: Callable[..., Count]) -> None:
    form = "受講申込書\n氏名：佐藤花子\n電話：090-1234-5678\n{boxes}\n"
    blank = count(Text(form.format(boxes="□生活保護　□非課税　☑一般")))
    ticked = count(Text(form.format(boxes="生活保護：受給中")))
    assert (blank.subjects, ticked.subjects) == (1, 1)
    assert "sensitive" not in blank.counts
    assert ticked.counts["sensitive"] == 1


def test_numbered_children_of_a_household(count: Callable[..., Count]) -> None:
    spouses = ["智明", "秀三", "英之", "光太郎", "由紀", "宏夫", "雅三", "恵子", "直美", "和代"]
    rows = [["世帯主", "住所", "配偶者", "子1", "子2"]]
    for n, (head, spouse) in enumerate(zip(C, spouses, strict=False)):
        rows.append([head.name, head.short, f"{spouse}（4{n}）", f"陽太（1{n}）", "葵（5）" if n % 2 else ""])
    assert count(Table(frame_of(rows))).subjects == 35
