"""People in the notes that desks take: fields behind a word for whose they are, classes, addresses before names, what a memo
says of somebody in one line; and what shows how a field is filled in, or who gives no name."""

from __future__ import annotations

import pytest

from dlp.detect.ruleset import Ruleset
from tests.subjects.clerks import C, Case, inspected

pytestmark = pytest.mark.timeout(60)
A, B = C[2], C[9]

PEOPLE = [
    # Fields behind a word for whose they are, and a colon.
    Case("whose-fields", 1, f"申出人：氏名 {A.name}　住所 平塚市{A.short}　電話 {A.phone}\n"),
    Case("whose-house-first", 1, f"申請者：住所 平塚市{A.short} 氏名 {A.name}\n"),
    Case("household-of", 1, f"対象世帯：世帯主 {A.name}（{A.era}生）\n"),
    Case(
        "parties-boxed",
        2,
        f"甲（被害者）住所 平塚市{A.short} 氏名 {A.name}\n乙（加害者）住所 平塚市{B.short} 氏名 {B.name}\n",
    ),
    # A word behind a value, an addressee behind an address, a name behind one.
    Case("at-home", 1, f"氏名　{A.name}\n電話　{A.phone}（自宅）\n"),
    Case("sent-with-telephone", 1, f"送付先1：〒254-0811 神奈川県平塚市{A.short} {A.name} 様（{A.phone}）\n"),
    Case("house-then-name", 2, f"譲渡人　平塚市{A.short}　{A.name}（80）\n譲受人　平塚市{B.short}　{B.name}（44）\n"),
    Case("owner-house-then-name", 1, f"所有者：平塚市{A.short}　{A.name}\n"),
    # Classes, sexes and ages beside a name.
    Case("class-before", 1, "事故者　4年2組　相楽 斗真（10歳）男\n"),
    Case("class-and-number", 1, f"生徒：2年A組12番 相楽 斗真\n生年月日：{A.era}\n"),
    Case("sex-then-age", 1, "児童氏名：相楽 斗真（男）10歳\n"),
    Case("reading-then-age", 1, "児童氏名：相楽 斗真（さがら とうま）10歳\n"),
    Case("slashes", 1, "児童氏名：相楽 斗真／10歳／男\n"),
    Case("child-with-a-day", 1, f"児童1　{A.surname} 美月　平成29年10月4日　同居\n"),
    Case("ill-by-class", 1, "1年1組　桑畑 莉子　発熱 38.2℃\n"),
    # In a line or a sentence.
    Case("memo-of-a-line", 1, f"納税相談 比企 正道 S40.7.7 {A.phone}\n"),
    Case("noun-and-brackets", 1, "小5男児（野老山 蒼）は11/2から一時保護中。\n"),
    Case("allergy", 1, f"給食で{A.name}さん（3年1組）は卵アレルギー対応。\n"),
    Case("allergy-listed", 1, f"ゆり組　{A.name}　アレルギー（小麦）追加\n"),
    Case("signed-below", 1, f"生年月日は1979/6/24、本籍は秋田県横手市です。\n\n{A.name}\n"),
]  # fmt: skip
NOBODY = [
    Case("example-in-a-line", 0, "（記載例）氏名 鏡浜 太郎　住所 鏡浜市浅間町9番1号\n"),
    Case("examples-in-lines", 0, "（例）氏名：山田 太郎　住所：平塚市浅間町9番1号\n"),
    Case("no-name-given", 0, "通告者：近隣住民（匿名）\n住所：平塚市田村7-1-20\n"),
    Case("company-behind-a-house", 0, "所有者　平塚市寺田縄812　株式会社 石綿\n"),
    Case("allergies-of-whoever", 0, "卵アレルギーの方はお申し出ください。給食センター 佐藤 花子さんまで。\n"),
    Case("desk-behind-a-colon", 0, "窓口：電話 0463-21-1111　担当 佐藤 花子\n"),
    Case("class-and-feast", 0, "3年2組　文化祭 準備　11/2\n"),
    Case(
        "firms-of-men",
        0,
        "".join(
            f"事業者名：有限会社中西設備{i}\n代表者氏名：斎藤 光男\n電話番号：0463-69-168{i}\n\n" for i in range(9)
        ),
    ),
    Case("whoever-found-it", 0, "発見者：巡回中の職員\n電話：0463-21-1111\n"),
    Case("section-and-surname", 0, "受領者：会計課 佐藤\n電話：0463-21-1111\n"),
    Case("mayor", 0, "相手方：鏡浜市長 佐藤 太郎\n住所：鏡浜市浅間町9-1\n"),
    Case("officials-in-a-class", 0, "担任：3年2組 佐藤 花子\n電話：0463-21-1111\n"),
]


@pytest.mark.parametrize("case", [*PEOPLE, *NOBODY], ids=lambda case: case.id)
def test_notes_of_desks(case: Case, ruleset: Ruleset) -> None:
    assert inspected(case, ruleset).subjects == case.people


@pytest.mark.parametrize("surname", ["小室", "氷室", "三室", "室"])
def test_a_surname_that_ends_as_a_section_does(surname: str, ruleset: Ruleset) -> None:
    case = Case("surname", 1, f"申請者：{surname} 美咲\n電話：090-5511-2001\n")
    assert inspected(case, ruleset).subjects == case.people
