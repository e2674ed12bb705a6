"""Whom labels, points, chats and records name without a heading that says so, and what is nobody beside them."""

from __future__ import annotations

import json

import pytest

from tests.test_inspection_budget import inspect_bytes

#: Name, reading, age, home and mobile telephone.
PEOPLE = [
    ("佐藤 花子", "サトウ ハナコ", 71, "平塚市見附町1-2-3", "090-2134-5671"),
    ("高橋 健一", "タカハシ ケンイチ", 48, "平塚市紅谷町45-2", "080-2134-5672"),
    ("渡辺 美咲", "ワタナベ ミサキ", 35, "平塚市代官町3-1", "070-2134-5673"),
    ("三浦 翔太", "ミウラ ショウタ", 52, "平塚市田村3-7-4", "090-2134-5674"),
]


@pytest.mark.parametrize("label", ["leader", "captain", "班長", "キャプテン"])
def test_a_label_names_somebody_whose_things_others_tell(label: str) -> None:
    tail = "_tel" if label.isascii() else "電話"
    text = "".join(
        f'  - team: 第{i}班\n    {label}: {p[0]}\n    {label}{tail}: "{p[4]}"\n' for i, p in enumerate(PEOPLE)
    )
    assert inspect_bytes(text.encode()).subjects == len(PEOPLE)


def test_a_label_whose_things_others_tell_names_no_thing() -> None:
    places = ("中央公園", "総合体育館", "港の広場", "青少年会館")
    text = "".join(
        f'  - team: 第{i}班\n    place: {p}\n    place_tel: "0463-2{i}-1111"\n' for i, p in enumerate(places)
    )
    assert inspect_bytes(text.encode()).subjects == 0


@pytest.mark.parametrize("label", ["課長", "市民課長", "教育長"])
def test_a_label_that_is_an_office_names_its_holder(label: str) -> None:
    text = "".join(f"{label}: {p[0]}\n{label}電話: 0463-21-11{i}1\n" for i, p in enumerate(PEOPLE))
    assert inspect_bytes(text.encode()).subjects == 0


@pytest.mark.parametrize("point", ["- **{0}**（書家）", "- {0}", "・{0}さん（農家）", "+ {0}"])
def test_a_point_heads_fields_that_are_set_in(point: str) -> None:
    text = "# 取材先\n\n" + "\n".join(f"{point.format(p[0])}\n  - 住所: {p[3]}\n  - 取材日: 12/3" for p in PEOPLE)
    assert inspect_bytes(text.encode()).subjects == len(PEOPLE)


@pytest.mark.parametrize("point", ["- {0}（館長）", "- {0}医院（内科）"])
def test_a_point_in_office_heads_none(point: str) -> None:
    text = "# 施設\n\n" + "\n".join(
        f"{point.format(p[0])}\n  - 所在地: {p[3]}\n  - 電話: 0463-2{i}-3333" for i, p in enumerate(PEOPLE)
    )
    assert inspect_bytes(text.encode()).subjects == 0


@pytest.mark.parametrize("said", ["追加→ {0}（{2}） {4}", "{0}（{2}） {4}", "新規：{0} {4}"])
def test_what_a_chat_says_behind_tabs_is_read(said: str) -> None:
    text = "".join(f"12:3{i}\t遠藤\t{said.format(*p)}\n12:4{i}\t遠藤\t[スタンプ]\n" for i, p in enumerate(PEOPLE))
    assert inspect_bytes(text.encode()).subjects == len(PEOPLE)


def test_a_word_for_a_telephone_is_no_given_name() -> None:
    text = "".join(
        f"・{p[0].partition(' ')[0]}久美子（7歳・小1）保護者：{p[0].replace(' ', '')}　電話{p[4]}\n" for p in PEOPLE
    )
    assert inspect_bytes(text.encode()).subjects == 2 * len(PEOPLE)


def test_the_name_of_a_place_in_a_record_of_its_own_is_nobody() -> None:
    places = ("平塚駅西口", "総合公園北", "市役所前", "平塚駅西口")
    records = [
        {
            "profile": {"familyName": p[0][:2], "givenName": p[0][3:], "age": p[2]},
            "phone": p[4],
            "lastPort": {"name": place, "lat": 35.3},
        }
        for p, place in zip(PEOPLE, places, strict=True)
    ]
    assert inspect_bytes(json.dumps(records, ensure_ascii=False).encode()).subjects == len(PEOPLE)


@pytest.mark.parametrize("heading", ["名義", "名義人", "口座名義"])
def test_the_holder_of_an_account_is_who_asked(heading: str) -> None:
    rows = [f"申請者氏名,フリガナ,住所,口座番号,{heading},児童氏名,生年月日"]
    rows += [f"{p[0]},{p[1]},{p[3]},123450{i},{p[1]},{p[0][:2]} 久美子,2018-01-0{i + 1}" for i, p in enumerate(PEOPLE)]
    assert inspect_bytes("\n".join(rows).encode()).subjects == 2 * len(PEOPLE)


def test_a_code_in_every_row_is_no_name_beside_readings() -> None:
    rows = ["KANA,BIRTH,SEX,KIGO,BANGO"]
    rows += [
        f"{p[1]},3400{i % 2 + 1}15,1,平国,12345{i}" for i, p in enumerate(PEOPLE)
    ]  # two births, each of two people
    assert inspect_bytes("\n".join(rows).encode()).subjects == len(PEOPLE)


@pytest.mark.parametrize("called", ["理事長 {0}", "会長 {0}"])
def test_who_is_named_with_his_post_stands_for_the_body(called: str) -> None:
    text = "".join(
        f"- 施設: 第{i}体育館\n  代表者: {called.format(p[0])}\n  電話: 0463-2{i}-1111\n  期間: R6.4.1-R11.3.31\n"
        for i, p in enumerate(PEOPLE)
    )
    assert inspect_bytes(text.encode()).subjects == 0


@pytest.mark.parametrize("called", ["{0}", "会長 {0}"])
def test_who_books_a_hall_is_somebody(called: str) -> None:
    text = "".join(
        f"- 施設: 第{i}体育館\n  代表者: {called.format(p[0])}\n  電話: {p[4]}\n  期間: R6.4.1-R6.4.3\n"
        for i, p in enumerate(PEOPLE)
    )
    assert inspect_bytes(text.encode()).subjects == len(PEOPLE)


def test_a_town_called_taro_with_a_made_up_telephone_is_an_example() -> None:
    assert inspect_bytes("氏名: 平塚 太郎\n電話: 0463-00-0000\n".encode()).subjects == 0
    assert inspect_bytes("氏名: 平塚 太郎\n電話: 090-2134-5671\n".encode()).subjects == 1


@pytest.mark.parametrize("row", ["{0} → {1}", "Q1 {0} → {1}", "・{0}→{1}", "問1．{0}\n　{1}", "Q1 {0}\n{1}"])
def test_answers_behind_arrows_and_below_questions_are_fields(row: str) -> None:
    asked = ("お名前", "年齢", "お住まい")
    text = "\n\n".join(
        "\n".join(row.format(a, v) for a, v in zip(asked, (p[0], p[2], p[3]), strict=True)) for p in PEOPLE
    )
    assert inspect_bytes(text.encode()).subjects == len(PEOPLE)


@pytest.mark.parametrize("path", ["applicant.{0}.", "users[{0}].", "GUEST_{0}_", "data.0.list.{0}."])
def test_flattened_records_are_fields(path: str) -> None:
    names = ("霞見 壮太", "碧江 楓子", "蒼沢 紬香", "楢窪 澄穂")  # in no list
    lines = [f"{path.format(i)}{k}={v}" for i, p in enumerate(PEOPLE) for k, v in (("name", names[i]), ("tel", p[4]))]
    assert inspect_bytes("\n".join(lines).encode()).subjects == len(PEOPLE)


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("氏名・生年月日", "{0}\n昭和44年3月{5}日"),
        ("氏名（ふりがな）・生年月日", "{0}\n（さとう はなこ）\n昭和44年3月{5}日"),
        ("申込者・電話", "{0}　{4}"),
        ("氏名／住所", "{0}\n{3}"),
    ],
)
def test_a_heading_of_a_name_and_more_heads_names(heading: str, cell: str) -> None:
    quoted = [cell.format(*p, i + 1) for i, p in enumerate(PEOPLE)]
    rows = [f"自治会名,{heading},備考", *(f'第{i}自治会,"{said}",' for i, said in enumerate(quoted))]
    assert inspect_bytes("\n".join(rows).encode()).subjects == len(PEOPLE)


def test_where_tickets_are_sold_is_no_players_telephone() -> None:
    text = "入場料 1,500円　チケット取扱 0463-79-9907\n【第1ヴァイオリン】佐藤 花子、高橋 健一、渡辺 美咲\n"
    assert inspect_bytes(text.encode()).subjects == 0
    for said in ("チケット予約", "チケット取扱", "チケット販売の件"):
        assert inspect_bytes(f"{said} 佐藤 花子様 090-2134-5671\n".encode()).subjects == 1


@pytest.mark.parametrize("keys", [("to", "body"), ("電話", "本文"), ("宛先", "件名")])
def test_whom_a_message_addresses_is_who_is_called(keys: tuple[str, str]) -> None:
    said = "{0}様 ご予約ありがとうございます。12/3 にお越しください。"
    records = [{keys[0]: p[4], keys[1]: said.format(p[0]), "status": "済"} for p in PEOPLE]
    assert inspect_bytes("\n".join(json.dumps(r, ensure_ascii=False) for r in records).encode()).subjects == len(PEOPLE)


def test_whom_a_message_addresses_is_nobody_beside_who_is_named() -> None:
    rows = [f"{p[0]},{p[4]},遠藤 久美子様のご紹介で来館" for p in PEOPLE]
    assert inspect_bytes("\n".join(rows).encode()).subjects == len(PEOPLE)


def test_bodies_that_messages_address_are_nobody() -> None:
    bodies = ("株式会社青葉商会", "平塚市役所", "湘南物流", "大野公民館")
    rows = ["to,body", *(f"0463-22-{1000 + i},{body}様 お世話になっております。" for i, body in enumerate(bodies))]
    assert inspect_bytes("\n".join(rows).encode()).subjects == 0


@pytest.mark.parametrize("honorific", ["様", "殿", "さん", "氏"])
@pytest.mark.parametrize("said", ["{3}", "1名 {4}", "3月分未納 {4}", "{4}"])
@pytest.mark.parametrize("label", ["世帯主 ", "申請者："])
def test_what_is_said_right_behind_an_honorific_is_said_of_him(label: str, honorific: str, said: str) -> None:
    lines = [f"{label}{p[0].replace(' ', '')}{honorific}{said.format(*p)}" for p in PEOPLE]
    assert inspect_bytes("\n".join(lines).encode()).subjects == len(PEOPLE)


def test_who_stands_for_a_firm_whose_headings_are_joined_is_nobody() -> None:
    rows = ["指定番号,工事店名・所在地,代表者・電話"]
    rows += [f'{i},"有限会社青葉設備\n平塚市田村{i}-1","{p[0]}\n0463-2{i}-1111"' for i, p in enumerate(PEOPLE)]
    assert inspect_bytes("\n".join(rows).encode()).subjects == 0
    rows = [
        "証券コード,社名,代表者,本社所在地,電話",
        *(f"72{i}1,青葉工業(株),{p[0]},平塚市,0463-2{i}-1111" for i, p in enumerate(PEOPLE)),
    ]
    assert inspect_bytes("\n".join(rows).encode()).subjects == 0


@pytest.mark.parametrize(
    ("host", "people"), [("city.hiratsuka.kanagawa.jp", 0), ("town.oiso.kanagawa.jp", 0), ("city.co.jp", 4)]
)
def test_a_municipality_of_its_own_domain_has_staff(host: str, people: int) -> None:
    text = "BEGIN:VCALENDAR\n" + "".join(
        f"BEGIN:VEVENT\nSUMMARY:会議\nATTENDEE;CN={p[0]}:mailto:user{i}x@{host}\nEND:VEVENT\n"
        for i, p in enumerate(PEOPLE)
    )
    assert inspect_bytes((text + "END:VCALENDAR\n").encode()).subjects == people
