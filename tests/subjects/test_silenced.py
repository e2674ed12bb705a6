"""Lists of private people in words that elsewhere tell of nobody: of stories, of lives long past, of results."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp.extract.blocks import Text
from dlp.subjects.counter import Count
from tests.subjects.clerks import Clerk

type Counting = Callable[..., Count]

CLERKS = [Clerk(i) for i in range(30)]
FEW = CLERKS[:9]  # as many as a story may have
TALK = "\n先生「よく来ましたね」\n生徒「はい、先生」\n「では始めましょう」\n"


def _lines(line: str, people: list[Clerk] = CLERKS) -> str:
    return "\n".join(
        line.format(
            name=c.name.replace(" ", ""), surname=c.surname, short=f"鏡浜市{c.short}", mobile=c.mobile, born=c.era,
            age=30 + c.i, n=c.i + 1, first=1500 + c.i * 11, second=1502 + c.i * 14,
        )
        for c in people
    )  # fmt: skip


@pytest.mark.parametrize("title", ["短編　潮騒の駅", "落語を楽しむ会　議事録", "創作落語の夕べ"])
@pytest.mark.parametrize(
    "line",
    [
        "{name}さん（{mobile}）が来た。\n「楽しかった」",
        "{name}様（{age}歳、{short}）が笑った。\n「楽しかった」",
        "{name}「楽しかったです」（{mobile}、{short}）",
        "{name}さん、{born}生まれ、{mobile}。\n「どうぞ」",
        "{name}さんの住所は{short}、電話は{mobile}。\n{surname}「ありがとう」",
    ],
    ids=["mobile", "home", "words", "birth", "asked"],
)
def test_who_is_reached_beside_his_name_is_nobody_of_a_story(title: str, line: str, count: Counting) -> None:
    assert count(Text(title + TALK + _lines(line, FEW))).subjects == len(FEW)


def test_a_long_story_silences_no_more_people_than_a_short_one(count: Counting) -> None:
    line = "{name}さんは{short}から来た。\n" + "職員が話を聞いた。\n" * 18 + "参加者「ありがとう」\n" * 3
    assert count(Text("短編　潮騒の駅\n" + _lines(line))).subjects == len(CLERKS)


SCENE = "\n" + "空は青い。\n花が咲いていた。\n" * 10 + "「こんにちは」\n「はい、そうです」\n" * 2
LONG = ["{name}さん（{age}歳）は笑った。", "{name}は{born}生まれで、{short}に住む。"]


@pytest.mark.parametrize("line", LONG, ids=["age", "home"])
def test_a_long_story_has_more_people_than_a_short_one(line: str, count: Counting) -> None:
    assert count(Text("短編　潮騒の駅\n" + _lines(line + SCENE))).subjects == 0


@pytest.mark.parametrize(
    "line", ["{name}さんは{age}歳、{mobile}。", "{name}さんは{short}に住む。{mobile}。", "{name}様、{short}に住む。"]
)
def test_a_long_story_whose_people_can_be_reached_is_none(line: str, count: Counting) -> None:
    assert count(Text("短編　潮騒の駅\n" + _lines(line + SCENE))).subjects == len(CLERKS)


@pytest.mark.parametrize(
    "title", ["落語会の記録", "朗読劇の利用者の声", "童話サークル　感想", "昔話を聞く会", "脚本づくりの集い"]
)
def test_what_was_written_of_a_meeting_is_no_story(title: str, count: Counting) -> None:
    assert count(Text(title + TALK + _lines("{name}は{age}歳、{short}の人。\n「どうぞ」", FEW))).subjects == len(FEW)


@pytest.mark.parametrize(
    "said",
    ["歳の頃から通院", "歳の時に脳梗塞", "歳から要介護", "歳時に入院", "歳の頃から生活保護", "歳の時に統合失調症",
     "歳まで児童相談所", "歳のときに逮捕", "歳の頃から不登校"],
)  # fmt: skip
@pytest.mark.parametrize("line", ["{name}　{age}", "・{name}さん（{age}"])
def test_how_old_somebody_was_counts_where_a_line_tells_of_care(line: str, said: str, count: Counting) -> None:
    end = "）" if "（" in line else ""
    assert count(Text(_lines(line + said + end))).subjects == len(CLERKS)


@pytest.mark.parametrize("said", ["歳の時に店を開いた", "歳の頃から競技を始めた", "歳のときに病院を設立した",
                                  "歳から通院治療のクリニックを開院", "歳の時に手術を行う病院を開設"])  # fmt: skip
def test_how_old_somebody_was_in_his_life_says_nothing(said: str, count: Counting) -> None:
    assert count(Text(_lines("{name}さんは{age}" + said))).subjects == 0


@pytest.mark.parametrize("title", ["ふるさと偉人伝", "鏡浜人物誌", "名優列伝"])
def test_how_old_somebody_of_a_book_of_lives_was_says_nothing(title: str, count: Counting) -> None:
    assert count(Text(f"{title}\n" + _lines("{name}は{age}歳の時に病院へ入院した。"))).subjects == 0


@pytest.mark.parametrize(
    "line",
    ["{name}さんは{age}歳の時に入院した。{mobile}", "{name}さんは{age}歳、{short}に住む。", "{name}さん（{age}歳）"],
)
def test_who_is_listed_below_the_title_of_a_book_of_lives_counts(line: str, count: Counting) -> None:
    assert count(Text("ふるさと偉人伝　受講者\n" + _lines(line))).subjects == len(CLERKS)


@pytest.mark.parametrize(
    "second",
    ["無所属", "会社員", "湘南走友会", "平塚市議", "平塚市役所", "神奈川", "早稲田", "公明", "東海大", "大磯町職員"],
)
@pytest.mark.parametrize("line", ["{n}位　{name}（{age}・", "{name}（{age}、"])
def test_what_else_stands_behind_an_age_is_no_home(line: str, second: str, count: Counting) -> None:
    assert count(Text("結果\n" + _lines(line + second + "）"))).subjects == 0


@pytest.mark.parametrize("home", ["平塚市", "大磯町", "小田原市在住", "中郡大磯町", "平塚市中原", "世田谷区"])
def test_a_home_behind_an_age_is_one(home: str, count: Counting) -> None:
    assert count(Text(_lines("{name}さん（{age}・" + home + "）"))).subjects == len(CLERKS)


@pytest.mark.parametrize(
    "line",
    ["{name}　平塚市岡崎{first}-{second}", "{name}　岡崎{first}-{second}", "{name}さんは大磯町国府本郷{first}-{second}に住む。",
     "氏名：{name}\n住所：鳴神{first}-{second}\n", "{name}様（平塚市大字真田{first}-{second}）"],
)  # fmt: skip
def test_lots_like_years_are_lots(line: str, count: Counting) -> None:
    assert count(Text(_lines(line))).subjects == len(CLERKS)


@pytest.mark.parametrize(
    "line",
    ["{name}　18{n:02}-19{n:02}", "鏡浜市出身の{name}（18{n:02}-19{n:02}）は画家。", "西村静江　18{n:02}-19{n:02}"],
)
def test_years_of_a_life_are_none(line: str, count: Counting) -> None:
    assert count(Text("郷土の画家\n" + _lines(line))).subjects == 0


_TOWNS = ("本町", "中央", "緑が丘", "桟木沢", "薊ヶ窪", "西葭田", "東葭田", "中桟木", "葭の台", "北薊ヶ窪")


def _aged(places: tuple[str, ...]) -> str:
    return "\n".join(f"{c.name.replace(' ', '')}（{30 + c.i}・{places[c.i % len(places)]}）" for c in CLERKS)


def test_towns_that_no_list_has_are_homes_beside_known_ones(count: Counting) -> None:
    """A municipality's own names of its parts: of ten places three were known, and the people of those alone counted."""
    assert count(Text(f"おくやみ\n{_aged(_TOWNS)}\n")).subjects == len(CLERKS)


@pytest.mark.parametrize(
    "places",
    [("会社員", "無職", "農業"), ("長男", "母", "妻"), ("同居", "一人暮らし"), ("神奈川県", "北海道"), ("葭江団地",)],
)
def test_what_somebody_does_and_how_he_lives_is_told_of_him(count: Counting, places: tuple[str, ...]) -> None:
    assert count(Text(f"死亡届\n{_aged(places)}\n")).subjects == len(CLERKS)


@pytest.mark.parametrize(
    "places",
    [
        ("湘南走友会", "葭江クラブ", "会社員", "無職"),
        ("無所属", "自民党", "市民の会"),
        ("桟木沢", "薊ヶ窪", "西葭田"),
        ("本町", "湘南走友会", "薊高校", "葭江クラブ", "主婦", "公務員", "自営業", "団体職員"),
    ],
    ids=["teams and callings", "parties", "no known one", "one known"],
)
def test_whoever_has_something_else_behind_his_age_is_nobody(count: Counting, places: tuple[str, ...]) -> None:
    at_home = sum(places[c.i % len(places)] == "本町" for c in CLERKS)
    assert count(Text(f"大会記録\n{_aged(places)}\n")).subjects == at_home
