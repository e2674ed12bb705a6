"""Stripes of a printed sheet: whether a later one is of the people in the first."""

from __future__ import annotations

from collections.abc import Sequence

from dlp.detect.ruleset import Ruleset
from dlp.extract.blocks import Table
from dlp.extract.plain.text import frame_of
from dlp.subjects.counter import Counter
from tests.subjects.clerks import Clerk

SIZE = 12
OFFICES = "福祉課 市民課 税務課 水道課 農政課 防災課 教育課 環境課 観光課 建築課 土木課 会計課".split()
PLACES = "本町北 港南 朝日台 県庁裏 駅西 橋本口 役場上 寺内 池端 宮下 川端 山際".split()


def _count(ruleset: Ruleset, head: Sequence[str], rows: Sequence[Sequence[str]], *seams: int) -> int:
    counter = Counter(ruleset, None)
    counter.feed(("a.pdf",), Table(frame_of([list(head), *map(list, rows)]), "page 1 table", seams=seams))
    return counter.result().subjects


def _office(i: int) -> str:
    return f"0463-21-{1000 + 37 * i}"


def test_a_stripe_of_addresses_or_telephones_is_of_the_people_before_it(ruleset: Ruleset) -> None:
    clerks = [Clerk(i) for i in range(SIZE)]
    lived = [(c.name, "男", f"平塚市見附町{i + 1}-2-3", _office(i)) for i, c in enumerate(clerks)]
    assert _count(ruleset, ("氏名", "性別", "住所", "電話番号"), lived, 2) == SIZE
    assert _count(ruleset, ("氏名", "性別", "住所", "電話番号"), lived, 1, 2, 3) == SIZE
    children = [(c.name, "3", f"{c.surname} 光子", f"090-1234-{5000 + i}") for i, c in enumerate(clerks)]
    assert _count(ruleset, ("児童氏名", "学年", "保護者氏名", "携帯電話"), children, 2) == 2 * SIZE
    schools = [(c.name, "3", PLACES[i % 3] + "小学校", _office(i)) for i, c in enumerate(clerks)]
    assert _count(ruleset, ("氏名", "学年", "学校名", "自宅電話"), schools, 2) == SIZE
    employed = [(c.name, "3", f"{PLACES[i]}商店", f"090-1234-{5000 + i}") for i, c in enumerate(clerks)]
    assert _count(ruleset, ("氏名", "班", "勤務先", "電話"), employed, 2) == SIZE


def test_a_stripe_that_names_what_its_rows_are_about_is_another_list(ruleset: Ruleset) -> None:
    clerks = [Clerk(i) for i in range(SIZE)]
    for heading, words in (("課名", OFFICES), ("施設名", [f"{p}公民館" for p in PLACES]), ("停留所", PLACES)):
        won = [(c.name, "金賞", words[i], _office(i)) for i, c in enumerate(clerks)]
        assert _count(ruleset, ("氏名", "賞", heading, "電話番号"), won, 2) == 0
    others = [(c.name, "1組", Clerk(i + 40).name, _office(i)) for i, c in enumerate(clerks)]
    assert _count(ruleset, ("氏名", "組", "氏名", "電話番号"), others, 2) == SIZE  # those of the second list alone
    bare = [(c.name, "金賞", words[i], _office(i)) for i, c in enumerate(clerks)]
    assert _count(ruleset, ("あ", "い", "う", "え"), bare, 2) == 0
