"""Forms in text, and whose each is: letters that follow each other, and lines that only look like somebody's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp.extract.blocks import Table, Text
from dlp.extract.plain.text import frame_of
from dlp.subjects.counter import Count

MOBILE = "090-3827-19{n:02}"
KNOWN = [f"佐藤 {given}" for given in "太郎 花子 一郎 千尋 涼子 智也".split()]
UNKNOWN = [f"纐纈田 {given}" for given in "櫂士朗 穂結 梛月 叶羽 紬岐 澄羽".split()]
TOWN = "長野県鵺代市錆沢新田1-2-{n}"


def _letters(names: list[str]) -> str:
    paper = (
        "〒386-00{n}\n" + TOWN + "\n\n　　{name}　様\n\n介護保険料納入通知書\n\n{name}様の保険料は下記のとおりです。\n"
        "　生年月日　昭和{n}年6月11日\n　電話　　　0268-22-4100（高齢者介護課）\n"
    )
    return "\f".join(paper.format(name=name, n=10 + n) for n, name in enumerate(names))


@pytest.mark.parametrize("names", [KNOWN, UNKNOWN])
def test_fields_of_letters_are_each_about_whom_it_is_written_to(count: Callable[..., Count], names: list[str]) -> None:
    found = count(Text(_letters(names)))
    assert (found.lower, found.subjects) == (6, 6)
    assert found.counts["birth_date"] == found.counts["address"] == 6
    assert found.upper <= 7  # that all six have a namesake among themselves is no chance


def test_kinship_and_what_the_sentence_goes_on_with_is_no_name(count: Callable[..., Count]) -> None:
    line = (
        "（{n}）{name}さん（{n}歳、大手{n}番地）について。一人暮らし。長男の連絡先は" + MOBILE + "。妻が同席 " + MOBILE
    )
    text = "\n".join(line.format(n=n, name=name) for n, name in enumerate(KNOWN, 1))
    assert count(Text(text)).subjects == 6


def test_the_title_of_a_plan_is_nobody_in_it(count: Callable[..., Count]) -> None:
    form = "避難行動要支援者 個別避難計画\n氏　名　　{name}\n生年月日　　昭和{n}年6月11日\n住　所　　" + TOWN + "\n"
    text = "\n".join(form.format(n=10 + n, name=name) for n, name in enumerate(UNKNOWN))
    found = count(Text(text))
    assert (found.subjects, found.upper) == (6, 6)


@pytest.mark.parametrize("line", ["・基礎年金番号 1234-5678{n} {name}様", "基礎年金番号：1234-5678{n} {name}"])
def test_a_labelled_number_goes_on_with_who_has_it(count: Callable[..., Count], line: str) -> None:
    text = "\n".join(line.format(n=10 + n, name="".join(name.split())) for n, name in enumerate(KNOWN))
    assert count(Text(text)).subjects == 6


@pytest.mark.parametrize("names", [KNOWN, UNKNOWN])
def test_who_asks_is_not_part_of_the_name(count: Callable[..., Count], names: list[str]) -> None:
    form = "受付{n}\n住所 " + TOWN + "\n申請者 {name}（{n}歳）\n"
    text = "\n".join(form.format(n=20 + n, name="".join(name.split())) for n, name in enumerate(names))
    found = count(Text(text))
    assert (found.lower, found.subjects) == (6, 6)


def test_a_label_is_no_part_of_a_name_that_stands_alone(count: Callable[..., Count]) -> None:
    form = "■ {name}\n住所　" + TOWN + "\n氏名　{name}\n生年月日　昭和{n}年6月11日\n"
    text = "\n".join(form.format(n=10 + n, name="".join(name.split())) for n, name in enumerate(KNOWN))
    assert count(Text(text)).subjects == 6


@pytest.mark.parametrize("gap", ["", "\n"])
@pytest.mark.parametrize("names", [KNOWN, UNKNOWN])
def test_names_above_where_they_live_lose_neither_the_first_nor_the_last(
    count: Callable[..., Count], names: list[str], gap: str
) -> None:
    block = "{name}　様\n〒386-00{n}\n" + TOWN + "\n" + gap
    text = "次の方々です。\n\n" + "".join(block.format(n=10 + n, name=name) for n, name in enumerate(names))
    found = count(Text(text))
    assert (found.subjects, found.counts["address"]) == (6, 6)


def test_a_marked_name_above_several_facts_a_line(count: Callable[..., Count]) -> None:
    block = "■{name}\n　昭和{n}年6月11日生　{n}歳\n　" + TOWN + "\n"
    text = "\n".join(block.format(n=10 + n, name=name.replace(" ", "　")) for n, name in enumerate(UNKNOWN))
    found = count(Text(text))
    assert (found.subjects, found.counts["birth_date"], found.counts["address"]) == (6, 6, 6)


def test_a_line_that_begins_with_an_address_names_nobody(count: Callable[..., Count]) -> None:
    block = "{name}（{n}歳・男）\n錆沢新田{n}番地\n" + MOBILE + "\n相談内容：草刈りについて\n"
    text = "\n".join(block.format(n=20 + n, name="".join(name.split())) for n, name in enumerate(UNKNOWN))
    assert count(Text(text)).subjects == 6


def test_a_lot_that_a_label_breaks_goes_on_below(count: Callable[..., Count]) -> None:
    cell = ["〒386-0025", "長野県鵺代市錆沢新田6-", "{n}-7", "{name} 様"]
    rows = [[part.format(n=n, name=name) for name in UNKNOWN[:3]] for n in (1, 2) for part in cell]
    rows[4:] = [[part.replace("纐纈田", "饗場野") for part in row] for row in rows[4:]]
    assert count(Table(frame_of(rows))).subjects == 6
