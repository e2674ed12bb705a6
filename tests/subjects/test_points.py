"""Names that head points, two lists side by side, households line by line, births in brackets, and people in office."""

from __future__ import annotations

import polars as pl
import pytest

from dlp.detect.ruleset import Ruleset
from dlp.extract.blocks import Table
from dlp.subjects.counter import Counter
from tests.subjects.clerks import Case, inspected

pytestmark = pytest.mark.timeout(60)
_STRINGS = {f"c{i}": pl.String for i in range(7)}

_POINTS = """避難行動要支援者（鵜の崎地区）

■ 勅使河原 ツネ
　・88歳　女　要介護3
　・鵜の崎3-14-8
■ 幡 源蔵
　・91歳　男
■ 雲 フサ
　・79歳　女　要支援1
　・支援者：八反田 節子（民生委員）
■ 東恩納 寛
　・64歳　男　℡090-4471-0032
"""
_SIDES = """　　　　緊急連絡先
勅使河原 保　　090-3370-1145　　　　東恩納 キヨ　　080-7711-2093
鑓水 恒夫　　　0598-33-0172　　　　小比類巻 隆　　070-8842-1170
"""
_HOUSEHOLD = """世帯主　鴨志田　巌（かもしだ いわお）昭和48年7月7日
妻　　　　　　　由紀恵　昭和50年2月14日
長男　　　　　　碧　　　平成26年12月24日
新住所　汐見沢市汐浜町4-17 コーポ汐202
"""
_BIRTHS = "5/2 婚姻 夫 東恩納 樹（H6.7.1生）\n5/7 死亡 雲 寛治（S22.5.5生）\n"
_LATIN = "当日の連絡先です。\nSiobhan O'Malley (27) 080-4417-2096\nJoão Pedro Albuquerque (31) 080-4417-2097\n"
_TREE = "①幡 ひなの 0598-31-2207 → ⑤鴨志田 碧 090-3370-1145\n②雲 蓮太朗 0598-31-4410 → ⑥勅使河原 さくら 080-7711-2093\n"
_COUNCIL = """市議会議員名簿
議席 氏名 会派 期数 電話
1 小比類巻 隆 汐政会 3 0598-31-2207
2 八反田 節子 公明 2 0598-33-0172
"""
_FACILITIES = "施設\n\n" + "".join(
    f"■ {name}\n　・鵜の崎{i}-1-2\n　・電話 0598-22-111{i}\n" for i, name in enumerate(("中央公民館", "汐浜体育館", "上ノ台図書館", "鵜の崎保育園"))
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "people"),
    [
        (_POINTS, 4),
        (_SIDES, 4),
        (_HOUSEHOLD, 3),
        (_BIRTHS, 2),
        (_LATIN, 2),
        (_TREE, 4),
        (_COUNCIL, 0),
        (_FACILITIES, 0),
    ],
    ids="points sides household births latin tree council facilities".split(),
)
def test_everybody_counts_once(text: str, people: int, ruleset: Ruleset) -> None:
    assert inspected(Case("points", people, text), ruleset).subjects == people


def _page(rows: list[tuple[str | None, ...]]) -> Table:
    columns = list(zip(*rows, strict=True))
    return Table(pl.DataFrame({f"c{i}": list(cells) for i, cells in enumerate(columns)}, schema_overrides=_STRINGS))


def test_a_page_that_goes_on_is_headed_by_nobody_on_it(ruleset: Ruleset) -> None:
    """A row whose name and lot end as header words do begins no table of its own."""
    head = ("番号", "氏名", "郵便番号", "市区町村", "町名", "番地等", "性別")
    first = [(str(i), f"硯瀬 緋香{'子美代乃'[i]}", None, "鏡浜市", "碧ヶ森", f"{i + 1}-2", None) for i in range(4)]
    more = [(str(i), f"楡杜 碩{'一二三四'[i]}郎", None, "鏡浜市", "碧ヶ森", None, "男") for i in range(4)]
    more.insert(2, ("93", "鱒ヶ谷雫代", None, "鏡浜市", "白妙谷本町", "31番地7", "女"))
    counter = Counter(ruleset, None)
    for page in ([head, *first], more):
        counter.feed(("a.pdf",), _page(page))
    assert counter.result().subjects == 9


def test_nobody_is_lost_above_a_header(ruleset: Ruleset) -> None:
    """Of the page on which another table begins the end of the one before it was not read, nor a list without header."""
    streets = [f"鏡浜市碧ヶ森{i + 1}-2" for i in range(6)]
    one = [(str(i), f"硯瀬 緋香{'子美代乃'[i % 4]}", streets[i]) for i in range(4)]
    two = [(f"楡杜碩{'一二三四'[i]}郎", f"090-1111-222{i}", None) for i in range(4)]
    counter = Counter(ruleset, None)
    for page in ([("番号", "氏名", "住所"), *one[:2]], [*one[2:], ("名前", "電話番号", "年齢"), *two[:2]], two[2:]):
        counter.feed(("a.pptx",), _page(page))
    assert counter.result().subjects == 8
    counter = Counter(ruleset, None)
    bare = [(name, street, phone) for (_, name, street), (_, phone, _) in zip(one, two, strict=True)]
    headed = [(name, streets[-1 - i], phone.replace("090", "080")) for i, (name, phone, _) in enumerate(two)]
    counter.feed(("a.csv",), _page([*bare, ("氏名", "住所", "電話"), *headed]))
    assert counter.result().subjects == 8
