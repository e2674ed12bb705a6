"""Lists in text whose cells single blanks part, below a line of headings, and the innocent in the same shape."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp.extract.blocks import Text
from dlp.subjects.counter import Count
from tests.subjects.test_laid import PEOPLE

type Counting = Callable[..., Count]
POSTS = "理事 会長 班長 監事".split()


def _text(head: str, line: str, *, apart: str) -> Text:
    """A line of headings and one a person: {name} with `apart` between surname and given name, {post}, {address},
    {phone}, {mobile}, {age} and {n}."""
    told = [
        line.format(
            name=name.replace("　", apart),
            post=POSTS[n % len(POSTS)],
            address=address,
            phone=phone,
            mobile=f"090-55{n:02}-2{n:02}4",
            age=30 + n,
            n=n,
        )
        for n, (name, address, phone) in enumerate(PEOPLE, 1)
    ]
    return Text("\n".join(["役員名簿", "", head, *told]).replace("　", " "))


@pytest.mark.parametrize("apart", ["", " "])
@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("役職　氏名　年齢　携帯電話", "{post}　{name}　{age}　{mobile}"),
        ("役職　氏名　住所　電話", "{post}　{name}　{address}　{phone}"),
        ("氏名　金融機関　支店　口座番号", "{name}　碧野信用金庫　本店　12{n:02}457"),
        ("役職　出演者　年齢　携帯電話", "{post}　{name}　{age}　{mobile}"),
        ("氏名　年齢", "{name}　{age}"),
        ("住所　氏名", "{address}　{name}"),
        ("氏名　支援　参加費　年齢　同居　状況", "{name}　虐待　免除　{age}　有　完納"),
    ],
)
def test_people(head: str, line: str, apart: str, count: Counting) -> None:
    assert count(_text(head, line, apart=apart)).subjects == len(PEOPLE)


@pytest.mark.parametrize("apart", ["", " "])
@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("順位　氏名　所属　記録", "{n}　{name}　碧野クラブ　1:23:{n:02}"),
        ("施設名　施設長　所在地　電話", "碧野{n}児童館　{name}　{address}　{phone}"),
        ("番号　書名　著者　年", "{n}　海辺の町　{name}　19{n:02}"),
    ],
)
def test_nobody(head: str, line: str, apart: str, count: Counting) -> None:
    assert count(_text(head, line, apart=apart)).subjects == 0
