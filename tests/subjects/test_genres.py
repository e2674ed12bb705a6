"""Histories, stories and programs name nobody; what looks like one and is none loses nobody."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from dlp import native
from dlp.detect.anchored import Anchored
from dlp.detect.ruleset import Ruleset
from dlp.extract.blocks import Text
from dlp.native.hold import Hold
from dlp.subjects.books import Books
from dlp.subjects.counter import Count
from dlp.subjects.lines import signs
from dlp.subjects.prose.genres import Genres
from tests.subjects.test_laid import PEOPLE

type Counting = Callable[..., Count]

HISTORY = """ふるさと昔がたり
寛政9年、天沼村の名主木村弘は、飢饉に苦しむ百姓のため蔵を開いた。
その子市川勇が家督を継いだのは22歳のときである。
明治26年、戸長北村樹は村立学校を南原642番地の寺に置いた。
大正10年の大火では25戸が焼け、小野美月（当時38歳）が消防組を率いた。
"""
STORY = """短編　潮騒の駅
「高橋健一さん、次の電車は何時ですか」と聞いた。
山本直樹、46歳。市役所に勤めて20年になる。
「僕の電話は090-8183-2741だ」と高橋健一は笑った。
「そうですか」
"""
CODE = """from dataclasses import dataclass
OFFICE = "碧野3-2-14"
def test_split():
    assert split("高橋健一") == ("高橋", "健一")
    assert normalize("碧野4-1-9") == "x"
"""
LIVES = """郷土の偉人
菊地学（明治38年1月10日生、昭和20年6月6日没）県会議員を経て衆議院議員となる。
原勝　1901.10.19－1975.10.14
"""


@pytest.mark.parametrize("text", [HISTORY, STORY, CODE, LIVES], ids=["history", "story", "code", "lives"])
def test_who_is_long_dead_or_made_up_is_nobody(text: str, count: Counting) -> None:
    assert count(Text(text)).subjects == 0


def test_a_list_of_the_old_is_no_history(count: Counting) -> None:
    lines = [f"{name}　大正{n}年{n}月2日生　{address}" for n, (name, address, _) in enumerate(PEOPLE, 2)]
    assert count(Text("\n".join(["敬老会", *lines]))).subjects == len(PEOPLE)


def test_who_stands_in_a_list_below_a_history_is_no_part_of_it(count: Counting) -> None:
    lines = [f"{name} {address}" for name, address, _ in PEOPLE]
    assert count(Text(HISTORY * 3 + "\n".join(["", "", "", "写真をくださった方", *lines]))).subjects == len(PEOPLE)


def test_a_list_with_years_alone_is_no_history(count: Counting) -> None:
    lines = [f"{name}　大正{n}年　{address}" for n, (name, address, _) in enumerate(PEOPLE, 2)]
    assert count(Text("\n".join(["氏名　生年　住所", *lines]))).subjects == len(PEOPLE)


@pytest.mark.parametrize(
    "line",
    ["{name}　大正{n}年生まれ　{address}", "{name}（大正{n}年3月生）{address}", "{name}({number}) {address}",
     "{number}-1600 {name}様　{address}", "({number}-1600) {name}様　{address}"],
    ids=["born", "born in a month", "numbers", "times", "times in brackets"],
)  # fmt: skip
def test_years_of_birth_numbers_and_times_make_no_history(line: str, count: Counting) -> None:
    lines = [line.format(name=name, n=n + 1, number=1500 + n % 4 * 15, address=address)
             for n, (name, address, _) in enumerate(PEOPLE, 1)]  # fmt: skip
    assert count(Text("\n".join(["名簿", *lines]))).subjects == len(PEOPLE)


def test_brackets_alone_make_no_program(count: Counting) -> None:
    rows = [f'{{\n"{name}",\n"{address}",\n"{phone}"\n}}' for name, address, phone in PEOPLE]
    assert count(Text("\n".join(["名簿です。", *rows]))).subjects == len(PEOPLE)


def test_lots_in_addresses_are_no_years_of_the_past(count: Counting) -> None:
    lines = [f"{n}　{name}　（{30 + n}）　碧野町1{n + 500}-{n}" for n, (name, _, _) in enumerate(PEOPLE, 1)]
    assert count(Text("\n".join(["傍聴人受付簿", *lines]))).subjects == len(PEOPLE)


def test_a_story_is_none_without_a_title_that_says_so(count: Counting) -> None:
    assert count(Text(STORY.replace("短編　潮騒の駅", "相談記録"))).subjects == 2


def test_people_on_one_line_of_a_program_are_people(count: Counting) -> None:
    rows = [f'    add("{name}", "{address}", "{phone}")' for name, address, phone in PEOPLE]
    assert count(Text("\n".join(["import people", "def fill():", *rows, "    return 1"]))).subjects == len(PEOPLE)


def test_years_long_past_are_those_that_a_search_over_each_line_finds(ruleset: Ruleset) -> None:
    past, rng, found = ruleset.patterns["past"], random.Random(15), 0
    anchored = Anchored(past)
    assert anchored.anchors is not None  # else each line of a mail that tells of anybody is searched letter by letter
    pieces = (
        "慶長",
        "明治",
        "大正",
        "元年",
        "十二年",
        "3年",
        "度",
        "1月2",
        "1868年",
        "(1603-",
        "15",
        "16-17",
        "、",
        "令和",
        "日",
    )
    for _ in range(5000):
        row = "".join(rng.choices(pieces, k=rng.randrange(9)))
        expected = [match.span() for match in past.finditer(row)]
        assert [match.span() for match in anchored.finditer(row)] == expected, row
        found += len(expected)
    assert found > 500


@pytest.mark.skipif(native.library is None, reason="masks are native code's")
def test_lines_with_eras_are_those_that_masks_tell_of(ruleset: Ruleset) -> None:
    books, rng, found = Books(ruleset), random.Random(16), 0
    genres, masks = Genres(books), Hold(dict(signs.words(books)))
    pieces = ("明治", "大正", "文化会館", "元年", "3年", "の大火で", "令和", "日")
    for _ in range(300):
        rows = ["".join(rng.choices(pieces, k=rng.randrange(6))) + "、" * 12 for _ in range(rng.randrange(1, 9))]
        text = "\n".join(rows)
        every = genres._of_eras(rows, text, None)
        assert genres._of_eras(rows, text, masks.lines(rows)) == every
        found += every
    assert found > 100
