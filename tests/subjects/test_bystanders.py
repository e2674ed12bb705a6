"""Who is named beside something that is no address, no telephone and no birth of his, and the lists like that."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from dlp.detect.ruleset import Ruleset
from dlp.extract.blocks import Table, Text
from dlp.extract.plain.text import frame_of
from dlp.subjects.counter import Count
from tests.subjects.clerks import Case, inspected
from tests.subjects.test_laid import PEOPLE

type Counting = Callable[..., Count]

NAMES = [name.replace("　", "") for name, _, _ in PEOPLE]


def _lines(line: str) -> Text:
    """A text with a line for each of some people: {name}, {address}, {phone} and {n} in it."""
    return Text(
        "\n".join(
            line.format(name=name, whole=name.replace("　", ""), address=a, phone=p, n=n)
            for n, (name, a, p) in enumerate(PEOPLE, 1)
        )
    )


def _table(head: str, line: str) -> Table:
    rows = [line.format(name=name, address=a, phone=p, n=n) for n, (name, a, p) in enumerate(PEOPLE, 1)]
    return Table(frame_of([row.split(",") for row in (head, *rows)]))


NOBODY = {
    "years of a life": _lines("{name}（よしの しげる 18{n:02}–19{n:02}）　小説家、詩人。"),
    "speakers": _lines("○{whole}委員　資料2の{n}ページですが、本町1丁目の道路はいつできますか。"),
    "a match": _lines("第{n}試合　{whole} 2-1 {whole}"),
    "an age of long ago": _lines("{whole}という名主が寺子屋を開いたのが28歳のときです。"),
    "a meeting below whom a mail is to": Text("\n\n".join(["佐藤様\n\n件名: RE: 第3回検討会の日程\n鈴木様\n"] * 3)),
    "numbers of both sexes": Text("市民文化祭　日時 11月3日\n人口（男 41,022 女 42,118）"),
    "a shop in a sentence": Text(
        "カフェを営む店主の佐藤花子さん。本町1-2-3、電話 0463-22-1111、10時～17時、火曜定休。"
    ),
    "clauses of a law": _table(
        "件名,代表者,金額,根拠", "清掃,代表取締役 {name},{n}000,地方自治法施行令第167条の2第1項第2号"
    ),
    "staff of an office": _table("名前,メール", "{name},k{n}@city.hekino.lg.jp"),
    "who changed a record": _table("id,answer,updated_by", "{n},市民課 電話 0463-22-11{n:02},{name}"),
    "fire brigades": _table("分団,分団長,副分団長,詰所所在地,詰所電話", "第{n}分団,{name},{name},{address},{phone}"),
    "heads of temples": _table("法人名称,代表役員,主たる事務所", "光明寺,{name},{address}"),
    "where staff is sent": _table("職名,氏名,用務,用務先所在地", "主事,{name},研修,{address}"),
    "an office's telephone below who comes along": Text(
        "飯泉さん、石原さん、高梨さんと3名で伺います。\n急ぎの連絡は公用携帯 070-1111-2222 まで。"
    ),
    "sellers": _table("小間,出展社,担当営業,本社所在地,TEL", "A{n},碧野{n}商店,{name},{address},{phone}"),
    "a program's tests": Text(
        "import app\nclass T(TestCase):\n"
        + _lines(
            "    def test_{n}(self):\n        check(parse('{address}').town, '碧野{n}町')\n        check(named('{whole}'), 'x')"
        ).text
    ),
    "who wrote a program": _lines(" * @author {name} (k{n}@example.co.jp)"),
}
PEOPLE_LIKE_THAT = {
    "lots like years": _lines("{name}　碧野19{n:02}-2　{phone}"),
    "heads of clubs at home": _lines("{whole}会長　{address}　090-1111-22{n:02}"),
    "towns and lots with a blank": _lines("碧野 2-{n}　{name}　{phone}"),
    "an age of long ago beside another": _lines("{whole}（4{n}歳）　{address}　3歳のとき転入"),
    "a shop's day in a list": _lines("{whole}さん　7{n}歳　{address}　日曜定休のため訪問可。"),
    "staff and others": _table("名前,メール", "{name},k{n}@example.com"),
    "a brigade's members": _table("分団,階級,氏名,自宅住所,携帯", "第1分団,分団長,{name},{address},090-1111-22{n:02}"),
    "clauses in towns": _table("氏名,住所,生年月日", "{name},安渡第2地割{n}番地,昭和4{n}年1月2日"),
}


@pytest.mark.parametrize("block", NOBODY.values(), ids=NOBODY)
def test_who_stands_beside_what_is_not_his_is_nobody(block: Text | Table, count: Counting) -> None:
    assert count(block).subjects == 0


@pytest.mark.parametrize("block", PEOPLE_LIKE_THAT.values(), ids=PEOPLE_LIKE_THAT)
def test_lists_like_that_are_of_people(block: Text | Table, count: Counting) -> None:
    assert count(block).subjects == len(PEOPLE)


def _card(name: str, body: str) -> str:
    return f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nORG:{body}\nTEL:0463-22-1111\nADR:;;碧野1-2-3;;;;\nEND:VCARD\n"


@pytest.mark.parametrize(
    ("name", "body", "people"),
    [("碧野市役所 税務課", "碧野市役所;税務課", 0), ("佐藤 花子", "碧野市役所;税務課", 1), ("佐藤 花子", "佐藤", 1)],
    ids=["a section's", "a person's", "a family's"],
)
def test_a_card_that_is_called_by_its_body_is_nobodys(name: str, body: str, people: int, ruleset: Ruleset) -> None:
    case = Case("a card", people, _card(name, body).encode(), "a.vcf")
    assert inspected(case, ruleset).subjects == people


@pytest.mark.parametrize(("told", "people"), [({}, 0), ({"phone": "090-1111-2222"}, 9)], ids=["reached", "called"])
def test_the_few_who_wrote_a_package_are_nobody(told: dict[str, str], people: int, ruleset: Ruleset) -> None:
    wrote = [{"name": name, "email": f"k{n}@example.com", **told} for n, (name, _, _) in enumerate(PEOPLE[:9])]
    packed = json.dumps({"name": "portal", "version": "1.0", "contributors": wrote}, ensure_ascii=False)
    case = Case("a package", people, packed.encode(), "package.json")
    assert inspected(case, ruleset).subjects == people


def test_many_who_wrote_a_package_are_people(ruleset: Ruleset) -> None:
    wrote = [{"name": name, "email": f"k{n}@example.com"} for n, (name, _, _) in enumerate(PEOPLE * 2)]
    packed = json.dumps({"name": "portal", "version": "1.0", "contributors": wrote}, ensure_ascii=False)
    assert inspected(Case("a package", len(PEOPLE), packed.encode(), "package.json"), ruleset).subjects >= len(PEOPLE)


TALK = "紙芝居脚本「碧野の河童」\n{first}（12歳）と祖父の{second}（78歳）\n" + "{first}「おら、見たんだ」\n" * 4


def test_who_speaks_in_a_play_is_nobody(count: Counting) -> None:
    assert count(Text(TALK.format(first=NAMES[0], second=NAMES[1]))).subjects == 0


def test_a_short_list_in_a_story_is_one(count: Counting) -> None:
    rows = _lines("{name}　{address}　{phone}").text
    assert count(Text(TALK.format(first=NAMES[0], second=NAMES[1]) + rows)).subjects >= len(PEOPLE)


def test_a_class_that_writes_stories_is_none(count: Counting) -> None:
    text = "創作童話の会 参加者名簿\n" + _lines("{name}「楽しみです」　{address}").text
    assert count(Text(text)).subjects == len(PEOPLE)
