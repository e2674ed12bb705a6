"""People in a function of whom a list tells their private lives, and the lists in the same shapes that tell of nobody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp.extract.blocks import Table
from dlp.extract.plain.text import frame_of
from dlp.subjects.counter import Count
from tests.subjects.test_laid import PEOPLE

type Counting = Callable[..., Count]


def _rows(head: str, line: str) -> Table:
    """A table: `line` is a row with {name}, {again}, {address}, {phone}, {mobile}, {born}, {age}, {sex}, {era} and {n} in it,
    cells parted by commas; {again} is one of three names, again and again."""
    rows = [
        line.format(
            name=name,
            again=PEOPLE[n % 3][0],
            surname=name.partition("　")[0],
            given=name.partition("　")[2],
            address=address,
            phone=phone,
            mobile=f"0{(9, 8, 7)[n % 3]}0-55{n:02}-2{n:02}4",
            born=f"{1950 + n}年{n % 12 + 1}月{n + 2}日",
            age=31 + n,
            era=n % 5,
            sex="男女"[n % 2],
            n=n,
        )
        for n, (name, address, phone) in enumerate(PEOPLE, 1)
    ]
    return Table(frame_of([row.split(",") for row in (head, *rows)]))


LIVES = {
    "births and homes of staff": _rows("番号,職員名,生年月日,住所", "{n},{name},{born},{address}"),
    "births and homes of a committee": _rows("団体名,委員氏名,生年月日,住所", "碧野の会,{name},{born},{address}"),
    "actors called up": _rows("役名,出演者,年齢,連絡先", "弁慶,{name},{age},{mobile}"),
    "births and mobile telephones": _rows("役職,団長,生年月日,携帯電話", "班長,{name},{born},{mobile}"),
    "ages and homes": _rows("団体名,責任者,年齢,住所", "桜会,{name},{age},{address}"),
    "births and sexes": _rows("担当者,性別,生年月日", "{name},{sex},{born}"),
    "accounts": _rows("委員名,金融機関,支店,口座番号", "{name},碧野信用金庫,本店,12{n:02}457"),
    "owners of many things": _rows("所有者,所在地", "{again},{address}"),
    "births of the old": _rows("氏名,生年月日", "{name},大正13年4月{n}日"),
}
NOBODY = {
    "ages of whom an officer saw": _rows("覚知,隊長,現場,年齢,性別", "11/{n} 10:15,{again},{address},{age},{sex}"),
    "homes that somebody surveyed": _rows("調査番号,所在地,調査員,危険度", "{n},{address},{again},A"),
    "births of councillors": _rows("議席,議員氏名,会派,生年月日,住所", "{n},{name},市民の会,{born},{address}"),
    "births of candidates": _rows("届出番号,候補者氏名,生年月日,住所", "{n},{name},{born},{address}"),
    "telephones at work": _rows("氏名,所属,電話（勤務先）", "{name},碧野高校教諭,{phone}"),
    "lives of long ago": _rows("氏名,生年月日,業績", "{name},明治4{era}年4月3日,電磁気学の研究"),
    "lives of longer ago": _rows("氏名,生年月日,没年月日", "{name},明治{era}{era}年4月3日,昭和2{era}年5月6日"),
    "posts that run apart": _rows(
        "番号,商号又は名称,代表者職氏名,,,所在地,電話番号",
        "1{n:02},碧野{n}商事,代表取締役,{surname},{given},{address},{phone}",
    ),
    "licences": _rows(
        "登録番号,責任技術者,所属指定工事店,有効期限", "第16{n:02}号,{name},碧野{n}工務店,令和11年3月31日"
    ),
    "permits": _rows("許可番号,占用者,代表者,場所", "第21{n:02}号,碧野{n}工務店,{name},{address}地先"),
}


@pytest.mark.parametrize("table", LIVES.values(), ids=LIVES)
def test_people(table: Table, count: Counting) -> None:
    assert count(table).subjects == len(PEOPLE)


@pytest.mark.parametrize("table", NOBODY.values(), ids=NOBODY)
def test_nobody(table: Table, count: Counting) -> None:
    assert count(table).subjects == 0
